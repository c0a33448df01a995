"""The SDKs of a contract on disk: one folder for each language, replaced as a whole, with a lock that tells its state.

sdk/python/sdk.json     what it was made from and by, and the hash of each file
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from paviour import __version__
from paviour.files import swap
from paviour.service import Service
from sdkgen.client.package import LANGUAGES, Identity, default_name, language
from sdkgen.findings import FILE
from sdkgen.model import Contract

LOCK = "sdk.json"
FIRST_VERSION = "0.1.0"
_LEFT_BEHIND = {"__pycache__", ".mypy_cache", ".ruff_cache", "node_modules", "dist", ".venv"}


@dataclass(frozen=True, slots=True)
class Sdk:
    """The SDK of one language: where it is, or will be, and the contract it is made from."""

    language: str
    folder: Path
    contract: Path
    name: str | None = None
    """What the package is called; by default after the contract's title."""
    repository: str | None = None
    """The URL of the repository it is in."""

    @property
    def exists(self) -> bool:
        return self.folder.is_dir()

    @property
    def lock(self) -> dict[str, Any] | None:
        """What was recorded when it was made; None where there is no record that can be read."""
        try:
            record = json.loads((self.folder / LOCK).read_text("utf-8"))
            needed = {"paviour", "package", "tools", "contract", "waived_until", "files"}
            return record if needed <= set(record) else None
        except (OSError, ValueError, TypeError):
            return None

    @property
    def version(self) -> str:
        """The version it has; the first one where it has none."""
        return str(self.lock["package"]["version"]) if self.lock else FIRST_VERSION


def of_service(service: Service) -> list[Sdk]:
    """The SDKs that a service has or may have, one for each language."""
    name = f"{service.name}-client"
    organization = service.answers.get("organization")
    repository = f"https://github.com/{organization}/{service.name}" if organization else None
    return [Sdk(one, service.root / "sdk" / one, service.contract, name, repository) for one in LANGUAGES]


def build(sdks: Iterable[Sdk], *, version: str | None = None, force: bool = False) -> list[Sdk]:
    """Bring SDKs of one contract up to it; returns those that were made. Nothing is touched where it is so already.

    `version` is the version they get; by default each keeps its own. Raises ContractError where the contract can't be
    used, and where something of it would be left out; then all stay as they were.
    """
    wanted = [sdk for sdk in sdks if force or version not in (None, sdk.version) or stale(sdk) or edited(sdk)]
    if not wanted:
        return []
    from sdkgen.client.plain import plain
    from sdkgen.reader import read

    contract = read(wanted[0].contract)
    form = plain(contract)
    made: list[tuple[Sdk, dict[str, bytes]]] = []
    for sdk in wanted:
        module = language(sdk.language)
        identity = Identity(sdk.name or default_name(contract.title), version or sdk.version, sdk.repository)
        files = module.files(form, identity)
        files[LOCK] = _lock(sdk, contract, identity, module.tools(), files)
        made.append((sdk, files))
    for sdk, files in made:
        _place(sdk.folder, files)
    return wanted


def stale(sdk: Sdk) -> list[str]:
    """The files of the contract that it was not made from as they are now; `paviour` where another version made it."""
    record = sdk.lock
    if record is None:
        return [sdk.contract.name]
    folder = sdk.contract.parent
    found = [name for name, digest in record["contract"].items() if _digest(folder / name) != digest]
    has_run_out = record["waived_until"] is not None and datetime.now(UTC).date().isoformat() > record["waived_until"]
    if (has_run_out or ((folder / FILE).exists() and FILE not in record["contract"])) and FILE not in found:
        found.append(FILE)
    return found if record["paviour"] == __version__ else ["paviour", *found]


def edited(sdk: Sdk) -> list[str]:
    """The files that are not as they were generated: changed, gone, or come from elsewhere."""
    record = sdk.lock
    if record is None:
        return []
    recorded, found = record["files"], {name: _digest(sdk.folder / name) for name in _names(sdk.folder)}
    return sorted(name for name in {**recorded, **found} if recorded.get(name) != found.get(name))


def _lock(
    sdk: Sdk, contract: Contract, identity: Identity, tools: Mapping[str, str], files: Mapping[str, bytes]
) -> bytes:
    folder = sdk.contract.parent.resolve()
    inputs = [*contract.documents.sources, folder / FILE]
    until = contract.waivers.hold_until
    record = {
        "paviour": __version__,
        "language": sdk.language,
        "package": {"name": identity.name, "version": identity.version},
        "tools": dict(sorted(tools.items())),
        "contract": {
            path.resolve().relative_to(folder).as_posix(): _digest(path) for path in sorted(inputs) if path.exists()
        },
        "waived_until": until.isoformat() if until else None,
        "files": {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)},
    }
    return json.dumps(record, indent=2).encode() + b"\n"


def _place(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".sdk-", dir=folder.parent) as room:
        fresh = Path(room) / "fresh"
        for name, content in files.items():
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        swap(fresh, folder, Path(room) / "previous")


def _names(folder: Path) -> list[str]:
    paths = (path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file())
    return [path.as_posix() for path in paths if path.as_posix() != LOCK and not _LEFT_BEHIND & set(path.parts)]


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
