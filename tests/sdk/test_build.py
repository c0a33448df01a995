"""Building and checking SDKs from the command line: what is written, what is refused, what is left as it was."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from paviour.sdk import Sdk, build
from sdkgen.client.plain import PlainForm
from sdkgen.client.python import generator
from sdkgen.client.python.dialect import Dialect, dialect
from sdkgen.errors import ContractError
from tests.sdk.conftest import STARTER
from tests.support.command import paviour


@pytest.fixture
def service(starter: Path, tmp_path: Path) -> Path:
    """A service of the starter contract, with its Python SDK."""
    found = Path(shutil.copytree(starter, tmp_path / "quotes"))
    assert paviour("sdk", "build", "--language", "python", cwd=found).returncode == 0
    return found


def content(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_a_service_gets_its_sdk_and_check_knows_it(service: Path) -> None:
    lock = json.loads((service / "sdk/python/sdk.json").read_text())
    assert lock["package"] == {"name": "quotes-client", "version": "0.1.0"}
    assert "src/quotes_client/api/quotes/create_quote.py" in lock["files"]
    done = paviour("sdk", "check", cwd=service)
    assert (done.returncode, done.stdout) == (0, "all packages are what the contract gives\n")
    assert paviour("check", cwd=service).returncode == 0


def test_a_changed_contract_and_a_changed_file_are_named_and_generate_mends_both(service: Path) -> None:
    contract = service / "contract/openapi.yaml"
    contract.write_text(contract.read_text().replace("operationId: getQuote\n", "operationId: readQuote\n"))
    (service / "sdk/python/README.md").write_text("mine\n")
    (service / "sdk/python/src/quotes_client/extra.py").touch()

    for command in (("sdk", "check"), ("check",)):
        done = paviour(*command, cwd=service)
        assert done.returncode == 1
        for part in ("sdk/python: ", "openapi.yaml", "sdk/python/README.md", "sdk/python/src/quotes_client/extra.py"):
            assert part in done.stdout, command

    assert paviour("generate", cwd=service).returncode == 0
    assert paviour("sdk", "check", cwd=service).returncode == 0
    api = service / "sdk/python/src/quotes_client/api/quotes"
    assert (api / "read_quote.py").is_file()
    assert not (api / "get_quote.py").exists()
    assert not (service / "sdk/python/src/quotes_client/extra.py").exists()


def test_a_contract_that_is_refused_leaves_the_sdk_as_it_was(service: Path) -> None:
    contract = service / "contract/openapi.yaml"
    before = content(service / "sdk")
    contract.write_text(contract.read_text().replace("/components/schemas/QuotePage'", "/components/schemas/Nothing'"))

    done = paviour("sdk", "build", cwd=service)
    refused = paviour("contract", "diff", contract, contract, cwd=service)

    assert done.returncode == 2
    assert "openapi.yaml:" in done.stderr
    assert "leads nowhere" in done.stderr
    assert done.stderr.partition(": ")[2].strip().endswith(refused.stderr.partition("openapi.yaml")[2].strip())
    assert content(service / "sdk") == before
    assert [path.name for path in (service / "sdk").iterdir()] == ["python"]


def test_what_the_generator_leaves_out_is_refused_by_name_unless_it_is_waived(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No contract is known that the generator does not take whole in plain form, so one operation is kept from it."""

    def without_one(form: PlainForm) -> Dialect:
        whole = dialect(form)
        paths = {path: item for path, item in whole.document["paths"].items() if not path.endswith("/cancel")}
        return Dialect(whole.document | {"paths": paths}, whole.binary, whole.properties)

    monkeypatch.setattr(generator, "dialect", without_one)
    contract = tmp_path / "openapi.yaml"
    shutil.copyfile(STARTER, contract)
    sdk = Sdk("python", tmp_path / "sdk", contract, "quotes-client")

    with pytest.raises(ContractError, match=r"leaves out the operation cancelQuote.*`sdk-omission`") as refused:
        build([sdk])
    assert refused.value.place.pointer == ("paths", "/quotes/{quote_id}/cancel", "post")
    assert not sdk.folder.exists()

    (tmp_path / "waivers.yaml").write_text("- {id: sdk-omission, reason: nobody cancels}\n")
    build([sdk])
    assert not (sdk.folder / "src/quotes_client/api/quotes/cancel_quote.py").exists()


def test_a_contract_without_a_service_is_built_into_a_folder(tmp_path: Path) -> None:
    done = paviour("sdk", "build", "--language", "python", "--contract", STARTER, "--into", tmp_path / "sdks")
    assert done.returncode == 0
    assert "quotes-client 0.1.0: made" in done.stdout
    first = content(tmp_path / "sdks/python")

    again = paviour("sdk", "build", "--language", "python", "--contract", STARTER, "--into", tmp_path / "sdks")
    assert "up to date" in again.stdout
    forced = ("sdk", "build", "--force", "--language", "python", "--contract", STARTER, "--into", tmp_path / "sdks")
    assert "made" in paviour(*forced).stdout
    assert content(tmp_path / "sdks/python") == first, "the same contract gives the same bytes"
    assert b".paviour" not in first["sdk.json"]
    assert str(tmp_path).encode() not in b"".join(first.values())

    half = paviour("sdk", "build", "--contract", STARTER)
    assert half.returncode == 2
    assert "--contract and --into go together" in half.stderr


def test_a_package_keeps_its_version_until_it_gets_another(tmp_path: Path) -> None:
    sdk = Sdk("python", tmp_path / "sdk", STARTER, "quotes-client")
    build([sdk], version="2.3.4")
    assert sdk.version == "2.3.4"
    assert 'version = "2.3.4"' in (sdk.folder / "pyproject.toml").read_text()
    assert build([sdk]) == []
    build([sdk], force=True)
    assert sdk.version == "2.3.4"
