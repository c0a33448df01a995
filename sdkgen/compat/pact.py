"""A Pact file (Pact Specification, versions 2 to 4) as what one consumer uses."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from sdkgen.compat.consumers import Consumer, Field, Usage, flattened
from sdkgen.compat.operations import endpoints
from sdkgen.compat.side import Side
from sdkgen.load import Node


def consumer(root: Node, old: Side) -> Consumer:
    """The consumer of a Pact. Raises ContractError for a request that the old contract does not know."""
    named = root.get("consumer")
    if named is None or not isinstance(named.value, dict) or not isinstance(named.value.get("name"), str):
        raise root.error("names no consumer", "add consumer.name")
    known = endpoints(old)
    found: dict[tuple[str, str], Usage] = {}
    for _, interaction in root.members("interactions"):
        value = interaction.value
        if not isinstance(value, dict) or "request" not in value:
            continue  # a message, which no operation receives
        request, response = value["request"], value.get("response", {})
        key = _matching(request, known)
        if key is None:
            asked = f"{request.get('method', '')} {request.get('path', '')}"
            raise interaction.error(f"the old contract has no operation for {asked}", "publish a newer Pact")
        found[key] = _merged(found.get(key), _usage(request, response))
    return Consumer(named.value["name"], None, None, found)


def _matching(request: dict[str, Any], known: Any) -> tuple[str, str] | None:
    path, method = str(request.get("path", "")), str(request.get("method", "")).lower()
    fitting = [
        key for key in known if key[1] == method and re.fullmatch(re.escape(key[0]).replace(r"\{\}", "[^/]+"), path)
    ]
    return min(fitting, key=lambda key: key[0].count("{}"), default=None)


def _usage(request: dict[str, Any], response: dict[str, Any]) -> Usage:
    query = request.get("query", {})
    asked = dict(parse_qsl(query)) if isinstance(query, str) else query
    sent = dict(flattened(_body(request)))
    read = dict(flattened(_body(response)))
    return Usage(
        parameters=frozenset(name.lower() for name in (*asked, *request.get("headers", {}))),
        request=frozenset(sent),
        response=frozenset(read),
        headers=frozenset(name.lower() for name in response.get("headers", {})),
    )


def _body(message: dict[str, Any]) -> Any:
    body = message.get("body")
    if isinstance(body, dict) and "content" in body and "contentType" in body:  # version 4
        return body["content"]
    return body


def _merged(left: Usage | None, right: Usage) -> Usage:
    if left is None:
        return right
    empty: frozenset[str] = frozenset()
    nothing: frozenset[Field] = frozenset()
    return Usage(
        parameters=(left.parameters or empty) | (right.parameters or empty),
        request=(left.request or nothing) | (right.request or nothing),
        response=(left.response or nothing) | (right.response or nothing),
        headers=(left.headers or empty) | (right.headers or empty),
    )
