"""`paviour verify` as a user calls it."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.conformance.issuers import of_kind, settings
from tests.support.command import REPOSITORY, paviour
from tests.support.issuer import Issuer
from tests.support.process import Service, free_port, serving

SCHEMA = REPOSITORY / "docs" / "reference" / "schemas" / "verify.schema.json"


@pytest.fixture(scope="module")
def service(judged: Path, issuer: Issuer) -> Iterator[Service]:
    with serving(judged, issuer.environment) as found:
        yield found


def verify(url: str, contract: Path, *options: str | Path) -> subprocess.CompletedProcess[str]:
    return paviour("verify", url, "--contract", contract, *options)


def with_key(issuer: Issuer, room: Path) -> list[str | Path]:
    key = issuer.write_key(room / "key.json")
    return ["--issuer-key", key, "--issuer", issuer.minter.issuer, "--audience", issuer.minter.audience]


def test_json_is_as_its_schema_says_and_shows_no_token(
    service: Service, contract: Path, issuer: Issuer, tmp_path: Path
) -> None:
    groups = ["--group", "tokens", "--group", "errors", "--group", "authorization"]
    done = verify(service.url, contract, *with_key(issuer, tmp_path), *groups, "--format", "json")
    printed: Any = json.loads(done.stdout)

    assert done.returncode == 0
    validator = jsonschema_rs.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")), validate_formats=True)
    assert [error.message for error in validator.iter_errors(printed)] == []
    assert printed["summary"]["passed"] == sum(check["outcome"] == "passed" for check in printed["checks"])
    assert len({check["id"] for check in printed["checks"]}) == len(printed["checks"])
    assert {check["group"] for check in printed["checks"]} == {"tokens", "errors", "authorization"}
    assert re.findall(r"eyJ\w{10}", done.stdout + done.stderr) == []


def test_a_failure_says_what_was_sent_and_what_came_back(
    service: Service, contract: Path, issuer: Issuer, tmp_path: Path
) -> None:
    other = tmp_path / "openapi.yaml"
    other.write_text(contract.read_text("utf-8").replace("/status:", "/state:"), "utf-8")
    done = verify(service.url, other, *with_key(issuer, tmp_path), "--group", "authorization")

    assert done.returncode == 1
    assert "token-required/getQuoteStatus: expected 401, got 404\n  MUST, RFC 9110 section 15.5.2: " in done.stdout
    assert "  sent: GET /quotes/" in done.stdout
    assert "  received: 404" in done.stdout


def test_tokens_of_a_token_endpoint_do_as_well(judged: Path, contract: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLIENT_SECRET", "canary")
    with serving(judged) as service:
        options = [
            "--token-url",
            f"{service.url}/dev/issuer/token",
            "--client",
            "tests",
            "--secret-env",
            "CLIENT_SECRET",
        ]
        done = verify(service.url, contract, *options, "--group", "authorization", "--group", "tokens")

    assert done.returncode == 0, done.stdout
    assert "needs --issuer-key" in done.stdout
    assert "canary" not in done.stdout


def test_tokens_of_another_kind_of_issuer_are_made_as_the_service_expects_them(
    judged: Path, contract: Path, issuer: Issuer, tmp_path: Path
) -> None:
    cognito = of_kind(issuer, "cognito")
    key = issuer.write_key(tmp_path / "key.json")
    minting = ["--issuer-key", str(key), "--issuer", issuer.minter.issuer]
    profile = ["--auth-profile", "cognito", "--client", str(cognito.minter.client)]
    with serving(judged, settings(cognito)) as service:
        done = verify(service.url, contract, *minting, *profile, "--group", "tokens")

    assert done.returncode == 0, done.stdout
    assert "is about the profile rfc9068" in done.stdout


def test_without_tokens_what_needs_one_is_skipped(service: Service, contract: Path) -> None:
    done = verify(service.url, contract, "--group", "authorization")

    assert done.returncode == 0, done.stdout
    assert "needs --issuer-key or --token-url" in done.stdout


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--token-url", "http://127.0.0.1:9/token"], "belong together"),
        (["--issuer", "https://auth.example.com"], "belong together"),
        (["--token-url", "http://127.0.0.1:9", "--issuer", "https://auth.example.com"], "exclude each other"),
        (["--token-url", "http://127.0.0.1:9", "--client", "c", "--secret-env", "NO_SUCH_NAME"], "NO_SUCH_NAME"),
        (["--token-url", "http://127.0.0.1:9", "--client", "c", "--secret-env", "PATH"], "gave no token"),
        (["--issuer-key", "{contract}", "--issuer", "i", "--audience", "a"], "is no private"),
        (["--issuer-key", "{contract}", "--issuer", "i", "--auth-profile", "cognito"], "and --client belong together"),
        (["--group", "nothing"], "nothing"),
        ([], "can't be reached"),
    ],
)
def test_wrong_use_is_one_line(contract: Path, options: list[str], message: str) -> None:
    given = [option.replace("{contract}", str(contract)) for option in options]
    done = verify(f"http://127.0.0.1:{free_port()}", contract, *given)

    assert done.returncode == 2
    assert message in done.stderr.strip().splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_what_is_no_url_is_said(contract: Path) -> None:
    done = verify("localhost:8000", contract)
    assert done.returncode == 2
    assert done.stderr == (
        "paviour: localhost:8000 is no http or https URL; name the service like http://127.0.0.1:8000\n"
    )
