"""The TypeScript SDK: its runtime, its types, and that nothing of a contract or a payload is lost."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from paviour.sdk import Sdk, build
from sdkgen.client.typescript.names import camel_case
from sdkgen.compat.side import Side
from sdkgen.compat.symbols import Table
from sdkgen.reader import read
from tests.sdk.conftest import STARTER, made_typescript
from tests.sdk.test_payloads import CONTRACT, PAYLOADS
from tests.support.command import CONTRACTS, REPOSITORY, VECTORS
from tests.support.node import beside, compiled, modules, node, service_modules

HERE = Path(__file__).with_name("typescript")
REAL = pytest.mark.skipif(not CONTRACTS.is_dir(), reason=f"the real contracts are not at hand ({CONTRACTS} is absent)")


def printed(package: Path, program: str, *arguments: str | Path) -> Any:
    """What a program prints that is compiled against the package."""
    done = node(beside(package, HERE / program), *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_runtime_keeps_its_promises(tmp_path: Path) -> None:
    """Its own tests, type-checked and run against real servers; with the vectors for signatures, if at hand."""
    room = Path(shutil.copytree(HERE, tmp_path / "tests"))
    shutil.copytree(HERE.parents[2] / "sdkgen/client/typescript/npm", tmp_path / "npm")
    (tmp_path / "node_modules").symlink_to(modules())
    assert compiled(room, "tsconfig.json") == ""
    vectors = VECTORS / "sigv4"
    found = {"SIGV4_VECTORS": str(vectors)} if vectors.is_dir() else {}
    done = node("--test", "--test-reporter=tap", *sorted(room.glob("*.test.ts")), env=found)
    assert done.returncode == 0, done.stdout
    assert "# fail 0" in done.stdout
    assert "# skipped 0" in done.stdout or not found


def test_packages_are_built_with_what_the_tests_run_with() -> None:
    built, tested = (
        json.loads((folder / "package-lock.json").read_text())["packages"]
        for folder in (REPOSITORY / "sdkgen/client/typescript/npm", HERE)
    )
    for name, entry in built.items():
        if name:
            assert entry["integrity"] == tested[name]["integrity"], name
            assert "resolved" not in entry, "no address of a registry"


def test_the_starters_package_compiles_with_its_examples(quotes_sdk_typescript: Path) -> None:
    assert compiled(quotes_sdk_typescript, "tsconfig.json", "--noEmit") == ""
    assert compiled(quotes_sdk_typescript, "examples") == ""
    readme, example = ((quotes_sdk_typescript / name).read_text() for name in ("README.md", "examples/first-call.ts"))
    assert f"```ts\n{example}```" in readme, "the first call of the README is the example that is checked"


def test_its_sources_compile_among_those_of_a_service(quotes_sdk_typescript: Path, tmp_path: Path) -> None:
    """A service keeps the SDK of another one in its `src`, and has the types of Node, not those of a browser."""
    shutil.copytree(quotes_sdk_typescript / "src", tmp_path / "src/quotes")
    shutil.copy(REPOSITORY / "templates/{{ typescript }}/tsconfig.json", tmp_path)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "node_modules").symlink_to(service_modules())
    assert compiled(tmp_path, "tsconfig.json") == ""


def test_the_programs_of_the_how_to_compile(quotes_sdk_typescript: Path, tmp_path: Path) -> None:
    page = (REPOSITORY / "docs/how-to/use-an-sdk.md").read_text("utf-8")
    blocks = [block for block in re.findall(r"```ts\n(.*?)```", page, re.DOTALL) if "unwrapWebhook" not in block]
    assert len(blocks) == 3
    room = Path(shutil.copytree(quotes_sdk_typescript, tmp_path / "sdk", symlinks=True))
    given = {
        0: 'import type { QuoteCreate } from "@acme/quotes";\ndeclare const body: QuoteCreate;\n'
        "declare const order: { id: string };\n",
        1: 'import type { Access } from "@acme/quotes";\n',
        2: 'import { Client, type Auth } from "@acme/quotes";\ndeclare const baseUrl: string, auth: Auth;\n',
    }
    for number, block in enumerate(blocks):
        text = given[number] + block.replace("quotes-client", "@acme/quotes") + "export {};\n"
        (room / "examples" / f"how-to-{number}.ts").write_text(text)
    settings = json.loads((room / "examples/tsconfig.json").read_text())
    settings["compilerOptions"] |= {"noUnusedLocals": False}
    settings["compilerOptions"]["paths"]["@acme/quotes/opentelemetry"] = ["../src/runtime/opentelemetry.ts"]
    (room / "examples/tsconfig.json").write_text(json.dumps(settings))
    assert compiled(room, "examples") == ""


@pytest.mark.parametrize("name", [pytest.param("mef/quote-8.0.1.yaml", marks=REAL), pytest.param("", id="starter")])
def test_names_are_those_of_the_contract_gate(name: str, request: pytest.FixtureRequest) -> None:
    contract = CONTRACTS / name if name else STARTER
    package = request.getfixturevalue("mef_sdk_typescript" if name else "quotes_sdk_typescript")
    table = Table(Side(contract))
    types = (package / "src/types.ts").read_text()
    for found in table.symbols.objects.values():
        body = re.search(rf"^export interface {found.name} \{{\n(.*?)^\}}", types, re.MULTILINE | re.DOTALL)
        assert body is not None, found.name
        written = set(re.findall(r'^  "?([^":?\s]+)"?\??:', body[1], re.MULTILINE))
        assert {entry.name for entry in found.fields} <= written, found.name
    for alias in table.symbols.aliases:
        assert re.search(rf"^export type {alias} =", types, re.MULTILINE), alias
    for method in table.methods.values():
        module = (package / f"src/operations/{method.module}.ts").read_text()
        assert f"export const {camel_case(method.name)} = " in module
        arguments = re.search(rf"^export interface {method.name}Arguments \{{\n(.*?)^\}}", _snaked(module), re.M | re.S)
        assert arguments is not None, method.name
        written = set(re.findall(r"^  (\w+)\??:", arguments[1], re.MULTILINE))
        assert {camel_case(argument.name) for argument in method.arguments.values()} == written


def _snaked(module: str) -> str:
    """The module with the names of its argument types as the gate writes methods."""

    def renamed(found: re.Match[str]) -> str:
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", found[1]).lower()
        return f"interface {words}Arguments {{"

    return re.sub(r"interface (\w+)Arguments \{", renamed, module)


@pytest.mark.parametrize(
    ("name", "operations", "responses"), [("mef/quote-8.0.1.yaml", 7, 42), ("digitalocean.json", 659, 3885)]
)
@REAL
def test_every_operation_and_response_of_real_contracts_is_there(
    name: str, operations: int, responses: int, tmp_path: Path
) -> None:
    contract = CONTRACTS / name
    package = made_typescript(tmp_path, contract, "real-client")
    expected = {(one.id, response.status) for one in read(contract).operations for response in one.responses}
    text = "".join(path.read_text() for path in (package / "src/operations").glob("*.ts"))
    found = set()
    pattern = r"^export interface \w+Responses \{\n(.*?)^\}.*?^  id: (\"[^\n]*\"),$"
    for body, written in re.findall(pattern, text, re.MULTILINE | re.DOTALL):
        statuses = re.findall(r'^  "?(\d{3}|\dXX|default)"?:', body, re.MULTILINE)
        found |= {(json.loads(written), status) for status in statuses}
    assert found == expected
    assert (len({id for id, _ in found}), len(found)) == (operations, responses)
    assert compiled(package, "tsconfig.json", "--noEmit") == "", "in strict mode, all checks on"


@REAL
def test_mefs_payloads_come_back_whole_and_a_place_is_its_subtype(mef_sdk_typescript: Path) -> None:
    for found in printed(mef_sdk_typescript, "payloads.check.ts", *PAYLOADS):
        assert found["same"], found["name"]
        assert found["places"], found["name"]
        assert {tag for tag, _ in found["places"]} == {"GeographicAddressRef"}
        assert all(id for _, id in found["places"])


def test_what_this_version_does_not_know_is_kept(tmp_path: Path) -> None:
    (tmp_path / "odd.yaml").write_text(CONTRACT)
    found = printed(made_typescript(tmp_path, tmp_path / "odd.yaml", "odd-client"), "odd.check.ts")
    assert found == {
        "same": True,
        "asked": [
            "GET https://api.example.com/pets?filter%5Bname%5D%5Ba%5D=b&client=c&type=cat",
            'PUT https://api.example.com/pets {"kind":"cat","lives":9,"friend":{"kind":"n3xx","wheels":4}}',
        ],
    }


def test_forms_redirects_webhooks_and_names_that_collide(tmp_path: Path) -> None:
    package = made_typescript(tmp_path, HERE / "odd-operations.yaml", "@acme/odd")
    assert compiled(package, "examples") == ""
    assert json.loads((package / "package.json").read_text())["license"] == "Apache-2.0"
    assert printed(package, "operations.check.ts") == {
        "sameKey": True,
        "otherKey": True,
        "types": ["multipart/form-data", "multipart/form-data", "text/csv", None],
        "form": ["file", "note"],
        "code": "123",
        "error": [True, True, False],
        "location": "https://elsewhere.example.com/",
        "verdict": "clean",
        "conflict": "another",
        "timeouts": {"total": 2500},
        "query": "?page1=1&page_1=2",
    }


def test_the_same_contract_gives_the_same_bytes(quotes_sdk_typescript: Path, tmp_path: Path) -> None:
    build([Sdk("typescript", tmp_path / "again", STARTER, "@acme/quotes")])
    paths = [path for path in (tmp_path / "again").rglob("*") if path.is_file()]
    assert paths
    for path in paths:
        assert path.read_bytes() == (quotes_sdk_typescript / path.relative_to(tmp_path / "again")).read_bytes()
