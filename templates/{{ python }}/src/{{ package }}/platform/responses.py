"""From what a handler returns to what goes over the wire."""

from __future__ import annotations

from collections.abc import AsyncIterable
from dataclasses import dataclass, field
from functools import cached_property
from types import UnionType
from typing import Any, TypeAlias, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter
from starlette.types import Send

from .media_types import is_json
from .operation import Response, Stream

Headers: TypeAlias = list[tuple[str, str]]
_WITHOUT_CONTENT = (204, 304)


@dataclass(slots=True)
class Reply:
    """A response ready to be sent."""

    status: int
    media_type: str | None = None
    headers: Headers = field(default_factory=list)
    body: Stream = b""

    async def collect(self) -> bytes:
        """The whole body, read into memory where it is a stream."""
        if not isinstance(self.body, bytes):
            self.body = b"".join([chunk async for chunk in self.body])
        return self.body

    async def send(self, send: Send, *, head: bool) -> None:
        """Send the response; without its body where `head` (RFC 9110, section 9.3.2), or where its status has none."""
        if self.status in _WITHOUT_CONTENT:
            self.media_type, self.body = None, b""
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in self.headers]
        if self.media_type is not None:
            headers.append((b"content-type", self.media_type.encode("latin-1")))
        if isinstance(self.body, bytes) and (self.body or self.media_type is not None):
            headers.append((b"content-length", str(len(self.body)).encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        if head:
            await send({"type": "http.response.body"})
        elif isinstance(self.body, bytes):
            await send({"type": "http.response.body", "body": self.body})
        else:
            async for chunk in self.body:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body"})


class ResponseWriter:
    """Writes the instances of one response class of the contract."""

    def __init__(self, response: type[Response]) -> None:
        self._response = response

    @cached_property
    def _adapter(self) -> TypeAdapter[Any]:
        # Not before the first response: building the adapters of a large contract takes seconds.
        annotation = get_type_hints(self._response, include_extras=True)["body"]
        if isinstance(annotation, UnionType) or get_origin(annotation) is Union:
            members = tuple(t for t in get_args(annotation) if t is not bytes and get_origin(t) is not AsyncIterable)
            annotation = Union[members]  # noqa: UP007
        return TypeAdapter(annotation)

    def write(self, response: Any) -> Reply:
        """Raises what Pydantic raises for a body that is not of its type, ValueError for a header that can't be."""
        headers = [
            (name, _header(value))
            for attribute, name in self._response.headers
            if (value := getattr(response, attribute)) is not None
        ]
        status = response.status or response.code
        media_type: str | None = getattr(response, "content_type", self._response.media_type)
        if media_type is None:
            return Reply(status, None, headers)
        if not is_json(media_type):
            # A range in the contract leaves the media type open, and a response needs one.
            media_type = "application/octet-stream" if "*" in media_type else media_type
            return Reply(status, media_type, headers, response.body)
        # Pydantic's warnings quote the values they are about.
        body = self._adapter.dump_json(response.body, by_alias=True, exclude_unset=True, warnings=False)
        return Reply(status, media_type, headers, body)


def _header(value: object) -> str:
    """A header in the style `simple` of OpenAPI."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ",".join(map(_header, value))
    text = value if isinstance(value, str) else str(value)
    if not text.isprintable():
        raise ValueError("a header with a control character")
    return text
