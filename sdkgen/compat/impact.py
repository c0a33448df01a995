"""Whom a change concerns: for each consumer unaffected, affected by which field, or unknown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, TypeAlias

from sdkgen.compat.changes import Change, Result
from sdkgen.compat.consumers import Consumer, Field, Usage, plain
from sdkgen.naming import attribute

Effect: TypeAlias = Literal["unaffected", "unknown", "affected"]
EFFECTS: tuple[Effect, ...] = ("unaffected", "unknown", "affected")


@dataclass(frozen=True, slots=True)
class Impact:
    """One change that a consumer notices, or may notice."""

    change: Change
    effect: Effect
    field: str | None
    """What the consumer uses that is concerned."""


@dataclass(frozen=True, slots=True)
class Report:
    """What is said of one consumer."""

    consumer: Consumer
    impacts: list[Impact]

    @property
    def effect(self) -> Effect:
        return max((impact.effect for impact in self.impacts), key=EFFECTS.index, default="unaffected")


def impact(result: Result, registered: list[Consumer]) -> list[Report]:
    """Judge all changes that break, or may break, for each consumer; the changes learn who uses them."""
    reports = []
    for consumer in registered:
        impacts = []
        for change in result.changes:
            if change.level not in ("breaking", "unknown") or change.approval:
                continue
            effect, field = _effect(change, consumer)
            if effect == "affected" and change.level == "unknown":
                effect = "unknown"
            if effect != "unaffected":
                impacts.append(Impact(change, effect, field))
                change.consumers.append(consumer.name)
        reports.append(Report(consumer, impacts))
    return reports


def too_early(result: Result, now: datetime | None = None) -> list[Change]:
    """Operations that are removed before the end that was announced for them; one without such an end is always."""
    now = now or datetime.now(UTC)
    removed = [change for change in result.changes if change.id in ("operation-removed", "path-removed")]
    return [change for change in removed if not change.approval and not _has_ceased(change.before, now)]


def _has_ceased(sunset: object, now: datetime) -> bool:
    try:
        end = datetime.fromisoformat(str(sunset))
    except ValueError:
        return False
    return (end if end.tzinfo else end.replace(tzinfo=UTC)) <= now


def _effect(change: Change, consumer: Consumer) -> tuple[Effect, str | None]:
    if change.axis.startswith("source."):
        return _source(change, consumer)
    used = [usage for key, usage in consumer.operations.items() if _is_of(change, key)]
    if change.operations and not used:
        return "unaffected", None
    if change.id.startswith("security-scope"):
        return _scope(change, consumer)
    if not change.operations:
        return "affected", change.name
    if consumer.language == "python" and _is_missed_by_reader(change):
        return "affected", change.name
    return max((_used(change, usage) for usage in used), key=lambda found: EFFECTS.index(found[0]))


def _is_missed_by_reader(change: Change) -> bool:
    """May an answer lack a property that it always had? The SDK for Python refuses it, whoever reads the property."""
    if change.id == "response-property-removed":
        owner = change.node.source.value
        for token in change.node.pointer[:-2]:
            owner = owner[int(token)] if isinstance(owner, list) else owner[token]
        return change.name in owner.get("required", ())
    return change.id == "response-property-optional"


def _is_of(change: Change, key: tuple[str, str]) -> bool:
    name = f"{key[1].upper()} {key[0]}"
    # A callback's name begins with that of the operation that asks for it.
    return any(plain(operation) == name or plain(operation).startswith(f"{name} ") for operation in change.operations)


def _scope(change: Change, consumer: Consumer) -> tuple[Effect, str | None]:
    if consumer.scopes is None:
        return "unknown", change.name
    held = change.name in consumer.scopes
    gone = change.id == "security-scope-undeclared"
    return ("affected", change.name) if held == gone else ("unaffected", None)


def _source(change: Change, consumer: Consumer) -> tuple[Effect, str | None]:
    if consumer.language is None or change.axis != f"source.{consumer.language}":
        return "unaffected", None
    if change.operations:
        used = [usage for key, usage in consumer.operations.items() if _is_of(change, key)]
        if not used:
            return "unaffected", None
        if "argument" not in change.id or "required" in change.id:
            return "affected", change.name
        listed = [usage.parameters for usage in used]
        if any(one is None for one in listed):
            return "unknown", change.name
        names = {attribute(name) for one in listed for name in one or ()}
        return ("affected", change.name) if change.name in names | {"body"} else ("unaffected", None)
    owner, _, name = (change.name or "").rpartition(".")
    if not owner:
        return "unknown", change.name
    fields = [way for usage in consumer.operations.values() for way in (usage.request, usage.response)]
    if any(one is None for one in fields):
        return "unknown", change.name
    known = {attribute(way[-1]) for one in fields for way in one or ()}
    return ("affected", change.name) if name in known else ("unaffected", None)


def _used(change: Change, usage: Usage) -> tuple[Effect, str | None]:
    """Does what a consumer uses of an operation include what the change is about?"""
    id = change.id
    if "-parameter-" in id:
        if "required" in id:
            sent = usage.parameters is not None and (change.name or "").lower() in usage.parameters
            return ("unaffected", None) if sent and not id.endswith("-added") else ("affected", change.name)
        return _among(change.name, usage.parameters)
    if "-header-" in id:
        return _among(change.name, usage.headers)
    if not _is_field(change):
        return "affected", change.name
    is_request = id.startswith("request-")
    fields = usage.request if is_request else usage.response
    way = tuple(part for part in change.path if not part.isdecimal())
    owner = way
    if change.name and "-enum-value-" not in id:
        way = (*way, change.name)
    shown = ".".join(way) or "the body"
    if fields is None:
        return "unknown", shown
    if id in ("request-property-required", "request-required-property-added"):
        inside = not owner or any(one[: len(owner)] == owner for one in fields)
        return ("affected", shown) if inside and way not in fields else ("unaffected", None)
    if not _touches(way, fields):
        return "unaffected", None
    known = usage.values.get(way)
    if id == "response-enum-value-added" and known is not None:
        return ("unaffected", None) if (change.name or "").strip('"') in known else ("affected", shown)
    return "affected", shown


def _touches(way: Field, fields: frozenset[Field]) -> bool:
    if not way:
        return bool(fields)
    return any(one[: len(way)] == way for one in fields)


def _is_field(change: Change) -> bool:
    """Is it about a place inside a body? Then it says how to get there, or which property it is."""
    in_schema = "/schema" in change.pointer or change.pointer.startswith("/components/schemas")
    return in_schema and change.id.startswith(("request-", "response-"))


def _among(name: str | None, used: frozenset[str] | None) -> tuple[Effect, str | None]:
    if used is None:
        return "unknown", name
    return ("affected", name) if (name or "").lower() in used else ("unaffected", None)
