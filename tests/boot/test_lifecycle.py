"""Starting and ending as an orchestrator makes it."""

from __future__ import annotations

from pathlib import Path

from tests.support.process import serving


def test_it_ends_with_0_when_it_is_told_to(own: Path) -> None:
    with serving(own) as service:
        assert service.client.get("/health/live").status_code == 200
        assert service.stop() == 0
