"""What is agreed beside the bytes: deprecation, sunset, rate, timeout, idempotency, and who the audience is."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

from sdkgen.compat.changes import Changes, Level
from sdkgen.load import Node

_INFO_LEVELS: dict[str, Level] = {"audience": "breaking", "lifecycle": "compatible"}


class Policy:
    """Compares `deprecated` and `x-paved`."""

    def __init__(self, changes: Changes) -> None:
        self.changes = changes

    def operation(self, old: Node, new: Node, operation: str) -> None:
        before, after = (node.value.get("deprecated", False) for node in (old, new))
        if before != after:
            step = "added" if after else "removed"
            message = "the operation is deprecated" if after else "the operation is not deprecated any more"
            self.changes.add(f"deprecation-{step}", new, message, operation=operation)
        left, right = paved(old), paved(new)
        self._sunset(left.get("sunset"), right.get("sunset"), new, operation)
        for key in ("timeout", "rate"):
            self._limit(key, _measure(left.get(key)), _measure(right.get(key)), left, right, new, operation)
        if left.get("idempotent", False) != right.get("idempotent", False):
            good = right.get("idempotent", False)
            message = "the operation may be repeated safely" if good else "repeating is no longer safe"
            self.changes.add(f"idempotency-{'added' if good else 'removed'}", new, message, operation=operation)
        if left.get("pagination") != right.get("pagination"):
            rest = {"before": left.get("pagination"), "after": right.get("pagination")}
            level: Level = "breaking" if rest["before"] else "compatible"
            message = "pages are turned in another way"
            self.changes.add("pagination-changed", new, message, operation=operation, level=level, **rest)

    def _sunset(self, old: Any, new: Any, node: Node, operation: str) -> None:
        before, after = _moment(old), _moment(new)
        if before == after:
            return
        rest = {"before": old, "after": new}
        if after is None:
            self.changes.add("sunset-postponed", node, "the sunset was taken back", operation=operation, **rest)
        elif before is None:
            # Announcing an end is how it is done; an end without deprecation comes out of the blue.
            level: Level = "compatible" if node.value.get("deprecated") is True else "breaking"
            message = f"the operation ceases on {new}"
            self.changes.add("sunset-added", node, message, operation=operation, level=level, **rest)
        elif after < before:
            message = f"the sunset was brought forward from {old} to {new}"
            self.changes.add("sunset-brought-forward", node, message, operation=operation, **rest)
        else:
            message = f"the sunset was postponed from {old} to {new}"
            self.changes.add("sunset-postponed", node, message, operation=operation, **rest)

    def _limit(
        self,
        key: str,
        before: float | None,
        after: float | None,
        left: dict[str, Any],
        right: dict[str, Any],
        node: Node,
        operation: str,
    ) -> None:
        if left.get(key) == right.get(key):
            return
        worse = after is not None and (before is None or after < before)
        rest = {"before": left.get(key), "after": right.get(key)}
        message = f"the {key} was {'lowered' if worse else 'raised'}"
        self.changes.add(f"{key}-{'lowered' if worse else 'raised'}", node, message, operation=operation, **rest)

    def document(self, old: Node, new: Node) -> None:
        left, right = paved(old.child("info")), paved(new.child("info"))
        node = new.child("info")
        for key in sorted(left.keys() | right.keys()):
            was, is_ = left.get(key), right.get(key)
            if was != is_ and key in _INFO_LEVELS:
                message = f"the {key} changed from {was or 'nothing'} to {is_ or 'nothing'}"
                level: Level = _INFO_LEVELS[key] if was is not None else "compatible"
                self.changes.add(f"{key}-changed", node, message, level=level, before=was, after=is_)
        self._objectives(left.get("slo"), right.get("slo"), node)

    def _objectives(self, old: Any, new: Any, node: Node) -> None:
        if old == new:
            return
        before, after = _promise(old), _promise(new)
        worse = any(one > other for one, other in zip(before, after, strict=True))
        step = "lowered" if worse else "raised"
        message = f"the service level objectives were {step}"
        self.changes.add(f"slo-{step}", node, message, before=old, after=new)


def paved(node: Node) -> dict[str, Any]:
    """The `x-paved` of an operation or of `info`."""
    found = node.value.get("x-paved")
    return found if isinstance(found, dict) else {}


def _measure(value: Any) -> float | None:
    """How much is allowed: seconds, or requests in a second."""
    if isinstance(value, dict):
        quota, window = value.get("quota"), value.get("window")
        numbers = isinstance(quota, (int, float)) and isinstance(window, (int, float)) and window > 0
        return quota / window if numbers else None  # type: ignore[operator]
    return value if isinstance(value, (int, float)) else None


def _moment(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _promise(slo: Any) -> tuple[float, float, float]:
    """The higher, the better: availability, share of fast requests, and how soon a request counts as fast."""
    found = slo if isinstance(slo, dict) else {}
    latency = found.get("latency")
    latency = latency if isinstance(latency, dict) else {}
    threshold = _number(latency.get("threshold"), math.inf)
    return _number(found.get("availability"), 0), _number(latency.get("target"), 0), -threshold


def _number(value: Any, otherwise: float) -> float:
    """What is no number promises nothing."""
    return value if isinstance(value, (int, float)) else otherwise
