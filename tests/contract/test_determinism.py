"""The same contract gives the same bytes, wherever and whenever it is generated."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.contract.support import REPOSITORY

CONTRACT = REPOSITORY / "templates" / "{{ starter }}" / "contract" / "openapi.yaml"
GENERATE = """
import sys
from pathlib import Path
from sdkgen.python import server
from sdkgen.reader import read

server.write(read(Path(sys.argv[1])), Path(sys.argv[2]))
"""


def generated(folder: Path, contract: Path, seed: str) -> dict[str, bytes]:
    folder.mkdir()
    environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo" if seed == "1" else "UTC"}
    subprocess.run([sys.executable, "-c", GENERATE, contract, folder], env=environment, cwd=REPOSITORY, check=True)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_contract_gives_the_same_bytes(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere" / "contract.yaml"
    elsewhere.parent.mkdir()
    elsewhere.write_bytes(CONTRACT.read_bytes())

    one = generated(tmp_path / "one", CONTRACT, "1")
    assert one == generated(tmp_path / "two", elsewhere, "2")
    assert set(one) == {
        "__init__.py", "models.py", "operations.py", "routes.py", "schemas.json", "examples.json", "openapi.yaml"
    }  # fmt: skip


def test_nothing_generated_names_the_place_it_was_generated_in(tmp_path: Path) -> None:
    for name, content in generated(tmp_path / "one", CONTRACT, "1").items():
        assert str(tmp_path).encode() not in content, name
        assert str(REPOSITORY).encode() not in content, name
