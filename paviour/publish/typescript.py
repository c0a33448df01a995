"""The TypeScript SDK: packed as a tarball, tried out in a fresh folder, uploaded. npm does all of it."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from paviour.errors import UserError
from paviour.publish.mock import Mock
from paviour.publish.processes import TRIAL_SECONDS, redacted, run, without_credentials

TITLE = "TypeScript"
EXAMPLE = "examples/first-call.ts"
_NAMES_ERROR = re.compile(r"(Uncaught )?\w*Error\b( \[\w+\])?:")
_QUIET = ("--no-audit", "--no-fund", "--no-update-notifier")


def name(folder: Path) -> str:
    """What the package in a folder is called at the registry."""
    return str(_manifest(folder)["name"])


def pack(folder: Path, into: Path) -> list[Path]:
    """Compile by the package's own lock file, and write the tarball. The same folder gives the same bytes."""
    if "build" in _manifest(folder).get("scripts", {}):
        for step in (["ci", "--ignore-scripts", *_QUIET], ["run", "build"]):
            done = _npm(step, folder, os.environ)
            if done.returncode:
                raise UserError(f"the TypeScript package can't be compiled: {_told(done, os.environ)}")
        shutil.rmtree(folder / "node_modules", ignore_errors=True)
    # What the package runs by itself before it is packed would be the same again.
    done = _npm(["pack", "--ignore-scripts", "--json", "--pack-destination", into], folder, os.environ)
    if done.returncode:
        raise UserError(f"the TypeScript package can't be packed: {_told(done, os.environ)}")
    return sorted(into.glob("*.tgz"))


def try_out(files: Sequence[Path], example: str, mock: Mock, room: Path) -> None:
    """Install the tarball into a fresh folder, import it, and run the example against the mock."""
    (room / "package.json").write_text('{"private": true, "type": "module"}\n', "utf-8")
    done = _npm(["install", "--ignore-scripts", *_QUIET, files[0]], room, os.environ)
    if done.returncode:
        raise UserError(f"the tarball can't be installed: {_told(done, os.environ)}")
    package = next(iter(json.loads((room / "package.json").read_text("utf-8"))["dependencies"]))
    (room / "import.js").write_text(f"await import({json.dumps(package)});\n", "utf-8")
    (room / "first_call.js").write_text(example, "utf-8")
    environment = {**without_credentials(room), **mock.settings}
    for script, failing in (
        ("import.js", f"importing {package} from the tarball fails"),
        ("first_call.js", "the first call by the installed SDK fails"),
    ):
        done = run([_program("node"), script], room, environment, TRIAL_SECONDS)
        if done.returncode:
            raise UserError(f"{failing}: {_said(done.stderr)}")


def upload(files: Sequence[Path]) -> list[Path]:
    """Upload the tarball where the registry has not got it yet; return what was uploaded.

    Where, npm's own configuration says. The credentials are NODE_AUTH_TOKEN; without it npm's own, or it asks the
    registry to trust the workflow it runs in. Raises UserError where the registry refuses, or has another tarball.
    """
    (tarball,) = files
    package, version = _packed(tarball)
    registry = _registry(package, tarball.parent)
    environment = dict(os.environ)
    if token := environment.get("NODE_AUTH_TOKEN"):
        parts = urlsplit(registry)
        environment[f"npm_config_//{parts.netloc}{parts.path}:_authToken"] = token
    if _is_there(tarball, package, version, environment):
        return []
    done = _npm(["publish", "--ignore-scripts", "--json", tarball], tarball.parent, environment)
    # An answer that got lost is no upload that failed.
    if done.returncode and not _is_there(tarball, package, version, environment):
        raise _refused(done, environment)
    return [tarball]


def _is_there(tarball: Path, package: str, version: str, environment: Mapping[str, str]) -> bool:
    command = ["view", f"{package}@{version}", "dist.integrity", "--json", "--prefer-online"]
    done = _npm(command, tarball.parent, environment)
    if done.returncode and _error(done).get("code") != "E404":
        raise _refused(done, environment)
    if done.returncode or not done.stdout.strip():
        return False
    digest = base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
    if json.loads(done.stdout) != f"sha512-{digest}":
        raise UserError(
            f"{package} {version} is published already, with other bytes; nothing published can be replaced:"
            " publish what has changed as another version (--version)"
        )
    return True


def _refused(done: subprocess.CompletedProcess[str], environment: Mapping[str, str]) -> UserError:
    told, code = _told(done, environment), str(_error(done).get("code", ""))
    if code in ("E401", "E403", "ENEEDAUTH", "EOTP"):
        mend = "set NODE_AUTH_TOKEN, or let the registry trust the workflow"
        return UserError(f"the registry does not let you upload: {told}; {mend}")
    return UserError(f"the upload was not completed: {told}; run this again, it goes on where it stopped")


def _registry(package: str, folder: Path) -> str:
    scope = [f"{package.partition('/')[0]}:registry"] if package.startswith("@") else []
    done = _npm(["config", "get", *scope, "registry"], folder, os.environ)
    # One key is answered with its value, several with lines like `@scope:registry=undefined`.
    values = [line.rpartition("registry=")[2].strip() for line in done.stdout.splitlines()]
    found = next((value for value in values if value.startswith(("http://", "https://"))), None)
    if found is None:
        raise UserError("npm names no registry; set NPM_CONFIG_REGISTRY")
    return found if found.endswith("/") else f"{found}/"


def _npm(
    arguments: Sequence[str | Path], cwd: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    program = _program("npm")
    path = f"{Path(program).parent}{os.pathsep}{environment.get('PATH', '')}"  # npm's own scripts ask for node there
    return run([program, *arguments], cwd, {**environment, "PATH": path})


def _program(name: str) -> str:
    # One that was installed beside this interpreter need not be on the PATH.
    found = shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent))
    if found is None:
        raise UserError(
            f"{name} is not installed, and the TypeScript SDK needs it; install Node.js, or publish --language python"
        )
    return found


def _packed(tarball: Path) -> tuple[str, str]:
    with tarfile.open(tarball) as archive:
        manifest = json.load(archive.extractfile("package/package.json"))  # type: ignore[arg-type]
    return manifest["name"], manifest["version"]


def _error(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    try:
        error = json.loads(done.stdout)["error"]
    except (ValueError, KeyError, TypeError):
        return {}
    return error if isinstance(error, dict) else {}


def _told(done: subprocess.CompletedProcess[str], environment: Mapping[str, str]) -> str:
    error = _error(done)
    told = " ".join(str(error.get("summary", "")).split()) or _said(done.stderr)
    return redacted(told, environment)


def _said(text: str) -> str:
    """The line of what Node says that names the error."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return next((line for line in lines if _NAMES_ERROR.match(line)), lines[-1] if lines else "it says nothing")


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((folder / "package.json").read_text("utf-8"))
    except (OSError, ValueError):
        manifest = None
    if not isinstance(manifest, dict) or not {"name", "version"} <= set(manifest):
        raise UserError(f"{folder} has no package.json of a package; generate the SDK anew: paviour sdk build")
    return manifest
