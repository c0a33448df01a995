"""`paviour adopt`: a service that was written by hand comes onto the road, and is told what is left to do.

Where the contract is looked for does not depend on the stack, nor does what stops an adoption: those are tried once.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import OWN
from tests.support.command import paviour
from tests.support.git import git
from tests.support.process import free_port
from tests.support.suites import committed, files
from tests.update.conftest import ONCE

APP = """
from fastapi import APIRouter, FastAPI

app = FastAPI(title="Parcels", version="1.0.0")
router = APIRouter(prefix="/v1")


@router.get("/parcels/{parcel_id}", operation_id="getParcel")
async def parcel(parcel_id: str) -> dict[str, str]:
    return {"id": parcel_id}


app.include_router(router)
"""
SERVER = """\
import Fastify from "fastify";

const app = Fastify();

app.get<{ Params: { id: string } }>("/deliveries/:id", async (request) => ({ id: request.params.id }));
app.route({
    method: "PUT",
    url: "/deliveries/:id",
    handler: async (request) => request.body,
});
await app.listen({ port: 8000 });
"""
BY_HAND = {
    "python": {"main.py": APP, "requirements.txt": "fastapi==0.100\nboto3  # queues\n"},
    "typescript": {
        "package.json": '{"type": "module", "dependencies": {"bullmq": "^5.0.0", "fastify": "^5.0.0"}}\n',
        "src/server.ts": SERVER,
        "src/server.test.ts": 'await request(server).get("/deliveries/:id");\n',
    },
}


@pytest.fixture
def service(stack: str, tmp_path: Path) -> Path:
    folder = tmp_path / "parcels"
    for name, text in {**BY_HAND[stack], "README.md": "# Parcels, by hand\n", "AGENTS.md": "ours\n"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    committed(folder, "By hand")
    return folder


@contextmanager
def running(folder: Path) -> Iterator[str]:
    port = free_port()
    call = [sys.executable, "-m", "uvicorn", "main:app", "--port", str(port), "--log-level", "warning"]
    process = subprocess.Popen(call, cwd=folder)
    url = f"http://127.0.0.1:{port}/openapi.json"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(url, timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(10)


@ONCE
def test_a_running_fastapi_application_is_adopted_by_its_own_contract(service: Path) -> None:
    before = files(service)
    with running(service) as url:
        done = paviour("adopt", "parcels", "--folder", service, "--url", url)
    assert done.returncode == 0, done.stderr
    after = files(service)
    assert {path: after[path] for path in before if path != "AGENTS.md"} == {
        path: content for path, content in before.items() if path != "AGENTS.md"
    }
    assert json.loads(after["contract/openapi.yaml"])["info"]["title"] == "Parcels"
    assert b"async def get_parcel(" in after["src/parcels/operations.py"]
    report = after["ADOPTION.md"].decode()
    assert "- `GET /v1/parcels/{parcel_id}`: `getParcel`, until now main.py:9\n" in report
    assert "- `README.md` and `README.md.standard`\n" in report
    assert "- `AGENTS.md`\n" in report
    assert "- `boto3  # queues` (requirements.txt)\n" in report
    titles = [line for line in report.splitlines() if line.startswith("## ")]
    assert titles[0].startswith("## Write the operations")
    committed(service, "Adopted")
    assert "platform" not in paviour("check", service).stdout
    assert paviour("update", service).returncode in (0, 1)
    assert git(service, "status", "--porcelain") == ""


@pytest.mark.parametrize("stack", ["typescript"], indirect=True)
def test_a_fastify_application_stays_in_its_stack(service: Path) -> None:
    (service / "api.yaml").write_text(OWN)
    committed(service, "Contract")
    manifest = (service / "package.json").read_text()
    done = paviour("adopt", "parcels", "--folder", service)
    assert done.returncode == 0, done.stderr
    report = (service / "ADOPTION.md").read_text()
    assert "## Write the operations, in `src/operations.ts`\n" in report
    assert "- `GET /deliveries/{id}`: `getDelivery`, until now src/server.ts:5\n" in report
    assert "- `PUT /deliveries/{id}`: `putDelivery`, until now src/server.ts:7\n" in report
    assert "- `package.json` and `package.json.standard`\n" in report
    assert (service / "package.json").read_text() == manifest
    assert not (service / "pyproject.toml").exists()
    committed(service, "Adopted")
    assert "nothing to do" in paviour("update", service).stdout


def test_the_contract_among_the_files_is_found(service: Path) -> None:
    (service / "docs").mkdir()
    (service / "docs/api.yaml").write_text(OWN)
    (service / "other.json").write_text('{"openapi": false}')
    (service / ".cruft.json").write_text('{"template": "https://example.com/template.git"}')
    committed(service, "Contract")
    done = paviour("adopt", "parcels", "--folder", service)
    assert done.returncode == 0, done.stderr
    assert (service / "contract/openapi.yaml").read_text() == OWN
    assert "the template that it came from" in (service / "ADOPTION.md").read_text()
    assert "- `.cruft.json`\n" in (service / "ADOPTION.md").read_text()
    assert paviour("check", service).returncode == 0


@pytest.mark.parametrize(
    ("prepare", "said"),
    [
        ("", "has no OpenAPI contract; start the service"),
        ("two", "has several contracts: one.yaml, two.yaml"),
        ("bad", "has no operationId"),
        ("dirty", "not committed"),
        ("adopted", "has .copier-answers.yml already"),
        ("mixed", "it has setup.cfg and package.json; say with --stack which of python, typescript"),
    ],
)
@ONCE
def test_what_can_not_be_adopted_is_left_as_it_was(prepare: str, said: str, service: Path) -> None:
    match prepare:
        case "two":
            (service / "one.yaml").write_text(OWN)
            (service / "two.yaml").write_text(OWN)
        case "bad":
            (service / "one.yaml").write_text(OWN.replace("      operationId: getDelivery\n", ""))
        case "adopted":
            (service / ".copier-answers.yml").write_text("service: parcels\n")
        case "mixed":
            (service / "requirements.txt").unlink()
            (service / "setup.cfg").write_text("")
            (service / "package.json").write_text("{}\n")
    committed(service, "Prepared")
    if prepare == "dirty":
        (service / "one.yaml").write_text(OWN)
        git(service, "add", "one.yaml")
    before = files(service)
    done = paviour("adopt", "parcels", "--folder", service)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert files(service) == before


@ONCE
def test_an_address_that_serves_no_contract_is_refused(service: Path) -> None:
    for url in ("http://127.0.0.1:9/openapi.json", "file:///etc/passwd"):
        done = paviour("adopt", "parcels", "--folder", service, "--url", url)
        assert (done.returncode, done.stdout) == (2, "")
        assert len(done.stderr.splitlines()) == 1
