"""Show the main job on real processes: render, boot, call, and look at traces, the last one across two stacks."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import uuid4

import uv

from paviour.sdk import Sdk, build
from tests.support.node import service_modules
from tests.support.otlp import Collector, Span, collecting
from tests.support.process import Service, free_port, serving

BIN = Path(sys.executable).parent
QUOTES, ORDERS = (Path(__file__).with_name(name) for name in ("quotes", "orders"))
PLAIN = not sys.stdout.isatty() or "NO_COLOR" in os.environ
ACCESS = {
    "type": "ethernet",
    "site": {"street": "Calle Mayor 1", "postal_code": "28013", "city": "Madrid", "country": "ES"},
    "bandwidth_mbps": 1000,
}
BODY = {"reference": "HQ-MADRID-1", "access": ACCESS, "term_months": 36}


def styled(text: str, code: int) -> str:
    return text if PLAIN else f"\033[{code}m{text}\033[0m"


@dataclass
class Demo:
    """What has been shown so far."""

    start: float = field(default_factory=time.monotonic)
    wrong: list[str] = field(default_factory=list)
    calls: int = 0

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Say what is going on while it does, and how long it took."""
        print(f"{styled('●', 36)} {title} …", end="" if not PLAIN else "\n", flush=True)
        began = time.monotonic()
        yield
        took = f"{time.monotonic() - began:.1f} s"
        print(f"\r\033[K{styled('✓', 32)} {title} {styled(took, 2)}" if not PLAIN else f"  done in {took}", flush=True)

    def call(self, title: str, expected: int, response: Any) -> None:
        """Show one answer of the service as the generated client gives it."""
        self.calls += 1
        status = int(response.status_code)
        good = status == expected
        if not good:
            self.wrong.append(f"{title}: {status} instead of {expected}")
        content = json.loads(response.content)
        mark = styled("✓", 32) if good else styled("✗", 31)
        print(f"  {mark} {title:<32} {styled(str(status), 1)}  {_told(content)}")


def _told(content: dict[str, Any]) -> str:
    if "id" in content:
        return f"{content['id'][:8]}… is {content['state']}"
    faults = "; ".join(f"{fault['pointer']} {fault['detail']}" for fault in content.get("errors", ()))
    slug = str(content["type"]).rpartition("#")[2]
    return f"{slug}: {faults}" if faults else slug


def main() -> int:
    parser = argparse.ArgumentParser(description="From a contract to a running service, in under a minute.")
    parser.add_argument("--keep", action="store_true", help="leave the service running until Ctrl-C")
    keep = parser.parse_args().keep
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # A shell that starts this in the background has it ignore Ctrl-C's signal.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    demo = Demo()
    try:
        with ExitStack() as stack:
            room = Path(tempfile.mkdtemp(prefix="paviour-demo-"))
            stack.callback(shutil.rmtree, room, ignore_errors=True)
            show(demo, stack, room, keep)
    except KeyboardInterrupt:
        print("\nstopped; nothing is left behind")
        return 130
    except (subprocess.CalledProcessError, AssertionError) as error:
        output = getattr(error, "stderr", None) or str(error)
        print(f"\ndemo: a step failed, and nothing is left behind:\n{output}", file=sys.stderr)
        return 2
    return 1 if demo.wrong else 0


def show(demo: Demo, stack: ExitStack, room: Path, keep: bool) -> None:
    folder = room / "quotes"
    with demo.step("paviour new quotes --stack python   (contract → service, locked)"):
        run(BIN / "paviour", "new", "quotes", "--stack", "python", cwd=room)
        # What the starter does stays, and the demo's own adds to it.
        (folder / "src/quotes/operations.py").rename(folder / "src/quotes/starter.py")
        for module in ("operations.py", "settings.py"):
            shutil.copy(QUOTES / module, folder / "src/quotes" / module)
    with demo.step("uv sync                             (its own dependencies, nothing of ours)"):
        run(uv.find_uv_bin(), "sync", "--quiet", "--frozen", cwd=folder)
    with demo.step("paviour sdk build                   (for it, the SDK of orders, the second service)"):
        sdk = Sdk("python", room / "sdk/orders", ORDERS / "openapi.yaml", "orders-client")
        build([sdk])
        run(uv.find_uv_bin(), "pip", "install", "--quiet", sdk.folder, cwd=folder)
    with demo.step("openapi-python-client generate      (contract → client)"):
        client = generated_client(folder, room)
    collector = stack.enter_context(collecting())
    traced = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "100"}
    port = str(free_port())  # of orders: each of the two knows the other's address from its start
    with demo.step("python -m quotes serve              (embedded issuer, SQLite)"):
        known = traced | {"ORDERS_URL": f"http://127.0.0.1:{port}"}
        service = stack.enter_context(serving(folder, known, [str(folder / ".venv/bin/python")]))
    trace_id, quote_id = calls(demo, service, client)
    print(f"\nThe trace of the first call, {trace_id}:\n")
    spans = collector.spans(trace_id, expected=3)
    tree(spans)
    print("\nIts log lines:\n")
    log_lines(service.log, trace_id)
    spans += ordered(demo, stack, room, service, traced | {"PORT": port}, quote_id, collector)
    files = sum(1 for path in (folder / "src").rglob("*.py") if ".venv" not in path.parts)
    summary(demo, files, len(spans))
    if keep:
        print(f"\nIt keeps running at {service.url} (contract: {service.url}/docs, files: {folder}). Ctrl-C ends it.")
        service.process.wait()


def run(*command: str | Path, cwd: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    environment["TMPDIR"] = str(cwd)  # what a program leaves there goes with the rest
    subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environment, check=True, capture_output=True, text=True
    )


def generated_client(folder: Path, room: Path) -> ModuleType:
    contract = folder / "contract" / "openapi.yaml"
    output = room / "client" / "quotes_client"
    output.parent.mkdir()
    run(
        BIN / "openapi-python-client",
        *("generate", "--meta", "none"),
        *("--path", contract, "--output-path", output),
        cwd=room,
    )
    sys.path.insert(0, str(output.parent))
    return importlib.import_module("quotes_client")


def ordered(
    demo: Demo,
    stack: ExitStack,
    room: Path,
    quotes: Service,
    environment: Mapping[str, str],
    quote_id: str,
    collector: Collector,
) -> list[Span]:
    """Have the service and one in TypeScript call each other by their SDKs; returns the spans of the one trace."""
    print()
    folder = room / "orders"
    with demo.step("paviour new orders --stack typescript --contract …  (and the SDK of quotes)"):
        contract = ORDERS / "openapi.yaml"
        run(BIN / "paviour", "new", "orders", "--stack", "typescript", "--no-lock", "--contract", contract, cwd=room)
        (folder / "node_modules").symlink_to(service_modules())
        for module in ("operations.ts", "settings.ts"):
            shutil.copy(ORDERS / module, folder / "src" / module)
        sdk = Sdk("typescript", room / "sdk/quotes", room / "quotes/contract/openapi.yaml", "@demo/quotes")
        build([sdk])
        shutil.copytree(sdk.folder / "src", folder / "src/quotes")
    with demo.step("node src/main.ts serve              (Fastify, SQLite)"):
        orders = stack.enter_context(serving(folder, {**environment, "QUOTES_URL": quotes.url}))
    print(f"\nA call of each service for which it calls the other (the second is {orders.url}):\n")
    trace_id = uuid4().hex
    traced = {"traceparent": f"00-{trace_id}-{uuid4().hex[:16]}-01"}
    placed = orders.call("POST", "/orders", "orders:write", headers=traced, json={"quote_id": quote_id})
    demo.call("an order of the quote", 201, placed)
    told = {"headers": traced | {"If-Match": '"1"'}, "json": {"reason": "Too late"}}
    refused = quotes.call("POST", f"/quotes/{quote_id}/cancel", "quotes:write", **told)
    demo.call("cancelling what is ordered", 409, refused)
    print(f"\nThe trace of both, {trace_id}:\n")
    spans = collector.spans(trace_id, expected=10)
    tree(spans)
    return spans


def calls(demo: Demo, service: Service, client: ModuleType) -> tuple[str, str]:
    """Make the calls that show what is let in and what is not; returns the trace and the quote of the first."""
    create = importlib.import_module("quotes_client.api.quotes.create_quote").sync_detailed
    model = importlib.import_module("quotes_client.models.quote_create").QuoteCreate
    print(f"\nCalls through the generated client, {service.url}:\n")
    trace_id = uuid4().hex

    def with_token(token: str | None, **headers: str) -> Any:
        if token is None:
            return client.Client(base_url=service.url, headers=headers)
        return client.AuthenticatedClient(base_url=service.url, token=token, headers=headers)

    # The client that also orders: a quote is seen only by whoever asked for it.
    write, read = service.token("quotes:write"), service.token("quotes:read")
    key = str(uuid4())
    good, other = model.from_dict(BODY), model.from_dict(BODY | {"term_months": 12})
    bad = model.from_dict(BODY | {"term_months": 0, "access": ACCESS | {"bandwidth_mbps": 0}})
    traced = with_token(write, traceparent=f"00-{trace_id}-{uuid4().hex[:16]}-01")
    attempt: Callable[..., Any] = create
    made = attempt(client=traced, body=good, idempotency_key=key)
    demo.call("a good call", 201, made)
    demo.call("no token", 401, attempt(client=with_token(None), body=good, idempotency_key=key))
    demo.call("a token without the scope", 403, attempt(client=with_token(read), body=good, idempotency_key=key))
    demo.call("a bad body", 422, attempt(client=with_token(write), body=bad, idempotency_key=str(uuid4())))
    demo.call("the same idempotency key again", 201, attempt(client=with_token(write), body=good, idempotency_key=key))
    demo.call("the key with another body", 422, attempt(client=with_token(write), body=other, idempotency_key=key))
    return trace_id, json.loads(made.content)["id"]


def tree(spans: list[Span]) -> None:
    """Print spans as a tree, with what each took and what it says of itself."""
    known = {span.span_id for span in spans}

    def branch(span: Span, indent: str, last: bool, top: bool) -> None:
        twig = "" if top else ("└─ " if last else "├─ ")
        took = f"{(span.end - span.start) / 1e6:.1f} ms"
        print(f"  {indent}{twig}{styled(span.name, 1)} {styled(f'{span.kind.lower()}, {took}', 2)}")
        below = indent if top else indent + ("   " if last else "│  ")
        children = [child for child in spans if child.parent_id == span.span_id]
        for name, value in sorted(span.attributes.items()):
            if name in SHOWN:
                told = textwrap.shorten(f"{name}={value}", 100, placeholder=" …")
                print(f"  {below}{'│  ' if children else '   '}{styled(told, 2)}")
        for number, child in enumerate(children, 1):
            branch(child, below, number == len(children), top=False)

    for span in spans:
        if span.parent_id not in known:
            branch(span, "", last=True, top=True)


SHOWN = {"http.route", "http.response.status_code", "db.query.text", "db.system.name"}


def log_lines(log: Path, trace_id: str) -> None:
    for line in log.read_text("utf-8").splitlines():
        if trace_id in line:
            entry = json.loads(line)
            print(f"  {entry['@timestamp'][11:23]}  {entry['log.logger']:<8} {entry['message']}")


def summary(demo: Demo, files: int, spans: int) -> None:
    took = time.monotonic() - demo.start
    told = "all as expected" if not demo.wrong else f"{len(demo.wrong)} not as expected: {'; '.join(demo.wrong)}"
    print(
        f"\n{styled('Summary', 1)}: a service of {files} Python files from one contract, and one in TypeScript,"
        f" which call each other; {demo.calls} calls, {told}; {spans} spans in two traces; {took:.0f} s in all."
    )


if __name__ == "__main__":
    sys.exit(main())
