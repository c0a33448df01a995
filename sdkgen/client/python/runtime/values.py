"""Values that the generated code and its callers share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, BinaryIO, Generic, Literal, TypeAlias, TypeVar

from attrs import define

T = TypeVar("T")
FileContent: TypeAlias = IO[bytes] | bytes | str
FileTypes: TypeAlias = (
    tuple[str | None, FileContent, str | None] | tuple[str | None, FileContent, str | None, Mapping[str, str]]
)
RequestFiles: TypeAlias = list[tuple[str, FileTypes]]


class Unset:
    """The type of UNSET."""

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Unset = Unset()
"""Left out, which is something else than null."""


@define
class File:
    """Bytes that are sent or received as they are."""

    payload: BinaryIO
    file_name: str | None = None
    mime_type: str | None = None

    def to_tuple(self) -> FileTypes:
        """As a part of a form."""
        return self.file_name, self.payload, self.mime_type


@define
class Response(Generic[T]):
    """An answer that is a success."""

    status_code: int
    content: bytes
    headers: Mapping[str, str]
    parsed: T
