"""Is a token refused that is not written as the compact serialization is, or that is too large to be one?"""

from __future__ import annotations

import json
from collections.abc import Callable

from paviour.verify.checks.tokens import hostile_tokens
from paviour.verify.credentials import Minter, base64url
from paviour.verify.forge import Forge, claims, part, text_of_claims, text_of_header, until, written
from paviour.verify.registry import NotApplicable


def _as_json_serialization(token: str) -> str:
    protected, payload, signature = token.split(".")
    return json.dumps({"protected": protected, "payload": payload, "signature": signature}, separators=(",", ":"))


def _not_canonical(text: str) -> str:
    """The same octets in another spelling: the unused bits of the last character are set."""
    if len(text) % 4 == 0:
        raise NotApplicable("the signature has no unused bits")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + alphabet[alphabet.index(text[-1]) + 1]


def _spelled(change: Callable[[str], str]) -> Forge:
    """The payload is spelled in another way, and signed as it is spelled."""

    def forge(minter: Minter, scope: str) -> str:
        # Has `-` and `_` in base64url, and unused bits at its end.
        text = json.dumps(minter.claims({**minter.scoped(scope), "note": "~~~???>>>"}))
        payload = base64url((text + " " * (-len(text) % 3 + 1)).encode())
        signing_input = f"{base64url(json.dumps(minter.header()).encode())}.{change(payload)}"
        return f"{signing_input}.{base64url(minter.key.sign(signing_input.encode()))}"

    return forge


def _in_the_other_alphabet(text: str) -> str:
    return text.replace("-", "+").replace("_", "/")


hostile_tokens(
    "must",
    "RFC 7515 section 4",
    (
        "duplicate-header",
        "A header member that stands twice",
        text_of_header(lambda text: f'{{"alg": "none", {text[1:]}'),
    ),
    ("header-list", "A header that is a list", text_of_header(lambda text: f"[{text}]")),
    ("header-not-json", "A header that is no JSON", text_of_header(lambda text: text[:-1])),
)
hostile_tokens(
    "must",
    "RFC 7515 section 2",
    ("padding", "Padding behind a part", part(2, lambda text: text + "=" * (-len(text) % 4 or 4))),
    (
        "alphabet",
        "A part in the other base64 alphabet",
        until(lambda token: "+" in token or "/" in token, part(2, _in_the_other_alphabet)),
    ),
    ("not-canonical", "Another spelling of the same signature", part(2, _not_canonical)),
    ("payload-padding", "A payload with padding, and signed so,", _spelled(lambda text: text + "=" * (-len(text) % 4))),
    ("payload-alphabet", "A payload in the other base64 alphabet, and signed so,", _spelled(_in_the_other_alphabet)),
    ("payload-not-canonical", "Another spelling of the payload, and signed so,", _spelled(_not_canonical)),
    ("payload-space", "A payload with a space inside, and signed so,", _spelled(lambda text: f"{text[:8]} {text[8:]}")),
    ("payload-junk", "A payload with a `*` inside, and signed so,", _spelled(lambda text: f"{text[:8]}*{text[8:]}")),
    ("space-inside", "A space inside", written(lambda token: token.replace(".", " .", 1))),
    ("tab-inside", "A tab inside", written(lambda token: token.replace(".", ".\t", 1))),
    ("space-before", "A second space before it", written(lambda token: f" {token}")),
    ("comma-behind", "A comma behind it", written(lambda token: f"{token},")),
    ("quotes", "Quotes around it", written(lambda token: f'"{token}"')),
    ("four-parts", "A fourth part", written(lambda token: f"{token}.{token.rpartition('.')[2]}")),
    ("five-parts", "An encrypted token of nobody", written(lambda token: f"{token}.AA.AA")),
    ("json-serialization", "The JSON serialization", written(_as_json_serialization)),
    ("twice-in-a-field", "Two tokens in one field", written(lambda token: f"{token}, Bearer {token}")),
    ("letter-outside-ascii", "A letter outside of ASCII", written(lambda token: f"{token}é")),
)
hostile_tokens(
    "house",
    "RFC 8725 section 3.12",
    ("too-large", "A token of more than 8 KiB", claims(padding="x" * 9000)),
    (
        "deep-claims",
        "Claims nested 200 deep",
        text_of_claims(lambda text: f'{text[:-1]}, "x": {"[" * 200}{"]" * 200}}}'),
    ),
    (
        "deep-header",
        "A header nested 200 deep",
        text_of_header(lambda text: f'{text[:-1]}, "x": {"[" * 200}{"]" * 200}}}'),
    ),
)
