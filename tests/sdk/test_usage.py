"""What a program uses of a contract, as its SDK records it, and what the contract gate makes of that."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sdkgen.load import read
from tests.compat.support import edited
from tests.sdk.conftest import STARTER
from tests.sdk.scripted import VALUES
from tests.support.command import paviour
from tests.support.node import beside, node
from tests.support.sink import reply, sinking

PROBLEM = {"type": "https://example.com/gone", "title": "Gone", "detail": "It is no more."}
CREATE = [f"access{way}" for way in ("", ".download_mbps", ".site", ".site.city", ".site.country", ".site.postal_code")]
CREATE += ["access.site.street", "access.type", "access.upload_mbps", "reference", "term_months"]
READ = {f"items{way}" for way in ("", ".access", ".access.site", ".access.site.city", ".access.type", ".id")}
NEEDED = {*CREATE, "id", "state", "created_at", "valid_until", "price"}
"""Of a quote, whatever the program reads: the Python SDK refuses one without it, or where it is no date or object."""


@contextmanager
def service() -> Iterator[str]:
    """What both programs call: a page, a quote that is made, and a quote that is not there."""
    page, made = json.dumps(VALUES["page_2"]).encode(), json.dumps(VALUES["quote"]).encode()
    with sinking(
        reply(200, page, content_type="application/json"),
        reply(201, made, content_type="application/json"),
        reply(404, json.dumps(PROBLEM).encode(), content_type="application/problem+json"),
    ) as sink:
        yield sink.url


@pytest.fixture(scope="module")
def in_python(quotes_sdk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    assert quotes_sdk.is_dir()
    sdk, models = importlib.import_module("quotes_client"), importlib.import_module("quotes_client.models")
    usage = importlib.import_module("quotes_client.runtime.usage")
    create, get, listing = (operation(name) for name in ("create_quote", "get_quote", "list_quotes"))
    path = tmp_path_factory.mktemp("python") / "usage.json"
    with service() as url, sdk.Client(url, auth=sdk.Bearer("the-token")) as client:
        with usage.recording("web-shop") as first:
            for quote in listing.iterate(client=client, state="priced", limit=1):
                assert quote.id
                assert quote.access.type_ == "internet"
                assert quote.access.site.city
        assert quote.reference, "read after the recording"
        with usage.recording("web-shop", earlier=first.manifest()) as whole:
            made = create.sync(client=client, body=models.QuoteCreate.from_dict(VALUES["create"]))
            assert not made.price
            assert isinstance(made, models.Quote)
            with pytest.raises(sdk.errors.NotFound):
                get.sync("q9", client=client)
            whole.write(path)
    return path


@pytest.fixture(scope="module")
def in_typescript(quotes_sdk_typescript: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    program = beside(quotes_sdk_typescript, Path(__file__).with_name("typescript") / "usage.check.ts")
    with service() as url:
        done = node(program, url, said=json.dumps(VALUES["create"]))
    assert done.returncode == 0, done.stderr
    path = tmp_path_factory.mktemp("typescript") / "usage.json"
    path.write_text(done.stdout, "utf-8")
    return path


@pytest.fixture(params=["python", "typescript"])
def manifest(request: pytest.FixtureRequest) -> Path:
    found: Path = request.getfixturevalue(f"in_{request.param}")
    return found


def operation(name: str) -> Any:
    return importlib.import_module(f"quotes_client.api.quotes.{name}")


def test_it_names_what_was_used_and_nothing_else(manifest: Path) -> None:
    (entry,) = json.loads(manifest.read_text("utf-8"))
    needed = NEEDED if entry["language"] == "python" else set()
    assert (entry["name"], entry["scopes"]) == ("web-shop", ["quotes:read", "quotes:write"])
    failed = entry["operations"].pop("GET /quotes/{quote_id}")
    assert entry["operations"] == {
        "GET /quotes": {
            "parameters": ["limit", "state"],
            "request": [],
            "response": sorted({*READ, "next_cursor", *(f"items.{way}" for way in needed)}),
            "headers": [],
        },
        "POST /quotes": {
            "parameters": ["Idempotency-Key"],
            "request": CREATE,
            "response": sorted({"price", *needed}),
            "headers": [],
        },
    }
    assert "type" in failed["response"]
    assert "headers" not in failed, "an error has them, and nobody knows which are read"
    text = manifest.read_text("utf-8")
    assert [value for value in ("the-token", "Lisboa", "priced", "q9", "no more") if value in text] == []


UNUSED = [
    {"at": "/components/schemas/Quote/properties/cancellation_reason", "remove": True},
    {"at": "/paths/~1quotes/get/parameters/2", "remove": True},
    {"at": "/paths/~1quotes~1{quote_id}~1cancel/post", "remove": True},
]
USED = [
    {"at": "/components/schemas/Quote/properties/price", "remove": True},
    {"at": "/paths/~1quotes/get/parameters/0", "remove": True},
]


@pytest.mark.parametrize(
    ("edits", "verdict", "fields"), [(UNUSED, "unaffected", set()), (USED, "affected", {"price", "state"})]
)
def test_the_contract_gate_says_whom_a_change_concerns(
    manifest: Path, edits: list[dict[str, Any]], verdict: str, fields: set[str], tmp_path: Path
) -> None:
    (tmp_path / "new.json").write_text(json.dumps(edited(read(STARTER).value, edits)), "utf-8")
    told = paviour("contract", "impact", STARTER, tmp_path / "new.json", "--consumers", manifest, "--format", "json")
    (found,) = json.loads(told.stdout)["consumers"]
    assert (found["name"], found["verdict"]) == ("web-shop", verdict), told.stdout
    assert {impact["field"].rpartition(".")[2] for impact in found["impacts"]} >= fields


def test_recording_in_python_changes_no_answer_and_admits_what_it_cannot_see(quotes_sdk: Path) -> None:
    assert quotes_sdk.is_dir()
    sdk, models = importlib.import_module("quotes_client"), importlib.import_module("quotes_client.models")
    usage = importlib.import_module("quotes_client.runtime.usage")
    body = json.dumps(VALUES["quote"]).encode()
    with sinking(reply(200, body, content_type="application/json")) as sink, sdk.Client(sink.url) as client:
        with usage.recording("web-shop") as recorded:
            answer = operation("get_quote").sync_detailed("q1", client=client)
            assert answer.parsed == models.Quote.from_dict(VALUES["quote"])
            assert json.loads(answer.content) == VALUES["quote"]
            assert answer.headers["content-type"] == "application/json"
        (use,) = recorded.manifest()[0]["operations"].values()
    assert use == {"parameters": ["quote_id"], "request": []}, "the bytes and the headers may tell anything"
