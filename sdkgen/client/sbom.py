"""What a package is made of, as CycloneDX 1.6: itself, and what it asks an installer for.

A library names ranges and not versions: which version a caller gets, his own lock file says. So a component has no
version here but the requirement as it is written.
"""

from __future__ import annotations

import json
import re
import tomllib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from packaging.requirements import Requirement as Parsed

FILE = "sbom.cdx.json"


@dataclass(frozen=True, slots=True)
class Requirement:
    name: str
    """As the registry knows it."""
    written: str
    optional: bool = False


def of_pyproject(text: str) -> str:
    """The bill of a Python package."""
    project = tomllib.loads(text)["project"]
    optional = project.get("optional-dependencies", {}).values()
    written = [(line, False) for line in project.get("dependencies", ())]
    written += [(line, True) for lines in optional for line in lines]
    requirements = [Requirement(Parsed(line).name, line, beside) for line, beside in dict.fromkeys(written)]
    return _bill("pypi", project["name"], project["version"], project.get("license"), requirements)


def of_manifest(text: str) -> str:
    """The bill of an npm package."""
    manifest = json.loads(text)
    optional = {name for name, meta in manifest.get("peerDependenciesMeta", {}).items() if meta.get("optional")}
    optional |= set(manifest.get("optionalDependencies", {}))
    parts = [manifest.get(part, {}) for part in ("dependencies", "peerDependencies", "optionalDependencies")]
    ranges = {name: wanted for part in parts for name, wanted in part.items()}
    requirements = [Requirement(name, f"{name}@{wanted}", name in optional) for name, wanted in ranges.items()]
    return _bill("npm", manifest["name"], manifest["version"], manifest.get("license"), requirements)


def purl(registry: str, name: str, version: str | None = None) -> str:
    """The package URL of a name at `pypi` or `npm`."""
    name = re.sub(r"[-_.]+", "-", name).lower() if registry == "pypi" else name
    return f"pkg:{registry}/{quote(name, safe='/')}" + (f"@{version}" if version else "")


def _bill(registry: str, name: str, version: str, licence: str | None, requirements: Iterable[Requirement]) -> str:
    own = purl(registry, name, version)
    parts = [_component(registry, one) for one in sorted(requirements, key=lambda one: (one.name, one.written))]
    root: dict[str, Any] = {"type": "library", "bom-ref": own, "name": name, "version": version, "purl": own}
    if licence and licence != "UNLICENSED":
        root["licenses"] = [{"expression": licence}]
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, own)}",
        "version": 1,
        "metadata": {"component": root},
        "components": parts,
        "dependencies": [
            {"ref": own, "dependsOn": [part["bom-ref"] for part in parts]},
            *({"ref": part["bom-ref"]} for part in parts),
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _component(registry: str, one: Requirement) -> dict[str, Any]:
    return {
        "type": "library",
        "bom-ref": f"{purl(registry, one.name)}#{one.written}",
        "name": one.name,
        "purl": purl(registry, one.name),
        "scope": "optional" if one.optional else "required",
        "properties": [{"name": "paviour:requirement", "value": one.written}],
    }
