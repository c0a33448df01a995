"""Is a body that is no JSON text, or one that two parsers read differently, refused before anything is done with it?"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from paviour.verify.registry import Failed, Group, NotApplicable
from paviour.verify.service import Probe

HTTP = Group("http")
_HOLE = "\ue000"


def _of_string(text: str) -> Callable[[Any], bytes]:
    """The good body with this JSON text in place of its first string."""
    return lambda body: _replaced(body, str, text)


def _of_number(text: str) -> Callable[[Any], bytes]:
    return lambda body: _replaced(body, int, text)


def _whole(text: bytes) -> Callable[[Any], bytes]:
    return lambda _: text


def _changed(change: Callable[[str], str], encoding: str = "utf-8") -> Callable[[Any], bytes]:
    return lambda body: change(json.dumps(body)).encode(encoding)


def _with_first_member_twice(body: Any, written: Callable[[str], str] = json.dumps) -> bytes:
    name = next(iter(body))
    return f"{{{written(name)}: {json.dumps(body[name])}, {json.dumps(body)[1:]}".encode()


def _escaped(name: str) -> str:
    return f'"\\u{ord(name[0]):04x}{json.dumps(name[1:])[1:]}'


def _not_json(probe: Probe, text: Callable[[Any], bytes]) -> None:
    body = probe.service.writing().body
    probe.refused(probe.writer(text(body)), 400)
    probe.accepted(probe.writer(), probe.service.writing())


_FAULTS: tuple[tuple[str, str, str, Callable[[Any], bytes]], ...] = (
    ("truncated", "2", "A JSON text that ends early", _changed(lambda text: text[:-1])),
    ("two-texts", "2", "A second JSON text behind the first", _changed(lambda text: f"{text} {{}}")),
    ("comment", "2", "A comment", _changed(lambda text: f"{text} // comment")),
    ("word-in-capitals", "3", "`True` instead of `true`", _of_number("True")),
    ("trailing-comma", "4", "A comma before the closing brace", _changed(lambda text: f"{text[:-1]},}}")),
    ("unquoted-name", "4", "A member name without quotes", _changed(lambda text: text.replace('"', "", 2))),
    ("duplicate-member", "4", "A member name that stands twice", _with_first_member_twice),
    (
        "duplicate-escaped-member",
        "4",
        "A member name that stands twice, once with an escape",
        partial(_with_first_member_twice, written=_escaped),
    ),
    ("leading-zero", "6", "A number with a leading zero", _of_number("012")),
    ("plus-sign", "6", "A number with a plus sign", _of_number("+12")),
    ("hexadecimal", "6", "A hexadecimal number", _of_number("0x0C")),
    ("bare-fraction", "6", "A number without an integer part", _of_number(".5")),
    ("nan", "6", "`NaN`", _of_number("NaN")),
    ("infinity", "6", "`Infinity`", _of_number("Infinity")),
    ("minus-infinity", "6", "`-Infinity`", _of_number("-Infinity")),
    ("number-out-of-range", "6", "A number beyond a double, like 1e400", _of_number("1e400")),
    ("huge-integer", "6", "An integer of 5000 digits", _of_number("9" * 5000)),
    ("single-quotes", "7", "A string in single quotes", _of_string("'text'")),
    ("control-character", "7", "A control character in a string", _of_string('"a\tb"')),
    ("bad-escape", "7", "An escape that JSON does not have", _of_string('"\\x41"')),
    ("byte-order-mark", "8.1", "A byte order mark", _changed(lambda text: f"\ufeff{text}")),
    ("utf-16", "8.1", "A JSON text in UTF-16", _changed(str, "utf-16-le")),
    ("invalid-utf-8", "8.1", "A byte that is no UTF-8", lambda body: _raw(body, b"\xff")),
    ("overlong-utf-8", "8.1", "An overlong form of UTF-8", lambda body: _raw(body, b"\xc0\xaf")),
    ("surrogate-in-utf-8", "8.1", "A surrogate written as UTF-8", lambda body: _raw(body, b"\xed\xa0\x80")),
    ("lone-surrogate", "8.2", "A surrogate without its pair", _of_string('"\\ud800"')),
    ("nul", "2", "A NUL behind the text", _changed(lambda text: f"{text}\0")),
    ("deep-array", "9", "100 000 nested arrays", _whole(b"[" * 100_000)),
    ("nested-object", "9", "200 nested objects", _whole(b'{"a":' * 200 + b"1" + b"}" * 200)),
    ("deep-object", "9", "5000 nested objects, each closed", _whole(b'{"a":' * 5000 + b"1" + b"}" * 5000)),
)

for _name, _section, _what, _text in _FAULTS:
    HTTP.add(
        f"json-{_name}",
        "house",
        f"RFC 8259 section {_section}",
        f"{_what} is refused with 400.",
        partial(_not_json, text=_text),
    )


@HTTP.check("json-whitespace", "must", "RFC 8259 section 2", "Whitespace around a JSON text is accepted.")
def _whitespace(probe: Probe) -> None:
    text = b" \t\r\n" + json.dumps(probe.service.writing().body).encode() + b"\n"
    probe.accepted(probe.writer(text), probe.service.writing())


@HTTP.check("json-surrogate-pair", "must", "RFC 8259 section 7", "A character written as a pair of escapes is read.")
def _surrogate_pair(probe: Probe) -> None:
    answer = probe.send(probe.writer(_replaced(probe.service.writing().body, str, '"\\ud83d\\ude00"')))
    if answer.status == 400 or answer.status >= 500:
        raise Failed(f"expected it to be read, got {answer.status}")


def _replaced(body: Any, kind: type, text: str) -> bytes:
    changed = _with_hole(body, kind)
    if changed is None:
        raise NotApplicable(f"the example has no value of type {kind.__name__}")
    return json.dumps(changed, ensure_ascii=False).replace(f'"{_HOLE}"', text, 1).encode("utf-8", "surrogatepass")


def _raw(body: Any, data: bytes) -> bytes:
    return _replaced(body, str, f'"{_HOLE}"').replace(_HOLE.encode(), data)


def _with_hole(value: Any, kind: type) -> Any:
    """The value with a mark for its first leaf of this type; None where it has none."""
    if type(value) is kind:
        return _HOLE
    if isinstance(value, dict):
        for name, member in value.items():
            changed = _with_hole(member, kind)
            if changed is not None:
                return {**value, name: changed}
    return None
