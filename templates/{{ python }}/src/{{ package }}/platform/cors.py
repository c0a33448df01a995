"""Cross-origin requests of browsers (the CORS protocol of the Fetch standard), for exactly the configured origins.

Callers are known by their tokens, never by cookies: so no response allows credentials.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .operation import Operation
from .responses import Headers, Reply
from .routing import Router

_REQUEST_FIELDS = frozenset(
    ["authorization", "content-type", "idempotency-key", "if-match", "if-none-match", "traceparent", "tracestate"]
)
_RESPONSE_FIELDS = frozenset(
    [
        "deprecation",
        "etag",
        "link",
        "location",
        "ratelimit",
        "ratelimit-policy",
        "retry-after",
        "sunset",
        "www-authenticate",
    ]
)
_MAX_AGE_SECONDS = 600


class Cors:
    """Answers preflight requests to the contract's paths, and says on each response which origin may read it."""

    def __init__(
        self, app: ASGIApp, *, origins: Collection[str], router: Router[Any], operations: Iterable[Operation]
    ) -> None:
        self._app = app
        self._origins = frozenset(origin.encode() for origin in origins)
        self._router = router
        readable, sendable = set(_RESPONSE_FIELDS), set(_REQUEST_FIELDS)
        for operation in operations:
            sendable |= {parameter.name.lower() for parameter in operation.parameters if parameter.location == "header"}
            readable |= {name.lower() for response in operation.responses for _, name in response.headers}
        self._sendable, self._readable = ", ".join(sorted(sendable)), ", ".join(sorted(readable)).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = [value for name, value in scope["headers"] if name == b"origin"]
        origin = given[0] if len(given) == 1 and given[0] in self._origins else None
        if given and _is_preflight(scope):
            found = self._router.match(scope["raw_path"].decode("latin-1"))
            if found is not None:
                await Reply(204, headers=self._preflight(origin, found[0].allow)).send(send, head=False)
                return

        async def shared(message: Message) -> None:
            if message["type"] == "http.response.start":
                fields = [(b"vary", b"Origin")]
                if origin is not None:
                    fields += [
                        (b"access-control-allow-origin", origin),
                        (b"access-control-expose-headers", self._readable),
                    ]
                message["headers"] = [*message.get("headers", ()), *fields]
            await send(message)

        await self._app(scope, receive, shared)

    def _preflight(self, origin: bytes | None, methods: str) -> Headers:
        headers = [("vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers")]
        if origin is not None:
            headers += [
                ("access-control-allow-origin", origin.decode()),
                ("access-control-allow-methods", methods),
                ("access-control-allow-headers", self._sendable),
                ("access-control-max-age", str(_MAX_AGE_SECONDS)),
            ]
        return headers


def _is_preflight(scope: Scope) -> bool:
    return scope["method"] == "OPTIONS" and any(
        name == b"access-control-request-method" for name, _ in scope["headers"]
    )
