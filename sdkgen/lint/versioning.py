"""Which version a contract is, and where it is served."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sdkgen.lint.edits import replaced
from sdkgen.lint.index import Index
from sdkgen.lint.rule import Hit, rule
from sdkgen.lint.urls import split

_SEMVER = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?\Z")
_SEGMENT = re.compile(r"v(\d+)((?:\.\d+)*)\Z", re.IGNORECASE)


@rule("info-version", "warning", "write it as MAJOR.MINOR.PATCH", fixable=True)
def info_version(index: Index) -> Iterator[Hit]:
    """`info.version` is a semantic version.

    It is what `paviour contract diff` judges a change by, and what SDKs are numbered after. A date is fine for a
    document, and says nothing of whether callers break. `--fix` writes `1.0` as `1.0.0` and `v1.2.3` as `1.2.3`.
    """
    node = index.root.child("info", "version")
    written = str(node.value)
    if not _SEMVER.match(written):
        short = re.fullmatch(r"v?(\d{1,3}(?:\.\d{1,5}){0,2})", written)
        full = short[1] + ".0" * (2 - short[1].count(".")) if short else ""
        fix = replaced(node, full) if _SEMVER.match(full) else None
        yield Hit(node, f"the version `{written}` is not a semantic version", fix=fix)


@rule("server-version", "info", "serve each major version from 2 on below its own path, as in https://…/v2")
def server_version(index: Index) -> Iterator[Hit]:
    """From major version 2 on, the URL of the server or the paths name it.

    Callers of version 1 are still there when version 2 comes. Until then, no version in the URL is one fewer to get
    wrong. Only the major version belongs there: what is compatible has the same address.
    """
    major = str(index.root.value["info"]["version"]).lstrip("v").partition(".")[0]
    if not major.isdecimal() or not 2 <= int(major) < 1000 or any(_versions(path) for path, _ in index.paths):
        return
    for server in index.servers:
        if not _versions(split(server.value["url"]).path):
            yield Hit(server.child("url"), f"the server `{server.value['url']}` does not name major version {major}")


@rule("server-version-agrees", "warning", "name the major version alone, the same as info.version has")
def server_version_agrees(index: Index) -> Iterator[Hit]:
    """A version in a server's URL is the major version of the contract, and nothing more.

    Two versions in one contract leave it open which one a caller gets. Version 0 may be served as `v1` already.
    """
    major = str(index.root.value["info"]["version"]).lstrip("v").partition(".")[0]
    for server in index.servers:
        for number, rest in _versions(split(server.value["url"]).path):
            node = server.child("url")
            if rest:
                yield Hit(node, f"the server's URL names v{number}{rest}, more than a major version")
            elif major.isdecimal() and major not in (number, "0"):
                yield Hit(node, f"the server's URL names v{number}, and the contract is version {major}")


@rule("server-missing", "info", "add the URL that callers use")
def server_missing(index: Index) -> Iterator[Hit]:
    """The contract says where it is served.

    Without `servers`, SDKs and documentation have no address to begin with.
    """
    if not index.servers:
        yield Hit(index.root, "the contract names no server")


@rule(
    "server-environment",
    "info",
    "say which it is: production, staging, sandbox, …",
    owasp=("api9:2023-inventory-environment",),
)
def server_environment(index: Index) -> Iterator[Hit]:
    """Where there are several servers, each has a description that says which environment it is.

    OWASP API9:2023: callers must not take test for production. One server alone is the one to use.
    """
    for server in index.servers if len(index.servers) > 1 else ():
        if not server.value.get("description"):
            yield Hit(server, f"the server `{server.value['url']}` does not say which environment it is")


def _versions(path: str) -> list[tuple[str, str]]:
    """The versions among the segments of a path: major, and the rest."""
    return [(found[1], found[2]) for found in map(_SEGMENT.match, path.split("/")) if found]
