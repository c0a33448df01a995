"""Webhooks of the service, verified as Standard Webhooks says: signed by a shared secret, fresh, and whole."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

_PREFIX = "whsec_"
_TOLERANCE = 300.0
_MIN_BYTES = 16


class WebhookRefused(Exception):
    """The message is not to be trusted. It says why, and nothing of the secret or the message."""


class Webhooks:
    """Verifies messages. During a change of the secret, give both."""

    def __init__(self, *secrets: str, tolerance: float = _TOLERANCE, clock: Callable[[], float] = time.time) -> None:
        """`tolerance`: seconds that a message may be old, or early. Raises ValueError for what is no secret."""
        if not secrets:
            raise ValueError("give the secret that the service signs with")
        self._keys = [_key(secret) for secret in secrets]
        self._tolerance = tolerance
        self._clock = clock

    def verify(self, body: bytes, headers: Mapping[str, str]) -> Any:
        """The message as a JSON value; `body` are the bytes as they came. Raises WebhookRefused.

        A message that comes twice has the same `webhook-id`: remember those that you have dealt with.
        """
        fields = {name.lower(): value for name, value in headers.items()}
        try:
            id, sent, given = (fields[f"webhook-{part}"] for part in ("id", "timestamp", "signature"))
        except KeyError as error:
            raise WebhookRefused(f"the header {error} is missing") from None
        if not (sent.isascii() and sent.isdigit()) or abs(self._clock() - int(sent)) > self._tolerance:
            raise WebhookRefused("the message is too old or too early")
        signed = f"{id}.{sent}.".encode() + body
        if not self._is_signed(signed, given.split(" ")):
            raise WebhookRefused("no signature is right")
        try:
            return json.loads(body)
        except ValueError:
            raise WebhookRefused("the message is no JSON") from None

    def _is_signed(self, signed: bytes, given: Iterable[str]) -> bool:
        offered = [text.removeprefix("v1,").encode() for text in given if text.startswith("v1,")]
        right = [base64.b64encode(hmac.digest(key, signed, "sha256")) for key in self._keys]
        return True in [hmac.compare_digest(one, other) for one in right for other in offered]


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if len(key) < _MIN_BYTES:
        raise ValueError(f"the secret is none of {_PREFIX}…: at least {_MIN_BYTES} bytes in base64")
    return key
