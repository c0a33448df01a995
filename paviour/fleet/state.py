"""What a run has done so far, on disk: one file for each repository, there whole or not at all.

The truth is in the branches: without these files a run visits all repositories again, and does nothing twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from paviour import __version__
from paviour.errors import UserError
from paviour.files import write
from paviour.fleet.outcome import Outcome

try:
    import fcntl
except ImportError:  # on Windows, where nobody runs two at once
    fcntl = None  # type: ignore[assignment]


class State:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._run = folder / "run.json"
        self._outcomes = folder / "outcomes"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Raises UserError where another run is under way with this folder."""
        self._outcomes.mkdir(parents=True, exist_ok=True)
        (self._folder / ".gitignore").write_text("*\n", "utf-8")
        with (self._folder / "lock").open("w") as lock:
            if fcntl is not None:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    raise UserError(
                        f"another fleet update is under way with {self._folder}; wait for its end"
                    ) from None
            yield

    def begin(self) -> dict[str, Outcome]:
        """What the run before has done, if it was interrupted on the way to the same version; else a new one begins."""
        if self._read(self._run) == {"version": __version__}:
            found = map(self._read, sorted(self._outcomes.glob("*.json")))
            return {entry["repository"]: Outcome.of(entry) for entry in found if entry}
        self.end()
        write(self._run, json.dumps({"version": __version__}))
        return {}

    def record(self, outcome: Outcome) -> None:
        write(self._outcomes / f"{outcome.repository}.json", json.dumps(outcome.as_dict(), indent=2))

    def end(self) -> None:
        """The next run begins anew."""
        self._run.unlink(missing_ok=True)
        for path in self._outcomes.glob("*.json"):
            path.unlink()

    def _read(self, path: Path) -> dict[str, str]:
        try:
            document = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return document if isinstance(document, dict) else {}
