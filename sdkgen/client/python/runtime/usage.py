"""What a program uses of the contract, recorded while its own tests run: an entry of the gate's `consumers.yaml`.

Names only: no value of a request or an answer is kept. A list that is not known for sure is left out, which the gate
reads as "nobody knows".
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from . import recorder

if TYPE_CHECKING:
    from .operation import Operation
    from .values import Response

Way: TypeAlias = tuple[str, ...]
_LISTS = ("parameters", "request", "response", "headers")
_KEPT = frozenset(("str", "int", "float", "bool", "Any"))
"""Types whose values are taken as they come."""


@contextmanager
def recording(consumer: str, earlier: Iterable[Mapping[str, Any]] = ()) -> Iterator[Usage]:
    """Record what calls use from here to the end of the block, in all threads, and what is read of their answers.

    `earlier` is a manifest that is to be continued.
    """
    before, usage = recorder.current, Usage(consumer, earlier)
    recorder.current = usage
    try:
        yield usage
    finally:
        recorder.current = before
        usage.end()


@dataclass(slots=True)
class _Use:
    """Of one operation."""

    lists: dict[str, set[str]] = field(default_factory=lambda: {name: set() for name in _LISTS})
    unknown: set[str] = field(default_factory=set)
    bare: set[str] = field(default_factory=set)
    """Bodies that are no objects: used, and yet by no field."""

    def manifest(self) -> dict[str, list[str]]:
        unknown = self.unknown | {name for name in self.bare if not self.lists[name]}
        return {name: sorted(found) for name, found in self.lists.items() if name not in unknown}


class Usage:
    """The record of one consumer."""

    def __init__(self, consumer: str, earlier: Iterable[Mapping[str, Any]] = ()) -> None:
        self._consumer = consumer
        self._scopes: set[str] | None = set()
        self._uses: dict[str, _Use] = {}
        self._watched: dict[int, tuple[Any, Callable[[str, Any], None]]] = {}
        self._classes: dict[type, type] = {}
        for entry in earlier:
            if entry["name"] == consumer:
                self._continue(entry)

    def manifest(self) -> list[dict[str, Any]]:
        """The entry, in a list as the gate reads it."""
        scopes = {} if self._scopes is None else {"scopes": sorted(self._scopes)}
        operations = {name: use.manifest() for name, use in sorted(self._uses.items())}
        return [{"name": self._consumer, "language": "python", **scopes, "operations": operations}]

    def write(self, path: Path | str) -> None:
        """Write the manifest as JSON."""
        Path(path).write_text(json.dumps(self.manifest(), indent=2, ensure_ascii=False) + "\n", "utf-8")

    def end(self) -> None:
        """Watch no longer what was answered."""
        self._watched.clear()

    def _continue(self, entry: Mapping[str, Any]) -> None:
        self._scopes = set(entry["scopes"]) if "scopes" in entry else None
        for name, lists in entry["operations"].items():
            use = self._uses[name] = _Use()
            use.unknown = set(_LISTS) - set(lists)
            use.lists.update({key: set(found) for key, found in lists.items()})

    def _use(self, operation: Operation) -> _Use:
        return self._uses.setdefault(f"{operation.method} {operation.path}", _Use())

    def sent(self, operation: Operation, parameters: Iterable[str], body: Mapping[str, Any]) -> None:
        """A request; `body` is as the HTTP client takes it."""
        use = self._use(operation)
        use.lists["parameters"].update(parameters)
        alternatives = {frozenset(scope for scopes in one.values() for scope in scopes) for one in operation.security}
        if len(alternatives) > 1:
            self._scopes = None  # which one the credentials meet is theirs to know
        elif self._scopes is not None:
            self._scopes.update(*alternatives)
        for form, value in body.items():
            content = dict(value) if form == "files" and isinstance(value, list) else value
            if not isinstance(content, dict):
                use.bare.add("request")
            use.lists["request"].update(map(".".join, _fields(content, ())))

    def answered(self, operation: Operation, response: Response[Any]) -> None:
        """A success, which is watched from now on."""
        use = self._use(operation)
        self._watch_reads(response, partial(self._of_response, use))
        if response.parsed is not None and not _is_model(response.parsed):
            use.bare.add("response")
        use.lists["response"].update(map(".".join, _needed(response.parsed, ())))
        self._watch(response.parsed, use, ())

    def failed(self, operation: Operation, problem: Mapping[str, Any] | None) -> None:
        """An error: it is handed over as plain JSON, all of which may be read."""
        use = self._use(operation)
        use.unknown.add("headers")
        use.lists["response"].update(map(".".join, _fields(problem, ())))

    def _of_response(self, use: _Use, name: str, _: Any) -> None:
        if name in ("content", "headers"):
            use.unknown.add("response" if name == "content" else "headers")

    def _of_model(self, use: _Use, way: Way, names: Mapping[str, str], name: str, value: Any) -> None:
        if name == "additional_properties":
            self._watch(value, use, way)
            return
        inner = (*way, names.get(name, name))
        use.lists["response"].add(".".join(inner))
        self._watch(value, use, inner)

    def _watch(self, value: Any, use: _Use, way: Way) -> None:
        if isinstance(value, list):
            for item in value:
                self._watch(item, use, way)
        elif isinstance(value, dict):  # plain JSON: what is read of it is not seen, so all of it counts
            for name, item in value.items():
                use.lists["response"].add(".".join((*way, name)))
                self._watch(item, use, (*way, name))
        elif _is_model(value):
            names = _properties().get(value.__class__.__name__, {})
            self._watch_reads(value, partial(self._of_model, use, way, names))

    def _watch_reads(self, value: Any, note: Callable[[str, Any], None]) -> None:
        if id(value) in self._watched:
            return
        kind = value.__class__
        if kind not in self._classes:
            self._classes[kind] = _watching(kind, self._watched)
        object.__setattr__(value, "__class__", self._classes[kind])
        self._watched[id(value)] = (value, note)


def _watching(kind: type, watched: Mapping[int, tuple[Any, Callable[[str, Any], None]]]) -> type:
    """The class, of the same layout and by the same name, whose objects tell which of their attributes are read."""
    names = {one.name for one in kind.__attrs_attrs__}  # type: ignore[attr-defined]

    def read(self: Any, name: str) -> Any:
        if name == "__class__":
            return kind  # so that an object equals one that is not watched
        value = object.__getattribute__(self, name)
        if name in names and id(self) in watched:
            watched[id(self)][1](name, value)
        return value

    return type(kind.__name__, (kind,), {"__slots__": (), "__module__": kind.__module__, "__getattribute__": read})


def _is_model(value: Any) -> bool:
    return hasattr(value, "to_dict") and hasattr(value, "__attrs_attrs__")


def _needed(value: Any, way: Way) -> Iterator[Way]:
    """What the models ask for: they refuse an answer without a required property, or with a date that is none."""
    if isinstance(value, list):
        for item in value:
            yield from _needed(item, way)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _needed(item, (*way, name))
    elif _is_model(value):
        names = _properties().get(value.__class__.__name__, {})
        for one in value.__attrs_attrs__:
            types = set(str(one.type).split(" | "))
            inner = (*way, names.get(one.name, one.name)) if one.init else way
            if one.init and ("Unset" not in types or not types & _KEPT):
                yield inner
            yield from _needed(getattr(value, one.name), inner)


def _properties() -> Mapping[str, Mapping[str, str]]:
    """The properties of each model whose attributes have other names; generated, and not loaded before it is needed."""
    found: Mapping[str, Mapping[str, str]] = importlib.import_module("...properties", __name__).PROPERTIES
    return found


def _fields(value: Any, way: Way) -> Iterator[Way]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield (*way, name)
            yield from _fields(item, (*way, name))
    elif isinstance(value, list):
        for item in value:
            yield from _fields(item, way)
