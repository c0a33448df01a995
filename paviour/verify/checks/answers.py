"""Is every answer one that the contract declares?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from paviour.verify.answers import Declared
from paviour.verify.registry import Failed, Group, Level, NotApplicable
from paviour.verify.requests import GoodRequest
from paviour.verify.schemas import Schemas
from paviour.verify.service import Exchange, Probe, Service
from sdkgen.model import Operation

SCHEMAS = Group("schemas")
_Fault = Callable[[Declared, Schemas], str]
_Answers = tuple[Operation, list[Exchange]]


def _status(declared: Declared, _: Schemas) -> str:
    return declared.status_fault()


def _media_type(declared: Declared, _: Schemas) -> str:
    return declared.media_type_fault()


def _body(declared: Declared, schemas: Schemas) -> str:
    return declared.body_fault(schemas)


def _fields(declared: Declared, _: Schemas) -> str:
    return declared.fields_fault()


def _good(service: Service) -> Iterator[tuple[str, GoodRequest]]:
    for id, request in service.requests.items():
        security = request.operation.security
        if request.flaw is None and (security.public or security.alternatives):
            yield id, request


@SCHEMAS.check(
    "answer-to-good-request",
    "must",
    "OpenAPI 3.1 section 4.8.17",
    "What a good request is answered with is declared: status, media type, body and required fields.",
    cases=_good,
)
def _answer_to_good_request(probe: Probe, case: GoodRequest) -> None:
    answer = probe.accepted(probe.service.good(case), case)
    if answer.status == 501:
        raise NotApplicable("the operation is not implemented yet")
    declared = Declared(case.operation, answer, is_head=False)
    for fault in (_status, _media_type, _body, _fields):
        if found := fault(declared, probe.service.schemas):
            raise Failed(found)


def _answered(service: Service) -> Iterator[tuple[str, _Answers]]:
    answers = service.answers()
    for operation in service.contract.operations:
        if operation.id in answers:
            yield operation.id, (operation, answers[operation.id])


def _of_all(probe: Probe, case: _Answers, fault: _Fault) -> None:
    operation, exchanges = case
    for exchange in exchanges:
        if exchange.answer is None:
            continue
        declared = Declared(operation, exchange.answer, exchange.sent.startswith(b"HEAD "))
        if found := fault(declared, probe.service.schemas):
            probe.exchanges.append(exchange)
            raise Failed(found)


_OF_ALL: tuple[tuple[str, Level, str, str, _Fault], ...] = (
    ("status", "house", "OpenAPI 3.1 section 4.8.16", "Every status is declared, or a problem's.", _status),
    (
        "media-type",
        "must",
        "OpenAPI 3.1 section 4.8.17",
        "Every content is of a media type that is declared for its status, or a problem.",
        _media_type,
    ),
    ("body", "must", "OpenAPI 3.1 section 4.8.14", "Every JSON body is what the schema of its response says.", _body),
    ("fields", "must", "OpenAPI 3.1 section 4.8.21", "Every field that a response requires is there.", _fields),
)

for _id, _level, _standard, _rule, _fault in _OF_ALL:
    SCHEMAS.add(
        f"answer-{_id}",
        _level,
        _standard,
        _rule,
        partial(_of_all, fault=_fault),
        cases=_answered,
        when="afterwards",
    )
