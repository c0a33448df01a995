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
        media_type, body, headers = example["media_type"], example["body"], list(example["headers"].items())
        if media_type is None:
            return Reply(example["status"], None, headers)
        as_text = not is_json(media_type) and (body is None or isinstance(body, str))
        content = body or "" if as_text else json.dumps(body, separators=(",", ":"))
        return Reply(example["status"], media_type, headers, content.encode())
