"""The service under judgement as the checks see it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from uuid import uuid4

from paviour.verify.credentials import Credentials, CredentialsError, Minter
from paviour.verify.message import Message
from paviour.verify.registry import Failed, NotApplicable
from paviour.verify.requests import GoodRequest
from paviour.verify.routes import Routes
from paviour.verify.schemas import Schemas
from paviour.verify.wire import Answer, NoAnswer, Pieces, Server
from sdkgen.model import Contract, Operation

T = TypeVar("T")
_MAX_SHOWN = 600
_MAX_WAIT_SECONDS = 61.0
# A JSON object in base64url begins so: what looks like a token is not shown, wherever it stands.
_TOKEN = re.compile(r"eyJ[\w\-+/=]*(?:\s*\.\s*[\w\-+/=]*)*")
_CREDENTIALS = re.compile(r"(?im)^(authorization:[ \t]*)\S.*$")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came back; where nothing did, `failure` says so."""

    sent: bytes
    answer: Answer | None
    failure: str = ""

    def shown_request(self) -> str:
        return _shown(self.sent.decode("utf-8", "backslashreplace"))

    def shown_answer(self) -> str:
        if self.answer is None:
            return self.failure
        named = ("content-type", "www-authenticate", "allow", "location", "retry-after", "etag")
        fields = [f"{name}: {self.answer.fields[name]}" for name in named if name in self.answer.fields]
        body = self.answer.body.decode("utf-8", "backslashreplace")
        return _shown("\n".join([str(self.answer.status), *fields, *([body] if body else [])]))


@dataclass(slots=True)
class Service:
    """Where it is, what its contract is, and how to get in."""

    server: Server
    contract: Contract
    requests: dict[str, GoodRequest]
    credentials: Credentials | None
    origin: str | None = None
    """A web origin whose pages may call the service."""
    production: bool = False
    """Whether it claims to be fit for production."""
    exchanges: list[Exchange] = field(default_factory=list)
    """All that was sent and came back so far."""
    _tokens: dict[frozenset[str], str] = field(default_factory=dict)
    _schemas: Schemas | None = None
    _measured: dict[Callable[[Service], Any], Any] = field(default_factory=dict)

    def measured(self, measure: Callable[[Service], T]) -> T:
        """What `measure` finds, which it is asked once. For checks that run alone."""
        if measure not in self._measured:
            self._measured[measure] = measure(self)
        found: T = self._measured[measure]
        return found

    @property
    def minter(self) -> Minter:
        if not isinstance(self.credentials, Minter):
            raise NotApplicable("needs --issuer-key")
        return self.credentials

    def token(self, scopes: Iterable[str]) -> str:
        """A good access token; minted ones are new each time."""
        if self.credentials is None:
            raise NotApplicable("needs --issuer-key or --token-url")
        if isinstance(self.credentials, Minter):
            return self.credentials.token(sorted(scopes))
        wanted = frozenset(scopes)
        try:
            return self._tokens.get(wanted) or self._tokens.setdefault(wanted, self.credentials.token(sorted(wanted)))
        except CredentialsError as error:
            raise NotApplicable(str(error)) from None

    @property
    def schemas(self) -> Schemas:
        """Those of the contract."""
        if self._schemas is None:
            self._schemas = Schemas(self.contract)
        return self._schemas

    def answers(self) -> dict[str, list[Exchange]]:
        """The exchanges so far that have an answer, by the id of the operation that they were for."""
        routes = Routes(self.contract, self.server.path)
        found: dict[str, list[Exchange]] = {}
        for exchange in self.exchanges:
            operation = routes.operation(exchange.sent)
            if operation is not None and exchange.answer is not None:
                found.setdefault(operation, []).append(exchange)
        return found

    def bare(self, request: GoodRequest) -> Message:
        """The good request without a token."""
        return request.message(self.server.path, self.server.host)

    def good(self, request: GoodRequest) -> Message:
        """The good request with all the scopes it needs."""
        return self.caller().good(request)

    def caller(self, *, client: str | None = None, tenant: str | None = None) -> Caller:
        """Somebody of that name and tenant; with neither, somebody new where tokens are minted, else whom they are for.

        Raises NotApplicable where there are no tokens of such a caller.
        """
        if not (client or tenant or isinstance(self.credentials, Minter)):
            return Caller(self, None, {})
        minter = self.minter
        if client and minter.client:
            raise NotApplicable("the service trusts tokens of one client only")
        name = client or minter.client or f"paviour-verify-{uuid4().hex}"
        return Caller(
            self,
            minter,
            {"sub": name, minter.profile.client: name} | ({minter.profile.tenant: tenant} if tenant else {}),
        )

    def absent(self) -> Message:
        """A request for what the contract does not have."""
        return replace(
            self.bare(next(iter(self.requests.values()))), method="GET", target=f"{self.server.path}/not/there"
        )

    def reading(self) -> GoodRequest:
        """A GET, rather one that depends on nothing that has to exist."""
        return self._first(lambda request: request.operation.method == "GET", "a GET operation")

    def writing(self) -> GoodRequest:
        """An operation that takes a JSON object."""
        return self._first(lambda request: request.has_object_body, "an operation with a JSON object as its body")

    def protected(self) -> GoodRequest:
        """An operation that needs a token; the simplest."""
        return self._first(lambda request: bool(request.operation.security.alternatives), "an operation with security")

    def scopes(self) -> set[str]:
        """All that the contract asks for somewhere."""
        alternatives = (scopes for o in self.contract.operations for scopes in o.security.alternatives)
        return {scope for scopes in alternatives for scope in scopes}

    def _first(self, fits: Any, what: str) -> GoodRequest:
        found = [request for request in self.requests.values() if request.flaw is None and fits(request)]
        if not found:
            raise NotApplicable(f"the contract has no example of {what}")
        return min(
            found, key=lambda r: (r.operation.security.public, "{" in r.operation.path, r.operation.method != "GET")
        )


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who is the same with each token."""

    service: Service
    minter: Minter | None
    claims: dict[str, str]

    def token(self, scopes: Iterable[str]) -> str:
        if self.minter is None:
            return self.service.token(scopes)
        return self.minter.mint(claims=self.claims | self.minter.scoped(" ".join(sorted(scopes))))

    def good(self, request: GoodRequest) -> Message:
        """The good request with all the scopes it needs. Raises NotApplicable where nobody may call the operation."""
        return self.authorized(request.operation, self.service.bare(request))

    def authorized(self, operation: Operation, message: Message) -> Message:
        """A request to the operation with all the scopes it needs."""
        security = operation.security
        if security.public:
            return message
        if not security.alternatives:
            raise NotApplicable("nobody may call the operation")
        return message.having(authorization=f"Bearer {self.token(security.alternatives[0])}")


@dataclass(slots=True)
class Probe:
    """What a check works with: it sends, and judges what comes back."""

    service: Service
    exchanges: list[Exchange] = field(default_factory=list)

    def send(self, message: Message | bytes, pieces: Pieces = ()) -> Answer:
        """The answer to a request. One that comes too soon (429) is repeated when the service says. Raises NoAnswer."""
        answer = self.send_once(message, pieces)
        if answer.status == 429 and isinstance(message, Message) and not pieces:
            time.sleep(min(_MAX_WAIT_SECONDS, _seconds(answer.fields.get("retry-after", ""))))
            answer = self.send_once(message, pieces)
        return answer

    def send_together(self, messages: Sequence[Message]) -> list[Answer]:
        """The answers to requests that are all sent at the same time. Raises NoAnswer."""
        with ThreadPoolExecutor(len(messages)) as pool:
            return list(pool.map(self.send_once, messages))

    def send_once(self, message: Message | bytes, pieces: Pieces = ()) -> Answer:
        """The answer to a request, even where it came too soon. Raises NoAnswer."""
        data = message.encode() if isinstance(message, Message) else message
        head = data.startswith(b"HEAD ")
        try:
            answer = self.service.server.exchange(data, pieces, head=head)
        except NoAnswer as error:
            self._note(Exchange(data, None, str(error)))
            raise
        self._note(Exchange(data, answer))
        return answer

    def _note(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)
        self.service.exchanges.append(exchange)

    def refused(self, message: Message | bytes, *statuses: int, pieces: Pieces = ()) -> Answer:
        """It is answered with one of these statuses."""
        answer = self.send(message, pieces)
        if answer.status not in statuses:
            raise Failed(f"expected {' or '.join(map(str, statuses))}, got {answer.status}")
        return answer

    def accepted(self, message: Message | bytes, request: GoodRequest) -> Answer:
        """It gets as far as the operation: what does not exist may be missed, what is not written yet be said so."""
        return self._accepted(self.send(message), request.operation)

    @staticmethod
    def _accepted(answer: Answer, operation: Operation) -> Answer:
        of_the_resource = {404, 409, 410, 412, 428} if "{" in operation.path else {409}
        if answer.status >= 400 and answer.status not in {*of_the_resource, 501}:
            raise Failed(f"expected to be accepted, got {answer.status}")
        return answer

    def reader(self, **fields: str) -> Message:
        """A good GET request, with these fields changed."""
        return self.service.good(self.service.reading()).having(**fields)

    def writer(self, body: bytes | None = None, **fields: str) -> Message:
        """A good request with a JSON object, or with this body, and with these fields changed."""
        message = self.service.good(self.service.writing()).having(**fields)
        return message if body is None else replace(message, body=body)


def _seconds(text: str) -> float:
    return float(text) if text.isdecimal() else 1.0


def _shown(text: str) -> str:
    hidden = _TOKEN.sub("<token>", _CREDENTIALS.sub(r"\1<credentials>", text.replace("\r\n", "\n")))
    return hidden if len(hidden) <= _MAX_SHOWN else f"{hidden[:_MAX_SHOWN]}… ({len(hidden)} characters)"
