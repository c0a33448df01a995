"""The official metaschemas: is this an OpenAPI document at all?

The schemas come with the `openapi-spec-validator` distribution; the checking is done by `jsonschema-rs`, which takes
milliseconds where a Python validator takes seconds.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import jsonschema_rs

from sdkgen.errors import ContractError
from sdkgen.load import Documents, Node

Version = Literal["3.0", "3.1"]


def check(documents: Documents) -> Version:
    """Check the contract's first file against the metaschema of its version, and say which version that is.

    Raises ContractError for the first fault, in the order of the text.
    """
    node = documents.node
    version = _version(node)
    _refuse_faults(node, _validator(version))
    return version


def check_object(node: Node, kind: str, version: Version) -> None:
    """Check one object as what `walk` takes it for. Raises ContractError for its first fault."""
    kind = kind.removeprefix("sub")
    if kind == "schema" and version == "3.1":
        check_schema(node)
    elif kind:
        _refuse_faults(node, _validator(version, kind))


def check_schema(node: Node) -> None:
    """Check a schema object of OpenAPI 3.1 against JSON Schema 2020-12. Raises ContractError."""
    try:
        jsonschema_rs.meta.validate(node.value)
    except jsonschema_rs.ValidationError as error:
        raise _located(node, deepest(error)) from None


def _version(node: Node) -> Version:
    value = node.value
    if not isinstance(value, dict):
        raise node.error("holds no object", "name an OpenAPI contract")
    if "swagger" in value:
        raise node.error(
            f"is Swagger {value['swagger']}, not OpenAPI 3",
            "convert it to OpenAPI 3 first, for example with swagger2openapi",
        )
    version = value.get("openapi")
    if not isinstance(version, str):
        raise node.error("has no `openapi` version", 'add openapi: "3.1.0", or name an OpenAPI contract')
    for known in ("3.0", "3.1"):
        if version.startswith(known + "."):
            return known
    raise (node.get("openapi") or node).error(f"OpenAPI {version} is not supported", "write it as OpenAPI 3.0 or 3.1")


@cache
def _validator(version: Version, kind: str = "") -> Any:
    """The validator of a whole document, or of one kind of object."""
    # Its data is all that is wanted of that package: importing it would cost ten times what the check does.
    package = find_spec("openapi_spec_validator")
    if package is None or not package.origin:
        raise RuntimeError("openapi-spec-validator is not installed")
    path = Path(package.origin).parent / "resources" / "schemas" / f"v{version}" / "schema.json"
    document = json.loads(path.read_text("utf-8"))
    if version == "3.0":
        # An empty list says nothing and does no harm; generators write it, and OpenAPI 3.1 allows it.
        del document["definitions"]["Schema"]["properties"]["required"]["minItems"]
    if kind:
        place = "$defs" if version == "3.1" else "definitions"
        name = kind if version == "3.1" else kind.title().replace("-", "").removesuffix("s")
        document = {"$schema": document["$schema"], place: document[place], "$ref": f"#/{place}/{name}"}
    return jsonschema_rs.validator_for(document, validate_formats=False)


def _refuse_faults(node: Node, validator: Any) -> None:
    faults = [deepest(error) for error in validator.iter_errors(node.value)]
    if faults:
        raise _located(node, faults[0], more=len(faults) - 1)


def deepest(error: Any) -> Any:
    """Where alternatives failed, the fault is in the one the author meant: the one that got furthest.

    An alternative that only misses `$ref` is the reference object, which nobody meant who wrote something else.
    """
    if error.kind.name not in ("oneOf", "anyOf") or not hasattr(error.kind, "context"):
        return error
    inner = [deepest(fault) for branch in error.kind.context for fault in branch]
    meant = [fault for fault in inner if not (fault.kind.name == "required" and '"$ref"' in fault.message)]
    return max(meant, key=lambda fault: len(fault.instance_path), default=error)


def _located(node: Node, fault: Any, more: int = 0) -> ContractError:
    pointer = (*node.pointer, *(str(token) for token in fault.instance_path))
    message = fault.message
    if len(message) > 160:
        # A message that shows the whole value says nothing more than the keyword that refused it.
        message = f"does not satisfy `{fault.kind.name}` of the OpenAPI metaschema"
    others = f" (and {more} more)" if more else ""
    return ContractError(node.source.place(pointer), message + others, "see the OpenAPI specification for this object")
