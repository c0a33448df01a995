"""Does the service accept what its contract's schemas accept, and refuse what they refuse?"""

from __future__ import annotations

import json
from collections.abc import Iterator

from paviour.verify.cases import Case, cases
from paviour.verify.message import Message
from paviour.verify.registry import Failed, Group, NotApplicable
from paviour.verify.service import Probe, Service
from paviour.verify.wire import Answer

SCHEMAS = Group("schemas")
MOST_OF_OPERATION = 500
MOST_OF_CONTRACT = 10_000
_FEWEST = 12
_OF_THE_DOMAIN = {404, 409, 410, 412, 428, 501}
"""What may come after a request was found valid: nothing is there, it does not fit, or it is not written yet."""


_Cases = Iterator[tuple[str, Case]]


def _all(service: Service) -> _Cases:
    most = min(MOST_OF_OPERATION, max(_FEWEST, MOST_OF_CONTRACT // len(service.requests)))
    for id, request in service.requests.items():
        if request.flaw is None and (request.operation.security.public or request.operation.security.alternatives):
            for name, case in cases(service.schemas, request, most).items():
                yield f"{id}/{name}", case


def _refused(service: Service) -> _Cases:
    """The first of each operation and keyword that is refused for what it says."""
    seen = set()
    for name, case in _all(service):
        about = (case.request.operation.id, name.split("/")[-2])
        if case.is_json and not case.is_valid and about not in seen:
            seen.add(about)
            yield name, case


@SCHEMAS.check(
    "schema-boundary",
    "house",
    "JSON Schema 2020-12 Validation section 6",
    "What the schema accepts is accepted; what it refuses gets 422, and what no JSON reader can hold 400.",
    cases=_all,
)
def _schema_boundary(probe: Probe, case: Case) -> None:
    answer = probe.send(_message(probe, case))
    if not case.is_json:
        _expect(answer, {400})
    elif not case.is_valid:
        _expect(answer, {422})
    elif answer.status >= 400 and answer.status not in _OF_THE_DOMAIN:
        if answer.status < 500 and _refuses_the_sample(probe, case):
            raise NotApplicable("the service refuses the contract's own example, for a reason that no schema tells")
        raise Failed(f"expected to be accepted, got {answer.status}")


@SCHEMAS.check(
    "schema-pointer",
    "house",
    "RFC 9457 section 3.2",
    "What the schema refuses gets a JSON Pointer to the place, in the member `errors` of the problem.",
    cases=_refused,
)
def _schema_pointer(probe: Probe, case: Case) -> None:
    answer = probe.send(_message(probe, case))
    if answer.status != 422:
        raise NotApplicable("what the schema refuses is not refused with 422, as schema-boundary tells")
    try:
        problem = json.loads(answer.body)
    except ValueError:
        problem = None
    errors = problem.get("errors") if isinstance(problem, dict) else None
    named = [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    if not any(error.get("pointer") in case.blamed and error.get("in", case.where) == case.where for error in named):
        wanted = " or ".join(repr(pointer) for pointer in sorted(case.blamed)[:3])
        raise Failed(f"no error points to {wanted} in the {case.where}")


def _expect(answer: Answer, statuses: set[int]) -> None:
    if answer.status not in statuses:
        raise Failed(f"expected {' or '.join(map(str, statuses))}, got {answer.status}")


def _refuses_the_sample(probe: Probe, case: Case) -> bool:
    """Is the value that the case differs from refused, too?"""
    return probe.send(_message(probe, case.unchanged())).status in {400, 422}


def _message(probe: Probe, case: Case) -> Message:
    server = probe.service.server
    return probe.service.caller().authorized(case.request.operation, case.message(server.path, server.host))
