"""Changes to the text of a contract that leave all the rest of it as it stands, comments and layout included."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sdkgen.errors import Pointer
from sdkgen.load import Node, Source
from sdkgen.positions import Span, spans, text_of

Change: TypeAlias = tuple[int, int, str]
"""From an offset to another, what stands there instead."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A change to one value; the offsets are looked up when it is made."""

    node: Node
    make: Callable[[str, dict[Pointer, Span], Node], Change]


def replaced(node: Node, written: str) -> Edit:
    """Another text instead of a scalar."""

    def make(text: str, places: dict[Pointer, Span], node: Node) -> Change:
        span = places[node.pointer]
        quote = text[span.value] if text[span.value] in "'\"" else ""
        return span.value, span.end, f"{quote}{written}{quote}"

    return Edit(node, make)


def removed(node: Node) -> Edit:
    """An array without one element that is not its first and stands in one line."""

    def make(text: str, places: dict[Pointer, Span], node: Node) -> Change:
        span = places[node.pointer]
        before = places[(*node.pointer[:-1], str(int(node.pointer[-1]) - 1))]
        if text[places[node.pointer[:-1]].value] == "[":
            return before.end, span.end, ""
        start = text.rindex("\n", 0, span.value) + 1
        return start, _line_end(text, span.end), ""

    return Edit(node, make)


def inserted(node: Node, key: str, value: dict[str, str] | list[dict[str, str]]) -> Edit:
    """An object with one more member, before those whose keys are greater where that keeps an order."""

    def make(text: str, places: dict[Pointer, Span], node: Node) -> Change:
        start = places[node.pointer].value
        members = [(name, places[(*node.pointer, name)]) for name in node.value]
        if text[start] == "{":
            layout = re.compile(r"\{(\s*)").match(text, start)
            space = layout[1] if layout else ""
            rest = ("," + (space or " ")) if members else space
            return start + len("{" + space), start + len("{" + space), f"{json.dumps(key)}: {json.dumps(value)}{rest}"
        smaller = [span for name, span in members if name < key]
        after = max(smaller or [span for _, span in members], key=lambda span: span.end)
        first = members[0][1]
        quote = text[first.start] if text[first.start] in "'\"" else ""
        column = " " * (first.start - text.rfind("\n", 0, first.start) - 1)
        return _behind(text, after, f"{column}{quote}{key}{quote}:\n{_block(value, column + '  ')}")

    return Edit(node, make)


def appended(node: Node, value: dict[str, str]) -> Edit:
    """An array with one more element."""

    def make(text: str, places: dict[Pointer, Span], node: Node) -> Change:
        last = places[(*node.pointer, str(len(node.value) - 1))]
        if text[places[node.pointer].value] == "[":
            return last.end, last.end, f", {json.dumps(value)}"
        dash = text.rindex("-", 0, last.value)
        return _behind(text, last, _block([value], " " * (dash - text.rfind("\n", 0, dash) - 1)))

    return Edit(node, make)


def apply(edits: Sequence[Edit]) -> dict[Source, str]:
    """The new text of each file. An edit whose place was brought in by a YAML alias is left out."""
    by_source: dict[Source, list[Edit]] = {}
    for edit in edits:
        by_source.setdefault(edit.node.source, []).append(edit)
    return {source: _applied(source, of_source) for source, of_source in by_source.items()}


def _applied(source: Source, edits: list[Edit]) -> str:
    text = text_of(source)
    needed = {edit.node.pointer for edit in edits}
    for edit in edits:
        needed |= {child.pointer for _, child in edit.node.items()}
        if edit.node.pointer and edit.node.pointer[-1].isdecimal():
            needed.add((*edit.node.pointer[:-1], str(max(0, int(edit.node.pointer[-1]) - 1))))
    places = spans(source, needed)
    changes = []
    for edit in edits:
        try:
            changes.append(edit.make(text, places, edit.node))
        except KeyError:  # it stands elsewhere in the text
            continue
    ends = "\r\n" if "\r\n" in text else "\n"
    changes.sort(key=lambda change: change[:2])
    for start, end, written in reversed(changes):
        text = text[:start] + written.replace("\n", ends) + text[end:]
    return text


def _behind(text: str, span: Span, written: str) -> Change:
    """New lines below the last line of a value."""
    at = _line_end(text, span.end)
    return at, at, written if text[at - 1] == "\n" else f"\n{written}"


def _line_end(text: str, offset: int) -> int:
    if text[offset - 1] == "\n":  # a block of text ends with its line, and takes in the empty ones below
        keeps = re.search(r"[|>]\d?\+", text)
        return offset if keeps else text.index("\n", len(text[:offset].rstrip())) + 1
    found = text.find("\n", offset)
    return len(text) if found < 0 else found + 1


def _block(value: dict[str, str] | list[dict[str, str]], column: str) -> str:
    if isinstance(value, list):
        lines = [f"{column}- {_block(item, '').strip()}\n" for item in value]
    else:
        lines = [f"{column}{key}: {_scalar(written)}\n" for key, written in value.items()]
    return "".join(lines)


def _scalar(text: str) -> str:
    plain = re.fullmatch(r"[A-Za-z][A-Za-z0-9 _-]*", text)
    reserved = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
    return text if plain and text.lower() not in reserved else "'" + text.replace("'", "''") + "'"
