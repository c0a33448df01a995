"""Structured field values (RFC 9651), read as strictly as section 4.2 says: one wrong byte and the field is none."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal


class Token(str):
    """A short word that is no string (section 3.3.4)."""

    __slots__ = ()


Bare = bool | int | Decimal | str | Token | bytes | datetime
Parameters = dict[str, Bare]


class NotStructured(ValueError):
    """The text does not follow the grammar; the message says where."""


@dataclass(frozen=True, slots=True)
class Item:
    """A value with its parameters (section 3.3)."""

    value: Bare
    parameters: Parameters = field(default_factory=dict)


def item(text: str) -> Item:
    """A field that is one item. Raises NotStructured."""
    reader = _Reader(text.strip(" "))
    found = reader.item()
    reader.end()
    return found


def items(text: str) -> list[Item]:
    """A field that is a list of items; one that has an inner list is none of those. Raises NotStructured."""
    reader = _Reader(text.strip(" "))
    found = [reader.item()]
    while reader.take(_COMMA):
        found.append(reader.item())
    reader.end()
    return found


_COMMA = re.compile(r"[ \t]*,[ \t]*")
_KEY = re.compile(r"[a-z*][a-z0-9_.*-]*")
_NUMBER = re.compile(r"-?(?:\d{1,12}\.\d{1,3}|\d{1,15})(?![\d.])", re.ASCII)
_DATE = re.compile(r"@(-?\d{1,15})(?![\d.])", re.ASCII)
_STRING = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')
_TOKEN = re.compile(r"[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*")
_BYTES = re.compile(r":([A-Za-z0-9+/=]*):")
_BOOLEAN = re.compile(r"\?([01])")


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return found

    def end(self) -> None:
        if self._at != len(self._text):
            raise self._fault("the end")

    def item(self) -> Item:
        value, parameters = self._bare(), Parameters()
        while self.take(re.compile(r"; *")):
            key = self.take(_KEY)
            if key is None:
                raise self._fault("a key")
            parameters[key[0]] = self._bare() if self.take(re.compile("=")) else True
        return Item(value, parameters)

    def _bare(self) -> Bare:
        if found := self.take(_NUMBER):
            return Decimal(found[0]) if "." in found[0] else int(found[0])
        if found := self.take(_STRING):
            return re.sub(r"\\(.)", r"\1", found[1])
        if found := self.take(_DATE):
            return self._date(int(found[1]))
        if found := self.take(_BOOLEAN):
            return found[1] == "1"
        if found := self.take(_BYTES):
            return self._binary(found[1])
        if found := self.take(_TOKEN):
            return Token(found[0])
        raise self._fault("a value")

    def _date(self, seconds: int) -> datetime:
        try:
            return datetime.fromtimestamp(seconds, UTC)
        except (ValueError, OverflowError, OSError):
            raise self._fault("a date of this calendar") from None

    def _binary(self, text: str) -> bytes:
        try:
            return base64.b64decode(text, validate=True)
        except binascii.Error:
            raise self._fault("base64") from None

    def _fault(self, expected: str) -> NotStructured:
        return NotStructured(f"{self._text!r}: expected {expected} at character {self._at + 1}")
