"""The Python SDK: packed as wheel and sdist, tried out in a fresh environment, uploaded. uv does all of it."""

from __future__ import annotations

import os
import re
import sys
import tomllib
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import uv

from paviour.errors import UserError
from paviour.publish.mock import Mock
from paviour.publish.processes import TRIAL_SECONDS, last_words, run, without_credentials

TITLE = "Python"
EXAMPLE = "examples/first_call.py"
_EPOCH = "1580601600"
"""The time that every file in a package has (SOURCE_DATE_EPOCH): 2020-02-02, as Hatchling has it by default."""


def name(folder: Path) -> str:
    """What the package in a folder is called at the registry."""
    return str(_project(folder)["name"])


def pack(folder: Path, into: Path) -> list[Path]:
    """Write sdist and wheel, the wheel from the sdist. The same folder gives the same bytes."""
    # The build backend is this installation's: nothing is fetched, so nothing can come between two builds.
    options: list[str | Path] = ["--no-build-isolation", "--python", sys.executable, "--out-dir", into]
    environment = os.environ | {"SOURCE_DATE_EPOCH": _EPOCH}
    _run([uv.find_uv_bin(), "build", *options, folder], "the Python package can't be built", folder, environment)
    return sorted(path for path in into.iterdir() if path.name.endswith((".whl", ".tar.gz")))


def try_out(files: Sequence[Path], example: str, mock: Mock, room: Path) -> None:
    """Install the wheel into a fresh environment, import it, and run the example against the mock."""
    wheel = next(path for path in files if path.suffix == ".whl")
    python = room / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    installing: list[str | Path] = [
        uv.find_uv_bin(),
        "pip",
        "install",
        "--only-binary",
        ":all:",
        "--python",
        python,
        wheel,
    ]
    making: list[str | Path] = [uv.find_uv_bin(), "venv", "--python", sys.executable, room / "venv"]
    _run(making, "a fresh environment can't be made", room, os.environ)
    _run(installing, "the wheel can't be installed", room, os.environ)
    environment = {**without_credentials(room), **mock.settings}
    for module in modules(wheel):
        code = f"import {module}"
        _run([python, "-I", "-c", code], f"importing {module} from the wheel fails", room, environment, TRIAL_SECONDS)
    (room / "first_call.py").write_text(example, "utf-8")
    script = room / "first_call.py"
    failing = "the first call by the installed SDK fails"
    _run([python, "-I", script], failing, room, environment, TRIAL_SECONDS, mock.body(example))


def modules(wheel: Path) -> list[str]:
    """The packages that a wheel installs."""
    with zipfile.ZipFile(wheel) as archive:
        names = [PurePosixPath(entry) for entry in archive.namelist()]
    return sorted(path.parts[0] for path in names if len(path.parts) == 2 and path.name == "__init__.py")


def upload(files: Sequence[Path]) -> list[Path]:
    """Upload what the index has not yet; return what that was.

    Where, and by which credentials, uv's own variables say; without any it asks PyPI to trust the workflow it runs in.
    Raises UserError where the index refuses, or has another file of that name. Another run goes on from there.
    """
    if os.environ.get("UV_PUBLISH_URL") and not os.environ.get("UV_PUBLISH_CHECK_URL"):
        raise UserError(
            "UV_PUBLISH_URL is set, and UV_PUBLISH_CHECK_URL is not; set it to where the index lists its files"
            " (its simple URL): by that an upload that was cut off goes on, and other bytes are noticed"
        )
    done = run([uv.find_uv_bin(), "publish", *files], files[0].parent, os.environ)
    if done.returncode:
        raise _refused(last_words(done, os.environ))
    there = re.findall(r"^File (\S+) already exists", done.stderr, re.MULTILINE)
    return [path for path in files if path.name not in there]


def _refused(told: str) -> UserError:
    if "do not match" in told or "already exists" in told:
        mend = "nothing published can be replaced: publish what has changed as another version (--version)"
        return UserError(f"this version is published already, with other bytes: {told}; {mend}")
    if re.search(r"\b40[13]\b|[Cc]redentials|trusted publish", told):
        mend = (
            "set UV_PUBLISH_TOKEN (or UV_PUBLISH_USERNAME and UV_PUBLISH_PASSWORD), or let the index trust the workflow"
        )
        return UserError(f"the index does not let you upload: {told}; {mend}")
    return UserError(f"the upload was not completed: {told}; run this again, it goes on where it stopped")


def _run(
    command: Sequence[str | Path],
    failing: str,
    cwd: Path,
    environment: Mapping[str, str],
    seconds: float | None = None,
    given: str = "",
) -> None:
    done = run(command, cwd, environment, seconds, given)
    if done.returncode:
        raise UserError(f"{failing}: {last_words(done, environment)}")


def _project(folder: Path) -> dict[str, Any]:
    try:
        project: dict[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
        return project
    except (OSError, ValueError, KeyError):
        raise UserError(
            f"{folder} has no pyproject.toml of a package; generate the SDK anew: paviour sdk build"
        ) from None
