"""A contract's files, taken along into a service."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from paviour.service import Service
from sdkgen import bundle
from sdkgen.errors import ContractError
from sdkgen.findings import FILE
from sdkgen.load import Documents, Node


def place(contract: Path, service: Service) -> None:
    """Copy the contract's files to where the service keeps them; the first one becomes `contract/openapi.yaml`."""
    documents = Documents.open(contract)
    bundle.document(documents)  # follows every reference, so that all files are known
    folder = documents.root.path.parent.resolve()
    for path, source in documents.sources.items():
        name = service.contract.name if source is documents.root else path.relative_to(folder).as_posix()
        target = service.contract.parent / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.content)
    waivers = contract.parent / FILE
    if waivers.is_file():
        shutil.copyfile(waivers, service.contract.parent / FILE)
    if contract.name != service.contract.name:
        _refuse_back_references(documents, contract.name)


def _refuse_back_references(documents: Documents, name: str) -> None:
    for source in documents.sources.values():
        if source is not documents.root and f"{name}#" in source.content.decode("utf-8", "ignore"):
            raise Node(source, (), source.value).error(
                f"refers back to {name}, which the service will call openapi.yaml",
                f"rename {name} to openapi.yaml first",
            )


def as_given(error: ContractError, service: Service, contract: Path | None) -> ContractError:
    """The same error in the file that the caller knows, not in the copy of it."""
    folder = service.contract.parent
    if contract is None or not error.place.file.is_relative_to(folder):
        return error
    name = error.place.file.relative_to(folder)
    given = contract if name.name == service.contract.name else contract.parent / name
    return ContractError(replace(error.place, file=given), error.cause, error.mend)
