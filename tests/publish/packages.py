"""Small SDKs as folders: a client of one operation in each language, without dependencies."""

from __future__ import annotations

from pathlib import Path

from sdkgen.client import sbom

_PYPROJECT = """\
[build-system]
requires = ["hatchling~=1.33"]
build-backend = "hatchling.build"

[project]
name = "quotes-sdk"
version = "{version}"
description = "The SDK of quotes"
readme = "README.md"
license = "Apache-2.0"
requires-python = ">=3.11"
dependencies = {dependencies}
optional-dependencies = {{otel = ["opentelemetry-api>=1.30"]}}

[tool.hatch.build.targets.wheel]
packages = ["quotes_sdk"]
sbom-files = ["sbom.cdx.json"]
"""
_CLIENT = """\
import json, urllib.request


def get_quote(url: str, id: str) -> dict:
    with urllib.request.urlopen(f"{url}/quotes/{id}", timeout=10) as answer:
        return json.load(answer)
"""
_FIRST_CALL = """\
import os

from quotes_sdk import get_quote

assert get_quote(os.environ["BASE_URL"], "q1") == {"id": "q1", "price": 12.5}
"""
_PACKAGE = """\
{{
  "name": "@example/quotes-sdk",
  "version": "{version}",
  "license": "Apache-2.0",
  "type": "module",
  "exports": "./index.js",
  "files": ["index.js", "CHANGELOG.md", "sbom.cdx.json"],
  "scripts": {{"prepack": "exit 1", "install": "exit 1"}},
  "peerDependencies": {{"@opentelemetry/api": "^1.9.0"}},
  "peerDependenciesMeta": {{"@opentelemetry/api": {{"optional": true}}}}
}}
"""
_MODULE = """\
export const getQuote = async (url, id) => (await fetch(`${url}/quotes/${id}`)).json();
"""
_FIRST_CALL_JS = """\
import { getQuote } from "@example/quotes-sdk";

const quote = await getQuote(process.env.BASE_URL, "q1");
if (quote.price !== 12.5) throw new Error(`no quote: ${JSON.stringify(quote)}`);
"""


def python(
    folder: Path, version: str, *, text: str = "", dependencies: str = "[]", first_call: str = _FIRST_CALL
) -> str:
    """Write the Python one and return the code of its first call; `text` is what makes it another."""
    (folder / "quotes_sdk").mkdir(parents=True)
    (folder / "pyproject.toml").write_text(_PYPROJECT.format(version=version, dependencies=dependencies))
    (folder / "README.md").write_text(f"# quotes-sdk\n{text}")
    (folder / "quotes_sdk/__init__.py").write_text(_CLIENT)
    (folder / "quotes_sdk/py.typed").touch()
    (folder / sbom.FILE).write_text(sbom.of_pyproject((folder / "pyproject.toml").read_text()))
    (folder / "examples").mkdir()
    (folder / "examples/first_call.py").write_text(first_call)
    return first_call


def typescript(folder: Path, version: str, *, text: str = "", first_call: str = _FIRST_CALL_JS) -> str:
    """Write the TypeScript one and return the code of its first call; `text` is what makes it another."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text(_PACKAGE.format(version=version))
    (folder / "README.md").write_text(f"# quotes-sdk\n{text}")
    (folder / "index.js").write_text(_MODULE)
    (folder / sbom.FILE).write_text(sbom.of_manifest((folder / "package.json").read_text()))
    (folder / "examples").mkdir()
    (folder / "examples/first-call.ts").write_text(first_call)
    return first_call
