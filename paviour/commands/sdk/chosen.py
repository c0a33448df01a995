"""Which SDKs a command is about: those of a service, or of a contract that no service has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from paviour.errors import UserError
from paviour.sdk import Sdk, of_service
from paviour.service import Service
from sdkgen.client.package import LANGUAGES


def chosen(
    service: Path, contract: Path | None, into: Path | None, languages: Sequence[str], name: str | None = None
) -> list[Sdk]:
    """Without `languages`, those that are there; where none is, all. Raises UserError for half a choice."""
    if (contract is None) != (into is None):
        raise UserError("--contract and --into go together: the contract, and the folder for its packages; name both")
    if contract is not None and into is not None:
        all_of_them = [Sdk(one, into / one, contract, name) for one in LANGUAGES]
    else:
        found = of_service(Service.at(service))
        all_of_them = [replace(one, name=name or one.name) for one in found]
    if languages:
        return [sdk for sdk in all_of_them if sdk.language in languages]
    return [sdk for sdk in all_of_them if sdk.exists] or all_of_them
