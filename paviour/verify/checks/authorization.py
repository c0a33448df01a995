"""Does each operation of the contract open to exactly those whom the contract lets in?"""

from __future__ import annotations

from collections.abc import Iterator

from paviour.verify.message import Message
from paviour.verify.registry import Failed, Group, NotApplicable
from paviour.verify.requests import GoodRequest
from paviour.verify.service import Probe, Service
from paviour.verify.sunset import is_over

AUTHORIZATION = Group("authorization")
_Scopes = tuple[GoodRequest, tuple[str, ...]]


def _protected(service: Service) -> Iterator[tuple[str, GoodRequest]]:
    for id, request in service.requests.items():
        if not request.operation.security.public and not is_over(request.operation):
            yield id, request


def _public(service: Service) -> Iterator[tuple[str, GoodRequest]]:
    for id, request in service.requests.items():
        if request.operation.security.public and request.flaw is None:
            yield id, request


def _sufficient(service: Service) -> Iterator[tuple[str, _Scopes]]:
    for id, request in _protected(service):
        for number, scopes in enumerate(request.operation.security.alternatives, 1):
            if request.flaw is None:
                yield f"{id}/{number}", (request, scopes)


def _lacking(service: Service) -> Iterator[tuple[str, _Scopes]]:
    """All of the contract's scopes but one, where no alternative does without it."""
    for id, request in _protected(service):
        alternatives = [set(scopes) for scopes in request.operation.security.alternatives]
        for scope in sorted(set().union(*alternatives)):
            if all(scope in needed for needed in alternatives):
                yield f"{id}/{scope}", (request, tuple(sorted(service.scopes() - {scope})))


def _alone(service: Service) -> Iterator[tuple[str, _Scopes]]:
    """One scope of several that are needed together."""
    for id, request in _protected(service):
        alternatives = [set(scopes) for scopes in request.operation.security.alternatives]
        for scope in sorted(set().union(*alternatives)):
            if not any(needed <= {scope} for needed in alternatives):
                yield f"{id}/{scope}", (request, (scope,))


@AUTHORIZATION.check(
    "token-required", "must", "RFC 9110 section 15.5.2", "Without a token: 401 with a challenge.", cases=_protected
)
def _token_required(probe: Probe, case: GoodRequest) -> None:
    answer = probe.refused(probe.service.bare(case), 401)
    challenge = answer.fields.get("www-authenticate", "")
    if not challenge.lower().startswith("bearer"):
        raise Failed(f"WWW-Authenticate is {challenge or 'missing'}")


@AUTHORIZATION.check(
    "token-garbage", "must", "RFC 6750 section 3.1", "With something that is no token: 401.", cases=_protected
)
def _token_garbage(probe: Probe, case: GoodRequest) -> None:
    probe.refused(probe.service.bare(case).having(authorization="Bearer garbage"), 401)


@AUTHORIZATION.check(
    "scopes-sufficient", "must", "OpenAPI 3.1 section 4.8.30", "Each alternative lets in by itself.", cases=_sufficient
)
def _scopes_sufficient(probe: Probe, case: _Scopes) -> None:
    request, scopes = case
    probe.accepted(_with(probe, request, scopes), request)


@AUTHORIZATION.check(
    "scope-missing",
    "must",
    "RFC 6750 section 3.1",
    "All scopes of the contract but one that is needed: 403 with `insufficient_scope`.",
    cases=_lacking,
)
def _scope_missing(probe: Probe, case: _Scopes) -> None:
    answer = probe.refused(_with(probe, *case), 403)
    if "insufficient_scope" not in answer.fields.get("www-authenticate", ""):
        raise Failed("WWW-Authenticate does not say insufficient_scope")


@AUTHORIZATION.check(
    "scope-alone",
    "must",
    "OpenAPI 3.1 section 4.8.30",
    "One scope of several that are needed together: 403.",
    cases=_alone,
)
def _scope_alone(probe: Probe, case: _Scopes) -> None:
    probe.refused(_with(probe, *case), 403)


def _scoped(service: Service) -> Iterator[tuple[str, GoodRequest]]:
    for id, request in _protected(service):
        if all(request.operation.security.alternatives):
            yield id, request


@AUTHORIZATION.check("scope-none", "must", "RFC 6750 section 3.1", "A token without scopes: 403.", cases=_scoped)
def _scope_none(probe: Probe, case: GoodRequest) -> None:
    probe.refused(_with(probe, case, ()), 403)


@AUTHORIZATION.check(
    "scope-similar",
    "must",
    "RFC 6749 section 3.3",
    "Scopes that only look like those needed, longer, shorter or in capitals: 403.",
    cases=_scoped,
)
def _scope_similar(probe: Probe, case: GoodRequest) -> None:
    scopes = {scope for needed in case.operation.security.alternatives for scope in needed}
    similar = {written for scope in scopes for written in (f"{scope}x", scope[:-1], scope.upper(), f"{scope}:*", "*")}
    answer = probe.send(_with(probe, case, tuple(sorted(filter(None, similar - scopes)))))
    if answer.status != 403:
        raise Failed(f"expected 403, got {answer.status}")


@AUTHORIZATION.check(
    "public-operation", "must", "OpenAPI 3.1 section 4.8.30", "A public operation asks for no token.", cases=_public
)
def _public_operation(probe: Probe, case: GoodRequest) -> None:
    probe.accepted(probe.service.bare(case), case)


@AUTHORIZATION.check(
    "body-after-token",
    "house",
    "RFC 9110 section 15.5.2",
    "Who is not let in does not learn what the body should be: 401, whatever the body.",
)
def _body_after_token(probe: Probe) -> None:
    probe.refused(probe.service.bare(_needing_a_token(probe)).having(content_type="text/x-none"), 401)


def _needing_a_token(probe: Probe) -> GoodRequest:
    request = probe.service.writing()
    if request.operation.security.public:
        raise NotApplicable("the contract has no protected operation with a body")
    return request


def _with(probe: Probe, request: GoodRequest, scopes: tuple[str, ...]) -> Message:
    return probe.service.bare(request).having(authorization=f"Bearer {probe.service.token(scopes)}")
