"""Names of a contract as names in code."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Container
from functools import lru_cache

# Reserved in Python, TypeScript or C#: a name that is free in one stack must be free in all.
_RESERVED = frozenset(keyword.kwlist) | frozenset(
    """abstract as base break case catch checked class const constructor continue debugger decimal default delegate
    delete do else enum event explicit export extends extern false finally fixed for foreach function goto if implements
    implicit import in instanceof interface internal is lock namespace new null object operator out override params
    private protected public readonly ref return sealed sizeof stackalloc static struct super switch this throw true try
    typeof unchecked unsafe using var virtual void volatile while with yield""".split()
)


# Names that a model class has already, or that its annotations are written with.
_NO_ATTRIBUTES = frozenset(keyword.kwlist) | frozenset(
    """self construct copy json parse_file parse_obj parse_raw schema schema_json update_forward_refs from_orm fields
    validate bool bytes date dict discriminated int list models optional str wire""".split()
)


@lru_cache(maxsize=10_000)
def words(text: str) -> tuple[str, ...]:
    """Split a name at separators and at changes of case: `createQuote2Item` and `create-quote2-item` are the same."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", ascii_text)
    spaced = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", spaced)
    return tuple(word for word in re.split(r"[^A-Za-z0-9]+", spaced) if word)


def snake_case(text: str) -> str:
    return "_".join(word.lower() for word in words(text))


def pascal_case(text: str) -> str:
    return "".join(word[0].upper() + word[1:] for word in words(text))


def is_reserved(name: str) -> bool:
    return name in _RESERVED


def attribute(text: str) -> str:
    """A Python attribute for a property or parameter: never a keyword, never private, never starting with a digit."""
    name = snake_case(text) or "value"
    if name[0].isdigit():
        name = f"n{name}"
    return f"{name}_" if name in _NO_ATTRIBUTES or name.startswith("model_") else name


def module_name(text: str) -> str:
    """A module for what is grouped under this name: never a keyword, never starting with a digit."""
    name = snake_case(text) or "default"
    if name[0].isdigit():
        name = f"n{name}"
    return f"{name}_" if keyword.iskeyword(name) else name


def type_name(text: str) -> str:
    """A Python class for a schema."""
    name = pascal_case(text) or "Schema"
    if name[0].isdigit():
        name = f"N{name}"
    return f"{name}_" if keyword.iskeyword(name) else name


def unique(name: str, taken: Container[str]) -> str:
    """The name, or the first of `name2`, `name3`, … that is free."""
    if name not in taken:
        return name
    number = 2
    while f"{name}{number}" in taken:
        number += 1
    return f"{name}{number}"
