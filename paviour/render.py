"""Rendering the templates in this process.

Copier defines the format and stays the engine of updates and the front door for everyone without this command line.
Its start costs more than a whole render, though, and checks and fleets render often: so what the suite's own templates
use of the format is done here, and a test holds every file against Copier's (docs/adr/0003).
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

import yaml
from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from pathspec import GitIgnoreSpec

from paviour.errors import UserError

SUFFIX = ".jinja"


class Template:
    """One suite of templates: the folder that holds `copier.yml`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        documents = list(yaml.safe_load_all((root / "copier.yml").read_text("utf-8")))
        self.questions: dict[str, dict[str, Any]] = {
            name: entry for document in documents for name, entry in document.items() if not name.startswith("_")
        }
        """By name and in order, hidden ones included."""
        self._exclude: list[str] = [pattern for document in documents for pattern in document.get("_exclude", ())]
        self._environment = SandboxedEnvironment(
            extensions=["jinja2_ansible_filters.AnsibleCoreFiltersExtension"],
            undefined=StrictUndefined,
            keep_trailing_newline=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    @property
    def asked(self) -> list[str]:
        """The questions that a person answers."""
        return [name for name, question in self.questions.items() if question.get("when", True)]

    def answers(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """All answers: those given, the defaults of the others, and what is computed from them.

        Raises UserError for the first answer that is refused.
        """
        found: dict[str, Any] = {}
        for name, question in self.questions.items():
            is_asked = question.get("when", True)
            value = given[name] if is_asked and name in given else self._default(question, found)
            found[name] = value
            if is_asked:
                self._validate(name, question, found)
        return found

    def render(self, given: Mapping[str, Any], target: Path, *, commit: str, source: str) -> None:
        """Render into a folder that is not there yet, recording version and source as Copier does."""
        answers = self.answers(given)
        remembered = {"_commit": commit, "_src_path": source} | {name: answers[name] for name in self.asked}
        context = answers | {"_copier_answers": remembered, "_copier_operation": "copy"}
        excluded = GitIgnoreSpec.from_lines(self._text(pattern, context) for pattern in self._exclude)
        target.mkdir()
        templates = self.root / "templates"
        for path in sorted(templates.rglob("*")):
            relative = PurePosixPath(path.relative_to(templates).as_posix())
            if path.is_dir() or excluded.match_file(str(relative)):
                continue
            place = self._place(relative, context)
            if place is not None:
                self._write(path, target / place, context)

    def _default(self, question: dict[str, Any], answers: dict[str, Any]) -> Any:
        default = question["default"]
        value = self._text(default, answers) if isinstance(default, str) else default
        return yaml.safe_load(value) if question["type"] == "yaml" and isinstance(value, str) else value

    def _validate(self, name: str, question: dict[str, Any], answers: dict[str, Any]) -> None:
        value = answers[name]
        choices = question.get("choices")
        if choices and value not in choices.values():
            raise UserError(f"{name}: {value!r} is none of {', '.join(map(str, choices.values()))}")
        if complaint := " ".join(self._text(question.get("validator", ""), answers).split()):
            raise UserError(f"{name}: {complaint}")

    def _place(self, relative: PurePosixPath, context: dict[str, Any]) -> PurePosixPath | None:
        """Where a file goes; None where a folder on its way renders to nothing."""
        parts = [self._text(part, context) for part in relative.parts]
        return PurePosixPath(*parts[:-1], parts[-1].removesuffix(SUFFIX)) if all(parts) else None

    def _write(self, path: Path, place: Path, context: dict[str, Any]) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        if path.name.endswith(SUFFIX):
            place.write_text(self._text(path.read_text("utf-8"), context), "utf-8", newline="")
        else:
            shutil.copyfile(path, place)
        shutil.copymode(path, place)

    def _text(self, text: str, context: dict[str, Any]) -> str:
        return self._compiled(text).render(context) if "{" in text else text

    @cache  # noqa: B019  # a template lives as long as the process
    def _compiled(self, text: str) -> Any:
        return self._environment.from_string(text)
