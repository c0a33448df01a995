"""Where an existing service's contract is: in its files, or served by it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import yaml

from paviour.errors import UserError

_MAX_BYTES = 20 * 2**20
_SECONDS = 10.0


def in_files(root: Path, paths: list[str]) -> Path:
    """The one file that is an OpenAPI document. Raises UserError where there is none, or more than one."""
    named = [root / path for path in paths if path.endswith((".yaml", ".yml", ".json"))]
    found = [path for path in named if _is_contract(path)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise UserError(
            f"{root} has no OpenAPI contract; start the service and give the address that it serves one at, such as "
            "--url http://127.0.0.1:8000/openapi.json, or name a file with --contract"
        )
    listed = ", ".join(path.relative_to(root).as_posix() for path in found)
    raise UserError(f"{root} has several contracts: {listed}; name one with --contract")


def served(url: str, room: Path) -> Path:
    """What a running service, such as FastAPI's, serves as its contract. Raises UserError where that is none."""
    if not url.startswith(("http://", "https://")):
        raise UserError(f"{url} is no URL; give one such as http://127.0.0.1:8000/openapi.json")
    try:
        with urllib.request.urlopen(url, timeout=_SECONDS) as response:  # noqa: S310  # the scheme is looked at above
            content = response.read(_MAX_BYTES + 1)
    except (OSError, ValueError, urllib.error.URLError) as error:
        raise UserError(f"{url} can't be read: {error}; start the service first") from None
    if len(content) > _MAX_BYTES or not _has_version(content):
        raise UserError(f"{url} is no OpenAPI contract; give the address that the document is served at")
    target = room / ("openapi.json" if content.lstrip()[:1] == b"{" else "openapi.yaml")
    target.write_bytes(content)
    return target


def _is_contract(path: Path) -> bool:
    try:
        content = path.read_bytes()
    except OSError:
        return False
    return len(content) <= _MAX_BYTES and b"openapi" in content and _has_version(content)


def _has_version(content: bytes) -> bool:
    try:
        document: Any = json.loads(content) if content.lstrip()[:1] == b"{" else yaml.safe_load(content)
    except (ValueError, yaml.YAMLError):
        return False
    return isinstance(document, dict) and str(document.get("openapi", "")).startswith("3.")
