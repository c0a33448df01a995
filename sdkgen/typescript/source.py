"""What a module of TypeScript declares, as far as it can be told without a compiler: its classes and their methods."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from sdkgen.errors import ContractError, Place

_CLASS = re.compile(r"\bclass\s+([\w$]+)")
_BASE = re.compile(r"\bextends\s+([\w$.]+)")
_METHOD = re.compile(
    r"(?:^|[;}\n])\s*(?:(?:public|protected|override|static|async)\s+)*\*?\s*([\w$]+)\s*(?:<[^()]*>)?\s*(?:\(|=|:)"
)
_BEFORE_REGEX = set("(,=:[!&|?{};+-*%~^<>\n")


@dataclass(frozen=True, slots=True)
class Class:
    name: str
    base: str | None
    methods: frozenset[str] = field(default_factory=frozenset)
    end: int = 0
    """Where the brace stands that closes it."""


def read(path: Path) -> str:
    """The module's text. Raises ContractError where it is not UTF-8."""
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise ContractError(Place(path), "is not UTF-8", "save the file as UTF-8") from None


def classes(text: str) -> list[Class]:
    """The classes of a module. Raises ValueError where its braces don't match."""
    code = blanked(text)
    found = []
    for match in _CLASS.finditer(code):
        head, start = _head(code, match.end())
        end = _closing(code, start)
        methods = frozenset(method[1] for method in _METHOD.finditer(_flat(code[start + 1 : end])))
        extended = _BASE.search(head)
        base = extended[1].rpartition(".")[2] if extended else None
        found.append(Class(match[1], base, methods, end))
    return found


def blanked(text: str) -> str:
    """The same text with spaces for all that is in comments, strings, templates and regular expressions."""
    out = list(text)
    at, last = 0, "\n"

    def blank(start: int, end: int) -> None:
        for place in range(start, min(end, len(out))):
            if out[place] != "\n":
                out[place] = " "

    while at < len(text):
        two, one = text[at : at + 2], text[at]
        if two == "//":
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
        elif two == "/*":
            end = text.find("*/", at + 2)
            end = len(text) if end < 0 else end + 2
        elif one in "\"'`" or (one == "/" and last in _BEFORE_REGEX):
            end = _end_of_literal(text, at)
            last = '"'
        else:
            if not one.isspace():
                last = one
            at += 1
            continue
        blank(at, end)
        at = end
    return "".join(out)


def _end_of_literal(text: str, start: int) -> int:
    quote, at, in_class = text[start], start + 1, False
    while at < len(text):
        one = text[at]
        if one == "\\":
            at += 1
        elif quote == "/" and one in "[]":
            in_class = one == "["
        elif one == quote and not in_class:
            return at + 1
        elif one == "\n" and quote != "`":
            return at
        at += 1
    return len(text)


def _head(code: str, at: int) -> tuple[str, int]:
    """What stands between the name of a class and its body, without type arguments; and where the body begins."""
    kept: list[str] = []
    depth = 0
    for place in range(at, len(code)):
        one = code[place]
        if one == "{" and depth == 0:
            return "".join(kept), place
        depth += one == "<"
        depth -= one == ">" and code[place - 1] != "="
        if depth == 0:
            kept.append(one)
    raise ValueError("a class has no body")


def _closing(code: str, opening: int) -> int:
    depth = 0
    for at in range(opening, len(code)):
        depth += {"{": 1, "}": -1}.get(code[at], 0)
        if depth == 0:
            return at
    raise ValueError("a brace is not closed")


def _flat(body: str) -> str:
    """The body of a class without those of its methods, and without what stands in their parentheses."""
    out, depth = [], 0
    for one in body:
        depth -= one in ")}]"
        if depth == 0:
            out.append(one)
        depth += one in "({["
        if depth < 0:
            raise ValueError("a brace is not opened")
    return "".join(out)
