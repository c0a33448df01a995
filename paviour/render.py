"""Rendering the templates in this process.

Copier defines the format, and is the front door for everyone without this command line. Its start costs more than a
whole render, though, and checks, updates and fleets render often: so what the suite's own templates use of the format
is done here, and a test holds every file against Copier's (docs/adr/0003).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path, PurePosixPath
from typing import Any, TypeAlias

from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from pathspec import GitIgnoreSpec

from paviour import safe_yaml
from paviour.errors import UserError

SUFFIX = ".jinja"


@dataclass(frozen=True, slots=True)
class File:
    content: bytes
    executable: bool = False

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.content)
        path.chmod((path.stat().st_mode & ~0o111) | (0o111 if self.executable else 0))


Files: TypeAlias = dict[str, File]
"""The files of a folder by path: relative, with forward slashes."""


class Template:
    """One suite of templates: the folder that holds `copier.yml`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        documents = safe_yaml.load_all((root / "copier.yml").read_text("utf-8"))
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

        `ejected` is no question: it is recorded beside the answers by `paviour eject`.

        Raises UserError for the first answer that is refused.
        """
        found: dict[str, Any] = {name: given[name] for name in ("ejected",) if given.get(name)}
        for name, question in self.questions.items():
            is_asked = question.get("when", True)
            value = given[name] if is_asked and name in given else self._default(question, found)
            found[name] = value
            if is_asked:
                self._validate(name, question, found)
        return found

    def files(self, given: Mapping[str, Any], *, commit: str, source: str) -> Files:
        """Render, recording version and source as Copier does. Raises UserError for the first answer refused."""
        answers = self.answers(given)
        remembered = {"_commit": commit, "_src_path": source} | {name: answers[name] for name in self.asked}
        context = answers | {"_copier_answers": remembered, "_copier_operation": "copy"}
        excluded = GitIgnoreSpec.from_lines(
            line for pattern in self._exclude for line in self._text(pattern, context).splitlines()
        )
        found: Files = {}
        for relative, file in self._sources.items():
            place = None if excluded.match_file(str(relative)) else self._place(relative, context)
            if place is not None and not excluded.match_file(place):
                found[place] = self._rendered(relative, file, context)
        return found

    def render(self, given: Mapping[str, Any], target: Path, *, commit: str, source: str) -> None:
        """Render into a folder that is not there yet. Raises as `files` does."""
        rendered = self.files(given, commit=commit, source=source)
        target.mkdir()
        for place, file in rendered.items():
            file.write(target / place)

    @cached_property
    def _sources(self) -> dict[PurePosixPath, File]:
        templates = self.root / "templates"
        return {
            PurePosixPath(path.relative_to(templates).as_posix()): File(
                path.read_bytes(), bool(path.stat().st_mode & 0o100)
            )
            for path in sorted(templates.rglob("*"))
            if path.is_file()
        }

    def _default(self, question: dict[str, Any], answers: dict[str, Any]) -> Any:
        default = question["default"]
        value = self._text(default, answers) if isinstance(default, str) else default
        return safe_yaml.load(value) if question["type"] == "yaml" and isinstance(value, str) else value

    def _validate(self, name: str, question: dict[str, Any], answers: dict[str, Any]) -> None:
        value = answers[name]
        choices = question.get("choices")
        if choices and value not in choices.values():
            raise UserError(f"{name}: {value!r} is none of {', '.join(map(str, choices.values()))}")
        if complaint := " ".join(self._text(question.get("validator", ""), answers).split()):
            raise UserError(f"{name}: {complaint}")

    def _place(self, relative: PurePosixPath, context: dict[str, Any]) -> str | None:
        """Where a file goes; None where a folder on its way renders to nothing."""
        parts = [self._text(part, context) for part in relative.parts]
        return str(PurePosixPath(*parts[:-1], parts[-1].removesuffix(SUFFIX))) if all(parts) else None

    def _rendered(self, relative: PurePosixPath, file: File, context: dict[str, Any]) -> File:
        if not relative.name.endswith(SUFFIX):
            return file
        return File(self._text(file.content.decode("utf-8"), context).encode("utf-8"), file.executable)

    def _text(self, text: str, context: dict[str, Any]) -> str:
        return self._compiled(text).render(context) if "{" in text else text

    @cache  # noqa: B019  # a template lives as long as the process
    def _compiled(self, text: str) -> Any:
        return self._environment.from_string(text)
