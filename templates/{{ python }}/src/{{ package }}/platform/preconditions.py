"""Conditional requests (RFC 9110, section 13): may the request go on, given the resource's current entity tag?"""

from __future__ import annotations

import re

from .operation import Operation
from .problems import MalformedRequest, PreconditionFailed, PreconditionRequired

# An opaque tag may hold commas, so a list can't be split at them.
_TAG = r'(W/)?("[\x21\x23-\x7e\x80-\xff]*")'
_ELEMENT = re.compile(_TAG)
_LIST = re.compile(rf"[ \t,]*{_TAG}([ \t]*,[ \t,]*{_TAG})*[ \t,]*")


def require(if_match: str | None) -> None:
    """Insist on `If-Match` (RFC 6585, section 3). Raises PreconditionRequired where it is missing."""
    if if_match is None:
        raise PreconditionRequired("Send the resource's ETag as If-Match.")


def evaluate(
    operation: Operation, entity_tag: str | None, *, if_match: str | None = None, if_none_match: str | None = None
) -> bool:
    """Evaluate the fields in their order (section 13.2.2); False means that the answer is 304.

    `entity_tag` is the resource's, quoted as in `ETag`, or None where there is no such resource. To be called once it
    is known that the request would otherwise succeed (section 13.2.1). Raises PreconditionFailed, or MalformedRequest
    for a field that holds no entity tags.
    """
    if if_match is not None and not _matches("If-Match", if_match, entity_tag, weakly=False):
        raise PreconditionFailed("The resource does not have the entity tag of If-Match.")
    if if_none_match is not None and _matches("If-None-Match", if_none_match, entity_tag, weakly=True):
        if operation.method in ("GET", "HEAD"):
            return False
        raise PreconditionFailed("The resource has the entity tag of If-None-Match.")
    return True


def _matches(name: str, field: str, entity_tag: str | None, *, weakly: bool) -> bool:
    """Whether `*` or one of the field's entity tags is the resource's (section 8.8.3.2)."""
    if field.strip(" \t") == "*":
        return entity_tag is not None
    if not _LIST.fullmatch(field):
        raise MalformedRequest(f"{name} is neither * nor a list of entity tags.")
    if entity_tag is None:
        return False
    weak, opaque = entity_tag.startswith("W/"), entity_tag.removeprefix("W/")
    return any(opaque == found[2] and (weakly or not (weak or found[1])) for found in _ELEMENT.finditer(field))
