"""Which function of an existing service answers which request, as its decorators say (FastAPI, Starlette, Flask)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_METHODS = {"get", "put", "post", "delete", "patch", "head", "options", "trace"}


@dataclass(frozen=True, slots=True)
class Handler:
    method: str
    path: str
    place: str
    """File and line."""


def handlers(root: Path, paths: list[str]) -> list[Handler]:
    """All that are decorated with a method and a path. A file that is no Python is passed over."""
    found: list[Handler] = []
    for path in paths:
        if path.endswith(".py"):
            try:
                tree = ast.parse((root / path).read_bytes())
            except (SyntaxError, ValueError, OSError):
                continue
            found += _in(tree, path)
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


def _in(tree: ast.Module, path: str) -> Iterator[Handler]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for call in node.decorator_list:
                match call:
                    case ast.Call(func=ast.Attribute(attr=method), args=[ast.Constant(value=str(route)), *_]):
                        if method in _METHODS:
                            yield Handler(method, route, f"{path}:{node.lineno}")


def _bare(path: str) -> str:
    return re.sub(r"\{[^}]*\}|<[^>]*>", "{}", path)
