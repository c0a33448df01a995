"""YAML 1.2 as OpenAPI means it: the JSON-compatible core schema, built from parser events.

Events are flat, so a deep document can't exhaust the stack; and the reader sees each key, so a key that stands twice
is an error instead of the last one winning. Dates stay text, `on` and `no` are words, keys are always text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
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

    `seen` is told the pointer and the line (from 1) of every value, in the order of the text.

    Raises YamlError.
    """
    try:
        return _Builder(seen).build(yaml.parse(text, Loader=yaml.CSafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlError(mark.line + 1 if mark else 1, error.problem or "malformed YAML") from None
    except yaml.YAMLError as error:
        raise YamlError(1, str(error).splitlines()[0]) from None


class _Builder:
    def __init__(self, seen: Callable[[tuple[str, ...], int], None] | None) -> None:
        self.seen = seen
        self.anchors: dict[str, Any] = {}
        self.aliased = 0

    def build(self, events: Iterator[Any]) -> Any:
        containers: list[Any] = []
        keys: list[str | None] = []
        anchors: list[str | None] = []
        root: Any = None
        documents = 0
        for event in events:
            kind = type(event)
            if kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    raise YamlError(event.start_mark.line + 1, "a second YAML document begins here")
            elif kind is yaml.ScalarEvent or kind is yaml.AliasEvent:
                line = event.start_mark.line + 1
                if containers and type(containers[-1]) is dict and keys[-1] is None:
                    if kind is yaml.AliasEvent:
                        raise YamlError(line, "an alias can't be a key")
                    if event.value in containers[-1] and event.value != "<<":
                        raise YamlError(line, f"the key {_shown(event.value)} stands twice in one object")
                    keys[-1] = event.value
                    continue
                value = self._alias(event, line) if kind is yaml.AliasEvent else _scalar(event, line)
                if kind is yaml.ScalarEvent and event.anchor:
                    self.anchors[event.anchor] = value
                if containers:
                    self._put(containers, keys, value, line)
                else:
                    root = value
                self._tell(containers, keys, line)
                self._next(containers, keys)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                line = event.start_mark.line + 1
                if containers and type(containers[-1]) is dict and keys[-1] is None:
                    raise YamlError(line, "a key must be text")
                if len(containers) == MAX_DEPTH:
                    raise YamlError(line, f"nested deeper than {MAX_DEPTH} levels")
                value = {} if kind is yaml.MappingStartEvent else []
                if containers:
                    self._put(containers, keys, value, line)
                else:
                    root = value
                self._tell(containers, keys, line)
                containers.append(value)
                keys.append(None)
                anchors.append(event.anchor)
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                value = containers.pop()
                keys.pop()
                anchor = anchors.pop()
                if anchor:
                    self.anchors[anchor] = value
                self._next(containers, keys)
        return root

    def _put(self, containers: list[Any], keys: list[str | None], value: Any, line: int) -> None:
        container = containers[-1]
        if type(container) is list:
            container.append(value)
        elif keys[-1] == "<<":
            merged = value if isinstance(value, list) else [value]
            if not merged or not all(isinstance(item, dict) for item in merged):
                raise YamlError(line, "'<<' merges an alias of an object, or a list of them")
            for item in merged:
                for key, inherited in item.items():
                    container.setdefault(key, inherited)
        else:
            container[keys[-1]] = value

    def _alias(self, event: yaml.AliasEvent, line: int) -> Any:
        if event.anchor not in self.anchors:
            raise YamlError(line, f"the alias *{event.anchor} has no anchor before it, or stands inside it")
        value = self.anchors[event.anchor]
        self.aliased += _size(value, MAX_ALIASED - self.aliased)
        if self.aliased >= MAX_ALIASED:
            raise YamlError(line, f"aliases repeat more than {MAX_ALIASED} values")
        return value

    def _tell(self, containers: list[Any], keys: list[str | None], line: int) -> None:
        if self.seen is not None:
            path = tuple(
                str(len(container) - 1) if type(container) is list else str(key)
                for container, key in zip(containers, keys, strict=True)
            )
            self.seen(path, line)

    @staticmethod
    def _next(containers: list[Any], keys: list[str | None]) -> None:
        if containers and type(containers[-1]) is dict:
            keys[-1] = None


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
