"""Content negotiation (RFC 9110, sections 8.3 and 12.5.1)."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=1024)
def is_json(media_type: str) -> bool:
    """Whether content of this media type is one JSON text: `application/json`, or the suffix `+json` (RFC 6839)."""
    essence, _ = _split(media_type)
    return essence == "application/json" or essence.endswith("+json")


@lru_cache(maxsize=1024)
def declared(content_type: str, media_types: tuple[str, ...]) -> str | None:
    """The first of a contract's media types, which may be ranges, that a `Content-Type` is of."""
    essence, parameters = _split(content_type)
    if is_json(essence) and parameters.get("charset", "utf-8") != "utf-8":
        return None
    return next((known for known in media_types if _matches(_split(known)[0], essence)), None)


@lru_cache(maxsize=1024)
def acceptable(accept: str, media_types: tuple[str, ...]) -> bool:
    """Whether an `Accept` field admits any of the media types: the most specific range decides on each."""
    ranges = [_split(part) for part in accept.split(",") if part.strip()]
    ranges.sort(key=lambda entry: entry[0].count("*"))
    for media_type in media_types:
        essence, _ = _split(media_type)
        quality = next((q.get("q", "1") for known, q in ranges if _matches(known, essence)), "0")
        if quality.strip("0."):
            return True
    return not ranges


def _split(text: str) -> tuple[str, dict[str, str]]:
    essence, *rest = text.lower().split(";")
    pairs = (parameter.partition("=") for parameter in rest)
    return essence.strip(), {name.strip(): value.strip().strip('"') for name, _, value in pairs}


def _matches(known: str, essence: str) -> bool:
    return known in (essence, "*/*") or (known.endswith("/*") and essence.startswith(known[:-1]))
