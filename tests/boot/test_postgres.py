"""The same on PostgreSQL: schema, effect and idempotency record."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest

from tests.boot.test_starter import body, create
from tests.support.postgres import cluster
from tests.support.process import serving


@pytest.fixture
def database() -> Iterator[str]:
    """Of its own for each: the stacks keep the same in other columns."""
    with cluster() as url:
        yield url


@pytest.fixture(params=["starter", "starter_typescript"])
def service(request: pytest.FixtureRequest) -> Path:
    found: Path = request.getfixturevalue(request.param)
    return found


def test_two_replicas_on_one_database_answer_as_one(service: Path, database: str) -> None:
    with serving(service, {"DATABASE_URL": database}) as one, serving(service, {"DATABASE_URL": database}) as two:
        key = str(uuid4())
        first = create(one, body(), key)
        assert first.status_code == 201
        assert create(two, body(), key).json() == first.json()


def test_twenty_at_once_with_one_key_have_one_effect(service: Path, database: str) -> None:
    with serving(service, {"DATABASE_URL": database}) as running, ThreadPoolExecutor(20) as threads:
        key, reference = str(uuid4()), f"ONE-{uuid4().hex[:8]}"
        answers = list(threads.map(lambda _: create(running, body(reference=reference), key), range(20)))
        assert {answer.status_code for answer in answers} <= {201, 409}
        assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
        listed = running.call("GET", "/quotes?limit=100", "quotes:read").json()["items"]
        assert [quote["reference"] for quote in listed].count(reference) == 1
