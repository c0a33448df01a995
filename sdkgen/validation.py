"""The contract's schemas as one JSON Schema 2020-12 document: what every stack validates with.

A schema means different things in different places, so it may stand here several times:

- `request`: as a value in a request. Required properties that are `readOnly` are not required, and what the contract
  does not declare is refused unless it opens the object.
- `request-part`: as something that a request schema is composed of (`allOf` and its kin), which is open by itself.
- `response`: as a value in a response. Required properties that are `writeOnly` are not required.

A discriminator is applied, not only described: a value is held against the schema that its discriminator names. Where
that schema takes over the one with the discriminator, it takes `request-base` or `response-base`: the schema alone.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias, get_args

from sdkgen import schema
from sdkgen.load import Key, Node
from sdkgen.model import Contract, MediaType, Operation, Response
from sdkgen.naming import unique

Use: TypeAlias = Literal["request", "request-part", "request-base", "response", "response-base"]

_PART = ("not", "if", "then", "else", "propertyNames", "contains")
_VALUE = ("items", "additionalProperties", "unevaluatedProperties", "unevaluatedItems")
_VALUES = ("properties", "patternProperties")
_ALTERNATIVES = ("oneOf", "anyOf", "if", "dependentSchemas", "patternProperties")
_KEPT = frozenset(
    """type enum const multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern
    maxItems minItems uniqueItems maxContains minContains maxProperties minProperties required dependentRequired
    format""".split()
)


def schemas(contract: Contract) -> dict[str, Any]:
    """Build the document: `operations/{id}` has `parameters`, `body` by media type and `responses` by status."""
    return Bundle(contract).build()


class Bundle:
    """The definitions of one document, made when something first refers to them."""

    kept = _KEPT
    """The keywords that are taken over as they stand."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.documents = contract.documents
        self.hierarchies = schema.Hierarchies(contract)
        self.definitions: dict[Use, dict[str, Any]] = {use: {} for use in get_args(Use)}
        self.names: dict[Key, str] = {node.key: name for name, node in contract.schemas.items()}
        self.pending: list[tuple[Use, Node]] = []

    def build(self) -> dict[str, Any]:
        operations = {operation.id: self._operation(operation) for operation in self.contract.operations}
        self.finish()
        document: dict[str, Any] = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
        document |= {use: dict(sorted(found.items())) for use, found in self.definitions.items() if found}
        return document | {"operations": operations}

    def finish(self) -> None:
        """Make the definitions that are referred to and not made yet."""
        while self.pending:
            use, node = self.pending.pop()
            self.definitions[use][self.names[node.key]] = self._held(node, use, node)

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
            group["properties"][name] = self.value(parameter.schema, "request") if parameter.schema else {}
            if parameter.required:
                group["required"].append(name)
        return {"type": "object", "properties": locations}

    def _response(self, response: Response) -> dict[str, Any]:
        return self._content(response.content, "response")

    def _content(self, content: tuple[MediaType, ...], use: Use) -> dict[str, Any]:
        return {media.name: self.value(media.schema, use) for media in content if media.is_json and media.schema}

    def value(self, node: Node, use: Use) -> Any:
        """A schema that a whole value is held against."""
        return self._held(node, "response" if use.startswith("response") else "request", node)

    def _part(self, node: Node, owner: Node, use: Use) -> Any:
        """A schema that another, its owner, is composed of."""
        named = self.documents.follow(node) if schema.is_reference(self.contract, node) else node
        hierarchy = self.hierarchies.of(named)
        alone = hierarchy is not None and hierarchy.has(owner)
        if use.startswith("response"):
            return self._held(node, "response-base" if alone else "response", owner)
        return self._held(node, "request-base" if alone else "request-part", owner)

    def _alternative(self, node: Node, owner: Node, use: Use) -> Any:
        """One of several schemas: it may imply a type where its owner names none."""
        found = self._part(node, owner, use)
        if isinstance(found, dict) and "$ref" not in found and schema.kinds(self.contract, owner) is None:
            implied = schema.implied_type(self.contract, node)
            return {"type": implied} | found if implied else found
        return found

    def _held(self, node: Node, use: Use, owner: Node) -> Any:
        if not isinstance(node.value, dict):
            return node.value
        if schema.is_reference(self.contract, node):
            return self._reference(self.documents.target(node), use)
        hierarchy = None if use.endswith("-base") else self.hierarchies.of(node)
        return self.chosen(node, hierarchy, use) if hierarchy else self._alone(node, use, owner)

    def _reference(self, target: Node, use: Use) -> dict[str, Any]:
        if target.key not in self.names:
            self.names[target.key] = unique("-".join(target.pointer[-2:]) or "root", set(self.names.values()))
        name = self.names[target.key]
        if name not in self.definitions[use]:
            self.definitions[use][name] = True
            self.pending.append((use, target))
        return {"$ref": f"#/{use}/{name.replace('~', '~0').replace('/', '~1').replace('%', '%25')}"}

    def _alone(self, node: Node, use: Use, owner: Node) -> dict[str, Any]:
        """The schema without those that its discriminator names."""
        converted = self.composed(node, use, owner)
        if use == "request" and self._is_closed_by_silence(node):
            self.close(node, converted)
        return converted

    def _is_closed_by_silence(self, node: Node) -> bool:
        """An object that declares properties and does not say whether others may come takes no others.

        A discriminator without known subtypes is an extension point: what it stands for comes from elsewhere.
        """
        if self.contract.waivers.reason("undeclared-properties", node):
            return False
        composed = list(schema.parts(self.contract, node))
        if any("unevaluatedProperties" in part.value for part in composed) or "additionalProperties" in node.value:
            return False
        if any("discriminator" in part.value and not self.hierarchies.of(part) for part in composed):
            return False
        return any("properties" in part.value for part in composed)

    def close(self, node: Node, converted: dict[str, Any]) -> None:
        """Refuse what is not declared, with the keyword that gives the clearest verdict.

        `unevaluatedProperties` also complains of each property that has a fault inside, so it is the last resort.
        """
        composed = list(schema.parts(self.contract, node, ("allOf",)))
        if any(part.value.get("additionalProperties") not in (None, False) for part in composed):
            return
        if not any(self._has_alternatives(part, node) for part in composed):
            names = {name: True for part in composed for name in part.value.get("properties", {})}
            converted["properties"] = names | converted.get("properties", {})
            converted["additionalProperties"] = False
        elif len(composed) == 1 and "oneOf" in node.value and "properties" not in node.value:
            converted["oneOf"] = [self.value(member, "request") for _, member in node.members("oneOf")]
        else:
            converted["unevaluatedProperties"] = False

    def _has_alternatives(self, part: Node, owner: Node) -> bool:
        """Does it depend on the value which properties this part of a schema declares?"""
        hierarchy = self.hierarchies.of(part) if part.key != owner.key else None
        chosen = hierarchy is not None and not hierarchy.has(owner)
        return chosen or any(keyword in part.value for keyword in _ALTERNATIVES)

    def chosen(self, node: Node, hierarchy: schema.Hierarchy, use: Use) -> dict[str, Any]:
        """Hold a value against the schema its discriminator names, and any other value against the schema as it is."""
        name = hierarchy.property

        def when(condition: dict[str, Any]) -> dict[str, Any]:
            return {"type": "object", "properties": {name: condition}, "required": [name]}

        cases = [
            {
                "if": when({"const": value}),
                "then": self._alone(node, use, node) if named.key == node.key else self._reference(named, use),
            }
            for value, named in hierarchy.mapping.items()
        ]
        known = {
            "if": when({"enum": list(hierarchy.mapping)}),
            "then": {"allOf": cases},
            "else": self.composed(node, use, node),
        }
        return _nullable(known) if schema.is_nullable(node) else known

    def composed(self, node: Node, use: Use, owner: Node) -> dict[str, Any]:
        value = node.value
        converted: dict[str, Any] = {key: value[key] for key in value if key in self.kept}
        if "$ref" in value:
            converted |= self._part(Node(node.source, node.pointer, {"$ref": value["$ref"]}), owner, use)
        if "allOf" in value:
            converted["allOf"] = [self._part(member, owner, use) for _, member in node.members("allOf")]
        for keyword in ("oneOf", "anyOf"):
            # The discriminator has chosen already where the schema stands for itself alone.
            if keyword in value and not use.endswith("-base"):
                converted[keyword] = [self._alternative(member, owner, use) for _, member in node.members(keyword)]
        for keyword in _PART:
            if keyword in value:
                converted[keyword] = self._part(node.child(keyword), owner, use)
        if "dependentSchemas" in value:
            members = node.members("dependentSchemas")
            converted["dependentSchemas"] = {key: self._part(member, owner, use) for key, member in members}
        for keyword in _VALUE:
            if keyword in value:
                converted[keyword] = self.value(node.child(keyword), use)
        for keyword in _VALUES:
            if keyword in value:
                converted[keyword] = {key: self.value(member, use) for key, member in node.members(keyword)}
        if "prefixItems" in value:
            converted["prefixItems"] = [self.value(member, use) for _, member in node.members("prefixItems")]
        if owner is node and (implied := schema.implied_type(self.contract, node)):
            converted["type"] = implied
        self._drop_one_way(node, converted, use)
        if self.contract.openapi == "3.0":
            return _from_30(value, converted)
        return converted

    def _drop_one_way(self, node: Node, converted: dict[str, Any], use: Use) -> None:
        """OpenAPI: a `readOnly` property is required of responses only, a `writeOnly` one of requests only."""
        if "required" not in converted:
            return
        marker = "writeOnly" if use.startswith("response") else "readOnly"
        exempt = {
            name
            for part in schema.parts(self.contract, node, ("allOf",))
            for name, declared in part.members("properties")
            if schema.is_marked(self.contract, declared, marker)
        }
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
