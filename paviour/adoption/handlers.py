"""Which function of an existing service answers which request.

In Python its decorators say so (FastAPI, Starlette, Flask), in TypeScript and JavaScript the calls that declare routes
(Fastify, Express, Hono and others alike).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

_METHODS = {"get", "put", "post", "delete", "patch", "head", "options", "trace"}
_SCRIPT = re.compile(r"\.[cm]?[jt]s$")
_TEST = re.compile(r"(^|/)(tests?|__tests__)/|\.(test|spec)\.")
"""Tests call what the service declares, by the same words."""
_ROUTES = (
    # app.get("/parcels/:id", …), and with types: app.get<{ Params: Params }>("/parcels/:id", …)
    re.compile(r"""\.(?P<method>[a-z]+)\s*(?:<[^;()]{0,500}>)?\(\s*(?P<quote>["'`])(?P<path>/[^"'`\n]*)(?P=quote)"""),
    # app.route({ method: "GET", url: "/parcels/:id", … })
    re.compile(
        r"""\bmethod:\s*["'](?P<method>[A-Z]+)["'],\s*(?:url|path):\s*(?P<quote>["'`])(?P<path>/[^"'`\n]*)(?P=quote)"""
    ),
)


@dataclass(frozen=True, slots=True)
class Handler:
    method: str
    path: str
    place: str
    """File and line."""


def handlers(root: Path, paths: list[str]) -> list[Handler]:
    """All that a method and a path are declared for. A file that can't be read is passed over."""
    found: list[Handler] = []
    for path in paths:
        try:
            if path.endswith(".py"):
                found += _in_python(ast.parse((root / path).read_bytes()), path)
            elif _SCRIPT.search(path) and not _TEST.search(path):
                found += _in_script((root / path).read_text("utf-8"), path)
        except (SyntaxError, ValueError, OSError):
            continue
    return found


def of(method: str, path: str, known: list[Handler]) -> Handler | None:
    """The handler of an operation. A router's prefix is not known, so the longest end of the path decides."""
    wanted = _bare(path)
    fits = [
        handler
        for handler in known
        if handler.method == method.lower() and wanted.endswith(_bare(handler.path).rstrip("/"))
    ]
    return max(fits, key=lambda handler: len(handler.path), default=None)


def _in_python(tree: ast.Module, path: str) -> Iterator[Handler]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for call in node.decorator_list:
                match call:
                    case ast.Call(func=ast.Attribute(attr=method), args=[ast.Constant(value=str(route)), *_]):
                        if method in _METHODS:
                            yield Handler(method, route, f"{path}:{node.lineno}")


def _in_script(text: str, path: str) -> Iterator[Handler]:
    for match in chain.from_iterable(route.finditer(text) for route in _ROUTES):
        method, route = match["method"].lower(), re.sub(r":(\w+)", r"{\1}", match["path"])
        if method in _METHODS:
            yield Handler(method, route, f"{path}:{text.count(chr(10), 0, match.start()) + 1}")


def _bare(path: str) -> str:
    return re.sub(r"\{[^}]*\}|<[^>]*>", "{}", path)
