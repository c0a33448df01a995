"""A policy record as the Python literal that stands in an operation's module."""

from __future__ import annotations

from sdkgen.client.policy import CONNECT, READ, TOTAL, Argument, Policy

_STYLE = {"path": ("simple", False), "query": ("form", True), "header": ("simple", False), "cookie": ("form", True)}


def record(policy: Policy) -> str:
    """The call that makes the record; what is as usual is left out."""
    lines = [f"{policy.name!r}, {policy.method!r}, {policy.path!r}"]
    if policy.arguments:
        lines.append(f"arguments=({''.join(_argument(one) + ', ' for one in policy.arguments)})")
    for name, value, usual in (
        ("accept", policy.accept, ()),
        ("security", tuple(dict(one) for one in policy.security), ()),
        ("connect", policy.timeouts.connect, CONNECT),
        ("read", policy.timeouts.read, READ),
        ("total", policy.timeouts.total, TOTAL),
        ("retry", policy.retry, "never"),
        ("idempotency_key", policy.idempotency_key, None),
        ("deprecated", policy.deprecated, False),
        ("sunset", policy.sunset, None),
    ):
        if value != usual:
            lines.append(f"{name}={value!r}")
    return f"Operation({', '.join(lines)})"


def _argument(found: Argument) -> str:
    parts = [repr(found.argument), repr(found.name), repr(found.location)]
    if (found.style, found.explode) != _STYLE.get(found.location):
        parts += [f"style={found.style!r}", f"explode={found.explode!r}"]
    if found.json:
        parts.append("json=True")
    return f"Argument({', '.join(parts)})"
