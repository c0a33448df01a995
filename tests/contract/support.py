"""What the tests of the contract compiler share: contracts from text, and the package generated from one, imported."""

from __future__ import annotations

import importlib
import itertools
import json
import shutil
import sys
import textwrap
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from types import ModuleType, UnionType
from typing import Any, Union, get_args, get_type_hints

from jsonschema_rs import Draft202012, Draft202012Validator, Registry
from pydantic import TypeAdapter

from sdkgen.errors import pointer_text
from sdkgen.model import Contract
from sdkgen.python import server
from sdkgen.reader import read
from sdkgen.validation import schemas

REPOSITORY = Path(__file__).parents[2]
PLATFORM = REPOSITORY / "templates" / "{{ python }}" / "src" / "{{ package }}" / "platform"

_HEAD = """\
openapi: "{version}"
info: {{title: Things, version: "1"}}
"""
_SEND_THING = """\
paths:
  /things:
    post:
      operationId: sendThing
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}, required: true}
      responses:
        "200": {description: Sent, content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
components:
  schemas:
"""


def written(folder: Path, text: str, version: str = "3.0.3") -> Path:
    """A contract as a file. Its head is always the same two lines; `text` is what comes below."""
    path = folder / "openapi.yaml"
    path.write_text(_HEAD.format(version=version) + textwrap.dedent(text).lstrip("\n"), "utf-8")
    return path


def contract(folder: Path, text: str, version: str = "3.0.3") -> Contract:
    """The contract as the projections see it."""
    return read(written(folder, text, version))


def things(folder: Path, schemas: str, version: str = "3.0.3") -> Contract:
    """A contract with these component schemas, whose operation `sendThing` takes a `Thing` and answers with one."""
    return contract(folder, _SEND_THING + textwrap.indent(textwrap.dedent(schemas), "    "), version)


class Schemas:
    """The document `schemas.json`, compiled place by place as the platform compiles it."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self._registry = Registry([("urn:contract", document)], draft=Draft202012)

    def validator(self, *path: str) -> Draft202012Validator:
        reference = {"$ref": f"urn:contract#{pointer_text(path)}"}
        return Draft202012Validator(reference, registry=self._registry, validate_formats=True, offline=True)

    def places(self) -> Iterator[tuple[str, ...]]:
        """Where there is something to validate with."""
        for id, parts in self.document["operations"].items():
            if "parameters" in parts:
                yield "operations", id, "parameters"
            for media_type in parts.get("body", {}):
                yield "operations", id, "body", media_type
            for status, content in parts["responses"].items():
                for media_type in content:
                    yield "operations", id, "responses", status, media_type


def validator(contract: Contract, *path: str) -> Draft202012Validator:
    """What a contract's values are held against at this place of `schemas.json`."""
    return Schemas(schemas(contract)).validator(*path)


class Service:
    """A Python package with the platform of a rendered service, and one generated package for each contract given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = itertools.count(1)
        package = folder / "rendered"
        shutil.copytree(PLATFORM, package / "platform", ignore=shutil.ignore_patterns("__pycache__", ".*"))
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
    """The generated package of one contract."""

    def __init__(self, contract: Contract, folder: Path, module: ModuleType) -> None:
        self.contract = contract
        self.folder = folder
        self.module = module
        self.models = sys.modules[f"{module.__name__}.models"]

    def text(self, name: str) -> str:
        return (self.folder / name).read_text("utf-8")

    @cached_property
    def schemas(self) -> Schemas:
        return Schemas(json.loads(self.text("schemas.json")))

    @cached_property
    def operations(self) -> dict[str, Any]:
        """The routing table by operationId."""
        return {operation.id: operation for operation in self.module.OPERATIONS}

    def adapter(self, response: str) -> TypeAdapter[Any]:
        """What a response class's JSON body is written with."""
        annotation = get_type_hints(getattr(self.module, response), include_extras=True)["body"]
        if isinstance(annotation, UnionType):
            stream = get_args(sys.modules["rendered.platform.operation"].Stream)
            annotation = Union[tuple(member for member in get_args(annotation) if member not in stream)]  # noqa: UP007
        return TypeAdapter(annotation)


def parsed(adapter: TypeAdapter[Any], value: Any) -> Any:
    """The value as the models see it when it comes over the wire: properties have the names of the contract only."""
    return adapter.validate_python(value, by_alias=True, by_name=False)


def dumped(adapter: TypeAdapter[Any], value: Any) -> Any:
    """The JSON that goes over the wire, as the platform writes it."""
    return json.loads(adapter.dump_json(value, by_alias=True, exclude_unset=True))
