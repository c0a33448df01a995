"""Where values stand in the text of a file: looked up for those asked for, when something is said about them."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml

from sdkgen.errors import Place, Pointer
from sdkgen.load import Key, Node, Source

_KEY = re.compile(r'("[^"\\]*(?:\\.[^"\\]*)*")\s*:\s*', re.DOTALL)
_SIGN = re.compile(r"\S")
_skipped = json.JSONDecoder().raw_decode


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


_Note: TypeAlias = Callable[[_Wanted, int, int, int], None]
"""Is told a value, and of its span the first three."""

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
    lines = [0, *(found.end() for found in re.finditer("\n", text))]
    places: dict[Pointer, Span] = {}

    def note(at: _Wanted, start: int, value: int, end: int) -> None:
        line = bisect_right(lines, start)
        places[at.pointer] = Span(start, value, end, line, start - lines[line - 1] + 1)

    if text.lstrip()[:1] in ("{", "["):
        try:
            _find_in_json(text, wanted, note)
        except ValueError:  # YAML in flow style
            places.clear()
    if not places:
        _find_in_yaml(text, wanted, note)
    return places


def located(nodes: Iterable[Node]) -> dict[Key, Span | None]:
    """The span of each value, or of what is around it, with every file gone through only once."""
    wanted: dict[Source, set[Pointer]] = {}
    for node in nodes:
        wanted.setdefault(node.source, set()).add(node.pointer)
    found: dict[Key, Span | None] = {}
    for source, pointers in wanted.items():
        places = spans(source, pointers)
        found |= {(source, pointer): _nearest(places, pointer) for pointer in pointers}
    return found


def places(nodes: Iterable[Node]) -> dict[Key, Place]:
    """What `Node.place` says of each, with every file gone through only once."""
    return {
        (source, pointer): Place(source.path, pointer, span.line if span else None)
        for (source, pointer), span in located(nodes).items()
    }


def _nearest(places: dict[Pointer, Span], pointer: Pointer) -> Span | None:
    while pointer and pointer not in places:
        pointer = pointer[:-1]
    return places.get(pointer)


def _find_in_json(text: str, wanted: _Wanted, note: _Note) -> None:
    """Go into what holds something wanted, and let the decoder skip the rest, which is far quicker.

    Raises ValueError where the text is no JSON.
    """

    def find(at: _Wanted, start: int, value: int) -> int:
        """Note the value that begins there, and those wanted in it; returns where it ends."""
        is_entered = at.members and text[value : value + 1] in ("{", "[")
        end = members(at, value) if is_entered else _skipped(text, value)[1]
        note(at, start, value, end)
        return end

    def members(at: _Wanted, container: int) -> int:
        is_object = text[container] == "{"
        index, sign = 0, container
        while sign == container or text[sign : sign + 1] == ",":
            begin = _next_sign(text, sign + 1)
            if text[begin : begin + 1] in ("}", "]"):
                return begin + 1
            key = _KEY.match(text, begin) if is_object else None
            value = key.end() if key else begin
            member = at.members.get(json.loads(key[1]) if key else str(index))
            end = find(member, begin, value) if member else _skipped(text, value)[1]
            sign = _next_sign(text, end)
            index += 1
        if text[sign : sign + 1] not in ("}", "]"):
            raise ValueError("no JSON")
        return sign + 1

    begin = _next_sign(text, 0)
    find(wanted, begin, begin)


def _next_sign(text: str, at: int) -> int:
    found = _SIGN.search(text, at)
    return found.start() if found else len(text)


def _find_in_yaml(text: str, wanted: _Wanted, note: _Note) -> None:
    around: list[tuple[_Wanted | None, int, int, bool, int]] = []
    inside: _Wanted | None = None  # the open object or array, where something in it is wanted
    in_list, index, key = False, 0, -1
    current: _Wanted | None = wanted
    last = 0
    for kind, start, end, name in _yaml_events(text):
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
