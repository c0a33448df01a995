"""The boot interface in production. What is missing or wrong in it, the bench tries (tests/conformance)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PRODUCTION = {
    "APP_ENV": "prod",
    "AUTH_ISSUER": "https://auth.example.com",
    "AUTH_JWKS_URL": "https://auth.example.com/jwks",
    "AUTH_AUDIENCE": "https://quotes.example.com",
    "DATABASE_URL": "postgresql://user:canary@127.0.0.1:1/quotes",
}


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
