"""The conventions of MEF LSO Sonata and its sisters, which replace the rules of the house that they contradict."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sdkgen.lint.index import Index, Operation
from sdkgen.lint.rule import Hit, rule
from sdkgen.lint.urls import split
from sdkgen.load import Node

_SERVER = re.compile(r"/mefApi/(sonata|cantata|interlude|allegro|legato|presto|adagio)/[a-z][A-Za-z]*/v\d+/?\Z")
_PATHS = re.compile(r"/[a-z][A-Za-z]*(/\{id\})?\Z|/listener/[a-z][A-Za-z]*\Z")


def _is_listener(operation: Operation) -> bool:
    return operation.path.startswith("/listener/")


@rule("mef-server", "warning", "write it as https://{serverBase}/mefApi/sonata/quoteManagement/v8/")
def mef_server(index: Index) -> Iterator[Hit]:
    """A server's path is `/mefApi/`, the interface, the API and its major version."""
    for server in index.servers:
        path = split(re.sub(r"^(\w+://)?\{[^}]*\}", "https://host", server.value["url"])).path
        if not _SERVER.search(path):
            yield Hit(server.child("url"), f"the server's path `{path}` is not that of a MEF API")


@rule("mef-path", "warning", "name the resource in the singular, and what is identified /{id} below it")
def mef_path(index: Index) -> Iterator[Hit]:
    """A path is a resource, `/resource/{id}`, a task (`/verbResource`), the hub, or `/listener/event`, in camelCase."""
    for path, _ in index.paths:
        if not _PATHS.match(path):
            node = index.root.child("paths", path)
            yield Hit(node, f"the path `{path}` has not the shape of a MEF resource, task, hub or listener")


@rule("mef-buyer-seller", "warning", "declare the query parameters buyerId and sellerId")
def mef_buyer_seller(index: Index) -> Iterator[Hit]:
    """Every operation of the seller takes `buyerId` and `sellerId` in the query.

    MEF 79, section 8.8: they are needed where one side represents several organizations. Listeners, which the buyer
    serves, have them in the event.
    """
    for operation in index.operations:
        lacks = [name for name in ("buyerId", "sellerId") if operation.parameter(name) is None]
        if lacks and not _is_listener(operation):
            yield Hit(operation.node, f"{operation.name} does not take {' and '.join(lacks)}")


@rule("mef-operation-id", "info", "begin it with list, retrieve, create, register, unregister, or the task")
def mef_operation_id(index: Index) -> Iterator[Hit]:
    """An operationId begins with what MEF calls the use case: `list`, `retrieve`, `create`."""
    for operation in index.operations:
        wanted = {"get": "retrieve" if operation.path.endswith("}") else "list"}.get(operation.method)
        if operation.method == "post" and not _is_listener(operation) and operation.path != "/hub":
            wanted = "create" if "201" in operation.responses else None
        if wanted and operation.id and not operation.id.startswith(wanted):
            yield Hit(
                operation.node.child("operationId"), f"the operationId `{operation.id}` does not begin with {wanted}"
            )


@rule("mef-errors", "warning", "declare it, with the schema Error and the status")
def mef_errors(index: Index) -> Iterator[Hit]:
    """Every operation declares 400, 401, 403 and 500, those on `/{id}` also 404, each with its `Error` schema.

    The schema of 400 is `Error400`, and so on; 422 has a list of `Error422`, or one.
    """
    for operation in index.operations:
        wanted = ["400", "401", "403", "500"] + (["404"] if operation.path.endswith("}") else [])
        lacks = [status for status in wanted if status not in operation.responses]
        if lacks:
            yield Hit(operation.node, f"{operation.name} does not declare {', '.join(lacks)}")
        for status, response in operation.responses.items():
            for _, media, declared in index.content(response) if status[0] in "45" else ():
                if declared is not None and _named(index, declared) != f"Error{status}":
                    yield Hit(media, f"the answer {status} is not Error{status}")


def _named(index: Index, declared: Node) -> str:
    items = declared.get("items")
    return next(reversed((index.documents.follow(items) if items else declared).pointer), "")


@rule("mef-pagination", "warning", "declare offset and limit, X-Total-Count and X-Result-Count")
def mef_pagination(index: Index) -> Iterator[Hit]:
    """A list takes `offset` and `limit`, and answers with `X-Total-Count` and `X-Result-Count`."""
    for operation in index.operations:
        if operation.method != "get" or operation.path.endswith("}"):
            continue
        lacks = [name for name in ("offset", "limit") if operation.parameter(name) is None]
        answer = operation.responses.get("200")
        headers = answer.value.get("headers", {}) if answer else {}
        lacks += [name for name in ("X-Total-Count", "X-Result-Count") if name not in headers]
        if lacks:
            yield Hit(operation.node, f"{operation.name} lists and has no {', no '.join(lacks)}")


@rule("mef-hub", "warning", "see MEF 79, section 8.3")
def mef_hub(index: Index) -> Iterator[Hit]:
    """Notifications are subscribed to at `/hub` and unsubscribed from at `/hub/{id}`; listeners answer 204.

    Subscribing answers 201, unsubscribing 204.
    """
    by_name = {operation.name: operation for operation in index.operations}
    hub, leave = by_name.get("POST /hub"), by_name.get("DELETE /hub/{id}")
    for there, other, lacks in ((hub, leave, "DELETE /hub/{id}"), (leave, hub, "POST /hub")):
        if there and not other:
            yield Hit(there.node, f"there is {there.name} and no {lacks}")
    wanted = [(hub, "201"), (leave, "204"), *((op, "204") for op in index.operations if _is_listener(op))]
    for operation, status in wanted:
        if operation and status not in operation.responses:
            yield Hit(operation.node, f"{operation.name} does not answer {status}")


@rule("mef-type", "warning", "tell the types apart by @type, and require it")
def mef_type(index: Index) -> Iterator[Hit]:
    """Types are told apart by `@type`, which is declared and required.

    `@schemaLocation` may say where the schema of a type is found.
    """
    for node in index.schemas:
        named = node.value.get("discriminator")
        if not isinstance(named, dict):
            continue
        if named["propertyName"] != "@type":
            yield Hit(
                node.child("discriminator"), f"the types are told apart by `{named['propertyName']}`, not by @type"
            )
        elif "properties" in node.value and "@type" not in node.value.get("required", ()):
            yield Hit(node, "`@type` is not required")
