"""The fleet file: what it says is what happens, and what it can't say is refused in one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from paviour.errors import UserError
from paviour.fleet.definition import Member, read


def written(room: Path, document: Any) -> Path:
    path = room / "fleet.yaml"
    path.write_text(document if isinstance(document, str) else yaml.safe_dump(document), "utf-8")
    return path


def test_paths_urls_and_rings(tmp_path: Path) -> None:
    document = {
        "repositories": [
            {"path": "repos/quotes.git"},
            {"url": "git@git.example.com:estate/orders.git", "branch": "trunk"},
            {"url": "https://git.example.com/billing", "name": "money"},
        ],
        "rings": [{"name": "canary", "repositories": ["money"]}, {"name": "early", "repositories": ["o*", "money"]}],
    }
    found = {member.name: member for member in read(written(tmp_path, document)).members()}
    assert list(found) == ["money", "orders", "quotes"]
    assert found["quotes"].location == str(tmp_path.resolve() / "repos/quotes.git")
    assert (found["orders"].branch, found["orders"].is_here) == ("trunk", False)
    assert [member.ring for member in found.values()] == ["canary", "early", "rest"]


REPOSITORIES = [{"path": "quotes.git"}]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("repositories: [", "fleet.yaml:2: no YAML"),
        ("- a", "fleet.yaml: /: "),
        ({}, "fleet.yaml: /: "),
        ({"repositories": REPOSITORIES, "ring": []}, "'ring' was unexpected"),
        ({"repositories": [{"path": "a", "url": "https://b/c"}]}, "/repositories/0"),
        ({"repositories": [{"url": "https://user:secret@b/c"}]}, "/repositories/0/url"),
        ({"repositories": [{"url": "--upload-pack=evil"}]}, "/repositories/0/url"),
        ({"repositories": [{"path": "a b.git"}]}, "give it a `name`"),
        ({"repositories": [*REPOSITORIES, {"path": "other/quotes"}]}, "two repositories are called quotes"),
        ({"repositories": REPOSITORIES, "ramp": {"failures": 2}}, "/ramp/failures"),
        ({"repositories": REPOSITORIES, "rings": [{"name": "rest", "repositories": ["a"]}]}, "none is called rest"),
        (
            {"repositories": REPOSITORIES, "refusals": [{"repository": "quotes", "reason": "x", "until": "soon"}]},
            "/refusals/0/until",
        ),
        (
            {"repositories": REPOSITORIES, "refusals": [{"repository": "quote", "reason": "x", "until": "2026-12-31"}]},
            "the refusal of quote names no repository",
        ),
        ({"github": {"organization": "acme", "topic": "x", "api": "http://ghe.example.com"}}, "/github/api"),
        ({"github": {"organization": "acme"}}, "/github"),
        ("repositories: &a [*a]", "an anchor contains itself"),
    ],
)
def test_what_is_not_in_order_is_said_in_one_line(document: Any, said: str, tmp_path: Path) -> None:
    with pytest.raises(UserError) as refused:
        read(written(tmp_path, document)).members()
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
    assert "secret" not in str(refused.value)


def test_no_file_is_said_too(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no fleet file"):
        read(tmp_path / "fleet.yaml")


def test_what_is_found_elsewhere_gets_its_ring_and_refusal(tmp_path: Path) -> None:
    document = {
        "github": {"organization": "acme", "topic": "service"},
        "rings": [{"name": "canary", "repositories": ["b*"]}],
        "refusals": [{"repository": "alpha", "reason": "Frozen.", "until": "2026-12-31"}],
    }
    found = [Member(name, f"https://github.com/acme/{name}.git", is_here=False) for name in ("alpha", "beta")]
    beta, alpha = read(written(tmp_path, document)).members(found)
    assert (beta.ring, alpha.ring, alpha.refusal and alpha.refusal.reason) == ("canary", "rest", "Frozen.")
