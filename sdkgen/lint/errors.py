"""What goes wrong, in one shape: problem details (RFC 9457) on every operation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sdkgen.errors import pointer_text
from sdkgen.lint.edits import inserted
from sdkgen.lint.index import Index, Operation
from sdkgen.lint.rule import Hit, rule
from sdkgen.load import Key, Node

_PROBLEM = "application/problem+json"
_MEMBERS = {"type": "string", "title": "string", "status": "integer", "detail": "string", "instance": "string"}


def is_error(status: str) -> bool:
    return status[:1] in ("4", "5")


@rule("error-problem-json", "error", "answer with application/problem+json")
def error_problem_json(index: Index) -> Iterator[Hit]:
    """Every 4xx and 5xx is `application/problem+json`.

    RFC 9457: a client then has one way to read what went wrong, whoever answers, and it is what the platform sends. An
    answer to HEAD has no content.
    """
    seen = set()
    for operation in index.operations:
        for status, response in operation.responses.items() if operation.method != "head" else ():
            if not is_error(status) or response.key in seen:
                continue
            seen.add(response.key)
            written = [name for name, _, _ in index.content(response)]
            if not any(name.lower().startswith(_PROBLEM) for name in written):
                instead = f"is `{written[0]}`" if written else "has no content"
                yield Hit(response, f"the answer {status} {instead}")


@rule("error-schema-shared", "warning", "refer to the one schema of problems")
def error_schema_shared(index: Index) -> Iterator[Hit]:
    """All problems have one schema.

    Clients parse errors in one place. A schema that takes the shared one over with `allOf` and adds to it is fine.
    """
    used: dict[Node, Node] = {}
    keys: dict[Key, Node] = {}
    for operation in index.operations:
        for status, response in operation.responses.items():
            for name, media, declared in index.content(response) if is_error(status) else ():
                if name.lower().startswith(_PROBLEM) and declared is not None:
                    used[keys.setdefault(media.key, media)] = declared
    counts = Counter(declared.key for declared in used.values())
    if len(counts) < 2:
        return
    [(shared, _)] = counts.most_common(1)
    for media, declared in used.items():
        bases = {index.documents.follow(part).key for _, part in declared.members("allOf")}
        if declared.key != shared and shared not in bases:
            yield Hit(media, f"the problem here is not {pointer_text(shared[1])}, which most others are")


@rule("problem-members", "warning", "declare type, title and status as RFC 9457 has them")
def problem_members(index: Index) -> Iterator[Hit]:
    """The schema of a problem has the members of RFC 9457, with their types.

    `type`, `title` and `status` are there; `detail` and `instance` are strings where they are.
    """
    seen = set()
    for node in index.objects("media-type"):
        declared = node.get("schema")
        if not node.pointer[-1].lower().startswith(_PROBLEM) or declared is None:
            continue
        found = index.documents.follow(declared)
        if found.key in seen:
            continue
        seen.add(found.key)
        members = index.properties(found)
        for name, kind in _MEMBERS.items():
            types = index.types(index.documents.follow(members[name])) if name in members else set()
            if name not in members and name in ("type", "title", "status"):
                yield Hit(found, f"the problem has no `{name}`")
            elif types and kind not in types:
                yield Hit(members[name], f"`{name}` of a problem is no {kind}")


@rule(
    "error-validation",
    "warning",
    "declare 400 or 422",
    owasp=("api8:2023-define-error-validation",),
    fixable=True,
)
def error_validation(index: Index) -> Iterator[Hit]:
    """An operation that takes input says how it refuses it: 400, 422, 4XX or `default`.

    OWASP API8:2023. One without parameters and body has nothing to refuse. `--fix` adds the reference where the
    contract has exactly one response component for the status.
    """
    for operation in index.operations:
        if (operation.parameters or operation.body) and not operation.answers("400", "422"):
            yield _missing(index, operation, "400")


@rule(
    "error-authentication",
    "warning",
    "declare 401",
    owasp=("api8:2023-define-error-responses-401",),
    fixable=True,
)
def error_authentication(index: Index) -> Iterator[Hit]:
    """An operation that needs credentials declares 401, 4XX or `default`.

    OWASP API8:2023. `--fix` adds the reference where the contract has exactly one response component for it.
    """
    for operation in index.operations:
        if operation.is_secured and not operation.answers("401"):
            yield _missing(index, operation, "401")


@rule("error-authorization", "warning", "declare 403", fixable=True)
def error_authorization(index: Index) -> Iterator[Hit]:
    """An operation that needs scopes declares 403, 4XX or `default`.

    `--fix` adds the reference where the contract has exactly one response component for it.
    """
    for operation in index.operations:
        scopes = operation.security.value if operation.security else ()
        if any(required for requirement in scopes for required in requirement.values()) and not operation.answers(
            "403"
        ):
            yield _missing(index, operation, "403")


@rule("error-not-found", "warning", "declare 404", fixable=True)
def error_not_found(index: Index) -> Iterator[Hit]:
    """An operation on what its path identifies declares 404, 4XX or `default`.

    `--fix` adds the reference where the contract has exactly one response component for it.
    """
    for operation in index.operations:
        if "{" in operation.path and not operation.answers("404"):
            yield _missing(index, operation, "404")


@rule(
    "error-rate-limit",
    "warning",
    "declare 429",
    owasp=("api4:2023-rate-limit-responses-429",),
    fixable=True,
)
def error_rate_limit(index: Index) -> Iterator[Hit]:
    """Every operation declares 429, 4XX or `default`.

    OWASP API4:2023: a client that does not know that it can be told to wait, won't. `--fix` adds the reference where
    the contract has exactly one response component for it.
    """
    for operation in index.operations:
        if not operation.answers("429"):
            yield _missing(index, operation, "429")


@rule("error-server", "warning", "declare 500", owasp=("api8:2023-define-error-responses-500",), fixable=True)
def error_server(index: Index) -> Iterator[Hit]:
    """Every operation declares a 5xx or `default`.

    OWASP API8:2023. `--fix` adds the reference where the contract has exactly one response component for 500.
    """
    for operation in index.operations:
        declared = any(status[0] == "5" for status in operation.responses)
        if not declared and "default" not in operation.responses:
            yield _missing(index, operation, "500")


@rule("retry-after", "warning", "declare the Retry-After header", owasp=("api4:2023-rate-limit-retry-after",))
def retry_after(index: Index) -> Iterator[Hit]:
    """A 429 says when to come again: it declares `Retry-After`.

    OWASP API4:2023, RFC 9110, section 10.2.3. Asked once of a response that operations share.
    """
    for response in _shared(index, "429"):
        if "retry-after" not in _headers(response):
            yield Hit(response, "the answer 429 declares no Retry-After")


@rule("rate-limit-headers", "info", "declare RateLimit and RateLimit-Policy", owasp=("api4:2023-rate-limit",))
def rate_limit_headers(index: Index) -> Iterator[Hit]:
    """A 429 says what the limit is: it declares `RateLimit`, or the `X-RateLimit` fields that came before.

    OWASP API4:2023, draft-ietf-httpapi-ratelimit-headers. Asked of the answer where a caller has to know it, not of
    every 2xx and 4xx: the fields are the same on all of them, and the platform sends them.
    """
    for response in _shared(index, "429"):
        if not any("ratelimit" in name.replace("rate-limit", "ratelimit") for name in _headers(response)):
            yield Hit(response, "the answer 429 declares no RateLimit")


def _shared(index: Index, status: str) -> list[Node]:
    found = {op.responses[status].key: op.responses[status] for op in index.operations if status in op.responses}
    return list(found.values())


def _headers(response: Node) -> set[str]:
    return {name.lower() for name in response.value.get("headers", ())}


def _missing(index: Index, operation: Operation, status: str) -> Hit:
    """The fix is beyond doubt where all operations that declare the status refer to the same component."""
    responses, reference = operation.node.get("responses"), index.shared_responses.get(status)
    here = operation.node.source is index.documents.root  # where the reference means the same
    fix = inserted(responses, status, {"$ref": reference}) if here and responses and reference else None
    return Hit(operation.node, f"{operation.name} does not declare {status}", fix=fix)
