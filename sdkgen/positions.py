"""Where values stand in the text of a file: looked up for those asked for, when something is said about them."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml

from sdkgen.errors import Pointer
from sdkgen.load import Source

_JSON = re.compile(
    r"""(?P<key>"[^"\\]*(?:\\.[^"\\]*)*")\s*:|(?P<open>[{\[])|(?P<close>[}\]])|"[^"\\]*(?:\\.[^"\\]*)*"|[^\s{}\[\],:"]+""",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Span:
    """One value in the text. Offsets count characters, lines and columns count from 1."""

    start: int
    """Where its key begins, or the value itself where it has none."""
    value: int
    end: int
    """Behind its last character; of a YAML block, behind that of the last value in it."""
    line: int
    column: int


@dataclass(slots=True)
class _Wanted:
    """What is looked for, as a tree: the members that lead to a wanted value."""

    pointer: Pointer = ()
    members: dict[str, _Wanted] = field(default_factory=dict)


_Event: TypeAlias = tuple[str, int, int, str]
"""`open`, `close`, `key` or `value`; where it begins and ends; of a key its name, of `open` the bracket."""


def text_of(source: Source) -> str:
    return source.content.decode("utf-8-sig")


def spans(source: Source, pointers: Iterable[Pointer]) -> dict[Pointer, Span]:
    """The places of these values and of all around them. One that a YAML alias brought in has none of its own."""
    wanted = _Wanted()
    for pointer in pointers:
        at = wanted
        for depth, token in enumerate(pointer):
            at = at.members.setdefault(token, _Wanted(pointer[: depth + 1]))
    text = text_of(source)
    return _found(text, wanted, _json_events(text) if _is_json(text) else _yaml_events(text))


def nearest(places: dict[Pointer, Span], pointer: Pointer) -> Span | None:
    """The place of a value, or of what is around it."""
    while pointer and pointer not in places:
        pointer = pointer[:-1]
    return places.get(pointer)


def _is_json(text: str) -> bool:
    if text.lstrip()[:1] not in ("{", "["):
        return False
    try:
        json.loads(text)
    except ValueError:  # YAML in flow style
        return False
    return True


def _found(text: str, wanted: _Wanted, events: Iterator[_Event]) -> dict[Pointer, Span]:
    lines = [0, *(found.end() for found in re.finditer("\n", text))]
    places: dict[Pointer, Span] = {}

    def note(at: _Wanted, start: int, value: int, end: int) -> None:
        line = bisect_right(lines, start)
        places[at.pointer] = Span(start, value, end, line, start - lines[line - 1] + 1)

    around: list[tuple[_Wanted | None, int, int, bool, int]] = []
    inside: _Wanted | None = None  # the open object or array, where something in it is wanted
    in_list, index, key = False, 0, -1
    current: _Wanted | None = wanted
    last = 0
    for kind, start, end, name in events:
        last = end if end > start else last  # the end of a block has no characters
        if kind == "key":
            key = start
            current = inside.members.get(name) if inside is not None else None
            continue
        if kind == "close":
            opened, begun, value, was_list, number = around.pop()
            if inside is not None:
                note(inside, begun, value, last)
            inside, in_list, index = opened, was_list, number
            current, key = None, -1
            continue
        if in_list:
            current = inside.members.get(str(index)) if inside is not None else None
            index += 1
            key = -1
        if kind == "open":
            around.append((inside, start if key < 0 else key, start, in_list, index))
            inside, in_list, index = current, name == "[", 0
        elif current is not None:
            note(current, start if key < 0 else key, start, end)
        current, key = None, -1
    return places


def _json_events(text: str) -> Iterator[_Event]:
    for found in _JSON.finditer(text):
        kind = found.lastgroup
        if kind == "key":
            written = found[kind]
            yield kind, found.start(), found.end(kind), json.loads(written) if "\\" in written else written[1:-1]
        else:
            yield kind or "value", found.start(), found.end(), found[0] if kind == "open" else ""


def _yaml_events(text: str) -> Iterator[_Event]:
    """The events of YAML that has been read before, so that nothing in it can be wrong."""
    is_key: list[bool | None] = []  # for each open object: does a key come next? None in arrays
    event: Any
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        kind = type(event)
        if kind is yaml.ScalarEvent or kind is yaml.AliasEvent:
            start, end = event.start_mark.index, event.end_mark.index
            if is_key and is_key[-1]:
                is_key[-1] = False
                yield "key", start, end, event.value
            else:
                if is_key and is_key[-1] is False:
                    is_key[-1] = True
                yield "value", start, end, ""
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            if is_key and is_key[-1] is False:
                is_key[-1] = True
            is_list = kind is yaml.SequenceStartEvent
            is_key.append(None if is_list else True)
            yield "open", event.start_mark.index, event.end_mark.index, "[" if is_list else "{"
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            is_key.pop()
            yield "close", event.start_mark.index, event.end_mark.index, ""
