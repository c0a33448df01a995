"""Which stack an existing service is written in."""

from __future__ import annotations

from paviour.errors import UserError

_MANIFESTS = {
    "python": ("pyproject.toml", "requirements.txt", "setup.py", "setup.cfg", "Pipfile"),
    "typescript": ("package.json",),
}


def of_files(paths: list[str]) -> str | None:
    """The stack whose manifest is among the service's files. Raises UserError where it has those of several."""
    found = {stack: [name for name in names if name in paths] for stack, names in _MANIFESTS.items()}
    stacks = [stack for stack, names in found.items() if names]
    if len(stacks) > 1:
        listed = " and ".join(found[stack][0] for stack in stacks)
        raise UserError(f"it has {listed}; say with --stack which of {', '.join(stacks)} the service is to be in")
    return stacks[0] if stacks else None
