"""Which operation a request is for, as far as its request line tells."""

from __future__ import annotations

import re

from sdkgen.model import Contract


class Routes:
    """The paths of a contract's operations, below the path of the service."""

    def __init__(self, contract: Contract, prefix: str) -> None:
        self._known: dict[tuple[bytes, int], list[tuple[re.Pattern[bytes], str]]] = {}
        # A path without a parameter goes before one with it (OpenAPI, Paths Object).
        for operation in sorted(contract.operations, key=lambda operation: operation.path.count("{")):
            path = prefix + operation.path
            pattern = re.compile(_pattern(path).encode())
            for method in (b"GET", b"HEAD") if operation.method == "GET" else (operation.method.encode(),):
                self._known.setdefault((method, path.count("/")), []).append((pattern, operation.id))

    def operation(self, request: bytes) -> str | None:
        """The id of the operation; None for a request that is for none."""
        method, _, rest = request.partition(b"\r\n")[0].partition(b" ")
        path = rest.partition(b" ")[0].partition(b"?")[0]
        alternatives = self._known.get((method, path.count(b"/")), ())
        return next((id for pattern, id in alternatives if pattern.fullmatch(path)), None)


def _pattern(path: str) -> str:
    return "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^}]*\})", path))
