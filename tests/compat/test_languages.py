"""Is each text of one pattern one of another? Held against the real thing: `jsonschema-rs`, on all short texts."""

from __future__ import annotations

from itertools import product

import jsonschema_rs
import pytest

from sdkgen.compat.languages import Answer, Texts, contained

_PATTERNS = (
    *(
        "a",
        "^a",
        "b$",
        "^$",
        "^a*$",
        "^a+$",
        "^(a|b)*$",
        "^(?:a|bb)+$",
        "^[^a]$",
        "^.$",
        "^.{0,2}$",
        "a{2,}",
        "^a?b{1,2}$",
    ),
    *(
        r"^\w+$",
        r"^[\w-]+$",
        r"^\D$",
        r"\s",
        "^a|b$",
        "(^a|b)-",
        "a$|^b",
        "^[a-b-]{1,3}$",
        "a^b",
        r"^[\s\S]*$",
        "^(a*)*$",
    ),
)
_TEXTS = ["".join(text) for length in range(5) for text in product("ab-\n", repeat=length)]


_TAKERS = {pattern: jsonschema_rs.validator_for({"pattern": pattern}).is_valid for pattern in _PATTERNS}
_TAKEN = {pattern: {text for text in _TEXTS if takes(text)} for pattern, takes in _TAKERS.items()}


@pytest.mark.parametrize("inner", _PATTERNS)
def test_an_answer_is_what_all_short_texts_say(inner: str) -> None:
    for outer in _PATTERNS:
        answer = contained(Texts((inner,)), Texts((outer,)))
        if answer.example is None:
            assert answer.contained == "yes"
            assert _TAKEN[inner] <= _TAKEN[outer], outer
        else:
            assert (_TAKERS[inner](answer.example), _TAKERS[outer](answer.example)) == (True, False), (outer, answer)


def test_lengths_count() -> None:
    letters, few = Texts(("^[a-z]+$",), 0, 10), Texts(("^[a-z]{1,10}$",))
    assert contained(letters, few) == contained(few, letters) == Answer("yes")
    assert contained(Texts(("^[a-z]+$",), 0, 11), few) == Answer("no", "x" * 11)


@pytest.mark.parametrize(
    "pattern",
    [
        *("^(?=a)b", r"(a)\1", r"\bword\b", "(?i)a", r"\p{L}", "^a{,2}$", "^[]$", r"\Aa", "("),
        *("^(a|b)*a(a|b){18}$", "^((a{1,50}){1,50}){1,50}$", "^(){0,100000000}$", "^(^){3,100000000}$", "(" * 5000),
    ],
)
def test_what_is_not_regular_or_too_much_is_not_judged(pattern: str) -> None:
    assert contained(Texts((pattern,)), Texts(("^(a|b)*b(a|b){18}$",))) == Answer("unknown")
