"""Whatever is wrong with a contract, one clear line says where, what, and how to mend it."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from sdkgen.errors import ContractError
from sdkgen.reader import read
from tests.contract.support import written

OPERATION = "{operationId: %s, responses: {'200': {description: Done}}}"


def fault(path: Path) -> ContractError:
    """The one error that reading the contract gives."""
    with pytest.raises(ContractError) as caught:
        read(path)
    assert str(caught.value).startswith(str(path.parent))
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 600
    return caught.value


def said(path: Path) -> str:
    """The text of that error, from the file's name on."""
    return str(fault(path)).removeprefix(f"{path.parent}/")


# Files


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    message = "openapi.yaml: can't be read: no such file or directory; name a readable OpenAPI file"
    assert said(tmp_path / "openapi.yaml") == message


def test_a_folder(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert said(tmp_path / "folder") == "folder: can't be read: is a directory; name a readable OpenAPI file"


def test_an_endless_file() -> None:
    error = fault(Path("/dev/zero"))
    assert error.cause == "is larger than 100 MiB"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.yaml", b"openapi: 3.1.0\ninfo: {title: \xe4}\n", "a.yaml:2: is not UTF-8; save the file as UTF-8"),
        ("a.json", '{"openapi": "3.1.0"}'.encode("utf-16"), "a.json:1: is not UTF-8; save the file as UTF-8"),
        ("a.yaml", b"", "a.yaml: holds no object; name an OpenAPI contract"),
        ("a.yaml", b"- 1\n", "a.yaml:1: holds no object; name an OpenAPI contract"),
        ("a.yaml", b"a: 1\n---\nb: 2\n", "a.yaml:2: a second YAML document begins here; correct it there"),
        ("a.yaml", b"a: [1\n", "a.yaml:2: did not find expected ',' or ']'; correct it there"),
        ("a.yaml", b"a: 1\n\tb: 2\n", "a.yaml:2: found a tab character that violates indentation; correct it there"),
        ("a.yaml", b"a: 1\nb: {c: 1,\n c: 2}\n", "a.yaml:3: the key 'c' stands twice in one object; correct it there"),
        ("a.json", b'{"a": 1,\n "a": 2}', "a.json:2: the key 'a' stands twice in one object; correct it there"),
        ("a.json", b'{"a": 1,\n}', "a.json:2: malformed JSON: Expecting property name enclosed in double quotes; "),
        ("a.json", b'// no\n{"a": 1}', "a.json:1: malformed JSON: Expecting value; correct it at column 1"),
        ("a.json", b'{"a":\n NaN}', "a.json:1: /a: nan is no number in JSON; write a number"),
        ("a.json", b'{"a": 1e400}', "a.json:1: /a: inf is no number in JSON; write a number"),
        ("a.json", b'{"a": -Infinity}', "a.json:1: /a: -inf is no number in JSON; write a number"),
        ("a.yaml", b"a: 1e400", "a.yaml:1: '1e400' is no number that JSON readers can hold; correct it there"),
        ("a.yaml", b"a: .nan", "a.yaml:1: .nan is no number in JSON; correct it there"),
        ("a.json", b'{"a": ' + b"9" * 5000 + b"}", "a.json:1: an integer of more than 1000 digits; correct it there"),
        ("a.json", b'{"a": "\\ud800"}', "a.json: /a: has half of a surrogate pair, which is no Unicode text; "),
        ("a.yaml", b"a: !odd b", "a.yaml:1: the tag '!odd' has no meaning in JSON; correct it there"),
        ("a.yaml", b"a: *b", "a.yaml:1: the alias *b has no anchor before it, or stands inside it; correct it there"),
        ("a.yaml", b"a: &a [*a]", "a.yaml:1: the alias *a has no anchor before it, or stands inside it; correct it "),
        ("a.yaml", b"? [a]\n: b", "a.yaml:1: a key must be text; correct it there"),
        ("a.yaml", b"<<: 1", "a.yaml:1: '<<' merges an alias of an object, or a list of them; correct it there"),
    ],
)
def test_text_that_is_no_value(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)

    assert said(tmp_path / name).startswith(message)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", "[" * 100_000),
        ("a.json", '{"a":' * 100_000 + "1" + "}" * 100_000),
        ("a.yaml", "[" * 100_000),
        ("a.yaml", "{a: " * 100_000),
        ("a.yaml", "- " * 100_000),
        ("a.yaml", "\n".join(" " * depth + "a:" for depth in range(3000))),
        ("a.json", "[" * 201 + "]" * 201),
    ],
)
def test_values_nested_without_end(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)

    start = time.monotonic()
    assert fault(tmp_path / name).cause == "nested deeper than 200 levels"
    assert time.monotonic() - start < 5


def test_aliases_that_multiply(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    (tmp_path / "a.yaml").write_text("\n".join(lines))

    assert fault(tmp_path / "a.yaml").cause == "aliases repeat more than 1000000 values"


# Versions and validity


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ("swagger: '2.0'", "a.yaml:1: is Swagger 2.0, not OpenAPI 3; convert it to OpenAPI 3 first, for example with "),
        ("openapi: 3.2.0", "a.yaml:1: /openapi: OpenAPI 3.2.0 is not supported; write it as OpenAPI 3.0 or 3.1"),
        ("openapi: 3", 'a.yaml:1: has no `openapi` version; add openapi: "3.1.0", or name an OpenAPI contract'),
        ("asyncapi: 3.0.0", "a.yaml:1: has no `openapi` version; add openapi:"),
    ],
)
def test_what_is_no_openapi_3_0_or_3_1(tmp_path: Path, head: str, message: str) -> None:
    (tmp_path / "a.yaml").write_text(f"{head}\ninfo: {{title: A, version: '1'}}\npaths: {{}}\n")

    assert said(tmp_path / "a.yaml").startswith(message)


@pytest.mark.parametrize(
    ("text", "place", "cause"),
    [
        ("paths: []", "3: /paths", "object"),
        ("paths: {/a: {get: {responses: {'200': {}}}}}", "3: /paths/~1a/get/responses/200", '"description"'),
        (
            "paths: {/a: {get: {operationId: a, resposes: {}}}}",
            "3: /paths/~1a/get",
            '"responses" is a required property',
        ),
        ("paths:\n  /a:\n    parameters: [{name: a, in: body}]", "5: /paths/~1a/parameters/0", "in"),
    ],
)
def test_what_the_specification_does_not_allow(tmp_path: Path, text: str, place: str, cause: str) -> None:
    error = said(written(tmp_path, text))

    assert error.startswith(f"openapi.yaml:{place}")
    assert cause in error


def test_a_schema_of_3_1_that_is_no_json_schema(tmp_path: Path) -> None:
    path = written(tmp_path, "components:\n  schemas:\n    Odd:\n      properties:\n        a: {type: strnig}", "3.1.0")

    assert said(path).startswith("openapi.yaml:7: /components/schemas/Odd/properties/a/type: ")


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize(
    ("schema", "pointer"),
    [
        ("{type: string, pattern: '[a-'}", "/pattern"),
        ("{type: object, properties: {a: {pattern: '(?<a'}}}", "/properties/a/pattern"),
    ],
)
def test_a_pattern_that_would_stop_the_service_at_its_start(
    tmp_path: Path, version: str, schema: str, pointer: str
) -> None:
    error = fault(written(tmp_path, f"paths: {{}}\ncomponents:\n  schemas:\n    Code: {schema}\n", version))

    assert str(error.place).endswith(f":6: /components/schemas/Code{pointer}")
    assert re.search("regex|regular expression", error.cause)


def test_a_pattern_of_property_names_is_looked_at_too(tmp_path: Path) -> None:
    schema = "components: {schemas: {Odd: {patternProperties: {'[': {}}}}}"

    assert "/components/schemas/Odd/patternProperties" in said(written(tmp_path, schema, "3.1.0"))


# Operations


@pytest.mark.parametrize(
    ("operations", "message"),
    [
        (
            ["{responses: {'200': {description: Done}}}"],
            "openapi.yaml:5: /paths/~1a0/get: GET /a0 has no operationId; add one: it names the method that serves ",
        ),
        (
            [OPERATION % "createQuote", OPERATION % "create-quote"],
            "openapi.yaml:7: /paths/~1a1/get/operationId: the operationId 'create-quote' collides with 'createQuote' "
            "of GET /a0; give each operation a name of its own",
        ),
        (
            [OPERATION % "getAB", OPERATION % "getA_B"],
            "openapi.yaml:7: /paths/~1a1/get/operationId: the operationId 'getA_B' collides with 'getAB' of GET /a0; ",
        ),
        (
            [OPERATION % "'2fast'"],
            "openapi.yaml:5: /paths/~1a0/get/operationId: the operationId '2fast' gives no name in code; use letters ",
        ),
        (
            [OPERATION % "作成"],
            "openapi.yaml:5: /paths/~1a0/get/operationId: the operationId '作成' gives no name in code; use letters ",
        ),
        (
            [OPERATION % "delete"],
            "openapi.yaml:5: /paths/~1a0/get/operationId: the operationId 'delete' is a reserved word in a supported "
            "language; add what it acts on",
        ),
        (
            [OPERATION % "namespace"],
            "openapi.yaml:5: /paths/~1a0/get/operationId: the operationId 'namespace' is a reserved word",
        ),
    ],
)
def test_operations_without_a_name_of_their_own(tmp_path: Path, operations: list[str], message: str) -> None:
    lines = [f"  /a{number}:\n    get: {operation}" for number, operation in enumerate(operations)]

    assert said(written(tmp_path, "paths:\n" + "\n".join(lines))).startswith(message)


def test_two_operations_on_one_route(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """
        paths:
          /a/{b}:
            get: {operationId: one, parameters: [&b {name: b, in: path, required: true, schema: {type: string}}],
                  responses: {"200": {description: Done}}}
          /a/{c}:
            get: {operationId: two, parameters: [{name: c, in: path, required: true, schema: {type: string}}],
                  responses: {"200": {description: Done}}}
        """,
    )

    message = (
        "/paths/~1a~1{c}/get: GET /a/{c} is the same route as GET /a/{b}; merge the two, or tell their paths apart"
    )
    assert message in said(path)


@pytest.mark.parametrize(
    ("route", "parameters", "cause"),
    [
        ("/a/{b}", "[]", "the path /a/{b} has {b}, which is no declared path parameter"),
        (
            "/a/{b}",
            "[{name: b, in: query, schema: {}}]",
            "the path /a/{b} has {b}, which is no declared path parameter",
        ),
        ("/a", "[{name: b, in: path, required: true, schema: {}}]", "the path parameter 'b' is not in /a"),
        ("/{b}/{b}", "[{name: b, in: path, required: true, schema: {}}]", "the path /{b}/{b} has {b} twice"),
        (
            "/a",
            "[{name: X, in: header, schema: {}}, {name: x, in: header, schema: {}}]",
            "the header parameter 'x' stands twice",
        ),
    ],
)
def test_parameters_that_do_not_fit_the_path(tmp_path: Path, route: str, parameters: str, cause: str) -> None:
    path = written(
        tmp_path,
        f"""
        paths:
          {route}:
            get: {{operationId: read, parameters: {parameters}, responses: {{"200": {{description: Done}}}}}}
        """,
    )

    assert fault(path).cause == cause


def test_an_operation_without_a_response(tmp_path: Path) -> None:
    path = written(tmp_path, "paths:\n  /a: {get: {operationId: read}}", "3.1.0")

    assert "/paths/~1a/get: declares no response; add those it gives under responses" in said(path)


@pytest.mark.parametrize(
    ("paved", "pointer"),
    [
        ("5", ""),
        ("{timeout: 0}", "/timeout"),
        ("{timeout: soon}", "/timeout"),
        ("{rate: {quota: 1}}", "/rate"),
        ("{sunset: soon}", "/sunset"),
    ],
)
def test_extensions_that_the_service_could_not_obey(tmp_path: Path, paved: str, pointer: str) -> None:
    operation = f"{{operationId: read, x-paved: {paved}, responses: {{'200': {{description: Done}}}}}}"

    error = said(written(tmp_path, f"paths:\n  /a: {{get: {operation}}}"))
    assert f"/paths/~1a/get/x-paved{pointer}: " in error


def test_a_server_path_that_is_not_known(tmp_path: Path) -> None:
    path = written(tmp_path, "servers: [{url: 'https://example.com/{stage}'}]\npaths: {}")

    assert "/servers/0/url: the path /{stage} has a variable without a value; declare it under variables" in said(path)


@pytest.mark.parametrize(
    "discriminator", ["kind", "{mapping: {a: A}}", "{propertyName: 1}", "{propertyName: kind, mapping: [A]}"]
)
@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_a_discriminator_that_tells_nothing_apart(tmp_path: Path, discriminator: str, version: str) -> None:
    path = written(
        tmp_path, f"paths: {{}}\ncomponents: {{schemas: {{A: {{discriminator: {discriminator}}}}}}}", version
    )

    assert "/components/schemas/A/discriminator" in said(path)


def test_a_security_scheme_that_is_not_declared(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """
        paths:
          /a:
            get:
              security: [{nobody: []}]
              operationId: read
              responses: {"200": {description: Done}}
        """,
    )

    assert "the security scheme 'nobody' is not declared; declare it under components/securitySchemes" in said(path)


def test_urls_that_are_none(tmp_path: Path) -> None:
    path = written(tmp_path, "servers: [{url: 'http://['}]\npaths: {}")
    assert said(path) == "openapi.yaml:3: /servers/0/url: 'http://[' is no URL; write it as https://host/path"
    path = written(tmp_path, "paths: {}\ncomponents: {schemas: {A: {$ref: 'http://['}}}")
    message = (
        "openapi.yaml:4: /components/schemas/A: the reference 'http://[' is no URI; write it as file.yaml#/… or #/…"
    )
    assert said(path) == message
