"""The TypeScript SDK in a browser, as its compiler leaves it: no bundler, nothing of Node.js."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tests.sdk.scripted import VALUES
from tests.support.browser import Browser
from tests.support.node import compiled, modules

PAGE = """<!doctype html>
<script type="module">
  import { bearer, Client, createQuote, getQuote, Redirected, sigv4 } from "./dist/index.js";
  const client = new Client({ baseUrl: location.origin, auth: bearer("browser"), retries: { backoff: 1 } });
  const failure = (call) => call.then(() => undefined, (reason) => reason);
  try {
    const quote = await createQuote(client, { body: BODY });
    const moved = await failure(getQuote(client, { quoteId: "moved" }));
    const slow = await failure(getQuote(client, { quoteId: "slow" }, { timeouts: { total: 300 } }));
    const key = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };
    const signed = new Client({ baseUrl: location.origin, auth: sigv4({ region: "eu-west-1", key }) });
    await getQuote(signed, { quoteId: "signed" });
    globalThis.found = { id: quote.id, moved: moved instanceof Redirected, slow: slow.name };
  } catch (error) {
    globalThis.found = { error: `${error.name}: ${error.message}` };
  }
</script>
"""


class Handler(SimpleHTTPRequestHandler):
    """The files of a folder, and an API beside them."""

    asked: ClassVar[list[tuple[str, str | None, str | None]]]
    done: ClassVar[threading.Event]

    def do_GET(self) -> None:
        if not self.path.startswith("/quotes/"):
            return super().do_GET()
        self.asked.append((self.path, self.headers["Authorization"], None))
        if self.path == "/quotes/moved":
            return self._answer(307, b"", location="/elsewhere")
        if self.path == "/quotes/slow":
            self.done.wait(10)
        return self._answer(200, json.dumps(VALUES["quote"]).encode())

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append((self.path, self.headers["Authorization"], self.headers["Idempotency-Key"]))
        status = 503 if len(self.asked) == 1 else 201
        self._answer(status, json.dumps(VALUES["quote"]).encode())

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"content-type": "application/json", "content-length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture
def site(quotes_sdk_typescript: Path, tmp_path: Path) -> Iterator[tuple[str, type[Handler]]]:
    """The compiled package, a page that calls with it, and what it calls."""
    package = Path(shutil.copytree(quotes_sdk_typescript, tmp_path / "site", ignore=lambda *_: ["node_modules"]))
    (package / "node_modules").symlink_to(modules())
    assert compiled(package, "tsconfig.json") == ""
    (package / "page.html").write_text(PAGE.replace("BODY", json.dumps(VALUES["create"])))

    class Here(Handler):
        asked: ClassVar[list[tuple[str, str | None, str | None]]] = []
        done: ClassVar[threading.Event] = threading.Event()

        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments, directory=str(package))

    with ThreadingHTTPServer(("127.0.0.1", 0), Here) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", Here
        Here.done.set()
        server.shutdown()


def test_calls_from_a_page(site: tuple[str, type[Handler]]) -> None:
    url, handler = site
    with Browser.started() as browser:
        browser.open(f"{url}/page.html")
        browser.wait_for("return globalThis.found !== undefined")
        assert browser.run("return globalThis.found") == {"id": "q1", "moved": True, "slow": "DeadlineExceeded"}
    created = [entry for entry in handler.asked if entry[0] == "/quotes"]
    assert len(created) == 2
    assert created[0] == created[1], "tried again with the same key"
    assert created[0][1] == "Bearer browser"
    assert created[0][2]
    assert [path for path, *_ in handler.asked][2:] == ["/quotes/moved", "/quotes/slow", "/quotes/signed"]
    assert str(handler.asked[-1][1]).startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
