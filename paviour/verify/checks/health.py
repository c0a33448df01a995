"""Can an orchestrator see how the service is, and does nothing else stand open beside the contract?"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

from paviour.verify.message import Message
from paviour.verify.registry import Failed, Group, NotApplicable
from paviour.verify.service import Probe
from paviour.verify.wire import Answer

HEALTH = Group("health")
_DESIGN = "Boot interface"
_LIVE, _READY, _METRICS = "/health/live", "/health/ready", "/metrics"
_SAMPLE = re.compile(
    r"[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-zA-Z_][a-zA-Z0-9_]*=\"(\\.|[^\"\\])*\",?)*\})? "
    r"([+-]?(\d+(\.\d*)?([eE][+-]?\d+)?|Inf)|NaN)( -?\d+)?"
)
_DEV_SURFACES = (
    "/docs",
    "/redoc",
    "/openapi.json",
    "/dev/issuer/jwks.json",
    "/dev/issuer/token",
    "/dev/issuer/.well-known/openid-configuration",
    "/debug",
    "/admin",
    "/actuator",
    "/.env",
    "/.git/config",
)


def _asked(probe: Probe, path: str, method: str = "GET") -> Message:
    return replace(probe.service.absent(), method=method, target=path)


def _found(probe: Probe, path: str) -> Answer:
    answer = probe.send(_asked(probe, path))
    if answer.status != 200:
        raise Failed(f"expected 200, got {answer.status}")
    return answer


@HEALTH.check("health-live", "house", _DESIGN, f"`{_LIVE}` says without a token that the process runs.")
def _live(probe: Probe) -> None:
    _found(probe, _LIVE)


@HEALTH.check("health-ready", "house", _DESIGN, f"`{_READY}` says without a token that the service can serve.")
def _ready(probe: Probe) -> None:
    _found(probe, _READY)


@HEALTH.check("health-head", "must", "RFC 9110 section 9.1", "Health may be asked with HEAD.")
def _head(probe: Probe) -> None:
    for path in (_LIVE, _READY):
        answer = probe.send(_asked(probe, path, "HEAD"))
        if answer.status != 200:
            raise Failed(f"{path}: expected 200, got {answer.status}")


@HEALTH.check("health-fresh", "house", "RFC 9111 section 5.2.2.5", "No cache keeps what was said of health.")
def _fresh(probe: Probe) -> None:
    for path in (_LIVE, _READY):
        if "no-store" not in _found(probe, path).fields.get("cache-control", ""):
            raise Failed(f"{path} has no Cache-Control: no-store")


@HEALTH.check("health-discreet", "house", _DESIGN, "Health does not tell where the service's parts are.")
def _discreet(probe: Probe) -> None:
    for path in (_LIVE, _READY):
        body = _found(probe, path).body
        if len(body) > 1000 or re.search(rb"://|\.(?:py|ts|cs)\b|@|\d+\.\d+\.\d+\.\d+", body):
            raise Failed(f"{path} tells more than whether it is well")


def _no_bother(probe: Probe, path: str) -> None:
    """It is answered whatever the token is."""
    answer = probe.send(_asked(probe, path).having(authorization="Bearer no.to.ken"))
    if answer.status != 200:
        raise Failed(f"expected 200, got {answer.status}")


for _name, _path in (("live", _LIVE), ("ready", _READY)):
    HEALTH.add(
        f"health-{_name}-with-a-bad-token",
        "house",
        _DESIGN,
        f"`{_path}` looks at no token.",
        partial(_no_bother, path=_path),
    )


@HEALTH.check("health-encoded-slash", "house", "RFC 3986 section 2.2", "Health is not behind an encoded slash: 404.")
def _encoded_slash(probe: Probe) -> None:
    for path in (_LIVE, _READY):
        probe.refused(_asked(probe, path.replace("h/", "h%2F")), 404)


@HEALTH.check("health-methods", "must", "RFC 9110 section 15.5.6", "Health can only be read: 405 to POST.")
def _methods(probe: Probe) -> None:
    for path in (_LIVE, _READY):
        probe.refused(_asked(probe, path, "POST"), 405)


@HEALTH.check(
    "health-metrics", "house", "Prometheus text format 0.0.4", f"`{_METRICS}` has metrics as Prometheus reads them."
)
def _metrics(probe: Probe) -> None:
    answer = _found(probe, _METRICS)
    if not answer.fields.get("content-type", "").startswith(("text/plain", "application/openmetrics-text")):
        raise Failed(f"Content-Type is {answer.fields.get('content-type', 'missing')}")
    samples = [line for line in answer.body.decode().splitlines() if line and not line.startswith("#")]
    wrong = [line for line in samples if not _SAMPLE.fullmatch(line)]
    if wrong or not samples:
        raise Failed(f"no sample: {wrong[0]!r}" if wrong else "there is no sample")


@HEALTH.check(
    "health-metrics-route", "house", "OpenTelemetry HTTP metrics", "Metrics have an operation's path, not the caller's."
)
def _metrics_route(probe: Probe) -> None:
    probe.send(_asked(probe, "/paviour-verify-unknown-path"))
    text = _found(probe, _METRICS).body
    if b"paviour-verify-unknown-path" in text or b"paviour-verify-" in text:
        raise Failed("the metrics hold what a caller sent")


@HEALTH.check("health-no-development", "house", _DESIGN, "In production nothing of development stands open.")
def _no_development(probe: Probe) -> None:
    if not probe.service.production:
        raise NotApplicable("needs --production: from outside, a service of development is like one that leaks")
    paths = {operation.path for operation in probe.service.contract.operations}
    for path in _DEV_SURFACES:
        for method in ("GET", "POST"):
            answer = probe.send(_asked(probe, path, method))
            if path not in paths and answer.status not in (401, 403, 404, 405):
                raise Failed(f"{method} {path} got {answer.status}")
