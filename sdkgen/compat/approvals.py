"""`approvals.yaml` beside the new contract: breaking changes that somebody answers for.

    - fingerprint: 3f0c1d2e4b5a6978
      owner: team-quotes
      reason: nobody has sent it since spring
      expires: 2027-06-30

After `expires` (the last day, ISO 8601) an approval is an error, like one that approves nothing.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from sdkgen.compat.changes import Result
from sdkgen.load import Node, read

FILE = "approvals.yaml"
_KEYS = ("fingerprint", "owner", "reason", "expires")


def apply(result: Result, path: Path, today: date | None = None) -> None:
    """Mark the changes that are approved. Raises ContractError for an approval that is malformed, stale or expired."""
    source = read(path)
    root = Node(source, (), source.value)
    if not isinstance(source.value, list):
        raise root.error("is no list of approvals", f"write entries with {', '.join(_KEYS)}")
    today = today or datetime.now(UTC).date()
    by_fingerprint = {change.fingerprint: change for change in result.changes}
    for _, node in root.items():
        approval = _checked(node)
        change = by_fingerprint.get(approval["fingerprint"])
        if change is None:
            raise node.error(
                f"approves {approval['fingerprint']}, which is no change between these contracts", "remove it"
            )
        if date.fromisoformat(approval["expires"]) < today:
            raise node.child("expires").error(
                f"the approval expired on {approval['expires']}", "decide anew, or take the change back"
            )
        change.approval = approval


def _checked(node: Node) -> dict[str, str]:
    value = node.value
    missing = [key for key in _KEYS if not isinstance(value, dict) or not isinstance(value.get(key), str)]
    if missing:
        raise node.error(f"an approval needs {', '.join(f'`{key}`' for key in missing)}", "add them as text")
    unknown = sorted(set(value) - set(_KEYS))
    if unknown:
        raise node.child(unknown[0]).error(f"an approval has no `{unknown[0]}`", f"use {', '.join(_KEYS)}")
    try:
        date.fromisoformat(value["expires"])
    except ValueError:
        raise node.child("expires").error("is no date", "write it as 2027-06-30") from None
    return {key: value[key] for key in _KEYS}
