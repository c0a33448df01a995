"""Every link of the documentation leads somewhere, and every page is led to."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.docs.pages import DOCS, anchors, links, pages
from tests.support.command import REPOSITORY


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_every_link_resolves(page: Path) -> None:
    broken = []
    for link in links(page):
        path, _, fragment = link.partition("#")
        target = (page.parent / unquote(path)).resolve() if path else page
        if not target.exists() or (fragment and fragment not in anchors(target)):
            broken.append(link)
    assert broken == []


def test_every_page_is_reached_from_the_index() -> None:
    reached: set[Path] = set()
    rest = [DOCS / "index.md"]
    while rest:
        page = rest.pop()
        if page not in reached and page.suffix == ".md":
            reached.add(page)
            rest += [(page.parent / unquote(link.partition("#")[0])).resolve() for link in links(page)]
    assert set(DOCS.rglob("*.md")) - reached == set()
