"""Chromium, driven through its WebDriver as a person would use a page."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
_OPTIONS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage --hide-scrollbars"
)


def binaries() -> tuple[str, str]:
    """Chromium, or Chrome, and its driver. Raises LookupError where they are not installed."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if chromium is None or driver is None:
        raise LookupError("Chromium and its driver are not installed (Debian: chromium, chromium-driver)")
    return chromium, driver


class Browser:
    def __init__(self, session: str) -> None:
        self._session = session

    @classmethod
    @contextmanager
    def started(cls) -> Iterator[Browser]:
        chromium, driver = binaries()
        with tempfile.TemporaryDirectory(prefix="browser-") as profile:
            process = subprocess.Popen(
                [driver, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
            )
            try:
                assert process.stdout is not None
                line = next(line for line in process.stdout if "started successfully on port" in line)
                port = int(line.strip().rstrip(".").rpartition(" ")[2])
                address = f"http://127.0.0.1:{port}"
                options = {"binary": chromium, "args": [*_OPTIONS.split(), f"--user-data-dir={profile}"]}
                wanted = {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}}
                session = _call("POST", f"{address}/session", wanted)["sessionId"]
                try:
                    yield cls(f"{address}/session/{session}")
                finally:
                    _call("DELETE", f"{address}/session/{session}")
            finally:
                process.terminate()
                process.communicate(timeout=20)

    def open(self, page: Path | str) -> None:
        """A file, or an address."""
        self._post("url", {"url": page.as_uri() if isinstance(page, Path) else page})

    def resize(self, width: int, height: int) -> None:
        self._post("window/rect", {"width": width, "height": height})

    def prefer(self, scheme: str) -> None:
        """The colours of a page: light or dark."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self._post("goog/cdp/execute", {"cmd": "Emulation.setEmulatedMedia", "params": {"features": features}})

    def run(self, script: str, *arguments: Any) -> Any:
        """What a function with this body returns."""
        return self._post("execute/sync", {"script": script, "args": list(arguments)})

    def wait_for(self, script: str) -> None:
        until = time.monotonic() + 10
        while not self.run(script):
            assert time.monotonic() < until, script
            time.sleep(0.02)

    def click(self, selector: str) -> None:
        element = self._post("element", {"using": "css selector", "value": selector})[_ELEMENT]
        self._post(f"element/{element}/click", {})

    def text(self, selector: str) -> str:
        found: str = self.run("return document.querySelector(arguments[0]).innerText", selector)
        return found

    def texts(self, selector: str) -> list[str]:
        found: list[str] = self.run(
            "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText.trim())", selector
        )
        return found

    def screenshot(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(_call("GET", f"{self._session}/screenshot")))

    def _post(self, command: str, body: dict[str, Any]) -> Any:
        return _call("POST", f"{self._session}/{command}", body)


def _call(method: str, url: str, body: dict[str, Any] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(  # noqa: S310
        url, data, {"Content-Type": "application/json"}, method=method
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=60) as answer:
        return json.load(answer)["value"]
