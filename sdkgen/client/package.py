"""What every language makes its package from, and which languages there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol, cast

from sdkgen.client.plain import PlainForm
from sdkgen.naming import words

LANGUAGES = {"python": "sdkgen.client.python.package", "typescript": "sdkgen.client.typescript.package"}
"""The module that makes the package, by language: a `Language`."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a package is called where it is published."""

    name: str
    version: str
    repository: str | None = None
    """The URL of the repository it is made in; npm's provenance holds the two against each other."""


class Language(Protocol):
    """What a language's module has."""

    files: Callable[[PlainForm, Identity], dict[str, bytes]]
    """All files of the package by their path. The same arguments give the same bytes."""
    tools: Callable[[], Mapping[str, str]]
    """The versions of the generators and formatters that the bytes depend on."""


def language(name: str) -> Language:
    """The module of a language."""
    return cast(Language, import_module(LANGUAGES[name]))


def default_name(title: str) -> str:
    """A name for the package of a contract that no service has."""
    return "-".join(word.lower() for word in words(title)) + "-client"


def first_server(form: PlainForm) -> str | None:
    """The URL of the first server, where it is absolute and has no variables."""
    servers: list[dict[str, Any]] = form.document.get("servers", [])
    url = str(servers[0]["url"]) if servers else ""
    return url if url.startswith(("http://", "https://")) and "{" not in url else None
