"""Does a request with an idempotency key have one effect, wherever its process dies?"""

from __future__ import annotations

import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from paviour.verify.message import Message
from paviour.verify.registry import Failed
from paviour.verify.wire import Answer, NoAnswer
from tests.conformance.checks.registry import DURABILITY
from tests.conformance.surroundings import BenchProbe, expect, status, unique
from tests.support.proxy import between
from tests.support.sink import Received, hang_up, reply, sinking

_DRAFT = "draft-ietf-httpapi-idempotency-key-header section 2"
_FEWEST_STEPS = 4
"""An effect, its record, and the transaction around them take so many."""
_MOST_STEPS = 60
_AT_ONCE = 3


def _request(probe: BenchProbe, name: str, **rest: str) -> Message:
    """One that can be repeated on any replica: the same key, by the same caller."""
    token = f"Bearer {probe.service.token(['bench'])}"
    body = {"name": name, **rest}
    return probe.message("createEffect", body, idempotency_key=unique("key"), authorization=token)


def _interrupted(doomed: BenchProbe, request: Message) -> bool:
    """Whether the request was never answered, since its process was killed."""
    try:
        doomed.send(request)
    except (NoAnswer, Failed):
        return doomed.replica.process.wait(10) == -signal.SIGKILL
    return False


def _has_one_effect(probe: BenchProbe, request: Message, name: str, where: str) -> None:
    """After a retry, and one more."""
    first, second = _repeated(probe, request), _repeated(probe, request)
    expect(first.body == second.body, f"killed {where}, a repeated request got another answer")
    found = probe.count(name)
    expect(found == 1, f"killed {where}, one request had {found} effects")


def _repeated(probe: BenchProbe, request: Message) -> Answer:
    """As a client does it: until the request is no longer being processed."""
    ends = time.monotonic() + 20
    while (answer := probe.send(request)).status == 409 and time.monotonic() < ends:
        time.sleep(0.1)
    return status(answer, 201)


def _killed_at(probe: BenchProbe, step: int) -> bool:
    """Kill a process when the database has answered so many times; False where the request was over by then."""
    name = unique("killed")
    with between(probe.bench.database) as proxy, probe.another(database=proxy.url) as doomed:
        # Once before, so that the steps are those of the request, and not of the first connection.
        status(doomed.send(_request(doomed, unique("before"))), 201)
        request = _request(doomed, name)
        proxy.arm(step, doomed.replica.kill)
        if not _interrupted(doomed, request):
            return False
    _has_one_effect(probe, request, name, f"at step {step}")
    return True


@DURABILITY.check(
    "kill-at-each-statement",
    "must",
    _DRAFT,
    "Killed (SIGKILL) when the database has answered any one of a request's statements, and repeated: one effect.",
)
def _at_each_statement(probe: BenchProbe) -> None:
    steps = 0
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        while steps < _MOST_STEPS:
            killed = list(pool.map(lambda step: _killed_at(probe, step), range(steps + 1, steps + 1 + _AT_ONCE)))
            steps += sum(killed)
            if not all(killed):
                break
    expect(_FEWEST_STEPS <= steps < _MOST_STEPS, f"{steps} steps were seen, so nothing is said of each statement")


@DURABILITY.check(
    "kill-between-statements",
    "must",
    _DRAFT,
    "Killed (SIGKILL) while the handler waits for another service, between the statements of its effect: one effect.",
)
def _between_statements(probe: BenchProbe) -> None:
    name = unique("killed")
    with sinking() as sink, probe.another() as doomed:
        request = _request(doomed, name, url=f"{sink.url}/between")

        def kill(connection: socket.socket, received: Received) -> bool:
            doomed.replica.kill()
            return hang_up(connection, received)

        sink.by_path["/between"] = kill
        expect(_interrupted(doomed, request), "the process was killed and answered all the same")
        del sink.by_path["/between"]
        _has_one_effect(probe, request, name, "between two statements")


@DURABILITY.check(
    "done-meanwhile",
    "house",
    _DRAFT,
    "A repetition that comes while the handler is at work gets 409 with `Retry-After`, and then the answer.",
)
def _meanwhile(probe: BenchProbe) -> None:
    name, is_there, over = unique("early"), threading.Event(), threading.Event()
    with sinking() as sink, ThreadPoolExecutor() as pool:

        def wait(connection: socket.socket, received: Received) -> bool:
            is_there.set()
            over.wait(20)
            return reply()(connection, received)

        sink.by_path["/waits"] = wait
        request = _request(probe, name, url=f"{sink.url}/waits")
        first = pool.submit(probe.send, request)
        try:
            expect(is_there.wait(20), "the handler made no call")
            early = status(probe.send(request), 409)
        finally:
            over.set()
        expect("retry-after" in early.fields, "409 does not say when to come again")
        expect(status(first.result(), 201).body == _repeated(probe, request).body, "the answers differ")
        expect(probe.count(name) == 1, "there is not one effect")


@DURABILITY.check(
    "effects-undone",
    "house",
    _DRAFT,
    "A request whose handler fails half-way leaves nothing of its effect, and can be repeated with its key.",
)
def _undone(probe: BenchProbe) -> None:
    name = unique("failed")
    with sinking() as sink:
        request = _request(probe, name, url=f"{sink.url}/fails")
        sink.by_path["/fails"] = hang_up
        status(probe.send(request), 503)
        expect(probe.count(name) == 0, "a request that failed left an effect")
        del sink.by_path["/fails"]
        _has_one_effect(probe, request, name, "never")
