"""Faults in what callers are told of what will go."""

from __future__ import annotations

from tests.conformance.faults.fault import Fault

_DATE = 'headers.append(("deprecation", f"@{since}"))'

DEPRECATION = (
    Fault(
        "Deprecation is a word, as in older drafts",
        "dispatch.py",
        _DATE,
        'headers.append(("deprecation", "true"))',
        "deprecation-field deprecation-date deprecation-of-failures sunset-after-deprecation",
    ),
    Fault(
        "the date of a deprecation is not the contract's",
        "dispatch.py",
        "if operation.deprecation else 0",
        "if False else 0",
        "deprecation-date",
    ),
    Fault("nothing explains the deprecation", "dispatch.py", 'rel="deprecation"', 'rel="help"', "deprecation-link"),
    Fault(
        "everything is deprecated",
        "dispatch.py",
        "    if operation.deprecated:\n",
        "    if True:\n",
        "deprecation-absent",
    ),
    Fault(
        "Sunset is a date of ISO 8601",
        "dispatch.py",
        "format_datetime(sunset.astimezone(UTC), usegmt=True)",
        "sunset.isoformat()",
        "sunset-field sunset-after-deprecation",
    ),
    Fault(
        "nothing ends",
        "dispatch.py",
        "endpoint.sunset.timestamp() <= time.time():",
        "False:",
        "sunset-over",
    ),
    Fault(
        "what will end has ended",
        "dispatch.py",
        "endpoint.sunset.timestamp() <= time.time():",
        "True:",
        "sunset-to-come",
    ),
    Fault(
        "failures don't say what is deprecated",
        "dispatch.py",
        "for name, value in exchange.headers if name not in own]",
        "for name, value in exchange.headers if name not in own and reply.status < 400]",
        "deprecation-field deprecation-date deprecation-link deprecation-of-failures sunset-field "
        "sunset-after-deprecation",
    ),
)
