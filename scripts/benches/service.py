"""What a request costs a rendered service, beside bare FastAPI and beside what is usually put around it.

Instructions are counted by valgrind's callgrind, over all threads of the process, as the difference of two run lengths:
so the start is left out, and what is done off the request path (encoding and sending spans) is in. The application is
called over ASGI in its own process; its collector and its issuer are another process. Throughput and latency are wrk's,
over HTTP, at a fixed number of connections.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from tests.support.command import REPOSITORY
from tests.support.issuer import Issuer, issuing
from tests.support.otlp import Collector, collecting
from tests.support.process import free_port

from .commands import new, progress

APPS = Path(__file__).parent / "apps"
PEERS = REPOSITORY / "build" / "peers" / "bin" / "python"
BODY = json.dumps({"reference": "HQ-MADRID-1", "quantity": 3, "urgent": True})
SHORT, LONG = 512, 1024  # whole batches of spans, as the SDK sends them
CONNECTIONS, SECONDS = 32, 5
TOKEN_SECONDS = 86_400


@dataclass
class Subject:
    """One application among those that are compared."""

    name: str
    app: str
    python: Path
    spans: bool = True
    tokens: int = 1
    instructions: float = 0.0
    requests_per_second: list[float] = field(default_factory=list)
    milliseconds: dict[str, list[float]] = field(default_factory=lambda: {"50%": [], "99%": []})


def service(rounds: int, room: Path) -> None:
    missing = [program for program in ("valgrind", "wrk") if shutil.which(program) is None]
    if missing:
        raise SystemExit(f"bench: {' and '.join(missing)} needed; Debian: apt-get install {' '.join(missing)}")
    folder = new(APPS / "contract.yaml", room / "measured")
    shutil.copy(APPS / "operations.py", folder / "src/measured/operations.py")
    ours = Path(sys.executable)
    subjects = [
        Subject("bare FastAPI", "bare", PEERS, spans=False),
        Subject("the usual assembly", "usual", PEERS),
        Subject("ours", "ours", ours),
        Subject("ours, each token seen first", "ours", ours, tokens=LONG),
    ]
    with issuing() as issuer, collecting() as collector:
        environment = _environment(issuer, collector, folder)
        count(subjects, environment, issuer, collector, room)
        load(subjects[:3], environment, issuer, rounds, room)
    _print(subjects, rounds)


def count(
    subjects: list[Subject], environment: Mapping[str, str], issuer: Issuer, collector: Collector, room: Path
) -> None:
    """Count the instructions of each. It takes minutes, because callgrind runs a process some fifty times slower."""
    for number, subject in enumerate(subjects):
        progress(f"instructions: {subject.name} ({number + 1} of {len(subjects)})")
        tokens = room / f"tokens-{subject.tokens}"
        tokens.write_text("\n".join(_token(issuer) for _ in range(subject.tokens)), "utf-8")
        before = collector.received()
        with ThreadPoolExecutor() as pool:
            runs = [pool.submit(_instructions, subject, length, tokens, environment, room) for length in (SHORT, LONG)]
        short, long = (run.result() for run in runs)
        exported = collector.received() - before
        if subject.spans and exported != SHORT + LONG:
            raise SystemExit(f"bench: {subject.name} exported {exported} spans for {SHORT + LONG} requests")
        subject.instructions = (long - short) / (LONG - SHORT)
    progress("")


def _instructions(subject: Subject, requests: int, tokens: Path, environment: Mapping[str, str], room: Path) -> int:
    log = room / f"{subject.app}-{subject.tokens}-{requests}.log"
    tool: list[str | Path] = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={os.devnull}"]
    command = [*tool, subject.python, APPS / "drive.py", subject.app, str(requests), BODY, tokens]
    # The clock goes on while callgrind counts: batches are sent when they are full, as they are under load.
    environment = {**environment, "OTEL_BSP_SCHEDULE_DELAY": "3600000", "OTEL_METRIC_EXPORT_INTERVAL": "3600000"}
    with log.open("wb") as output:
        done = subprocess.run(command, env=environment, stdout=output, stderr=subprocess.PIPE, text=True, check=False)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or found is None:
        raise SystemExit(f"bench: {subject.name} failed:\n{done.stderr[-2000:]}{log.read_text('utf-8')[-2000:]}")
    lines = log.read_bytes().count(b"\n")
    if subject.app == "ours" and lines != 2 * requests:
        raise SystemExit(f"bench: {subject.name} wrote {lines} lines for {requests} requests, each with two")
    return int(found[1])


def load(subjects: list[Subject], environment: Mapping[str, str], issuer: Issuer, rounds: int, room: Path) -> None:
    """Let wrk call each in turn, so that what disturbs the machine disturbs each of them."""
    script = room / "post.lua"
    headers = {"Authorization": f"Bearer {_token(issuer)}", "Content-Type": "application/json"}
    fields = "".join(f"wrk.headers[{json.dumps(name)}] = {json.dumps(value)}\n" for name, value in headers.items())
    script.write_text(f'wrk.method = "POST"\nwrk.body = {json.dumps(BODY)}\n{fields}', "utf-8")
    for number in range(rounds):
        for subject in subjects:
            progress(f"load: round {number + 1} of {rounds}, {subject.name}")
            with _serving(subject, environment, headers) as url:
                command = ["wrk", "--latency", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", f"-s{script}", url]
                said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            if "Non-2xx" in said or "Socket errors" in said:
                raise SystemExit(f"bench: {subject.name} failed under load:\n{said}")
            subject.requests_per_second.append(_figure(r"Requests/sec:\s+([\d.]+)()", said))
            for percentile, figures in subject.milliseconds.items():
                figures.append(_figure(rf"{percentile}\s+([\d.]+)(us|ms|s)", said))
    progress("")


@contextmanager
def _serving(subject: Subject, environment: Mapping[str, str], headers: Mapping[str, str]) -> Iterator[str]:
    port = free_port()
    options = ["--loop=uvloop", "--http=httptools", "--no-access-log", "--log-level=critical", f"--port={port}"]
    server: list[str | Path] = ["-m", "uvicorn", f"{subject.app}:app", *options]
    command = [subject.python, *([APPS / "ours.py"] if subject.app == "ours" else server)]
    process = subprocess.Popen(command, env={**environment, "PORT": str(port)}, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/orders"
    try:
        _warm(url, headers, process)
        yield url
    finally:
        process.kill()
        process.wait()


def _warm(url: str, headers: Mapping[str, str], process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    with httpx2.Client(trust_env=False) as client:
        while process.poll() is None and time.monotonic() < deadline:
            try:
                answers = {client.post(url, content=BODY, headers=dict(headers)).status_code for _ in range(200)}
            except httpx2.TransportError:
                time.sleep(0.1)
                continue
            if answers == {201}:
                return
            raise SystemExit(f"bench: {url} answered {answers}")
    raise SystemExit(f"bench: nothing answers at {url}")


def _environment(issuer: Issuer, collector: Collector, folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OTEL_", "PYTHON"))}
    return {
        **kept,
        **issuer.environment,
        "PYTHONPATH": f"{APPS}{os.pathsep}{folder / 'src'}",
        "PYTHONHASHSEED": "0",
        "DATABASE_URL": f"sqlite:///{folder}/orders.db",
        "RATE_LIMIT_REQUESTS": "100000000",
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
    }


def _token(issuer: Issuer) -> str:
    return issuer.minter.mint(claims={"scope": "orders:write", "exp": int(time.time()) + TOKEN_SECONDS})


def _figure(pattern: str, said: str) -> float:
    """A figure of wrk's; times in milliseconds."""
    found = re.search(pattern, said)
    if found is None:
        raise SystemExit(f"bench: wrk said no {pattern}:\n{said}")
    return float(found[1]) * {"us": 0.001, "ms": 1, "s": 1000, "": 1}[found[2]]


def _print(subjects: list[Subject], rounds: int) -> None:
    base = subjects[0].instructions
    print("A request, everything on: instructions in all threads, over ASGI")
    for subject in subjects:
        ratio = f"{subject.instructions / base:5.2f} times bare"
        print(f"  {subject.name:<34} {subject.instructions / 1e6:7.2f} M   {ratio}")
    print(f"\nThe same over HTTP, {CONNECTIONS} connections (median of {rounds} rounds of {SECONDS} s)")
    for subject in filter(lambda subject: subject.requests_per_second, subjects):
        rate = statistics.median(subject.requests_per_second)
        p50, p99 = (statistics.median(figures) for figures in subject.milliseconds.values())
        print(f"  {subject.name:<34} {rate:7.0f} /s   {p50:6.1f} ms 50%   {p99:6.1f} ms 99%")
    print()
