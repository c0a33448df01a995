"""A request that a check can take apart before it is written."""

from __future__ import annotations

from dataclasses import dataclass, replace

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Message:
    """A request message (RFC 9112, section 2.1). Text that is no ASCII is written as UTF-8."""

    method: str
    target: str
    fields: Fields = ()
    body: bytes | None = None

    def having(self, **fields: str) -> Message:
        """With these fields, each in place of any of that name; `content_type` is `Content-Type`."""
        named = {name.replace("_", "-").lower(): value for name, value in fields.items()}
        kept = self.without(*named).fields
        return replace(self, fields=(*kept, *((name.title(), value) for name, value in named.items())))

    def without(self, *names: str) -> Message:
        lowered = [name.lower() for name in names]
        return replace(self, fields=tuple(entry for entry in self.fields if entry[0].lower() not in lowered))

    def adding(self, *fields: tuple[str, str]) -> Message:
        """With these fields beside those that are there, even of the same name."""
        return replace(self, fields=(*self.fields, *fields))

    def head(self) -> bytes:
        """The request line and the fields, up to and with the empty line."""
        lines = [f"{self.method} {self.target} HTTP/1.1", *(f"{name}: {value}" for name, value in self.fields)]
        return "".join(f"{line}\r\n" for line in [*lines, ""]).encode("utf-8", "surrogateescape")

    def encode(self) -> bytes:
        """The whole message, with the length of its body."""
        if self.body is None:
            return self.head()
        return self.having(content_length=str(len(self.body))).head() + self.body
