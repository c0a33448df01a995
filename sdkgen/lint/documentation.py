"""What people read: in the portal, in the editor, in the SDK."""

from __future__ import annotations

from collections.abc import Iterator

from sdkgen import schema
from sdkgen.lint.edits import appended, inserted
from sdkgen.lint.index import Index
from sdkgen.lint.rule import Hit, rule


@rule("info-described", "info", "add it to info")
def info_described(index: Index) -> Iterator[Hit]:
    """`info` has a description, a contact and a license: what it is, whom to ask, what one may do with it."""
    info = index.root.child("info")
    lacks = [key for key in ("description", "contact", "license") if not info.value.get(key)]
    if lacks:
        yield Hit(info, f"info has no {' and no '.join(lacks)}")


@rule("operation-summary", "warning", "add a summary of a few words")
def operation_summary(index: Index) -> Iterator[Hit]:
    """Every operation has a summary: its title wherever operations are listed."""
    for operation in index.operations:
        if not operation.node.value.get("summary"):
            yield Hit(operation.node, f"{operation.name} has no summary")


@rule("operation-description", "info", "say what it does, and what a caller has to know")
def operation_description(index: Index) -> Iterator[Hit]:
    """Every operation has a description of its own, beyond the summary."""
    for operation in index.operations:
        said = operation.node.value.get("description")
        if not said or said.strip().rstrip(".") == str(operation.node.value.get("summary", "")).strip().rstrip("."):
            yield Hit(operation.node, f"{operation.name} has no description beyond its summary")


@rule("operation-tags", "info", "give it one of the contract's tags")
def operation_tags(index: Index) -> Iterator[Hit]:
    """Every operation has a tag, by which documentation and SDKs group it.

    Asked where the contract has tags at all.
    """
    tagged = [operation for operation in index.operations if operation.node.value.get("tags")]
    for operation in index.operations if tagged or index.root.value.get("tags") else ():
        if not operation.node.value.get("tags"):
            yield Hit(operation.node, f"{operation.name} has no tag")


@rule("tag-declared", "warning", "declare it under tags", fixable=True)
def tag_declared(index: Index) -> Iterator[Hit]:
    """Every tag that an operation has is declared in the contract's `tags`.

    Those are the groups of the documentation, in their order; a misspelt tag makes a group of its own. `--fix` declares
    it.
    """
    tags = index.root.get("tags")
    known = {tag.value["name"] for _, tag in tags.items()} if tags else set()
    used = dict.fromkeys(tag for operation in index.operations for tag in operation.node.value.get("tags", ()))
    for operation in index.operations:
        for _, tag in operation.node.members("tags"):
            if tag.value not in known:
                if tags is None:  # all in one, because one edit makes the list
                    fix = inserted(index.root, "tags", [{"name": name} for name in used]) if not known else None
                else:
                    fix = appended(tags, {"name": tag.value}) if tags.value else None
                known.add(tag.value)
                yield Hit(tag, f"the tag `{tag.value}` is not declared", fix=fix)


@rule("tag-described", "info", "say in a sentence what its operations have in common")
def tag_described(index: Index) -> Iterator[Hit]:
    """Every declared tag has a description."""
    for _, tag in index.root.members("tags"):
        if not tag.value.get("description"):
            yield Hit(tag, f"the tag `{tag.value['name']}` has no description")


@rule("parameter-described", "warning", "say what it does")
def parameter_described(index: Index) -> Iterator[Hit]:
    """Every parameter has a description, or its schema has one."""
    for node in index.objects("parameter"):
        declared = node.get("schema")
        by_schema = isinstance(declared.value, dict) and _said(declared.value) if declared else False
        followed = index.documents.follow(declared).value if declared else {}
        if "name" in node.value and not node.value.get("description") and not by_schema and not _said(followed):
            yield Hit(node, f"the {node.value['in']} parameter `{node.value['name']}` has no description")


@rule("schema-described", "info", "say what it stands for")
def schema_described(index: Index) -> Iterator[Hit]:
    """Every component schema, and every property, has a description.

    A property that is a reference has that of the schema it refers to. The properties of one schema are named together.
    """
    for name, node in index.component("schemas"):
        composed = [part.value for part in schema.parts(index.contract, node, ("allOf",))]
        if isinstance(node.value, dict) and not any(map(_said, (node.value, *composed))):
            yield Hit(node, f"the schema `{name}` has no description")
    for node in index.schemas:
        bare = [
            name
            for name, declared in node.members("properties")
            if isinstance(declared.value, dict) and "$ref" not in declared.value and not _said(declared.value)
        ]
        if bare:
            shown = ", ".join(f"`{name}`" for name in bare[:5]) + (" …" if len(bare) > 5 else "")
            yield Hit(node, f"nothing describes the {'property' if len(bare) == 1 else 'properties'} {shown}")


def _said(value: object) -> bool:
    return isinstance(value, dict) and bool(value.get("description") or value.get("title") or "const" in value)
