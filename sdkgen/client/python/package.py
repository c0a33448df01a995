"""The Python package: generated modules, the runtime, and what a package needs around them."""

from __future__ import annotations

import tempfile
from importlib.metadata import version
from pathlib import Path

from sdkgen.client.package import Identity
from sdkgen.client.plain import PlainForm
from sdkgen.client.python import texts
from sdkgen.client.python.generator import generate
from sdkgen.python.layout import tidy

_RUNTIME = Path(__file__).with_name("runtime")


def tools() -> dict[str, str]:
    """What the bytes depend on, beside the contract and this suite."""
    return {name: version(name) for name in ("openapi-python-client", "ruff")}


def files(form: PlainForm, identity: Identity) -> dict[str, bytes]:
    """All files of the package. Raises ContractError where something would be left out."""
    module = identity.name.replace("-", "_").replace(".", "_")
    with tempfile.TemporaryDirectory(prefix="sdk-") as room:
        root = Path(room)
        package = root / "src" / module
        package.mkdir(parents=True)
        generate(form, package)
        _copy_runtime(form, package / "runtime")
        for name, text in texts.modules(form).items():
            (package / name).write_text(text, "utf-8")
        (package / "py.typed").touch()
        for name, text in texts.around(form, identity, module).items():
            (root / name).parent.mkdir(exist_ok=True)
            (root / name).write_text(text, "utf-8")
        tidy(root)
        found = (path for path in sorted(root.rglob("*")) if path.is_file())
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def _copy_runtime(form: PlainForm, folder: Path) -> None:
    folder.mkdir()
    for path in sorted(_RUNTIME.glob("*.py")):
        if path.name != "webhooks.py" or form.has_webhooks:
            (folder / path.name).write_bytes(path.read_bytes())
