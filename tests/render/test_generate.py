"""`paviour generate`: the contract's code, again and again the same, and the team's code untouched."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.command import paviour

GET = "      operationId: getDelivery\n"
NEW = """\
    delete:
      operationId: deleteDelivery
      summary: Forget a delivery
      responses: {'204': {description: It is gone.}}
"""


@pytest.fixture
def service(own: Path, tmp_path: Path) -> Path:
    return shutil.copytree(own, tmp_path / own.name)


def operations(service: Path) -> Path:
    return service / "src/parcel_deliveries/operations.py"


def add_operation(service: Path) -> None:
    contract = service / "contract/openapi.yaml"
    contract.write_text(contract.read_text() + NEW)


def generated(service: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (service / "src/parcel_deliveries/contract").iterdir()}


def test_nothing_is_done_where_nothing_has_changed(service: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in service.rglob("*")}
    assert paviour("generate", service).stdout == "up to date\n"
    assert {path: path.stat().st_mtime_ns for path in service.rglob("*")} == before


def test_generating_again_gives_the_same_bytes(service: Path) -> None:
    before = generated(service)
    assert "generated" in paviour("generate", service, "--force").stdout
    assert generated(service) == before


def test_a_new_operation_gets_a_stub_and_the_rest_stays_as_the_team_wrote_it(service: Path) -> None:
    mine = operations(service).read_text().replace('raise contract.NotImplementedYet("getDelivery")', "...  # mine")
    operations(service).write_text(mine)
    add_operation(service)
    said = paviour("generate", service).stdout
    assert "to implement: deleteDelivery (DELETE /deliveries/{id})" in said
    text = operations(service).read_text()
    assert text.startswith(mine)
    assert text.removeprefix(mine).count("async def") == 1
    assert '"""Forget a delivery"""' in text.removeprefix(mine)


def test_a_method_of_another_module_of_the_team_needs_no_stub(service: Path) -> None:
    (operations(service).parent / "deleting.py").write_text(
        "class Deleting:\n    async def delete_delivery(self, request, context):\n        ...\n"
    )
    made_of = operations(service).read_text().replace("class Operations:", "class Operations(Deleting):")
    operations(service).write_text(
        made_of.replace("import contract\n", "import contract\nfrom .deleting import Deleting\n")
    )
    add_operation(service)
    before = operations(service).read_text()
    assert paviour("generate", service).returncode == 0
    assert operations(service).read_text() == before


def test_code_after_the_class_stays_after_it(service: Path) -> None:
    operations(service).write_text(operations(service).read_text() + "\n\ndef helper() -> None: ...\n")
    add_operation(service)
    assert paviour("generate", service).returncode == 0
    text = operations(service).read_text()
    assert text.index("delete_delivery") < text.index("def helper")


def test_a_contract_that_became_unusable_leaves_everything_as_it_was(service: Path) -> None:
    before, mine = generated(service), operations(service).read_text()
    add_operation(service)
    contract = service / "contract/openapi.yaml"
    contract.write_text(contract.read_text().replace(GET, ""))
    done = paviour("generate", service)
    assert done.returncode == 2
    assert "GET /deliveries/{id} has no operationId" in done.stderr
    assert (generated(service), operations(service).read_text()) == (before, mine)


def test_a_module_that_is_no_python_is_named_before_anything_changes(service: Path) -> None:
    before = generated(service)
    operations(service).write_text("class Operations:\n    def (\n")
    add_operation(service)
    done = paviour("generate", service)
    assert done.returncode == 2
    assert "operations.py:2: is no Python" in done.stderr
    assert generated(service) == before
