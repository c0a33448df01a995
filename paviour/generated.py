"""The generated zone: made from the contract, replaced as a whole, recorded so that its state can be told offline."""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from paviour import __version__
from paviour.files import swap, write
from paviour.service import Service
from paviour.stacks import STACKS
from sdkgen.findings import FILE, Finding, Waiver
from sdkgen.model import Contract, Operation


@dataclass(frozen=True, slots=True)
class Result:
    """What a generation did."""

    changed: bool
    stubs: tuple[Operation, ...] = ()
    findings: tuple[Finding, ...] = ()


def generate(service: Service, *, force: bool = False, with_stubs: bool = True) -> Result:
    """Bring the generated code up to the contract. Nothing is touched where it is so already.

    `with_stubs` adds a method to the team's module of operations for each operation that has none.

    Raises ContractError where the contract can't be used; then the previous code stays.
    """
    if not force and not stale(service) and not edited(service):
        return Result(changed=False)
    from sdkgen.reader import read

    projection = STACKS[service.stack].projection
    server, stubs = import_module(f"{projection}.server"), import_module(f"{projection}.stubs")

    contract = read(service.contract)
    missing = stubs.missing(contract, service.source) if with_stubs else []
    with tempfile.TemporaryDirectory(prefix=".generate-", dir=service.source) as room:
        fresh = Path(room) / "contract"
        fresh.mkdir()
        server.write(contract, fresh)
        _record(service, contract, fresh)
        operations = service.operations
        text = None
        if missing:
            text = stubs.extended(operations, missing) if operations.exists() else stubs.module(contract)
        swap(fresh, service.generated, Path(room) / "previous")
        if text is not None:
            write(operations, text)
    return Result(changed=True, stubs=tuple(missing), findings=tuple(contract.findings))


def stale(service: Service) -> list[str]:
    """The files that the generated code was not made from as they are now; `paviour` where another version made it."""
    recorded = _recorded(service)
    if recorded is None:
        return [_relative(service, service.contract)]
    found = [name for name, digest in recorded["inputs"].items() if _digest(service.root / name) != digest]
    waivers = service.contract.parent / FILE
    waived_until = recorded["waived_until"]
    has_run_out = waived_until is not None and datetime.now(UTC).date().isoformat() > waived_until
    if has_run_out or (waivers.exists() and _relative(service, waivers) not in recorded["inputs"]):
        found.append(_relative(service, waivers))
    return found if recorded["paviour"] == __version__ else ["paviour", *found]


def edited(service: Service) -> list[str]:
    """The generated files that are not as they were generated: changed, gone, or come from elsewhere."""
    recorded = _recorded(service)
    if recorded is None:
        return []
    outputs, found = recorded["outputs"], _outputs(service.generated)
    names = [name for name in {**outputs, **found} if outputs.get(name) != found.get(name)]
    return sorted(_relative(service, service.generated / name) for name in names)


def findings(service: Service) -> list[str]:
    """What the last generation could not carry over and no waiver accepts, each as one line."""
    recorded = _recorded(service)
    return recorded["findings"] if recorded else []


def _record(service: Service, contract: Contract, fresh: Path) -> None:
    inputs = [*contract.documents.sources, service.contract.parent / FILE]
    record = {
        "paviour": __version__,
        "inputs": {_relative(service, path): _digest(path) for path in sorted(inputs) if path.exists()},
        "outputs": _outputs(fresh),
        "waived_until": contract.waivers.hold_until.isoformat() if contract.waivers.hold_until else None,
        "findings": [_shown(service, finding) for finding in contract.findings if finding.waiver is None]
        + [f"contract/{FILE}: the waiver of {waiver.id} covers nothing" for waiver in _unused(contract)],
    }
    (fresh / service.lock.name).write_text(json.dumps(record, indent=2) + "\n", "utf-8")


def _unused(contract: Contract) -> list[Waiver]:
    """The waivers that cover nothing, but for those of the linter, which says so itself, and those of SDKs."""
    unused = contract.waivers.unused
    if not unused:
        return []
    from sdkgen.lint.catalog import rules
    from sdkgen.lint.engine import FOREIGN

    others = {*rules(), "sdk-omission"}
    return [waiver for waiver in unused if waiver.id not in others and not waiver.id.startswith(FOREIGN)]


def _outputs(folder: Path) -> dict[str, str]:
    names = {"__pycache__", "generated.json"}
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not names & set(path.parts)]
    return {path.relative_to(folder).as_posix(): _digest(path) for path in files}


def _recorded(service: Service) -> dict[str, Any] | None:
    try:
        record = json.loads(service.lock.read_text("utf-8"))
        return record if {"paviour", "inputs", "outputs", "waived_until", "findings"} <= set(record) else None
    except (OSError, ValueError, TypeError):
        return None


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _relative(service: Service, path: Path) -> str:
    return path.resolve().relative_to(service.root.resolve()).as_posix()


def _shown(service: Service, finding: Finding) -> str:
    place = replace(finding.place, file=Path(_relative(service, finding.place.file)))
    return f"{place}: {finding.id}: {finding.message}"
