"""What the tests of the contract compiler share: contracts from text, and the package generated from one, imported."""

from __future__ import annotations

import importlib
import itertools
import json
import shutil
import sys
import textwrap
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

from jsonschema_rs import Draft202012, Draft202012Validator, Registry
from pydantic import TypeAdapter

from sdkgen.errors import pointer_text
from sdkgen.model import Contract
from sdkgen.python import server
from sdkgen.reader import read

REPOSITORY = Path(__file__).parents[2]
_PLATFORM = REPOSITORY / "templates" / "{{ python }}" / "src" / "{{ package }}" / "platform"

HEAD = """\
openapi: "{version}"
info: {{title: Quotes, version: "1"}}
"""


def document(text: str, version: str = "3.0.3") -> str:
    """A contract whose head is always the same; `text` is what comes below it."""
    return HEAD.format(version=version) + textwrap.dedent(text)


def written(folder: Path, text: str, version: str = "3.0.3") -> Path:
    """The contract as a file."""
    path = folder / "openapi.yaml"
    path.write_text(document(text, version), "utf-8")
    return path


def contract(folder: Path, text: str, version: str = "3.0.3") -> Contract:
    """The contract as the projections see it."""
    return read(written(folder, text, version))


class Service:
    """A Python package with the platform of a rendered service, and one generated package for each contract given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = itertools.count(1)
        package = folder / "rendered"
        shutil.copytree(_PLATFORM, package / "platform", ignore=shutil.ignore_patterns("__pycache__", ".*"))
        (package / "__init__.py").touch()

    def generate(self, contract: Contract) -> Generated:
        """Write the contract's package and import it."""
        name = f"contract{next(self._numbers)}"
        folder = self.folder / "rendered" / name
        folder.mkdir()
        server.write(contract, folder)
        importlib.invalidate_caches()
        return Generated(contract, folder, importlib.import_module(f"rendered.{name}"))


class Generated:
    """The generated package of one contract, with its schemas compiled on demand."""

    def __init__(self, contract: Contract, folder: Path, module: ModuleType) -> None:
        self.contract = contract
        self.folder = folder
        self.module = module
        self.models = sys.modules[f"{module.__name__}.models"]

    def text(self, name: str) -> str:
        return (self.folder / name).read_text("utf-8")

    def json(self, name: str) -> Any:
        return json.loads(self.text(name))

    @cached_property
    def _registry(self) -> Registry:
        return Registry([("urn:contract", self.json("schemas.json"))], draft=Draft202012)

    def validator(self, *path: str) -> Draft202012Validator:
        """The compiled schema at this place of `schemas.json`, as the platform compiles it."""
        reference = {"$ref": f"urn:contract#{pointer_text(path)}"}
        return Draft202012Validator(reference, registry=self._registry, validate_formats=True, offline=True)

    def adapter(self, response: str) -> TypeAdapter[Any]:
        """What a response class's body is written with."""
        return TypeAdapter(get_type_hints(getattr(self.module, response), include_extras=True)["body"])
