"""Requests signed with AWS Signature Version 4, as API Gateway asks for with IAM authorization."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx2
from pydantic import SecretStr

from .signing import authorization, normalized

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
            credentials.access_key_id,
            credentials.secret_access_key.get_secret_value(),
            self._region,
            self._service,
            request.method,
            normalized(path),
            query,
            signed,
            request.content,
        )
        yield request
