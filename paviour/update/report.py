"""What an update did: as text, as JSON (docs/reference/schemas/update.schema.json), as the body of a pull request."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from paviour.drift import Difference
from paviour.errors import Exit
from paviour.report import counted
from paviour.update.changes import Fragment
from paviour.update.merge import Action, Change
from paviour.update.migrations import Migration
from paviour.update.versions import Release, shown


@dataclass(frozen=True, slots=True)
class Report:
    service: str
    old: Release
    new: Release
    changes: list[Change] = field(default_factory=list)
    fragments: list[Fragment] = field(default_factory=list)
    migrations: list[Migration] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    """What `paviour check` finds afterwards, without the conflicts."""

    @property
    def needs_person(self) -> list[Change]:
        return [change for change in self.changes if change.needs_person]

    @property
    def exit(self) -> Exit:
        if self.needs_person:
            return Exit.CONFLICT
        return Exit.FOUND if self.differences else Exit.GOOD

    @property
    def outcome(self) -> str:
        if self.needs_person:
            return "conflict"
        return "updated" if self.old != self.new or self.changes else "unchanged"

    @property
    def noted(self) -> list[Change]:
        """What a reader would not expect of an update, though nobody has to do anything."""
        return [change for change in self.changes if change.why and not change.needs_person]

    @property
    def forms(self) -> dict[str, str]:
        """The report in each form that it can be printed in."""
        return {"text": self.text(), "json": self.json(), "markdown": self.markdown()}

    def text(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        for fragment in self.fragments:
            yield fragment.title
        for migration in self.migrations:
            yield f"migrated: {migration.sentence}"
        for change in self.noted:
            yield f"{change.path}: {change.action}: {change.why}"
        for difference in self.differences:
            yield f"{difference.path}: {difference.kind}: {difference.message}; {difference.mend}"
        for change in self.needs_person:
            yield f"{change.path}: needs a person: {change.why}"
        yield self.summary

    @property
    def summary(self) -> str:
        counts: Counter[Action] = Counter(change.action for change in self.changes)
        done = ", ".join(f"{number} {action}" for action, number in sorted(counts.items()))
        if self.outcome == "unchanged":
            return f"{self.service} is on {shown(self.new)}: nothing to do"
        person = f"; {counted(len(self.needs_person), 'file')} to be decided by a person" if self.needs_person else ""
        return f"{self.service}: {shown(self.old)} to {shown(self.new)}: {done or 'no file differs'}{person}"

    def json(self) -> str:
        document: dict[str, Any] = {
            "service": self.service,
            "from": shown(self.old),
            "to": shown(self.new),
            "outcome": self.outcome,
            "standard": [
                {"version": shown(entry.version), "kind": entry.kind, "what": entry.what, "why": entry.why}
                for entry in self.fragments
            ],
            "migrations": [
                {"version": shown(entry.version), "name": entry.name, "sentence": entry.sentence}
                for entry in self.migrations
            ],
            "files": [
                {"path": entry.path, "zone": entry.zone, "action": entry.action, "why": entry.why}
                for entry in self.changes
            ],
            "needs_person": [{"path": entry.path, "why": entry.why} for entry in self.needs_person],
            "differences": [
                {"kind": entry.kind, "path": entry.path, "message": entry.message, "mend": entry.mend}
                for entry in self.differences
            ],
        }
        return json.dumps(document, indent=2)

    def markdown(self) -> str:
        return "\n\n".join(self._sections())

    def _sections(self) -> Iterator[str]:
        yield f"# {self.service}: the standard {shown(self.old)} to {shown(self.new)}"
        if self.needs_person:
            yield "## To be decided by a person"
            yield _list(f"`{change.path}`: {change.why}" for change in self.needs_person)
        if self.fragments:
            yield "## What changed in the standard, and why"
            yield _list(f"**{entry.title}** {entry.why}" for entry in self.fragments)
        if self.migrations:
            yield "## Migrations"
            yield _list(f"{entry.sentence} ({shown(entry.version)}, `{entry.name}`)" for entry in self.migrations)
        if self.noted:
            yield "## Healed, merged and kept"
            yield _list(f"`{change.path}`: {change.action}: {change.why}" for change in self.noted)
        if self.differences:
            yield "## What `paviour check` still finds"
            yield _list(f"`{entry.path}`: {entry.kind}: {entry.message}; {entry.mend}" for entry in self.differences)
        plain = [f"`{change.path}`: {change.zone}, {change.action}" for change in self.changes if not change.why]
        if plain:
            yield f"<details><summary>{counted(len(plain), 'other file')}</summary>"
            yield _list(plain)
            yield "</details>"
        if self.outcome == "unchanged":
            yield "Nothing to do."


def _list(entries: Iterable[str]) -> str:
    return "\n".join(f"- {entry}" for entry in entries)
