"""What one operation takes and gives: parameters, bodies, responses, headers, links, callbacks.

In an operation the caller sends the request and reads the response. In a callback or webhook it is the other way round:
the service sends the request. So everything here goes by role: what the caller sends (`request`) must be accepted
still, what it reads (`response`) must still be what the old contract announced.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from sdkgen import schema
from sdkgen.compat.changes import Changes, Level
from sdkgen.compat.gaps import Direction
from sdkgen.compat.schemas import SchemaChanges
from sdkgen.compat.side import Side
from sdkgen.load import Node
from sdkgen.model import METHODS

_STYLES = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
_IGNORED_HEADERS = {"accept", "content-type", "authorization"}


@dataclass(slots=True)
class Endpoint:
    """One operation on one side."""

    side: Side
    path: str
    item: Node
    node: Node

    def parameters(self) -> dict[tuple[str, str], Node]:
        """By location and name; a path parameter by its position in the path."""
        found: dict[tuple[str, str], Node] = {}
        names = re.findall(r"\{([^}]*)\}", self.path)
        for owner in (self.item, self.node):
            for _, reference in owner.members("parameters"):
                node = self.side.follow(reference)
                place, name = node.value["in"], node.value["name"]
                if place == "header":
                    if name.lower() in _IGNORED_HEADERS:
                        continue
                    name = name.lower()
                if place == "path" and name in names:
                    name = str(names.index(name))
                found[place, name] = node
        return found


class Exchange:
    """Compares what two versions of an operation take and give."""

    def __init__(self, old: Side, new: Side, changes: Changes, schemas: SchemaChanges) -> None:
        self.old, self.new = old, new
        self.changes = changes
        self.schemas = schemas

    def compare(self, old: Endpoint, new: Endpoint, operation: str, *, reverse: bool = False) -> None:
        """`reverse` is for callbacks and webhooks, which the caller serves."""
        taken: Direction = "response" if reverse else "request"
        given: Direction = "request" if reverse else "response"
        self._parameters(old, new, taken, operation)
        self._body(old.node, new.node, taken, operation)
        self._responses(old.node, new.node, given, operation)
        self._callbacks(old.node, new.node, operation, reverse=reverse)

    def _parameters(self, old: Endpoint, new: Endpoint, role: Direction, operation: str) -> None:
        before, after = old.parameters(), new.parameters()
        moved = {name.lower(): (place, name) for place, name in after if (place, name) not in before}
        for (place, name), node in before.items():
            if (place, name) in after:
                self._parameter(node, after[place, name], role, operation)
            elif name.lower() in moved and place != "path" and moved[name.lower()][0] != "path":
                goal = moved[name.lower()]
                target = after.pop(goal)
                message = f"the parameter `{name}` moved from {place} to {goal[0]}"
                self._add(f"{role}-parameter-moved", target, message, operation, name=name, before=place, after=goal[0])
            elif place != "path":
                message = f"the {place} parameter `{node.value['name']}` was removed"
                self._add(f"{role}-parameter-removed", node, message, operation, name=node.value["name"], before=place)
                if name == "idempotency-key":
                    self._add("idempotency-removed", node, "repeating is no longer safe", operation)
        for (place, name), node in after.items():
            if (place, name) not in before and place != "path":
                needed = node.value.get("required", False)
                kind = "required-parameter" if needed else "parameter"
                message = f"the {'required ' if needed else ''}{place} parameter `{node.value['name']}` was added"
                self._add(f"{role}-{kind}-added", node, message, operation, name=node.value["name"], after=place)
                if name == "idempotency-key":
                    self._add("idempotency-added", node, "the operation may be repeated safely", operation)

    def _add(self, id: str, node: Node, message: str, operation: str, level: Level | None = None, **rest: Any) -> None:
        self.changes.add(id, node, message, operation=operation, level=level, **rest)

    def _parameter(self, old: Node, new: Node, role: Direction, operation: str) -> None:
        if self.schemas.untouched(old, new):
            return
        name, place = new.value["name"], new.value["in"]
        before, after = (node.value.get("required", False) or place == "path" for node in (old, new))
        if before != after:
            step = "required" if after else "optional"
            message = f"the {place} parameter `{name}` became {step}"
            self._add(f"{role}-parameter-{step}", new, message, operation, name=name)
        self._written(old, new, role, operation)
        self._content_or_schema(old, new, role, operation, f"the {place} parameter `{name}`")

    def _written(self, old: Node, new: Node, role: Direction, operation: str) -> None:
        """How a value becomes text."""
        name = new.value["name"]
        before, after = self._style(self.old, old), self._style(self.new, new)
        if before != after:
            message = f"the parameter `{name}` is written in another style"
            rest = {"name": name, "before": " ".join(before), "after": " ".join(after)}
            self._add(f"{role}-parameter-style-changed", new, message, operation, **rest)
        for key, id in (("allowReserved", "reserved"), ("allowEmptyValue", "empty")):
            was, is_ = (node.value.get(key, False) for node in (old, new))
            if was != is_:
                step = "widened" if is_ else "narrowed"
                message = f"the parameter `{name}` takes {id} {'values' if id == 'empty' else 'characters'} "
                message += "now" if is_ else "no longer"
                self._add(f"{role}-parameter-{id}-{step}", new, message, operation, name=name)

    @staticmethod
    def _style(side: Side, node: Node) -> tuple[str, ...]:
        """The style as far as the values of this parameter can tell: text and numbers know no `explode`."""
        value = node.value
        style = value.get("style", _STYLES[value.get("in", "header")])
        explode = value.get("explode", style in ("form", "deepObject"))
        declared = node.get("schema")
        if declared is None or "content" in value:
            return ()
        parts = schema.parts(side.contract, declared)
        kinds = schema.kinds(side.contract, declared) or {kind for part in parts for kind in schema.types(part)}
        if not kinds or kinds & {"object"}:
            return style, "exploded" if explode else "together"
        if "array" in kinds:
            return style, "exploded" if explode and style != "simple" else "together"
        return (style,) if style in ("label", "matrix") else ("plain",)

    def _content_or_schema(self, old: Node, new: Node, role: Direction, operation: str, what: str) -> None:
        """A parameter or header: declared by a schema, or by a media type."""
        if ("content" in old.value) != ("content" in new.value):
            self._add(f"{role}-parameter-content-changed", new, f"{what} is written in another way", operation)
        elif "content" in new.value:
            self._content(old, new, role, operation)
        else:
            left, right = old.get("schema"), new.get("schema")
            if left and right:
                self.schemas.compare(left, right, role, operation, text=True)

    def _body(self, old: Node, new: Node, role: Direction, operation: str) -> None:
        left, right = old.get("requestBody"), new.get("requestBody")
        if left is None and right is None:
            return
        if right is None and left is not None:
            self._add(f"{role}-body-removed", old.child("requestBody"), "the request body was removed", operation)
            return
        assert right is not None  # noqa: S101 - for the type checker
        after = self.new.follow(right)
        needed = after.value.get("required", False)
        if left is None:
            kind = "required-body" if needed else "body"
            words = "required " if needed else ""
            self._add(f"{role}-{kind}-added", right, f"a {words}request body was added", operation)
            return
        before = self.old.follow(left)
        if before.value.get("required", False) != needed:
            step = "required" if needed else "optional"
            self._add(f"{role}-body-{step}", after, f"the request body became {step}", operation)
        self._content(before, after, role, operation)

    def _content(self, old: Node, new: Node, role: Direction, operation: str) -> None:
        """Whoever sends needs a range that takes what was sent; whoever reads knows only what was announced."""
        before, after = ({_essence(name): node for name, node in side.members("content")} for side in (old, new))
        for name, node in before.items():
            cover = after.get(name) or (_covering(name, after) if role == "request" else None)
            if cover is not None:
                self._media(node, cover, role, operation, name)
                continue
            narrowed = role == "response" and any(_is_within(one, name) for one in after)
            message = f"the media type {name} was {'narrowed' if narrowed else 'removed'}"
            level: Level | None = "compatible" if narrowed else None
            self._add(f"{role}-media-type-removed", node, message, operation, level, name=name)
        for name, node in after.items():
            if name in before:
                continue
            wider = _covering(name, before)
            if wider is None:
                self._add(f"{role}-media-type-added", node, f"the media type {name} was added", operation, name=name)
            elif role == "response":
                self._media(wider, node, role, operation, name)

    def _media(self, old: Node, new: Node, role: Direction, operation: str, name: str) -> None:
        left, right = old.get("schema"), new.get("schema")
        if left is not None and right is not None:
            self.schemas.compare(left, right, role, operation)
        elif left is not None or right is not None:
            wider = right is None
            id = f"{role}-schema-{'widened' if wider else 'narrowed'}"
            judged: Level = "breaking" if wider == (role == "response") else "compatible"
            message = f"the schema of {name} was {'removed' if wider else 'added'}"
            self._add(id, new, message, operation, judged, name=name)
        for part in sorted({key for key, _ in old.members("encoding")} | {key for key, _ in new.members("encoding")}):
            before, after = (dict(side.value.get("encoding", {})).get(part) for side in (old, new))
            if before == after:
                continue
            message = f"the part `{part}` of {name} is written in another way"
            rest = {"name": part, "before": before, "after": after}
            fewer, more = (before, after) if role == "request" else (after, before)
            level: Level | None = "compatible" if _takes_all(fewer, more) else None
            self._add(f"{role}-encoding-changed", new, message, operation, level, **rest)

    def _responses(self, old: Node, new: Node, role: Direction, operation: str) -> None:
        before, after = (_statuses(node) for node in (old, new))
        for status, reference in before.items():
            cover = after.get(status) or _cover(status, after)
            if cover is None:
                kind = "success" if status[0] in "23" else "default" if status == "default" else "error"
                # A reader that knows the whole range knows each of it.
                narrowed = role == "response" and any(_cover(one, {status: reference}) for one in after)
                message = f"the response {status} was {'narrowed' if narrowed else 'removed'}"
                level: Level | None = "compatible" if narrowed else None
                self._add(f"{role}-{kind}-status-removed", reference, message, operation, level, name=status)
            else:
                self._response(self.old.follow(reference), self.new.follow(cover), role, operation)
        for status, reference in after.items():
            if status in before:
                continue
            covering = _cover(status, before)
            if covering is not None and status != "default":
                self._response(self.old.follow(covering), self.new.follow(reference), role, operation)
                continue
            kind = "success" if status[0] in "23" else "default" if status == "default" else "error"
            message = f"the response {status} was added"
            self._add(f"{role}-{kind}-status-added", reference, message, operation, name=status)

    def _response(self, old: Node, new: Node, role: Direction, operation: str) -> None:
        if not self.schemas.untouched(old, new):
            find = partial(self._changed_response, old, new, role, operation)
            self.changes.shared((old.key, new.key, role), operation, find)

    def _changed_response(self, old: Node, new: Node, role: Direction, operation: str) -> None:
        self._headers(old, new, role, operation)
        if old.get("content") and not new.get("content"):
            self._add(f"{role}-content-removed", old, "the response has no body any more", operation)
        elif new.get("content") and not old.get("content"):
            self._add(f"{role}-content-added", new, "the response has a body now", operation)
        else:
            self._content(old, new, role, operation)
        before, after = (set(node.value.get("links", {})) for node in (old, new))
        for name in sorted(before - after):
            self._add("link-removed", old.child("links", name), f"the link `{name}` was removed", operation, name=name)
        for name in sorted(after - before):
            self._add("link-added", new.child("links", name), f"the link `{name}` was added", operation, name=name)
        for name in sorted(before & after):
            left, right = self.old.follow(old.child("links", name)), self.new.follow(new.child("links", name))
            if {**left.value, "description": ""} != {**right.value, "description": ""}:
                self._add("link-changed", right, f"the link `{name}` leads elsewhere", operation, name=name)

    def _headers(self, old: Node, new: Node, role: Direction, operation: str) -> None:
        before, after = ({name.lower(): node for name, node in side.members("headers")} for side in (old, new))
        for name in {**before, **after}:
            if name == "content-type":
                continue
            left = self.old.follow(before[name]) if name in before else None
            right = self.new.follow(after[name]) if name in after else None
            if left and right and self.schemas.untouched(left, right):
                continue
            if left is None or right is None:
                found = before[name] if right is None else after[name]
                step = "removed" if right is None else "added"
                if right is not None and role == "request" and right.value.get("required", False):
                    step = "required"
                self._add(f"{role}-header-{step}", found, f"the header `{name}` was {step}", operation, name=name)
                continue
            was, is_ = (node.value.get("required", False) for node in (left, right))
            if was != is_:
                step = "required" if is_ else "optional"
                self._add(f"{role}-header-{step}", right, f"the header `{name}` became {step}", operation, name=name)
            if self._style(self.old, left) != self._style(self.new, right):
                message = f"the header `{name}` is written in another style"
                self._add(f"{role}-header-style-changed", right, message, operation, name=name)
            self._content_or_schema(left, right, role, operation, f"the header `{name}`")

    def _callbacks(self, old: Node, new: Node, operation: str, *, reverse: bool) -> None:
        before, after = dict(old.members("callbacks")), dict(new.members("callbacks"))
        for name in sorted(before.keys() | after.keys()):
            if name not in after:
                self._add("callback-removed", before[name], f"the callback `{name}` was removed", operation, name=name)
                continue
            if name not in before:
                self._add("callback-added", after[name], f"the callback `{name}` was added", operation, name=name)
                continue
            left, right = self.old.follow(before[name]), self.new.follow(after[name])
            lefts, rights = _items(left), _items(right)
            if len(lefts) == len(rights) == 1 and lefts.keys() != rights.keys():
                message = f"the callback `{name}` goes to another address"
                self._add("callback-address-changed", right, message, operation, name=name)
                rights = dict(zip(lefts, rights.values(), strict=True))
            self.items(lefts, rights, f"{operation} {name}", "callback", reverse=not reverse)

    def items(self, old: dict[str, Node], new: dict[str, Node], prefix: str, what: str, *, reverse: bool) -> None:
        """Path items that are matched already, by address or by name."""
        before = {(key, method): (node, item) for key, node in old.items() for method, item in _methods(self.old, node)}
        after = {(key, method): (node, item) for key, node in new.items() for method, item in _methods(self.new, node)}
        for key, (node, item) in before.items():
            operation = f"{prefix} {key[1].upper()}".strip() if what == "callback" else f"webhook {key[0]}"
            if key not in after:
                self._add(f"{what}-removed", item, f"the {what} was removed", operation, name=key[0])
                continue
            other, changed = after[key]
            left = Endpoint(self.old, key[0], self.old.follow(node), item)
            right = Endpoint(self.new, key[0], self.new.follow(other), changed)
            self.compare(left, right, operation, reverse=reverse)
        for key, (_, item) in after.items():
            if key not in before:
                self._add(f"{what}-added", item, f"the {what} was added", f"{what} {key[0]}", name=key[0])


def _methods(side: Side, reference: Node) -> Iterator[tuple[str, Node]]:
    item = side.follow(reference)
    for method in METHODS:
        found = item.get(method)
        if found is not None:
            yield method, found


def _items(node: Node) -> dict[str, Node]:
    return {key: item for key, item in node.items() if not key.startswith("x-")}


def _statuses(node: Node) -> dict[str, Node]:
    return {
        status.upper() if status != "default" else status: found
        for status, found in node.members("responses")
        if not status.startswith("x-")
    }


def _cover(status: str, among: dict[str, Node]) -> Node | None:
    """The range or default that speaks of this status where it is not listed itself."""
    return among.get(f"{status[0]}XX") or (among.get("default") if status[0] not in "23" else None)


def _essence(name: str) -> str:
    return ";".join(part.strip().lower() for part in name.split(";")).replace(";charset=utf-8", "")


def _takes_all(fewer: dict[str, Any] | None, more: dict[str, Any] | None) -> bool:
    """Do two encodings of a part differ in nothing but media types of which the second takes all of the first?"""
    if fewer is None or more is None or "contentType" not in fewer:
        return False
    if {**fewer, "contentType": ""} != {**more, "contentType": ""}:
        return False
    first, second = ({_essence(one) for one in found["contentType"].split(",")} for found in (fewer, more))
    return all(not second.isdisjoint((one, *_wider(one))) for one in first)


def _wider(name: str) -> tuple[str, ...]:
    plain = name.split(";")[0]
    return plain, f"{plain.split('/')[0]}/*", "*/*"


def _is_within(name: str, range_: str) -> bool:
    return name != range_ and range_ in _wider(name)


def _covering(name: str, among: dict[str, Node]) -> Node | None:
    """The range that takes this media type as well."""
    return next((among[wide] for wide in _wider(name) if wide in among), None)
