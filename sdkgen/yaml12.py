"""YAML 1.2 as OpenAPI means it: the JSON-compatible core schema, built from parser events.

Events are flat, so a deep document can't exhaust the stack; and the reader sees each key, so a key that stands twice
is an error instead of the last one winning. Dates stay text, `on` and `no` are words, keys are always text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

MAX_DEPTH = 200
MAX_ALIASED = 1_000_000

_NULL = {"", "~", "null", "Null", "NULL"}
_BOOLEAN = {text: text.lower() == "true" for text in ("true", "True", "TRUE", "false", "False", "FALSE")}
_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_BASED = re.compile(r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_NO_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z")
_STRING_TAGS = {"tag:yaml.org,2002:str", "!"}


class YamlError(Exception):
    """The text is no YAML that JSON can express. `line` counts from 1."""

    def __init__(self, line: int, cause: str) -> None:
        super().__init__(cause)
        self.line = line
        self.cause = cause


def parse(text: str, seen: Callable[[tuple[str, ...], int], None] | None = None) -> Any:
    """Read one YAML (or JSON) document.

    `seen` is told the pointer and the line (from 1) of every value, in the order of the text; of one that has a key,
    the line of the key.

    Raises YamlError.
    """
    try:
        return _Builder(seen).build(yaml.parse(text, Loader=yaml.CSafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlError(mark.line + 1 if mark else 1, error.problem or "malformed YAML") from None
    except yaml.YAMLError as error:
        raise YamlError(1, str(error).splitlines()[0]) from None


@dataclass(slots=True)
class _Open:
    """An object or array whose end is not reached yet."""

    value: dict[str, Any] | list[Any]
    anchor: str | None
    pointer: tuple[str, ...]
    """Where it stands, if anybody wants to know."""
    key: str | None = None
    """The key whose value comes next."""
    key_line: int = 0
    merged: list[tuple[Any, int]] = field(default_factory=list)
    """What `<<` brings in, and its line: own keys go first, wherever they stand."""


class _Builder:
    def __init__(self, seen: Callable[[tuple[str, ...], int], None] | None) -> None:
        self.seen = seen
        self.open: list[_Open] = []
        self.anchors: dict[str, Any] = {}
        self.aliased = 0
        self.root: Any = None

    def build(self, events: Iterator[Any]) -> Any:
        documents = 0
        for event in events:
            kind = type(event)
            line = event.start_mark.line + 1
            if kind is yaml.ScalarEvent or kind is yaml.AliasEvent:
                if self._wants_key():
                    self._key(event, line)
                    continue
                value = self._alias(event, line) if kind is yaml.AliasEvent else _scalar(event, line)
                if kind is yaml.ScalarEvent and event.anchor:
                    self.anchors[event.anchor] = value
                self._put(value, line)
                self._next()
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                if self._wants_key():
                    raise YamlError(line, "a key must be text")
                if len(self.open) == MAX_DEPTH:
                    raise YamlError(line, f"nested deeper than {MAX_DEPTH} levels")
                found: dict[str, Any] | list[Any] = {} if kind is yaml.MappingStartEvent else []
                self.open.append(_Open(found, event.anchor, self._put(found, line)))
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self._close(self.open.pop())
                self._next()
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    raise YamlError(line, "a second YAML document begins here")
        return self.root

    def _wants_key(self) -> bool:
        return bool(self.open) and type(self.open[-1].value) is dict and self.open[-1].key is None

    def _key(self, event: Any, line: int) -> None:
        if type(event) is yaml.AliasEvent:
            raise YamlError(line, "an alias can't be a key")
        if event.value in self.open[-1].value:
            raise YamlError(line, f"the key {_shown(event.value)} stands twice in one object")
        self.open[-1].key = event.value
        self.open[-1].key_line = line

    def _put(self, value: Any, line: int) -> tuple[str, ...]:
        """Put a value where it stands; returns that place, if anybody wants to know it."""
        if not self.open:
            self.root = value
        elif isinstance(self.open[-1].value, list):
            self.open[-1].value.append(value)
        elif self.open[-1].key == "<<":
            self.open[-1].merged.append((value, line))
        else:
            self.open[-1].value[str(self.open[-1].key)] = value
        if self.seen is None:
            return ()
        pointer: tuple[str, ...] = ()
        if self.open:
            around = self.open[-1]
            pointer = (*around.pointer, _token(around))
            line = line if around.key is None else around.key_line
        self.seen(pointer, line)
        return pointer

    def _next(self) -> None:
        if self.open:
            self.open[-1].key = None

    def _close(self, closed: _Open) -> None:
        if isinstance(closed.value, dict):
            for value, line in closed.merged:
                merged = value if isinstance(value, list) else [value]
                if not merged or not all(isinstance(item, dict) for item in merged):
                    raise YamlError(line, "'<<' merges an alias of an object, or a list of them")
                for item in merged:
                    for key, inherited in item.items():
                        closed.value.setdefault(key, inherited)
        if closed.anchor:
            self.anchors[closed.anchor] = closed.value

    def _alias(self, event: yaml.AliasEvent, line: int) -> Any:
        if event.anchor not in self.anchors:
            raise YamlError(line, f"the alias *{event.anchor} has no anchor before it, or stands inside it")
        value = self.anchors[event.anchor]
        self.aliased += _size(value, MAX_ALIASED - self.aliased)
        if self.aliased >= MAX_ALIASED:
            raise YamlError(line, f"aliases repeat more than {MAX_ALIASED} values")
        return value


def _token(container: _Open) -> str:
    return str(len(container.value) - 1) if isinstance(container.value, list) else str(container.key)


def _size(value: Any, limit: int) -> int:
    """Count the values an alias repeats, up to `limit`: nested aliases multiply."""
    count = 0
    rest = [value]
    while rest and count < limit:
        item = rest.pop()
        count += 1
        if isinstance(item, dict):
            rest.extend(item.values())
        elif isinstance(item, list):
            rest.extend(item)
    return count


def _scalar(event: yaml.ScalarEvent, line: int) -> Any:
    text: str = event.value
    if event.tag is not None:
        if event.tag in _STRING_TAGS:
            return text
        raise YamlError(line, f"the tag {_shown(event.tag)} has no meaning in JSON")
    if not event.implicit[0]:
        return text
    if text in _NULL:
        return None
    if text in _BOOLEAN:
        return _BOOLEAN[text]
    if _INTEGER.match(text):
        return int(text) if len(text) <= 1000 else _too_long(line)
    if _BASED.match(text):
        return int(text, 0)
    if _FLOAT.match(text):
        number = float(text)
        if number in (float("inf"), float("-inf")):
            raise YamlError(line, f"{_shown(text)} is no number that JSON readers can hold")
        return number
    if _NO_NUMBER.match(text):
        raise YamlError(line, f"{text} is no number in JSON")
    return text


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:60] + "…")


def _too_long(line: int) -> int:
    raise YamlError(line, "an integer of more than 1000 digits")
