"""The application: the platform's parts put together around the team's operations."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from .. import contract
from ..contract.routes import BASE_PATH, OPERATIONS
from . import health, telemetry
from .auth import Authenticator
from .cors import Cors
from .dispatch import Dispatcher, Endpoint
from .jwks import JwksCache, http_source
from .lifecycle import Lifecycle
from .mock import Examples
from .operation import Operation
from .outbound import Outbound
from .problems import InternalError, MethodNotAllowed, Problem, for_status
from .responses import Reply
from .routing import PlatformRoute, Resource, Router
from .settings import PlatformSettings
from .store import Database
from .validation import Schemas

_CONTRACT = Path(contract.__file__).parent
_SERVICE = __name__.split(".", maxsplit=1)[0]


class ContractMismatch(Exception):
    """The team's operations are not those of the contract."""


def create_app(settings: PlatformSettings, operations: object) -> FastAPI:
    """The service as an ASGI application.

    Raises ContractMismatch where `operations` lacks a handler of the contract, or has a public method that is none.
    """
    handlers = _handlers(operations, OPERATIONS)
    telemetry.configure(_SERVICE, _version())
    lifecycle = Lifecycle()
    database, outbound = Database(settings.database_url), Outbound()
    app = FastAPI(
        title=_SERVICE,
        version=_version(),
        openapi_url=None,
        redirect_slashes=False,
        lifespan=lifecycle.lifespan,
        # The platform's own middleware observes requests; twice would be double.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.lifecycle = lifecycle
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _problem)
    app.add_exception_handler(Exception, _problem)

    keys = JwksCache(_key_source(settings, app))
    schemas, examples = Schemas(_CONTRACT / "schemas.json"), Examples(_CONTRACT / "examples.json")
    dispatcher = Dispatcher(settings, Authenticator(settings, keys), schemas, examples, database, outbound)
    endpoints = ((o.method, o.path, Endpoint(o, handlers[o.handler], settings)) for o in OPERATIONS)
    router = Router(endpoints, BASE_PATH)
    app.router.routes.insert(0, ContractRoute(router, dispatcher))
    if settings.cors_origins:
        app.add_middleware(Cors, origins=settings.cors_origins, router=router, operations=OPERATIONS)
    # The last one added is the outermost.
    app.add_middleware(telemetry.TelemetryMiddleware)
    app.router.routes += health.routes(lifecycle, {"database": database.ping, "jwks": keys.ready})
    app.router.routes.append(PlatformRoute("/openapi.yaml", _contract))
    app.router.routes.append(PlatformRoute("/metrics", _metrics))

    if settings.app_env == "dev":
        from .dev import docs

        app.router.routes.append(docs.route(_SERVICE))
        lifecycle.on_start(database.migrate)
    lifecycle.on_stop(telemetry.flush)
    lifecycle.on_stop(database.close)
    lifecycle.on_stop(outbound.close)
    lifecycle.on_stop(keys.close)
    return app


class ContractRoute(BaseRoute):
    """All of the contract's operations as one route of Starlette.

    It comes first, and lets go by what the contract does not have.
    """

    def __init__(self, router: Router[Endpoint], dispatcher: Dispatcher) -> None:
        self._router = router
        self._dispatcher = dispatcher

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match by the raw path (ASGI's `raw_path`)."""
        if scope["type"] != "http":
            return Match.NONE, {}
        found = self._router.match(scope["raw_path"].decode("latin-1"))
        return (Match.NONE, {}) if found is None else (Match.FULL, {"contract": found})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the operation of the request's method. Raises MethodNotAllowed."""
        resource: Resource[Endpoint]
        resource, values = scope["contract"]
        target = resource.target(scope["method"])
        if target is not None:
            endpoint, names = target
            await self._dispatcher(endpoint, dict(zip(names, values, strict=True)), scope, receive, send)
        elif scope["method"] == "OPTIONS":
            await Reply(204, headers=[("allow", resource.allow)]).send(send, head=False)
        else:
            raise MethodNotAllowed(headers={"allow": resource.allow})


def _handlers(operations: object, declared: Iterable[Operation]) -> dict[str, Any]:
    expected = {operation.handler: operation.id for operation in declared}
    methods = dict(inspect.getmembers(operations, inspect.iscoroutinefunction))
    missing = [f"no method {name} for the operation {id}" for name, id in expected.items() if name not in methods]
    extra = [name for name in methods if name not in expected and not name.startswith("_")]
    where = f"{type(operations).__module__}.{type(operations).__qualname__}"
    if missing:
        raise ContractMismatch(f"{where} has {', '.join(missing)}; `make generate` adds what is missing")
    if extra:
        raise ContractMismatch(
            f"{where} has methods that are no operation of the contract: {', '.join(extra)}; "
            "declare them there, or start their names with _"
        )
    return {name: methods[name] for name in expected}


def _key_source(settings: PlatformSettings, app: FastAPI) -> Callable[[], Awaitable[bytes]]:
    if not settings.embedded_issuer:
        return http_source(settings.auth_jwks_url)
    from .dev.issuer import DevIssuer

    issuer = DevIssuer(settings.auth_issuer, settings.auth_audience or settings.auth_issuer)
    app.router.routes.append(issuer.mount())
    return issuer.key_set


async def _contract(_: Request) -> Response:
    return Response((_CONTRACT / "openapi.yaml").read_bytes(), media_type="application/yaml")


async def _metrics(_: Request) -> Response:
    return Response(telemetry.metrics_text(), media_type="text/plain; version=0.0.4")


async def _problem(request: Request, error: Exception) -> Response:
    """The answer to what is raised outside of the contract's pipeline: by the router, a library, the platform."""
    if isinstance(error, Problem):
        problem = error
    elif isinstance(error, HTTPException):
        problem = for_status(error.status_code)
        problem.headers |= error.headers or {}
    else:
        problem = InternalError()
    record: telemetry.RequestRecord = request.state.record
    record.error_type = problem.slug
    return problem.response(record.trace_id)


def _version() -> str:
    try:
        return version(_SERVICE)
    except PackageNotFoundError:
        return "0"
