"""The contract's examples as answers, for a service that is not written yet (APP_MOCK=1)."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from .media_types import is_json
from .responses import Reply


class Examples:
    """The examples of a contract, by operation; read when the first is asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def _examples(self) -> dict[str, Any]:
        return cast(dict[str, Any], json.loads(self._path.read_bytes()))

    def reply(self, operation_id: str) -> Reply | None:
        """The example response of an operation; None where the contract gives none."""
        example = self._examples.get(operation_id)
        if example is None:
            return None
        media_type, body = example.get("media_type"), example.get("body", "")
        as_json = media_type is not None and is_json(media_type)
        content = json.dumps(body, separators=(",", ":")) if as_json or not isinstance(body, str) else body
        return Reply(example["status"], media_type, list(example.get("headers", {}).items()), content.encode())
