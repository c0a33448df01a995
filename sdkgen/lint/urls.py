"""URLs as contracts have them: with variables, relative, or none at all."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

_LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))


def split(url: str) -> SplitResult:
    """The parts of a URL; empty where it is none."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")


def is_plain(url: object) -> bool:
    """Does it leave the machine without TLS?"""
    parts = split(str(url))
    return parts.scheme.lower() in ("http", "ws") and _host(parts) not in _LOOPBACK


def _host(parts: SplitResult) -> str | None:
    try:
        return parts.hostname
    except ValueError:
        return None
