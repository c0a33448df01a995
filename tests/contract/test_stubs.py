"""A new operation gets a method to fill in; what the team has written is never touched."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from sdkgen.errors import ContractError
from sdkgen.model import Contract
from sdkgen.python import stubs
from tests.contract.support import contract

HEAD = "from . import contract\n\n\n"


@pytest.fixture
def found(tmp_path: Path) -> Contract:
    return contract(
        tmp_path,
        """
        paths:
          /things:
            get: {operationId: listThings, summary: All things., responses: {"200": {description: Found}}}
            post: {operationId: sendThing, security: [], responses: {"200": {description: Sent}}}
        """,
    )


def package(folder: Path, **modules: str) -> Path:
    for name, text in modules.items():
        (folder / f"{name}.py").write_text(text, "utf-8")
    return folder


def missing(found: Contract, folder: Path) -> list[str]:
    return [operation.id for operation in stubs.missing(found, folder)]


def methods(text: str) -> list[str]:
    """The methods of the module's one class."""
    [operations] = [node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]
    return [node.name for node in operations.body if isinstance(node, ast.AsyncFunctionDef)]


def test_a_service_without_code_gets_a_method_for_each_operation(found: Contract) -> None:
    text = stubs.module(found)

    assert methods(text) == ["list_things", "send_thing"]
    assert '"""All things."""' in text
    assert '"""POST /things"""' in text
    assert "context: contract.Context[contract.Principal | None]" in text
    assert 'raise contract.NotImplementedYet("sendThing")' in text


def test_methods_are_found_in_the_class_and_in_what_it_is_made_of(found: Contract, tmp_path: Path) -> None:
    folder = package(
        tmp_path,
        operations="from . import reading\nclass Operations(reading.Reading, Missing): pass\n",
        reading="class Reading:\n    async def list_things(self, request, context): ...\n",
        store="class Store:\n    def send_thing(self): ...\n",
    )

    assert missing(found, folder) == ["sendThing"]


def test_generated_and_platform_code_is_not_the_team_s(found: Contract, tmp_path: Path) -> None:
    (tmp_path / "contract").mkdir()
    package(tmp_path / "contract", operations="class Operations:\n    async def list_things(self): ...\n")

    assert missing(found, tmp_path) == ["listThings", "sendThing"]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "text",
    [
        "class Operations:\n    async def list_things(self): return '\x0c\u2028'\n\n\nAFTER = 1\n",
        "class Operations:\n    async def list_things(self): ...",
        "class Operations:\n\n    # a comment at the end\n    async def list_things(self):\n        ...\n    # after\n",
    ],
)
def test_new_methods_come_at_the_end_of_the_class(found: Contract, tmp_path: Path, text: str, newline: str) -> None:
    before = (HEAD + text).replace("\n", newline)
    (tmp_path / "operations.py").write_bytes(before.encode())

    after = stubs.extended(tmp_path / "operations.py", stubs.missing(found, tmp_path))

    assert methods(after) == ["list_things", "send_thing"]
    lines = iter(after.splitlines())
    assert all(line in lines for line in before.splitlines()), "what stood there stands there still, in order"
    assert ("\r\n" in after) is (newline == "\r\n")
    assert "\n" not in after.replace("\r\n", "") or newline == "\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"def broken(:\n", "operations.py:1: is no Python; correct it, then generate again"),
        (b"# \xe4\n", "operations.py: is not UTF-8; save the file as UTF-8"),
        (b"a = 1\0\n", "operations.py: is no Python; correct it, then generate again"),
        (
            b"class Operations:\n    pass\n",
            "operations.py: does not import `contract`, which new operations need; add ",
        ),
        (HEAD.encode(), "operations.py: has no class Operations, so new operations have no place to go; define class "),
        (
            HEAD.encode() + b"class Operations: pass\n",
            "operations.py:4: the class Operations can't be added to as it is written; write its body on lines of its own",
        ),
        (
            HEAD.encode() + b"class Operations:\n  a = 1\n",
            "operations.py:4: the class Operations can't be added to as it ",
        ),
    ],
)
def test_a_module_that_can_not_be_added_to(found: Contract, tmp_path: Path, text: bytes, message: str) -> None:
    (tmp_path / "operations.py").write_bytes(text)

    with pytest.raises(ContractError) as caught:
        stubs.extended(tmp_path / "operations.py", stubs.missing(found, tmp_path))
    assert str(caught.value).removeprefix(f"{tmp_path}/").startswith(message)
