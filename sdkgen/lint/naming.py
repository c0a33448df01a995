"""Names that callers write into their programs: one spelling, so that nobody has to look them up."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from sdkgen.lint.index import Index
from sdkgen.lint.rule import Hit, rule
from sdkgen.load import Node
from sdkgen.naming import words

_KEBAB = re.compile(r"\.?[a-z0-9]+([-.][a-z0-9]+)*\Z")
_CAMEL = re.compile(r"[a-z][a-z0-9]*([A-Z][a-z0-9]*)*\Z")
_PASCAL = re.compile(r"[A-Z][A-Za-z0-9]*\Z")
_SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\Z")
_CASES = {"snake_case": _SNAKE, "camelCase": _CAMEL, "kebab-case": re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")}
_VERBS = frozenset(
    """accept activate add approve archive assign cancel check close complete confirm create deactivate delete disable
    edit enable execute fetch find get insert list make modify patch post put read register reject remove retrieve
    revoke send set start stop submit unregister update upload validate verify""".split()
)
_MANY = 20
_PLURALS = frozenset("children data equipment feedback geese hardware media men metadata mice people software".split())


def together(hits: list[Hit], number: int, says: str) -> list[Hit]:
    """All of them, or one for the contract where it does otherwise throughout: that is one decision, not hundreds."""
    if len(hits) <= _MANY or 2 * len(hits) <= number:
        return hits
    return [Hit(hits[0].node, f"{len(hits)} of {number} {says}; this is the first")]


def segments(path: str) -> list[str]:
    """The parts of a path that are not parameters."""
    return [segment for segment in path.split("/") if segment and "{" not in segment]


@rule("path-case", "warning", "write it in lower case, with hyphens between words")
def path_case(index: Index) -> Iterator[Hit]:
    """The segments of a path are lower-case words with hyphens between them.

    Paths are case-sensitive (RFC 3986, section 6.2.2.1), so each other spelling is one that somebody gets wrong. What
    stands behind a colon, as in `/quotes:search`, may be camelCase. Where most paths of a large contract are otherwise,
    that is said once.
    """
    hits = []
    for path, item in index.paths:
        odd = [part for part in segments(path) if not _KEBAB.match(part.partition(":")[0])]
        if odd:
            hits.append(Hit(_at(index, path) or item, f"`{odd[0]}` in the path `{path}` is not kebab-case"))
    yield from together(hits, len(index.paths), "paths are not kebab-case")


@rule("path-noun", "warning", "name the resource, and let the method or a last segment say what is done to it")
def path_noun(index: Index) -> Iterator[Hit]:
    """A path begins with the name of a resource, not with what is done.

    `POST /cancelQuote` leaves no place for the quote's identifier, and its authorization, caching and limits can't be
    told from the path. `POST /quotes/{quote_id}/cancel` has all of them. A verb as the last of several segments is
    fine.
    """
    for path, item in index.paths:
        first = next(iter(segments(path)), "")
        spoken = words(first)
        if len(spoken) > 1 and spoken[0].lower() in _VERBS:
            yield Hit(_at(index, path) or item, f"the path `{path}` begins with the verb `{spoken[0]}`")


@rule("path-slash", "warning", "remove the empty segment")
def path_slash(index: Index) -> Iterator[Hit]:
    """A path has no slash at its end and no two in a row.

    `/quotes` and `/quotes/` are two resources (RFC 3986), and proxies disagree on which of them they pass on.
    """
    for path, item in index.paths:
        if path != "/" and (path.endswith("/") or "//" in path):
            yield Hit(_at(index, path) or item, f"the path `{path}` has an empty segment")


@rule("collection-plural", "info", "name the collection in the plural")
def collection_plural(index: Index) -> Iterator[Hit]:
    """A collection has a name in the plural.

    `/quotes/{quote_id}` reads as what it is: one of the quotes. Only segments before a parameter at the path's end are
    looked at, once each.
    """
    seen: set[str] = set()
    for path, item in index.paths:
        found = re.search(r"/([A-Za-z][A-Za-z-]*)/\{[^/{}]*\}\Z", path)
        if found and found[1] not in seen and not found[1].endswith("s") and words(found[1])[-1] not in _PLURALS:
            seen.add(found[1])
            yield Hit(_at(index, path) or item, f"the collection `{found[1]}` is named in the singular")


@rule("operation-id-case", "warning", "name what it does, then what to, as in createQuote")
def operation_id_case(index: Index) -> Iterator[Hit]:
    """An operationId is camelCase: a verb, then what it acts on.

    It becomes the name of a method in every SDK, where `listQuotes` reads as a sentence and `quotes_list` or
    `QuotesController.list` does not. A first word that names a resource of the path is taken for a noun.
    """
    hits = []
    for operation in index.operations:
        if operation.id is None:
            continue
        node = operation.node.child("operationId")
        spoken = [word.lower() for word in words(operation.id)]
        nouns = {word.lower() for segment in segments(operation.path) for word in words(segment)}
        nouns |= {noun.removesuffix("s") for noun in nouns}
        if not _CAMEL.match(operation.id):
            hits.append(Hit(node, f"the operationId `{operation.id}` is not camelCase"))
        elif len(spoken) < 2:
            hits.append(Hit(node, f"the operationId `{operation.id}` has one word, no verb with what it acts on"))
        elif spoken[0] in nouns and spoken[0] not in _VERBS:
            hits.append(Hit(node, f"the operationId `{operation.id}` begins with a noun"))
    yield from together(hits, len(index.operations), "operationIds are not a verb and a noun in camelCase")


@rule("parameter-case", "warning", "spell it as the others are")
def parameter_case(index: Index) -> Iterator[Hit]:
    """The names of query and path parameters have one spelling in a contract.

    A contract that has none yet takes snake_case, as its properties. The spelling that most names have is the
    contract's; names of one word have every spelling. Filters may have parts, each spelt so: `created_at.gt`,
    `filter[state]`.
    """
    found = [p for p in _parameters(index) if p.value["in"] in ("query", "path")]
    yield from _off(found, [p.value["name"] for p in found], "parameter")


@rule("property-case", "warning", "spell it as the others are")
def property_case(index: Index) -> Iterator[Hit]:
    """The names of properties have one spelling in a contract.

    The spelling that most names have is the contract's; snake_case where there is none yet. A name that begins with
    `@`, `$` or `_` is a standard's own, and names that are no words in any spelling (`application/json`, `10.0.0.1`)
    are left alone.
    """
    found = [child for node in index.schemas for name, child in node.members("properties") if _is_word(name)]
    yield from _off(found, [node.pointer[-1] for node in found], "property")


@rule("header-x-prefix", "info", "name it without X-")
def header_x_prefix(index: Index) -> Iterator[Hit]:
    """A header field of one's own has no `X-` before its name.

    RFC 6648: once such a field is used outside, it can't lose the prefix any more. Those that everybody has, like
    `X-Request-ID` and `X-Forwarded-For`, are left alone.
    """
    known = re.compile(r"x-(request-id|correlation-id|forwarded-.*|content-type-options|frame-options|amz.*)\Z", re.I)
    headers = [node for node in index.objects("header") if node.pointer[-2] == "headers"]
    named = [(node, node.pointer[-1]) for node in headers if node.pointer[:1] != ("components",)]
    named += [(p, p.value["name"]) for p in _parameters(index) if p.value["in"] == "header"]
    for node, name in named:
        if name.lower().startswith("x-") and not known.match(name):
            yield Hit(node, f"the header `{name}` has the prefix X-")


@rule("header-case", "info", "write the words with hyphens between, as in Idempotency-Key")
def header_case(index: Index) -> Iterator[Hit]:
    """The name of a header field has hyphens and no underscores.

    Underscores are allowed (RFC 9110) and dropped by many proxies, because CGI can't tell the two apart.
    """
    for node in _parameters(index):
        if node.value["in"] == "header" and "_" in node.value["name"]:
            yield Hit(node, f"the header `{node.value['name']}` has an underscore")


@rule("schema-name-case", "info", "name it in PascalCase")
def schema_name_case(index: Index) -> Iterator[Hit]:
    """The name of a component schema is PascalCase.

    It becomes the name of a type in every SDK. Names that differ only in spelling would collide there.
    """
    schemas = index.component("schemas")
    odd = [Hit(node, f"the schema `{name}` is not PascalCase") for name, node in schemas if not _PASCAL.match(name)]
    yield from together(odd, len(schemas), "schemas are not PascalCase")


def _parameters(index: Index) -> list[Node]:
    return [node for node in index.objects("parameter") if "name" in node.value and "in" in node.value]


def _at(index: Index, path: str) -> Node | None:
    """The member of `paths`, also where it refers to another file."""
    paths = index.root.get("paths")
    return paths.get(path) if paths else None


def _is_word(name: str) -> bool:
    return re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name) is not None


def _off(nodes: list[Node], names: list[str], what: str) -> Iterator[Hit]:
    """Those that are not spelt as most are."""
    parted = [[part for part in re.split(r"[.\[\]$@]+", name) if part] for name in names]
    telling = [parts for parts in parted if any(not part.islower() or not part.isalnum() for part in parts)]
    votes = Counter(
        {case: sum(all(shape.match(p) for p in parts) for parts in telling) for case, shape in _CASES.items()}
    )
    [(case, number)] = votes.most_common(1)
    case = case if number else "snake_case"
    for node, name, parts in zip(nodes, names, parted, strict=True):
        if not all(_CASES[case].match(part) for part in parts):
            yield Hit(node, f"the {what} `{name}` is not {case}, as the others are")
