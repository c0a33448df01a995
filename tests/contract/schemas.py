"""Strategies for the schemas that people write, and for some that they should not."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

NAMES = ["Thing", "thing", "a-b", "a.b", "class", "Model", "date", "Any", "1st", "Other", "Number", "AnyThing"]
PROPERTIES = [
    "name", "validFor", "@type", "class", "from", "list", "date", "model_x", "self", "1st", "a-b", "a_b", "größe", "",
    "__init__", "_private", "schema", "copy", "dict", "str", "value", "any", "validate", "Literal", "$ref2", "null",
]  # fmt: skip
JSON = dict[str, Any]
FORMATS = [None, "date-time", "date", "uuid", "uri", "email", "int32", "unheard-of"]


@st.composite
def components(draw: st.DrawFn, version: str) -> dict[str, Any]:
    """A few component schemas that refer to each other."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=6, unique=True))
    return {name: draw(schemas(names, version, 3)) for name in names} | draw(hierarchies(names, version))


def schemas(names: list[str], version: str, depth: int) -> st.SearchStrategy[Any]:
    leaves = [scalars(version), enums(version), references(names)]
    if depth == 0:
        return st.one_of(leaves)
    inner = schemas(names, version, depth - 1)
    branches: list[st.SearchStrategy[Any]] = [
        objects(inner, version),
        objects(inner, version),
        objects(inner, version),
        arrays(inner),
        maps(inner),
        compositions(inner, version),
        compositions(st.one_of(references(names), objects(inner, version)), version),
    ]
    if version == "3.1":
        branches += [tuples(inner), st.booleans(), beside_references(names)]
    return st.one_of(*leaves, *branches, *branches)


def references(names: list[str]) -> st.SearchStrategy[JSON]:
    return st.sampled_from(names).map(reference)


def reference(name: str) -> JSON:
    return {"$ref": f"#/components/schemas/{name}"}


@st.composite
def nullable(draw: st.DrawFn, version: str, found: JSON) -> JSON:
    if draw(st.integers(0, 3)) != 0:
        return found
    if version == "3.0":
        return found | {"nullable": True}
    return found | {"type": [found["type"], "null"]} if "type" in found else found


@st.composite
def scalars(draw: st.DrawFn, version: str) -> JSON:
    kind = draw(st.sampled_from(["string", "integer", "number", "boolean", None]))
    if kind is None:
        return {}
    found: JSON = {"type": kind}
    form = draw(st.sampled_from(FORMATS)) if kind == "string" else None
    if form:
        found["format"] = form
    if version == "3.1" and draw(st.booleans()):
        return found | {
            "type": draw(
                st.lists(
                    st.sampled_from(["string", "integer", "number", "boolean", "null"]),
                    min_size=1,
                    max_size=3,
                    unique=True,
                )
            )
        }
    return draw(nullable(version, found))


@st.composite
def enums(draw: st.DrawFn, version: str) -> JSON:
    values = draw(
        st.lists(
            st.sampled_from(["a", "b", "", "class", 1, 2, 0, True, None, 1.5, 'quo"te']),
            min_size=1,
            max_size=4,
            unique_by=repr,
        )
    )
    if version == "3.1" and draw(st.booleans()):
        return {"const": values[0]}
    texts = [value for value in values if isinstance(value, str)]
    of_one_type: bool = draw(st.booleans())
    if texts and of_one_type:
        return draw(nullable(version, {"type": "string", "enum": texts}))
    return {"enum": values}


@st.composite
def objects(draw: st.DrawFn, inner: st.SearchStrategy[Any], version: str) -> JSON:
    names = draw(st.lists(st.sampled_from(PROPERTIES), max_size=5, unique=True))
    found: JSON = {"type": "object", "properties": {name: draw(inner) for name in names}}
    if names:
        found["required"] = draw(st.lists(st.sampled_from(names), max_size=3, unique=True))
    if not found.get("required"):
        found.pop("required", None)
    additional = draw(st.sampled_from(["absent", "absent", True, False, "schema"]))
    if additional != "absent":
        found["additionalProperties"] = draw(inner) if additional == "schema" else additional
    if version == "3.1" and draw(st.integers(0, 5)) == 0:
        found.pop("additionalProperties", None)
        found["unevaluatedProperties"] = False
    if version == "3.1" and draw(st.integers(0, 5)) == 0:
        found["patternProperties"] = {"^x-": draw(inner)}
    if version == "3.1" and draw(st.integers(0, 7)) == 0:
        return found | {"type": ["object", "string"]}
    if draw(st.integers(0, 7)) == 0:
        del found["type"]
        return found
    return draw(nullable(version, found))


@st.composite
def arrays(draw: st.DrawFn, inner: st.SearchStrategy[Any]) -> JSON:
    return {"type": "array", "items": draw(inner)}


@st.composite
def tuples(draw: st.DrawFn, inner: st.SearchStrategy[Any]) -> JSON:
    return {"type": "array", "prefixItems": draw(st.lists(inner, min_size=1, max_size=2)), "items": draw(inner)}


@st.composite
def maps(draw: st.DrawFn, inner: st.SearchStrategy[Any]) -> JSON:
    return {"type": "object", "additionalProperties": draw(inner)}


@st.composite
def compositions(draw: st.DrawFn, inner: st.SearchStrategy[Any], version: str) -> JSON:
    keyword = draw(st.sampled_from(["allOf", "oneOf", "anyOf"]))
    found: JSON = {keyword: draw(st.lists(inner, min_size=1, max_size=3))}
    if draw(st.integers(0, 3)) == 0:
        found |= draw(objects(inner, version))
    if version == "3.0" and draw(st.integers(0, 4)) == 0:
        found["nullable"] = True
        found.setdefault("type", "object")
    return found


@st.composite
def beside_references(draw: st.DrawFn, names: list[str]) -> JSON:
    sibling: JSON = draw(
        st.sampled_from(
            [
                {"description": "beside"},
                {"type": "object", "required": ["name"]},
                {"properties": {"more": {"type": "string"}}},
            ]
        )
    )
    return draw(references(names)) | sibling


@st.composite
def hierarchies(draw: st.DrawFn, names: list[str], version: str) -> dict[str, Any]:
    """Schemas told apart by a property: subtypes by `allOf`, or members of `oneOf`, with and without a mapping."""
    property_name = draw(st.sampled_from(["kind", "@type", "class"]))
    inner = schemas(names, version, 1)
    closed = draw(st.booleans())
    own = {property_name: {"type": "string", "enum": ["Cat", "Dog", "c"]} if closed else {"type": "string"}}
    base: JSON = {"type": "object", "properties": own | {"name": {"type": "string"}}}
    if draw(st.booleans()):
        base["required"] = [property_name]
    base["discriminator"] = {"propertyName": property_name}
    if draw(st.booleans()):
        base["discriminator"]["mapping"] = {
            "c": draw(st.sampled_from(["#/components/schemas/Cat", "Cat"])),
            "d": "#/components/schemas/Dog",
        }

    def subtype(parent: str) -> JSON:
        return {"allOf": [reference(parent), draw(objects(inner, version))]}

    found = {"Pet": base, "Cat": subtype("Pet"), "Dog": subtype("Pet")}
    if draw(st.booleans()):
        found["Puppy"] = subtype("Dog")
    if draw(st.booleans()):
        found["Dog"]["discriminator"] = {"propertyName": property_name}
    members = ["Bus", "Car"]
    found |= {
        name: {"type": "object", "properties": {property_name: {"type": "string"}, "wheels": {"type": "integer"}}}
        for name in members
    }
    found["Vehicle"] = {
        draw(st.sampled_from(["oneOf", "anyOf"])): [reference(name) for name in members],
        "discriminator": {"propertyName": property_name},
    }
    if draw(st.booleans()):
        found["Vehicle"]["discriminator"]["mapping"] = {"b": reference("Bus")["$ref"], "car": "Car"}
    found["Household"] = {
        "type": "object",
        "properties": {"pets": {"type": "array", "items": reference("Pet")}, "vehicle": reference("Vehicle")},
    }
    return found
