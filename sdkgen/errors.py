"""What goes wrong with a contract, always with its place and the way to mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

Pointer = tuple[str, ...]


def pointer_text(pointer: Sequence[str]) -> str:
    """Write a JSON Pointer (RFC 6901); the whole document is `/`, because an empty text is easily overlooked."""
    return "".join("/" + token.replace("~", "~0").replace("/", "~1") for token in pointer) or "/"


def pointer_tokens(text: str) -> Pointer:
    """Read a JSON Pointer (RFC 6901)."""
    if text in ("", "/"):
        return ()
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in text.removeprefix("/").split("/"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a file, a JSON Pointer into it, and the line where that begins (from 1)."""

    file: Path
    pointer: Pointer = ()
    line: int | None = None

    def __str__(self) -> str:
        line = f":{self.line}" if self.line else ""
        return f"{self.file}{line}: {pointer_text(self.pointer)}" if self.pointer else f"{self.file}{line}"


class ContractError(Exception):
    """The contract can't be used: `place` says where, `cause` what is wrong, `mend` how to put it right."""

    def __init__(self, place: Place, cause: str, mend: str) -> None:
        super().__init__(f"{place}: {cause}; {mend}")
        self.place = place
        self.cause = cause
        self.mend = mend
