"""The boot interface: what the platform reads from the environment, once, at start."""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from ipaddress import ip_network
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ISSUER_PATH = "/dev/issuer"
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:.]+\](:[0-9]{1,5})?")


class PlatformSettings(BaseSettings):
    """The platform's settings; a service adds its own in a subclass.

    Each field is an environment variable of the same name in upper case. In `dev` everything has a default; in `prod`
    what decides about security and data has none.
    """

    model_config = SettingsConfigDict(frozen=True, hide_input_in_errors=True, env_ignore_empty=True)

    app_env: Literal["dev", "prod"] = "prod"
    app_mock: bool = False
    """Answer operations that are not implemented yet with the contract's examples."""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    shutdown_grace_seconds: int = Field(default=20, ge=1)

    auth_profile: Literal["rfc9068", "cognito", "entra"] = "rfc9068"
    auth_issuer: str
    auth_jwks_url: str
    auth_audience: Annotated[str | None, Field(validate_default=True)] = None
    auth_client_ids: Annotated[frozenset[str], NoDecode, Field(validate_default=True)] = frozenset()

    database_url: str

    cors_origins: Annotated[frozenset[str], NoDecode] = frozenset()
    """The web origins (RFC 6454) whose pages may call the service from a browser."""
    forwarded_allow_ips: Annotated[frozenset[str], NoDecode] = frozenset()
    """Addresses and networks of the proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed."""

    max_body_bytes: int = Field(default=1_048_576, ge=1)
    body_timeout_seconds: float = Field(default=10, gt=0)
    handler_timeout_seconds: float = Field(default=10, gt=0)
    """The deadline of a handler whose operation sets none (`x-paved.timeout`)."""
    max_concurrency: int = Field(default=200, ge=1)
    """Requests served at once; one more is answered 503 rather than queued."""
    rate_limit_requests: int = Field(default=6000, ge=1)
    rate_limit_window_seconds: int = Field(default=60, ge=1)

    @property
    def embedded_issuer(self) -> bool:
        """True where the service signs its own tokens, which only `dev` does."""
        return self.app_env == "dev" and self.auth_jwks_url == _embedded(self.port) + "/jwks.json"

    @model_validator(mode="before")
    @classmethod
    def _dev_defaults(cls, values: dict[str, Any]) -> dict[str, Any]:
        if values.get("app_env") != "dev":
            return values
        if values.keys().isdisjoint({"auth_issuer", "auth_jwks_url", "auth_profile"}):
            issuer = _embedded(values.get("port", 8000))
            values = {"auth_issuer": issuer, "auth_jwks_url": issuer + "/jwks.json", **values}
            values.setdefault("auth_audience", issuer)
        return {"database_url": "sqlite:///dev.db", **values}

    @field_validator("auth_issuer", "auth_jwks_url")
    @classmethod
    def _absolute_url(cls, value: str, info: ValidationInfo) -> str:
        schemes = ("https",) if info.data.get("app_env") == "prod" else ("https", "http")
        if urlsplit(value).scheme not in schemes or not urlsplit(value).netloc:
            raise ValueError(f"must be an absolute {' or '.join(schemes)} URL")
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        with suppress(ValueError):  # what a port that is no number raises, with its text
            if urlsplit(value).scheme in ("sqlite", "postgresql", "postgres") and urlsplit(value).port != 0:
                return value
        raise ValueError("must be sqlite:///… or postgresql://…")

    @field_validator("auth_audience")
    @classmethod
    def _audience(cls, value: str | None, info: ValidationInfo) -> str | None:
        if not value and info.data.get("auth_profile") in ("rfc9068", "entra"):
            raise ValueError(f"is required with AUTH_PROFILE={info.data['auth_profile']}")
        return value

    @field_validator("auth_client_ids", "cors_origins", "forwarded_allow_ips", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return frozenset(filter(None, map(str.strip, value.split(",")))) if isinstance(value, str) else value

    @field_validator("cors_origins")
    @classmethod
    def _exact_origins(cls, value: frozenset[str]) -> frozenset[str]:
        if not all(map(_ORIGIN.fullmatch, value)):
            raise ValueError("must be exact origins, like https://shop.example, with commas between")
        return value

    @field_validator("forwarded_allow_ips")
    @classmethod
    def _networks(cls, value: frozenset[str]) -> frozenset[str]:
        for network in value:
            try:
                ip_network(network)
            except ValueError:
                raise ValueError("must be addresses or networks, like 10.0.0.0/8, with commas between") from None
        return value

    @field_validator("auth_client_ids")
    @classmethod
    def _client_ids(cls, value: frozenset[str], info: ValidationInfo) -> frozenset[str]:
        if not value and info.data.get("auth_profile") == "cognito":
            raise ValueError("is required with AUTH_PROFILE=cognito")
        return value


S = TypeVar("S", bound=PlatformSettings)


def load(settings: type[S], **overrides: object) -> S:
    """Read the settings from the environment.

    Exits with status 2, naming each missing or wrong variable in a line on stderr, but never its value.
    """
    try:
        return settings.model_validate(overrides)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False, include_context=False):
            name = str(fault["loc"][0]).upper() if fault["loc"] else "settings"
            message = "is required" if fault["type"] == "missing" else fault["msg"].removeprefix("Value error, ")
            print(f"{name}: {message}", file=sys.stderr)
        raise SystemExit(2) from None


def _embedded(port: object) -> str:
    return f"http://127.0.0.1:{port}{ISSUER_PATH}"
