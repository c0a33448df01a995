"""Requests signed with AWS Signature Version 4, as API Gateway asks for with IAM authorization."""

from __future__ import annotations

import hashlib
import hmac
import os
import posixpath
import re
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, unquote

import httpx2
from pydantic import SecretStr

_ALGORITHM = "AWS4-HMAC-SHA256"
_SIGNED = re.compile(r"(host|content-type|x-amz-.*)\Z")


@dataclass(frozen=True, slots=True)
class Credentials:
    """An IAM access key, with a session token where it is temporary."""

    access_key_id: str
    secret_access_key: SecretStr
    session_token: SecretStr | None = None


def environment_credentials() -> Credentials:
    """The key in the AWS_* variables. Raises KeyError, which names the variable that is missing."""
    token = os.environ.get("AWS_SESSION_TOKEN")
    return Credentials(
        os.environ["AWS_ACCESS_KEY_ID"],
        SecretStr(os.environ["AWS_SECRET_ACCESS_KEY"]),
        SecretStr(token) if token else None,
    )


class SigV4(httpx2.Auth):
    """Signs method, URL, host, content type, time and body. `credentials` is asked for each request: keys rotate."""

    requires_request_body = True

    def __init__(
        self, region: str, service: str, credentials: Callable[[], Credentials] = environment_credentials
    ) -> None:
        self._region = region
        self._service = service
        self._credentials = credentials

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Adds X-Amz-Date, X-Amz-Security-Token for a temporary key, and Authorization."""
        credentials = self._credentials()
        request.headers["X-Amz-Date"] = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        if credentials.session_token is not None:
            request.headers["X-Amz-Security-Token"] = credentials.session_token.get_secret_value()
        # A space in the query is a plus here and there; what is signed knows only one way to write it.
        request.url = request.url.copy_with(query=request.url.query.replace(b"+", b"%20") or None)
        # Other fields may be changed on the way, by a proxy or the next attempt.
        signed = [(name, value) for name, value in request.headers.multi_items() if _SIGNED.match(name)]
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        request.headers["Authorization"] = authorization(
            credentials, self._region, self._service, request.method, normalized(path), query, signed, request.content
        )
        yield request


def authorization(
    credentials: Credentials,
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
    key = b"AWS4" + credentials.secret_access_key.get_secret_value().encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    credential = f"{credentials.access_key_id}/{scope}"
    return f"{_ALGORITHM} Credential={credential}, SignedHeaders={signed}, Signature={signature}"


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
