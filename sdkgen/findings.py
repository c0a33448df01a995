"""What can't be carried over from a contract, and `waivers.yaml` beside it, which says what is accepted.

The linter's rules are waived in the same file.

    - id: links
      pointer: /paths/~1quotes
      reason: nobody follows them
      expires: 2027-06-30

Without a `pointer` a waiver covers the whole contract, with one what stands there and below. After `expires` (the last
day, ISO 8601) it covers nothing any more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sdkgen.errors import Place, Pointer, pointer_tokens
from sdkgen.load import Node, Source, read

FILE = "waivers.yaml"
IDS = frozenset(
    """ambiguous-parameter callbacks dynamic-reference empty-parameter header-content links nested-parameter
    operation-servers raw-body raw-parameter schema-dialect schema-id sdk-omission security-scheme
    undeclared-properties webhooks""".split()
)
"""What the compiler reports, or accepts when it is waived (docs/reference/findings.md)."""
_KEYS = {"id", "pointer", "reason", "expires"}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in the contract that a projection leaves out or weakens. It is named, counted and may be waived."""

    id: str
    node: Node
    message: str
    waiver: str | None = None
    """The reason why it is accepted, where a waiver gives one."""

    @property
    def place(self) -> Place:
        return self.node.place

    def __str__(self) -> str:
        return f"{self.place}: {self.id}: {self.message}"


@dataclass(frozen=True, slots=True)
class Waiver:
    id: str
    pointer: Pointer
    reason: str
    expires: date | None
    node: Node
    """Where it stands itself."""

    def has_expired(self, today: date) -> bool:
        return self.expires is not None and today > self.expires

    def covers(self, id: str, node: Node, today: date) -> bool:
        below = node.pointer[: len(self.pointer)] == self.pointer
        return self.id == id and below and not self.has_expired(today)


class Waivers:
    """The waivers of one contract, as they hold today."""

    def __init__(self, waivers: Iterable[Waiver] = ()) -> None:
        self._waivers = tuple(waivers)
        self._today = datetime.now(UTC).date()
        self._used: set[Waiver] = set()

    @classmethod
    def beside(cls, contract: Path) -> Waivers:
        """The waivers in the contract's folder; none where there is no file. Raises ContractError."""
        path = contract.parent / FILE
        return cls(_parsed(read(path)) if path.exists() else ())

    def reason(self, id: str, node: Node) -> str | None:
        """Why this is accepted at this place; None where it is not."""
        for waiver in self._waivers:
            if waiver.covers(id, node, self._today):
                self._used.add(waiver)
                return waiver.reason
        return None

    @property
    def all(self) -> tuple[Waiver, ...]:
        return self._waivers

    @property
    def expired(self) -> list[Waiver]:
        return [waiver for waiver in self._waivers if waiver.has_expired(self._today)]

    @property
    def unused(self) -> list[Waiver]:
        """Those that have covered nothing so far: run out, misspelt or not needed any more."""
        return [waiver for waiver in self._waivers if waiver not in self._used]

    @property
    def hold_until(self) -> date | None:
        """The last day on which all that were used still hold."""
        return min((waiver.expires for waiver in self._used if waiver.expires), default=None)


def _parsed(source: Source) -> list[Waiver]:
    document = Node(source, (), source.value)
    if not isinstance(source.value, list):
        raise document.error("is no list of waivers", "write entries with id and reason")
    return [_waiver(node) for _, node in document.items()]


def _waiver(node: Node) -> Waiver:
    value = node.value
    if not isinstance(value, dict) or not all(isinstance(value.get(key), str) for key in ("id", "reason")):
        raise node.error("a waiver needs `id` and `reason`", "add them: the reason is for those who come later")
    unknown = sorted(set(value) - _KEYS)
    if unknown:
        raise node.child(unknown[0]).error(f"a waiver has no `{unknown[0]}`", f"use {', '.join(sorted(_KEYS))}")
    try:
        expires = date.fromisoformat(value["expires"]) if "expires" in value else None
    except (TypeError, ValueError):
        raise node.child("expires").error("is no date", "write it as 2027-06-30") from None
    return Waiver(value["id"], pointer_tokens(str(value.get("pointer", ""))), value["reason"], expires, node)
