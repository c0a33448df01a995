"""The contract's schemas as one JSON Schema 2020-12 document: what every stack validates with.

A schema means different things in different places, so it may stand here up to three times:

- `request`: as a value in a request. Required properties that are `readOnly` are not required, and what the contract
  does not declare is refused unless it opens the object.
- `part`: as something a request schema is composed of (`allOf` and its kin), where it can't be closed by itself.
- `response`: as a value in a response. Required properties that are `writeOnly` are not required.

A discriminator is applied, not only described: a value is held against the schema that its discriminator names.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from sdkgen import schema
from sdkgen.load import Node
from sdkgen.model import Contract, MediaType, Operation, Response
from sdkgen.naming import unique

Use: TypeAlias = Literal["request", "part", "response"]

_SINGLE = ("not", "if", "then", "else", "propertyNames", "contains", "contentSchema")
_VALUE = ("items", "additionalProperties", "unevaluatedProperties", "unevaluatedItems", "additionalItems")
_VALUES = ("properties", "patternProperties", "dependentSchemas")
_ALTERNATIVES = ("oneOf", "anyOf", "if", "dependentSchemas", "patternProperties")
_KEPT = frozenset(
    """type enum const multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern
    maxItems minItems uniqueItems maxContains minContains maxProperties minProperties required dependentRequired
    format""".split()
)


def schemas(contract: Contract) -> dict[str, Any]:
    """Build the document: `operations/{id}` has `parameters`, `body` by media type and `responses` by status."""
    return _Bundle(contract).build()


class _Bundle:
    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.documents = contract.documents
        self.hierarchies = schema.Hierarchies(contract)
        self.definitions: dict[Use, dict[str, Any]] = {"request": {}, "part": {}, "response": {}}
        self.names: dict[Any, str] = {node.key: name for name, node in contract.schemas.items()}
        self.pending: list[tuple[Use, Node]] = []

    def build(self) -> dict[str, Any]:
        operations = {operation.id: self._operation(operation) for operation in self.contract.operations}
        while self.pending:
            use, node = self.pending.pop()
            self.definitions[use][self.names[node.key]] = self._definition(node, use)
        document: dict[str, Any] = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
        document |= {use: dict(sorted(found.items())) for use, found in self.definitions.items() if found}
        return document | {"operations": operations}

    def _operation(self, operation: Operation) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if operation.parameters:
            found["parameters"] = self._parameters(operation)
        if operation.body:
            found["body"] = self._content(operation.body.content, "request")
        responses = {response.status: self._response(response) for response in operation.responses}
        found["responses"] = {status: content for status, content in responses.items() if content}
        return found

    def _parameters(self, operation: Operation) -> dict[str, Any]:
        locations: dict[str, Any] = {}
        for parameter in operation.parameters:
            group = locations.setdefault(parameter.location, {"type": "object", "properties": {}, "required": []})
            name = parameter.name.lower() if parameter.location == "header" else parameter.name
            group["properties"][name] = self._value(parameter.schema, "request") if parameter.schema else {}
            if parameter.required:
                group["required"].append(name)
        return {"type": "object", "properties": locations}

    def _response(self, response: Response) -> dict[str, Any]:
        return self._content(response.content, "response")

    def _content(self, content: tuple[MediaType, ...], use: Use) -> dict[str, Any]:
        return {media.name: self._value(media.schema, use) for media in content if media.is_json and media.schema}

    def _value(self, node: Node, use: Use) -> Any:
        """A schema that a whole value is held against."""
        if not isinstance(node.value, dict):
            return node.value
        if "$ref" in node.value and not schema.has_structure_beside_ref(self.contract, node):
            return self._reference(self.documents.target(node), "request" if use == "part" else use)
        return self._whole(node, "request" if use == "part" else use)

    def _reference(self, target: Node, use: Use) -> dict[str, Any]:
        if target.key not in self.names:
            self.names[target.key] = unique("-".join(target.pointer[-2:]) or "root", set(self.names.values()))
        name = self.names[target.key]
        if name not in self.definitions[use]:
            self.definitions[use][name] = True
            self.pending.append((use, target))
        return {"$ref": f"#/{use}/{name.replace('~', '~0').replace('/', '~1').replace('%', '%25')}"}

    def _definition(self, node: Node, use: Use) -> Any:
        if not isinstance(node.value, dict):
            return node.value
        return self._composed(node, use) if use == "part" else self._whole(node, use)

    def _whole(self, node: Node, use: Use) -> Any:
        mapping = self.hierarchies.mapping(node)
        if mapping:
            return self._chosen(node, mapping, use)
        converted = self._composed(node, use)
        if use == "request" and self._is_closed_by_silence(node):
            self._close(node, converted)
        return converted

    def _is_closed_by_silence(self, node: Node) -> bool:
        """An object that declares properties and does not say whether others may come takes no others.

        A discriminator without known subtypes is an extension point: what it stands for comes from elsewhere.
        """
        if self.contract.waivers.reason("undeclared-properties", node):
            return False
        composed = list(schema.parts(self.documents, node))
        if any("unevaluatedProperties" in part.value for part in composed) or "additionalProperties" in node.value:
            return False
        if any("discriminator" in part.value and not self.hierarchies.mapping(part) for part in composed):
            return False
        return any("properties" in part.value for part in composed)

    def _close(self, node: Node, converted: dict[str, Any]) -> None:
        """Refuse what is not declared, with the keyword that gives the clearest verdict.

        `unevaluatedProperties` also complains of each property that has a fault inside, so it is the last resort.
        """
        composed = list(schema.parts(self.documents, node, ("allOf",)))
        if any(part.value.get("additionalProperties") not in (None, False) for part in composed):
            return
        if not any(keyword in part.value for part in composed for keyword in _ALTERNATIVES):
            names = {name: True for part in composed for name in part.value.get("properties", {})}
            converted["properties"] = names | converted.get("properties", {})
            converted["additionalProperties"] = False
        elif any("properties" in part.value for part in composed) or "$ref" in node.value or "allOf" in node.value:
            converted["unevaluatedProperties"] = False
        else:
            for keyword in ("oneOf", "anyOf"):
                if keyword in node.value:
                    converted[keyword] = [self._value(member, "request") for _, member in node.child(keyword).items()]

    def _chosen(self, node: Node, mapping: dict[str, Node], use: Use) -> dict[str, Any]:
        """Hold a value against the schema its discriminator names, and any other value against the schema as it is."""
        name = node.value["discriminator"]["propertyName"]

        def when(condition: dict[str, Any]) -> dict[str, Any]:
            return {"type": "object", "properties": {name: condition}, "required": [name]}

        cases = [
            {"if": when({"const": value}), "then": self._reference(named, use)} for value, named in mapping.items()
        ]
        known = {"if": when({"enum": list(mapping)}), "then": {"allOf": cases}, "else": self._composed(node, use)}
        return _nullable(known) if schema.is_nullable(node) else known

    def _composed(self, node: Node, use: Use) -> dict[str, Any]:
        value = node.value
        part: Use = "part" if use in ("request", "part") else use
        converted: dict[str, Any] = {key: value[key] for key in value if key in _KEPT}
        if "$ref" in value:
            converted |= self._reference(self.documents.target(node), part)
        for keyword in schema.COMPOSITIONS:
            if keyword in value:
                converted[keyword] = [self._inner(member, part) for _, member in node.child(keyword).items()]
        for keyword in _SINGLE:
            if keyword in value:
                converted[keyword] = self._inner(node.child(keyword), part)
        for keyword in _VALUE:
            if keyword in value:
                converted[keyword] = self._value(node.child(keyword), use)
        for keyword in _VALUES:
            if keyword in value:
                converted[keyword] = {key: self._value(member, use) for key, member in node.child(keyword).items()}
        if "prefixItems" in value:
            converted["prefixItems"] = [self._value(member, use) for _, member in node.child("prefixItems").items()]
        self._drop_one_way(node, converted, use)
        if self.contract.openapi == "3.0":
            return _from_30(value, converted)
        return converted

    def _inner(self, node: Node, use: Use) -> Any:
        if not isinstance(node.value, dict):
            return node.value
        if "$ref" in node.value and not schema.has_structure_beside_ref(self.contract, node):
            return self._reference(self.documents.target(node), use)
        return self._composed(node, use)

    def _drop_one_way(self, node: Node, converted: dict[str, Any], use: Use) -> None:
        """OpenAPI: a `readOnly` property is required of responses only, a `writeOnly` one of requests only."""
        if "required" not in converted:
            return
        marker = "writeOnly" if use == "response" else "readOnly"
        exempt = set()
        for part in schema.parts(self.documents, node, ("allOf",)):
            properties = part.get("properties")
            for name, declared in properties.items() if properties else []:
                if isinstance(declared.value, dict) and self.documents.follow(declared).value.get(marker) is True:
                    exempt.add(name)
        converted["required"] = [name for name in converted["required"] if name not in exempt]


def _nullable(converted: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [{"type": "null"}, converted]}


def _from_30(value: dict[str, Any], converted: dict[str, Any]) -> dict[str, Any]:
    """OpenAPI 3.0's own dialect in the words of JSON Schema 2020-12: boolean exclusive bounds and `nullable`."""
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if converted.pop(exclusive, False) is True and bound in converted:
            converted[exclusive] = converted.pop(bound)
    if value.get("nullable") is not True:
        return converted
    if not any(keyword in value for keyword in schema.COMPOSITIONS):
        if "enum" in converted and None not in converted["enum"]:
            converted["enum"] = [*converted["enum"], None]
        if "type" in converted:
            converted["type"] = [converted["type"], "null"]
        return converted
    return _nullable(converted)
