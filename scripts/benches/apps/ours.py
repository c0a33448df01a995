"""A rendered service as it runs in production, but for the issuer's key set, which comes without TLS."""

from __future__ import annotations

from measured.operations import Operations  # type: ignore[import-not-found]
from measured.platform import logs  # type: ignore[import-not-found]
from measured.platform.app import create_app  # type: ignore[import-not-found]
from measured.platform.server import main  # type: ignore[import-not-found]
from measured.platform.settings import load  # type: ignore[import-not-found]
from measured.settings import Settings  # type: ignore[import-not-found]

settings = load(Settings, app_env="dev").model_copy(update={"app_env": "prod"})
logs.configure(settings.log_level, "measured")
app = create_app(settings, Operations())

if __name__ == "__main__":
    main(app, settings)
