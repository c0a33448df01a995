"""A stub of GitHub's API on loopback, over bare repositories: what the fleet calls of it, and its bad days."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.git import git

Answer = tuple[int, dict[str, str], Any]
TOKEN = "ghp_the-test-s-own"  # noqa: S105
PER_PAGE = 2
"""How many repositories a page has, however many are asked for."""


@dataclass
class Fault:
    """What happens to the first calls of a kind, in place of the good answer."""

    method: str
    path: str
    """A part of the path."""
    status: int | None = None
    """None: the connection ends without an answer."""
    headers: dict[str, str] = field(default_factory=dict)
    message: str = ""
    takes_effect: bool = False
    """Whether what was asked for is done all the same."""
    times: int = 1


@dataclass
class GitHub:
    organization: str = "acme"
    repositories: dict[str, Path] = field(default_factory=dict)
    details: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What a repository's entry has besides."""
    pulls: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    runs: list[dict[str, Any]] = field(default_factory=list)
    """Check runs of every commit."""
    statuses: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    merge_is_refused: bool = False
    calls: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    url: str = ""

    def add(self, name: str, repository: Path, **details: Any) -> None:
        self.repositories[name] = repository
        self.details[name] = details
        self.pulls[name] = []

    def count(self, method: str, part: str) -> int:
        return sum(call.startswith(method) and part in call for call in self.calls)

    @contextmanager
    def serving(self) -> Iterator[GitHub]:
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except ConnectionError:
                    self.close_connection = True

            def _handle(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"null")
                stub.calls.append(f"{self.command} {self.path}")
                stub.tokens.add(self.headers.get("Authorization", ""))
                answer = stub.answer(self.command, self.path, body)
                if answer is None:
                    self.close_connection = True
                    return
                status, headers, content = answer
                data = json.dumps(content).encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(data))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PATCH = do_PUT = _handle

            def log_message(self, *_: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    def answer(self, method: str, target: str, body: Any) -> Answer | None:
        """The answer; None where it is lost."""
        for fault in self.faults:
            if fault.times and fault.method == method and fault.path in target:
                fault.times -= 1
                if fault.takes_effect:
                    self._good(method, target, body)
                return None if fault.status is None else (fault.status, fault.headers, {"message": fault.message})
        return self._good(method, target, body)

    def _good(self, method: str, target: str, body: Any) -> Answer:
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        path = parts.path.strip("/").split("/")
        if path[0] == "orgs":
            return self._listed(path[1], int(query.get("page", "1")))
        name, rest = path[2], path[3:]
        if path[1] != self.organization or name not in self.repositories:
            return 404, {}, {"message": "Not Found"}
        match (method, rest):
            case ("GET", ["pulls"]):
                wanted = query["state"]
                found = [pull for pull in self.pulls[name] if wanted in ("all", pull["state"])]
                return 200, {}, found[::-1]
            case ("POST", ["pulls"]):
                return self._opened(name, body)
            case ("GET", ["pulls", number]):
                return 200, {}, self.pulls[name][int(number) - 1]
            case ("PATCH", ["pulls", number]):
                self.pulls[name][int(number) - 1] |= body
                return 200, {}, self.pulls[name][int(number) - 1]
            case ("PUT", ["pulls", number, "merge"]):
                return self._merged(name, self.pulls[name][int(number) - 1], body)
            case ("GET", ["commits", _, "check-runs"]):
                return 200, {}, {"total_count": len(self.runs), "check_runs": self.runs}
            case ("GET", ["commits", _, "status"]):
                return 200, {}, {"state": "pending", "statuses": self.statuses}
        raise AssertionError(f"the stub does not know {method} {target}")

    def _listed(self, organization: str, page: int) -> Answer:
        if organization != self.organization:
            return 404, {}, {"message": "Not Found"}
        names = list(self.repositories)
        entries = [
            {
                "name": name,
                "full_name": f"{self.organization}/{name}",
                "clone_url": self.repositories[name].as_uri(),
                "default_branch": "main",
                "archived": False,
                "topics": ["service"],
                **self.details[name],
            }
            for name in names[(page - 1) * PER_PAGE : page * PER_PAGE]
        ]
        following = f'<{self.url}/orgs/{organization}/repos?page={page + 1}>; rel="next"'
        return 200, {"Link": following} if page * PER_PAGE < len(names) else {}, entries

    def _opened(self, name: str, body: dict[str, Any]) -> Answer:
        if any(pull["state"] == "open" for pull in self.pulls[name]):
            errors = f"A pull request already exists for {self.organization}:{body['head']}."
            return 422, {}, {"message": f"Validation Failed: {errors}"}
        number = len(self.pulls[name]) + 1
        pull = {
            **body,
            "number": number,
            "state": "open",
            "merged": False,
            "merged_at": None,
            "html_url": f"{self.url}/{self.organization}/{name}/pull/{number}",
            "head": {"ref": body["head"], "repo": {"full_name": f"{self.organization}/{name}"}},
        }
        self.pulls[name].append(pull)
        return 201, {}, pull

    def _merged(self, name: str, pull: dict[str, Any], body: dict[str, Any]) -> Answer:
        repository = self.repositories[name]
        if self.merge_is_refused or pull["merged"]:
            return 405, {}, {"message": "Pull Request is not mergeable"}
        if repository.exists():
            if git(repository, "rev-parse", "refs/heads/paviour/update").strip() != body["sha"]:
                return 409, {}, {"message": "Head branch was modified"}
            git(repository, "update-ref", "refs/heads/main", body["sha"])
        pull |= {"merged": True, "state": "closed", "merged_at": "2026-12-01T00:00:00Z"}
        return 200, {}, {"merged": True}


def passed(name: str = "test") -> dict[str, Any]:
    return {"name": name, "status": "completed", "conclusion": "success"}
