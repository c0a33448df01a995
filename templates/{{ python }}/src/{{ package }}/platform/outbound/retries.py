"""Which answers say that they may be over soon, and when to come again."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2

_TRANSIENT = frozenset({429, 502, 503, 504})


def is_transient(response: httpx2.Response) -> bool:
    """May it be over soon? 409 is, where it says when: then the request is being done, and this is its repetition."""
    is_early = response.status_code == 409 and "retry-after" in response.headers
    return is_early or response.status_code in _TRANSIENT


def retry_after(response: httpx2.Response) -> float:
    """Seconds the response asks to wait, in either form of the field (RFC 9110, section 10.2.3), or 0."""
    value = response.headers.get("retry-after", "")
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    # The oldest form names no zone: it is UTC in all of them.
    known = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (known - datetime.now(UTC)).total_seconds())
