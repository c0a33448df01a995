"""Requests that may be sent twice, because the answer to the first was lost."""

from __future__ import annotations

from collections.abc import Iterator

from sdkgen.lint.index import Index
from sdkgen.lint.rule import Hit, rule


@rule(
    "idempotency-key",
    "warning",
    "declare the Idempotency-Key header, or x-paved.idempotent where repeating is harmless",
)
def idempotency_key(index: Index) -> Iterator[Hit]:
    """A POST that creates something can be repeated: it declares `Idempotency-Key`, or `x-paved.idempotent`.

    draft-ietf-httpapi-idempotency-key-header. A POST creates where it answers 201 or 202. Without a key, a client that
    got no answer has to choose between two orders and none.
    """
    for operation in index.operations:
        creates = operation.method == "post" and ({"201", "202"} & set(operation.responses))
        has_key = operation.parameter("Idempotency-Key", location="header") is not None
        if creates and not has_key and operation.paved.get("idempotent") is not True:
            yield Hit(operation.node, f"{operation.name} creates, and can't be repeated safely")


@rule("created-location", "info", "declare the Location header")
def created_location(index: Index) -> Iterator[Hit]:
    """A 201 says where the new resource is: it declares `Location` (RFC 9110, section 10.2.2)."""
    for operation in index.operations:
        response = operation.responses.get("201")
        if response and "location" not in {name.lower() for name in response.value.get("headers", ())}:
            yield Hit(response, f"the answer 201 of {operation.name} declares no Location")


@rule("conditional-update", "info", "declare If-Match, and answer with an ETag")
def conditional_update(index: Index) -> Iterator[Hit]:
    """A PUT or PATCH of what GET answers with an ETag takes `If-Match`.

    RFC 9110, section 13.1.1: two callers who change the same resource at once overwrite each other else. Asked only
    where the contract has entity tags already.
    """
    tagged = {
        operation.path
        for operation in index.operations
        if operation.method == "get"
        for response in operation.responses.values()
        if "etag" in {name.lower() for name in response.value.get("headers", ())}
    }
    for operation in index.operations:
        overwrites = operation.method in ("put", "patch") and operation.path in tagged
        if overwrites and operation.parameter("If-Match", location="header") is None:
            yield Hit(operation.node, f"{operation.name} overwrites what somebody else may have changed")
