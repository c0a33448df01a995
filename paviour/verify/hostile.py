"""Values that have broken readers before: they are data, and come back as data or are refused, but break nothing."""

from __future__ import annotations

from typing import Any

TEXTS: dict[str, str] = {
    "nul": "a\0b",
    "line-separator": "a\u2028b\u2029c",
    "bidi-override": "a\u202eb\u2066c",
    "right-to-left": "שלום مرحبا",
    "combining": "e" + "\u0301" * 50,
    "noncharacter": "a\ufffeb\U0010ffffc",
    "byte-order-mark": "\ufeffa",
    "line-end": "a\r\nX-Injected: 1\r\n\r\nb",
    "long": "x" * 20_000,
    "sql": "'; DROP TABLE quotes; --",
    "markup": "<script>alert(1)</script>",
    "template": "{{7*7}}${7*7}#{7*7}%{7*7}",
    "lookup": "${jndi:ldap://127.0.0.1:9/a}",
    "shell": "$(id)`id`|id;id&",
    "path": "../../../../etc/passwd",
    "format": "%s%n%x%d{0}{}",
    "prototype": "__proto__",
    "number-like": "1e999",
}
"""Text, by what it is."""

NUMBERS: dict[str, float] = {
    "beyond-exact-doubles": 2**53 + 1,
    "beyond-32-bits": 2**31,
    "beyond-64-bits": 2**64,
    "forty-digits": 10**40,
    "negative": -(2**63) - 1,
    "largest-double": 1.7976931348623157e308,
    "smallest-double": 5e-324,
    "negative-zero": -0.0,
}
"""Numbers, by what they are."""

UNDECLARED: dict[str, str] = {
    "unknown": "x_not_declared",
    "prototype": "__proto__",
    "constructor": "constructor",
    "class": "__class__",
    "reference": "$ref",
    "empty": "",
    "escaped": "a/b~c",
}
"""Names of members that a contract does not have; some mean something to the language of a service."""

DEPTH = 40
"""Deep, but not so deep that a reader may refuse it for that alone (RFC 8259, section 9)."""


def nested(depth: int) -> dict[str, Any]:
    """Objects inside of objects."""
    return {"a": nested(depth - 1)} if depth else {}
