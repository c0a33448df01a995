"""The published vectors of AWS Signature Version 4: the canonical request, and the signature.

One text signs in services and in SDKs. It has two homes, since neither imports the other.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import Mock

import httpx2
import pytest

from tests.docs.pages import PLATFORM, platform_module
from tests.support.command import REPOSITORY, VECTORS

FOLDER = VECTORS / "sigv4"
CASES = sorted(path.parent for path in FOLDER.glob("*/context.json"))
SIGNING = platform_module("outbound/signing")


@pytest.mark.skipif(not CASES, reason=f"the published vectors are not at hand ({FOLDER} is absent)")
def test_every_published_vector_holds() -> None:
    assert len(CASES) >= 30
    wrong = {case.name for case in CASES if not _holds(case)}
    assert wrong == set()


@pytest.mark.parametrize("name", ["signing", "retries"])
def test_services_and_sdks_have_one_text(name: str) -> None:
    here = PLATFORM / f"outbound/{name}.py"
    there = REPOSITORY / f"sdkgen/client/python/runtime/{name}.py"
    assert here.read_bytes() == there.read_bytes(), "they are one text: copy the one that was changed over the other"


@pytest.mark.parametrize("token", ["", "session-token"])
def test_services_and_sdks_sign_the_same_of_a_request(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    platform = ModuleType("outbound_of_the_platform")
    platform.__path__ = [str(PLATFORM / "outbound")]
    monkeypatch.setitem(sys.modules, platform.__name__, platform)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", token)
    signed = []
    for package in (platform.__name__, "sdkgen.client.python.runtime"):
        module = importlib.import_module(f"{package}.sigv4")
        monkeypatch.setattr(module, "datetime", Mock(now=lambda _: datetime(2026, 3, 2, tzinfo=UTC)))
        request = httpx2.Request(
            "POST", "https://x.example.com/a//b%2Fc?z=1&a=b+c", json={"a": 1}, headers={"X-Amz-A": "1"}
        )
        signed.append(next(module.SigV4("eu-west-1", "execute-api").auth_flow(request)))
    assert signed[0].headers == signed[1].headers
    assert signed[0].url == signed[1].url
    assert "Signature=" in signed[0].headers["authorization"]


def _holds(case: Path) -> bool:
    context: dict[str, Any] = json.loads((case / "context.json").read_text("utf-8"))
    method, target, fields, body = _read((case / "request.txt").read_bytes())
    path, _, query = target.partition("?")
    fields.append(("X-Amz-Date", re.sub(r"[-:]", "", context["timestamp"])))
    token = context["credentials"].get("token")
    if token and not context.get("omit_session_token"):
        fields.append(("X-Amz-Security-Token", token))
    key = (context["credentials"]["access_key_id"], context["credentials"]["secret_access_key"])
    if context["sign_body"]:
        expected = (case / "header-canonical-request.txt").read_text("utf-8").splitlines()[-1]
        fields.append(("x-amz-content-sha256", expected))
    # What is normalized has been by whoever sends it; the path is encoded once more when it is signed.
    signed_path = SIGNING["normalized"](path) if context["normalize"] else path
    request = (method, signed_path, query, fields, body)
    canonical, _ = SIGNING["canonical_request"](*request)
    authorization = SIGNING["authorization"](*key, context["region"], context["service"], *request)
    return bool(
        canonical == (case / "header-canonical-request.txt").read_text("utf-8")
        and authorization.endswith((case / "header-signature.txt").read_text("utf-8").strip())
    )


def _read(text: bytes) -> tuple[str, str, list[tuple[str, str]], bytes]:
    """Method, target, fields and body of a request; a field may go on in lines that begin with a space."""
    head, _, body = text.replace(b"\r\n", b"\n").partition(b"\n\n")
    line, *lines = head.decode().splitlines()
    method, _, rest = line.partition(" ")
    fields: list[tuple[str, str]] = []
    for part in lines:
        if part[:1].isspace():
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {part.strip()}")
        else:
            name, _, value = part.partition(":")
            fields.append((name, value))
    return method, rest.rpartition(" ")[0], fields, body
