"""Text near the edge of the formats that JSON Schema asserts (2020-12 Validation, section 7.3)."""

from __future__ import annotations

EDGES: dict[str, dict[str, str]] = {
    "date-time": {
        "no-day": "2030-02-30T12:00:00Z",
        "no-offset": "2030-01-31T12:00:00",
        "space": "2030-01-31 12:00:00Z",
        "hour-24": "2030-01-31T24:00:00Z",
        "leap-second": "2016-12-31T23:59:60Z",
        "lower-case": "2030-01-31t12:00:00z",
        "offset": "2030-01-31T12:00:00.123456789+14:00",
        "other-digits": "\uff12030-01-31T12:00:00Z",
        "line-end": "2030-01-31T12:00:00Z\n",
    },
    "date": {
        "no-day": "2030-02-30", "short": "2030-1-31", "leap-day": "2028-02-29",
        "date-time": "2030-01-31T00:00:00Z",
    },
    "time": {"no-offset": "12:00:00", "hour-24": "24:00:00Z"},
    "duration": {"words": "1 day", "empty": "P", "weeks": "P2W"},
    "email": {"no-at": "example.com", "plus": "some.one+tag@example.com", "two-at": "a@b@example.com"},
    "hostname": {"underscore-first": "-example.com", "space": "exam ple.com"},
    "ipv4": {"leading-zero": "192.0.2.01", "three-parts": "192.0.2", "range": "192.0.2.256"},
    "ipv6": {"two-gaps": "2001::db8::1", "mapped": "::ffff:192.0.2.1", "zone": "fe80::1%eth0"},
    "uri": {"relative": "/only/a/path", "space": "https://example.com/a b", "urn": "urn:example:a"},
    "uuid": {
        "short": "123e4567-e89b-42d3-a456-42661417400",
        "no-hyphens": "123e4567e89b42d3a456426614174000",
        "upper-case": "123E4567-E89B-42D3-A456-426614174000",
        "braces": "{123e4567-e89b-42d3-a456-426614174000}",
        "nil": "00000000-0000-0000-0000-000000000000",
        "longer": "123e4567-e89b-42d3-a456-4266141740000",
        "line-end": "123e4567-e89b-42d3-a456-426614174000\n",
    },
}  # fmt: skip
"""By the format and a name; which side of the edge they are on, the judge says."""
