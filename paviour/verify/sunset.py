"""When an operation ends, and whether it has."""

from __future__ import annotations

from datetime import UTC, datetime

from sdkgen.model import Operation


def moment(text: str) -> datetime:
    """A date-time of the contract; one without an offset is in UTC."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def is_over(operation: Operation) -> bool:
    """Whether the operation's sunset (`x-paved.sunset`) has passed."""
    return operation.sunset is not None and moment(operation.sunset) <= datetime.now(UTC)
