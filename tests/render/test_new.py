"""`paviour new`: a whole service, or one line that says why not."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from tests.conftest import OWN
from tests.support.command import REPOSITORY, paviour


def refused(room: Path, *arguments: str | Path) -> str:
    """The one line of a refusal that has left nothing behind."""
    before = sorted(room.rglob("*"))
    done = paviour("new", *arguments, cwd=room)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert sorted(room.rglob("*")) == before
    lines = [line for line in done.stderr.splitlines() if not line.startswith(("Usage:", "Try "))]
    assert len([line for line in lines if line]) == 1, done.stderr
    return done.stderr


def contract(room: Path, text: str) -> Path:
    path = room / "contract.yaml"
    path.write_text(text)
    return path


def test_a_contract_becomes_a_service_with_a_stub_for_each_operation(own: Path) -> None:
    operations = (own / "src/parcel_deliveries/operations.py").read_text()
    assert "async def get_delivery(" in operations
    assert 'raise contract.NotImplementedYet("putDelivery")' in operations
    assert (own / "contract/openapi.yaml").read_text() == OWN
    assert (own / "src/parcel_deliveries/contract/openapi.yaml").read_text() == OWN


def test_without_a_contract_the_starter_comes_with_its_implementation(starter: Path) -> None:
    assert "NotImplementedYet" not in (starter / "src/quotes/operations.py").read_text()


def test_a_contract_of_several_files_is_taken_along(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/delivery.yaml").write_text("type: object\nproperties: {id: {type: string}}\n")
    parted = OWN.replace("$ref: '#/components/schemas/Delivery'", "$ref: parts/delivery.yaml")
    done = paviour("new", "parcels", "--no-lock", "--contract", contract(tmp_path, parted), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "parcels/contract/parts/delivery.yaml").exists()
    served = json.loads((tmp_path / "parcels/src/parcels/contract/openapi.yaml").read_text())
    assert served["x-files"]["parts-delivery.yaml"]["type"] == "object"
    # What the linter says of it is told in one line, and stops nobody.
    summary = paviour("contract", "lint", cwd=tmp_path / "parcels").stdout.splitlines()[-1]
    assert f"rules of the standard: {summary}; `paviour contract lint` lists each" in done.stdout


def test_json_is_as_good_as_yaml(tmp_path: Path) -> None:
    import yaml

    (tmp_path / "contract.json").write_text(json.dumps(yaml.safe_load(OWN)))
    done = paviour("new", "parcels", "--no-lock", "--contract", tmp_path / "contract.json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_the_dependencies_are_locked(tmp_path: Path) -> None:
    done = paviour("new", "quotes", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "rules of the standard" not in done.stdout
    assert 'name = "fastapi"' in (tmp_path / "quotes/uv.lock").read_text()


def test_the_dependencies_of_typescript_are_locked_without_the_address_of_a_registry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    done = paviour("new", "quotes", "--stack", "typescript", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    locked = json.loads((tmp_path / "quotes/package-lock.json").read_text())
    assert locked["packages"]["node_modules/fastify"]["integrity"].startswith("sha512-")
    assert not [name for name, entry in locked["packages"].items() if "resolved" in entry]
    ours = json.loads((REPOSITORY / "requirements/typescript/package.json").read_text())
    for kind in ("dependencies", "devDependencies", "engines"):
        assert locked["packages"][""][kind] == ours[kind], "services are tested with what they are rendered with"


def test_without_node_a_service_in_typescript_is_not_locked_and_the_way_out_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    assert "npm is not here" in refused(tmp_path, "quotes", "--stack", "typescript")
    assert paviour("new", "quotes", "--stack", "typescript", "--no-lock", cwd=tmp_path).returncode == 0


def test_without_a_network_nothing_is_left_and_the_way_out_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path.parent / f"{tmp_path.name}-cache"))
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    assert "--no-lock" in refused(tmp_path, "quotes")


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "quotes").mkdir()
    (tmp_path / "quotes/mine.txt").write_text("mine")
    assert "is not empty; name another folder with --into" in refused(tmp_path, "quotes", "--no-lock")


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "quotes").mkdir()
    assert paviour("new", "quotes", "--no-lock", cwd=tmp_path).returncode == 0


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "can't be written" in refused(tmp_path, "quotes", "--no-lock", "--into", "file/quotes")


def test_an_unknown_stack_is_refused_with_those_there_are(tmp_path: Path) -> None:
    assert "'cobol' is not one of 'python', 'typescript'" in refused(tmp_path, "quotes", "--stack", "cobol")


@pytest.mark.parametrize("name", ["Quotes", "9quotes", "my_quotes", "-quotes", "q", "class", "json", "fastapi", "con"])
def test_a_name_that_can_be_no_package_is_explained(name: str, tmp_path: Path) -> None:
    assert f"'{name}'" in refused(tmp_path, "--no-lock", "--", name)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("swagger: '2.0'\n", "is Swagger 2.0, not OpenAPI 3; convert it"),
        ("a: [\n", "contract.yaml:2: "),
        ("[]", "holds no object; name an OpenAPI contract"),
        (OWN.replace("      operationId: getDelivery\n", ""), "GET /deliveries/{id} has no operationId; add one"),
        (OWN.replace("putDelivery", "get-delivery"), "'get-delivery' collides with 'getDelivery' of GET"),
        (OWN.replace("putDelivery", "'42'"), "'42' gives no name in code"),
        (OWN.replace("putDelivery", "import"), "'import' is a reserved word"),
        (OWN.replace("#/components/schemas/Delivery", "#/components/schemas/Parcel"), "leads nowhere"),
        (OWN.replace("type: object\n", "$ref: '#/components/schemas/Delivery'\n"), "leads back to itself"),
    ],
)
def test_a_contract_that_cannot_be_used_is_refused_with_place_cause_and_mend(
    text: str, told: str, tmp_path: Path
) -> None:
    line = refused(tmp_path, "parcels", "--no-lock", "--contract", contract(tmp_path, text))
    assert line.startswith(f"paviour: {tmp_path / 'contract.yaml'}")
    assert told in line


def test_a_contract_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "nowhere.yaml: can't be read: no such file" in refused(
        tmp_path, "parcels", "--no-lock", "--contract", "nowhere.yaml"
    )


def test_a_circle_of_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("$ref: b.yaml\n")
    (tmp_path / "b.yaml").write_text("$ref: a.yaml\n")
    circular = OWN.replace("$ref: '#/components/schemas/Delivery'", "$ref: a.yaml")
    line = refused(tmp_path, "parcels", "--no-lock", "--contract", contract(tmp_path, circular))
    assert "leads back to itself" in line


def test_being_stopped_leaves_nothing(tmp_path: Path) -> None:
    import signal
    import subprocess
    import sys
    import time

    room = tmp_path / "room"
    temporary = tmp_path / "temporary"
    room.mkdir()
    temporary.mkdir()
    for moment in (0.2, 0.35, 0.5):
        process = subprocess.Popen(
            [sys.executable, "-m", "paviour", "new", "quotes", "--no-lock"],
            cwd=room,
            env=os.environ | {"TMPDIR": str(temporary)},
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        time.sleep(moment)
        process.send_signal(signal.SIGINT)
        process.wait()
        complete = (room / "quotes/uv.lock").parent.exists() and (room / "quotes/src/quotes/contract").is_dir()
        # A file may be left: Python tries the folder with one, and may be stopped before it takes it away.
        assert [path for path in temporary.iterdir() if path.is_dir()] == []
        assert [path.name for path in room.iterdir()] == (["quotes"] if complete else [])
        if complete:
            break
