"""The boot interface: what is missing or wrong stops the start and is named, its value is not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PRODUCTION = {
    "APP_ENV": "prod",
    "AUTH_ISSUER": "https://auth.example.com",
    "AUTH_JWKS_URL": "https://auth.example.com/jwks",
    "AUTH_AUDIENCE": "https://quotes.example.com",
    "DATABASE_URL": "postgresql://user:canary@127.0.0.1:1/quotes",
}


def start(service: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    return subprocess.run(
        [sys.executable, "-m", "quotes", "serve"],
        cwd=service,
        env=kept | {"PYTHONPATH": str(service / "src")} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


@pytest.mark.parametrize("key", ["AUTH_ISSUER", "AUTH_JWKS_URL", "AUTH_AUDIENCE", "DATABASE_URL"])
def test_a_missing_key_is_named(key: str, starter: Path) -> None:
    done = start(starter, {name: value for name, value in PRODUCTION.items() if name != key})
    assert done.returncode == 2
    assert key in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("PORT", "canary"),
        ("PORT", "70000"),
        ("APP_ENV", "canary"),
        ("AUTH_PROFILE", "canary"),
        ("AUTH_JWKS_URL", "http://canary.example.com/jwks"),
        ("DATABASE_URL", "canary://there"),
        ("LOG_LEVEL", "canary"),
        ("SHUTDOWN_GRACE_SECONDS", "canary"),
    ],
)
def test_a_wrong_value_is_refused_without_being_shown(key: str, value: str, starter: Path) -> None:
    done = start(starter, PRODUCTION | {key: value})
    assert done.returncode == 2
    assert key in done.stderr
    assert "canary" not in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_production_starts_nothing_of_development(starter: Path) -> None:
    """Also without the packages that only development needs."""
    script = (
        "import sys; sys.modules['authlib'] = None\n"
        "from quotes.platform.app import create_app\n"
        "from quotes.platform.settings import load\n"
        "from quotes.settings import Settings\n"
        "from quotes.operations import Operations\n"
        "app = create_app(load(Settings), Operations())\n"
        "print([name for name in sys.modules if '.platform.dev' in name])\n"
    )
    environment = os.environ | PRODUCTION | {"PYTHONPATH": str(starter / "src")}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False, timeout=30
    )
    assert (done.stdout, done.returncode) == ("[]\n", 0), done.stderr
