"""What a request costs a rendered service in TypeScript, beside bare Fastify with the same route and Ajv.

wrk calls each in turn, over HTTP; the cost is the processor's time that the process took, in all its threads, the
kernel's part included. V8 compiles what is called often, so that each is called for a while before it is measured.

Which share of the requests had their span exported is counted: the rest still waits at the end, or was dropped because
the collector was slower than the load.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from tests.support.issuer import issuing
from tests.support.node import NODE, service_modules
from tests.support.otlp import collecting
from tests.support.process import free_port

from .commands import new, progress

APPS = Path(__file__).parent / "apps"
BODY = json.dumps({"reference": "HQ-MADRID-1", "quantity": 3, "urgent": True})
CONNECTIONS, WARM_SECONDS, SECONDS = 32, 10, 5
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Subject:
    name: str
    app: str
    microseconds: list[float] = field(default_factory=list)
    start_seconds: list[float] = field(default_factory=list)
    start_processor_seconds: list[float] = field(default_factory=list)
    exported: list[float] = field(default_factory=list)


def typescript(rounds: int, room: Path) -> None:
    if shutil.which("wrk") is None:
        raise SystemExit("bench: wrk needed; Debian: apt-get install wrk")
    folder = new(APPS / "contract.yaml", room / "measured", stack="typescript")
    (folder / "node_modules").symlink_to(service_modules())
    shutil.copy(APPS / "typescript/operations.ts", folder / "src/operations.ts")
    for app in ("bare.ts", "ours.ts"):
        shutil.copy(APPS / "typescript" / app, folder / app)
    subjects = [Subject("bare Fastify", "bare.ts"), Subject("ours, everything on", "ours.ts")]
    with issuing() as issuer, collecting() as collector:
        token = issuer.minter.mint(claims={"scope": "orders:write", "exp": int(time.time()) + 86_400})
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("OTEL_")},
            **issuer.environment,
            "DATABASE_URL": f"sqlite:///{folder}/orders.db",
            "RATE_LIMIT_REQUESTS": "100000000",
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        }
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        for number in range(rounds):
            for subject in subjects:
                progress(f"round {number + 1} of {rounds}, {subject.name}")
                answered = _measure(subject, folder, environment, headers, room)
                subject.exported.append(collector.drain() / answered)
        progress("")
    _print(subjects, rounds)


def _measure(
    subject: Subject, folder: Path, environment: Mapping[str, str], headers: Mapping[str, str], room: Path
) -> int:
    """Measure one start of it; returns how many requests were answered."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/orders"
    started = time.monotonic()
    process = subprocess.Popen(
        [NODE, subject.app], cwd=folder, env={**environment, "PORT": str(port)}, stdout=subprocess.DEVNULL
    )
    try:
        _first_answer(url, headers, process)
        subject.start_seconds.append(time.monotonic() - started)
        subject.start_processor_seconds.append(_processor_seconds(process.pid))
        warm = _load(url, headers, WARM_SECONDS, room)
        before = _processor_seconds(process.pid)
        requests = _load(url, headers, SECONDS, room)
        subject.microseconds.append((_processor_seconds(process.pid) - before) / requests * 1e6)
        return warm + requests
    finally:
        process.kill()
        process.wait()


def _first_answer(url: str, headers: Mapping[str, str], process: subprocess.Popen[bytes]) -> None:
    with httpx2.Client(trust_env=False) as client:
        while process.poll() is None:
            try:
                status = client.post(url, content=BODY, headers=dict(headers)).status_code
            except httpx2.TransportError:
                time.sleep(0.005)
                continue
            if status == 201:
                return
            raise SystemExit(f"bench: {url} answered {status}")
    raise SystemExit(f"bench: nothing answers at {url}")


def _load(url: str, headers: Mapping[str, str], seconds: int, room: Path) -> int:
    """Call for so long; returns how many were answered."""
    script = room / "post.lua"
    fields = "".join(f"wrk.headers[{json.dumps(name)}] = {json.dumps(value)}\n" for name, value in headers.items())
    script.write_text(f'wrk.method = "POST"\nwrk.body = {json.dumps(BODY)}\n{fields}', "utf-8")
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", f"-s{script}", url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise SystemExit(f"bench: {url} failed under load:\n{said}")
    return int(said.partition(" requests in")[0].split()[-1])


def _processor_seconds(pid: int) -> float:
    """User's and kernel's, of all threads (proc(5), /proc/pid/stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _print(subjects: list[Subject], rounds: int) -> None:
    base = statistics.median(subjects[0].microseconds)
    print(f"A request in TypeScript, {CONNECTIONS} connections (median of {rounds} rounds of {SECONDS} s)")
    for subject in subjects:
        cost, sent = statistics.median(subject.microseconds), statistics.median(subject.exported)
        print(f"  {subject.name:<22} {cost:6.1f} us   {cost / base:4.2f} times bare   {sent:4.0%} of spans sent")
        start, processor = statistics.median(subject.start_seconds), statistics.median(subject.start_processor_seconds)
        print(f"  {'':<22} first answer after {start:.2f} s, {processor:.2f} s of the processor's")
    print()
