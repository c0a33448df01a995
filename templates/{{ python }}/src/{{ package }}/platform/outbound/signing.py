"""AWS Signature Version 4 of a request, without an HTTP library: text in, text out."""

from __future__ import annotations

import hashlib
import hmac
import posixpath
import re
from collections.abc import Iterable
from urllib.parse import quote, unquote

_ALGORITHM = "AWS4-HMAC-SHA256"


def authorization(
    access_key_id: str,
    secret_access_key: str,
    region: str,
    service: str,
    method: str,
    path: str,
    query: str,
    headers: Iterable[tuple[str, str]],
    body: bytes,
) -> str:
    """The Authorization field for a request whose `headers`, X-Amz-Date among them, are all signed."""
    canonical, signed = canonical_request(method, path, query, headers, body)
    moment = next(value for name, value in headers if name.lower() == "x-amz-date")
    scope = f"{moment[:8]}/{region}/{service}/aws4_request"
    to_sign = f"{_ALGORITHM}\n{moment}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = b"AWS4" + secret_access_key.encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    return f"{_ALGORITHM} Credential={access_key_id}/{scope}, SignedHeaders={signed}, Signature={signature}"


def canonical_request(
    method: str, path: str, query: str, headers: Iterable[tuple[str, str]], body: bytes
) -> tuple[str, str]:
    """The canonical request, and the names of the headers in it. The path, as it is sent, is encoded once more."""
    fields: dict[str, list[str]] = {}
    for name, value in headers:
        fields.setdefault(name.lower(), []).append(re.sub(r"\s+", " ", value.strip()))
    signed = ";".join(sorted(fields))
    lines = [
        method,
        quote(path, safe="/~"),
        "&".join("=".join(pair) for pair in sorted(_pairs(query))),
        *(f"{name}:{','.join(fields[name])}" for name in sorted(fields)),
        "",
        signed,
        hashlib.sha256(body).hexdigest(),
    ]
    return "\n".join(lines), signed


def normalized(path: str) -> str:
    """The path without empty and dot segments, as every service but S3 wants it signed."""
    clean = posixpath.normpath("/" + path.lstrip("/"))
    return clean + "/" if path.endswith(("/", "/.", "/..")) and clean != "/" else clean


def _pairs(query: str) -> list[tuple[str, str]]:
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    return [(quote(unquote(name), safe="~"), quote(unquote(value), safe="~")) for name, _, value in pairs]
