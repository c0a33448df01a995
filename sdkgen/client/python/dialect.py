"""The plain form as openapi-python-client reads it best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sdkgen.client.plain import PlainForm
from sdkgen.client.plain_types import Json
from sdkgen.client.policy import Policy
from sdkgen.client.python import names

_READ = ("application/json", "application/octet-stream", "application/x-www-form-urlencoded", "multipart/form-data")


@dataclass(frozen=True, slots=True)
class Dialect:
    """What the generator is given, and what it does not see."""

    document: Json
    binary: tuple[str, ...]
    """The media types that it has to take for bytes."""
    properties: dict[str, dict[str, str]]
    """For each object type, the name in JSON of each attribute."""

    @property
    def attributes(self) -> dict[str, tuple[str, ...]]:
        """For each type its attributes."""
        return {name: tuple(self.properties.get(name, ())) for name in self.document["components"]["schemas"]}


def dialect(form: PlainForm) -> Dialect:
    """The document for the generator.

    Properties and parameters are called as in code, so that no two get the same name. A parameter is one of the query
    unless it is of the path: where and how it is written is in the policy record, and the generator allows fewer types
    elsewhere.
    """
    properties: dict[str, dict[str, str]] = {}
    schemas: dict[str, Json] = {}
    for name, schema in form.document["components"]["schemas"].items():
        schemas[name] = schema
        if "properties" in schema:
            called = names.attributes(form.attributes.get(name, {}), schema["properties"])
            properties[name] = {attribute: key for key, attribute in called.items()}
            schemas[name] = schema | {
                "properties": {called[key]: value for key, value in schema["properties"].items()},
                "required": [called[key] for key in schema.get("required", ())],
            }
    paths: dict[str, Json] = {}
    binary: dict[str, None] = {}
    operations = (operation for item in form.document["paths"].values() for operation in item.values())
    by_name = {operation["operationId"]: operation for operation in operations}
    for policy in form.policies:
        operation = by_name[policy.name]
        written: Json = dict(operation)
        if "parameters" in operation:
            written["parameters"] = [
                _parameter(parameter, argument.argument, optional=argument.argument == policy.idempotency_key)
                for parameter, argument in zip(operation["parameters"], policy.arguments, strict=True)
            ]
        bodies = operation.get("requestBody", {}).get("content", {})
        for media in [*bodies, *(m for one in operation["responses"].values() for m in one.get("content", {}))]:
            essence = media.split(";")[0].strip().lower()
            if essence not in _READ and not essence.endswith("+json") and (media in bodies or essence[:5] != "text/"):
                binary[media] = None
        if bodies:
            written["requestBody"] = operation["requestBody"] | {"content": _distinct(bodies)}
        paths.setdefault(_path(policy), {})[policy.method.lower()] = written
    document = form.document | {"paths": paths, "components": {"schemas": schemas}}
    return Dialect(document, tuple(binary), properties)


def _parameter(parameter: Json, name: str, *, optional: bool) -> Json:
    schema = parameter.get("schema")
    if schema is None:
        schema = next(iter(parameter["content"].values()))["schema"]
    found: Json = {"name": name, "in": "path" if parameter["in"] == "path" else "query", "schema": schema}
    found["required"] = parameter["required"] and not optional
    return found | ({"description": parameter["description"]} if "description" in parameter else {})


def _path(policy: Policy) -> str:
    path = policy.path
    for argument in policy.arguments:
        if argument.location == "path":
            path = path.replace("{" + argument.name + "}", "{" + argument.argument + "}")
    return path


def _distinct(bodies: dict[str, Any]) -> dict[str, Any]:
    """Of media types with the same type in Python the first: the argument could not say which is meant."""
    found: dict[str, Any] = {}
    for media, entry in sorted(bodies.items(), key=lambda one: "json" not in one[0]):
        if entry not in found.values():
            found[media] = entry
    return found
