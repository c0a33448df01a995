"""Runs openapi-python-client on the plain form, in this process, and sees that nothing is left out.

The generator is asked for models, and for one module for each operation by a template of ours; what it does at run time
is in `runtime`, which is ordinary code.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openapi_python_client import Project, strings
from openapi_python_client.config import ClassOverride, Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties import ModelProperty
from openapi_python_client.schema.untrusted_string import UntrustedString

from sdkgen.client.plain import PlainForm
from sdkgen.client.policy import Policy
from sdkgen.client.python import names
from sdkgen.client.python.dialect import Dialect, dialect
from sdkgen.client.python.literals import record
from sdkgen.findings import FILE
from sdkgen.load import Node

_TOOL = "openapi-python-client"
_REPORT = "report it: the form it is given should suit it"
_TEMPLATES = Path(__file__).with_name("templates")


def generate(form: PlainForm, folder: Path) -> None:
    """Write `api`, `models` and `types.py` into the folder, not yet laid out.

    Raises ContractError where something would be left out and no waiver accepts that.
    """
    given = dialect(form)
    config = _config(given, folder)
    with _exact_names(set(given.document["components"]["schemas"])):
        parsed = GeneratorData.from_dict(given.document, config=config)
        if isinstance(parsed, GeneratorError):
            raise form.contract.documents.node.error(
                f"{_TOOL} can't read it: {parsed.header}: {parsed.detail}", _REPORT
            )
        operations = {policy.name: policy for policy in form.policies}
        endpoints = {str(one.name): one for tag in parsed.endpoint_collections_by_tag.values() for one in tag.endpoints}
        _refuse_omissions(form, parsed, endpoints)
        for model in parsed.models:
            _name_properties(model, given.properties.get(str(model.class_info.name), {}), config)
        for endpoint in endpoints.values():
            _name_arguments(endpoint, operations[str(endpoint.name)], config)
        project = Project(openapi=parsed, config=config, custom_template_path=_TEMPLATES)
        project.env.globals.update(
            record=lambda endpoint: record(operations[str(endpoint.name)]),
            arguments=lambda endpoint: names.arguments(operations[str(endpoint.name)]),
            is_deprecated=lambda endpoint: operations[str(endpoint.name)].deprecated,
            succeeds=_succeeds,
            fails=_fails,
            exported={str(one.class_info.name): one.class_info.module_name for one in (*parsed.models, *parsed.enums)},
            alike=_alike,
            type_of=_type_of,
            pages=lambda endpoint: _pages(form, endpoint, operations[str(endpoint.name)], parsed),
        )
        with contextlib.redirect_stdout(io.StringIO()):
            errors = project.build()
    if errors:
        text = "; ".join(f"{error.header}: {error.detail}" for error in errors)
        raise form.contract.documents.node.error(f"{_TOOL} failed: {text}", _REPORT)
    for name in ("client.py", "errors.py"):
        (folder / name).unlink()
    (folder / "properties.py").write_text(_properties(parsed), "utf-8")


def _config(given: Dialect, folder: Path) -> Config:
    file = ConfigFile(
        literal_enums=True,
        post_hooks=[],
        content_type_overrides=dict.fromkeys(given.binary, "application/octet-stream"),
        class_overrides={
            name: ClassOverride(module_name=module) for name, module in names.modules(given.attributes).items()
        },
    )
    return Config.from_sources(file, MetaType.NONE, folder, "utf-8", overwrite=True, output_path=folder)


@contextlib.contextmanager
def _exact_names(known: set[str]) -> Iterator[None]:
    """Let the names of the symbol table be: the generator would write `N3xx` as `N3Xx`."""
    pascal_case = strings.pascal_case

    def exact(value: str | UntrustedString) -> str:
        text = value.get_untrusted_value() if isinstance(value, UntrustedString) else value
        return text if text in known else pascal_case(value)

    strings.pascal_case = exact
    try:
        yield
    finally:
        strings.pascal_case = pascal_case


def _refuse_omissions(form: PlainForm, parsed: GeneratorData, endpoints: dict[str, Endpoint]) -> None:
    """Compare what was read with what was given: operations with their arguments, bodies and responses, and types."""
    said = [error for tag in parsed.endpoint_collections_by_tag.values() for error in tag.parse_errors] + parsed.errors
    because = "; ".join(f"{error.header} {error.detail}".strip() for error in said[:3])
    omitted: list[tuple[Node, str]] = []
    for policy, operation in zip(form.policies, form.contract.operations, strict=True):
        found = endpoints.get(policy.name)
        if found is None:
            omitted.append((operation.node, f"the operation {policy.operation}"))
            continue
        has_body = bool(operation.body and operation.body.content)
        wanted = len(operation.parameters), has_body, len(operation.responses)
        parameters = found.path_parameters + found.query_parameters
        if (len(parameters), bool(found.bodies), len(found.responses)) != wanted:
            omitted.append((operation.node, f"a parameter, the body or a response of {policy.operation}"))
    written = {str(model.class_info.name) for model in parsed.models}
    omitted += [(one.node, f"the type {name}") for name, one in form.symbols.objects.items() if name not in written]
    for node, what in omitted:
        cause = " ".join(f"{_TOOL} leaves out {what}{f' ({because})' if because else ''}".split())
        form.contract.report("sdk-omission", node, cause)
    for finding in form.contract.findings:
        if finding.id == "sdk-omission" and finding.waiver is None:
            raise finding.node.error(finding.message, f"report it, or accept it as `sdk-omission` in contract/{FILE}")


def _name_properties(model: ModelProperty, properties: dict[str, str], config: Config) -> None:
    """The generator was given the attributes; in JSON the properties are called as in the contract."""
    for entry in [*(model.required_properties or []), *(model.optional_properties or [])]:
        attribute = entry.name.get_untrusted_value()
        _rename(entry, attribute, config)
        entry.name = UntrustedString(properties.get(attribute, attribute))


def _properties(parsed: GeneratorData) -> str:
    """The module that says of each model how properties are called whose attributes have other names."""
    found: dict[str, dict[str, str]] = {}
    for model in parsed.models:
        for entry in [*(model.required_properties or []), *(model.optional_properties or [])]:
            name = entry.name.get_untrusted_value()
            if name != str(entry.python_name):
                found.setdefault(str(model.class_info.name), {})[str(entry.python_name)] = name
    text = "Properties in JSON by the attributes that have other names, for each type that has such."
    return f'"""{text}"""\n\nPROPERTIES: dict[str, dict[str, str]] = {dict(sorted(found.items()))!r}\n'


def _name_arguments(endpoint: Endpoint, policy: Policy, config: Config) -> None:
    wanted = names.arguments(policy)
    for entry in endpoint.path_parameters + endpoint.query_parameters:
        _rename(entry, wanted[entry.name.get_untrusted_value()], config)


def _rename(entry: Any, name: str, config: Config) -> None:
    entry.set_python_name(UntrustedString(name), config=config, skip_snake_case=True)


def _succeeds(endpoint: Endpoint) -> list[Any]:
    """The responses that a call returns. `default` is one of them only where the contract names no other."""
    found = [one for one in endpoint.responses.patterns if (one.status_code.range or (0,))[0] < 400]
    return found or [one for one in [endpoint.responses.default] if one]


def _fails(endpoint: Endpoint) -> list[Any]:
    """The responses that a call raises."""
    found = [one for one in endpoint.responses.patterns if (one.status_code.range or (0,))[0] >= 400]
    return found + [one for one in [endpoint.responses.default] if one]


def _alike(responses: list[Any]) -> list[tuple[str, Any]]:
    """Responses that are read alike, with the condition for them: single statuses, then ranges, then any other."""
    groups: dict[tuple[int, str, str], list[Any]] = {}
    for one in responses:
        bounds = one.status_code.range
        rank = 2 if bounds is None else int(bounds[0] != bounds[1])
        key = one.source["return_type"], one.prop.get_type_string().as_unembedded_code()
        groups.setdefault((rank, *key), []).append(one)
    ordered = sorted(groups.items(), key=lambda entry: entry[0][0])
    return [(_condition([one.status_code.range for one in group]), group[0]) for _, group in ordered]


def _condition(bounds: list[tuple[int, int] | None]) -> str:
    known = [one for one in bounds if one is not None]
    if not known:
        return "True"
    if all(first == last for first, last in known):
        statuses = [str(first) for first, _ in known]
        one_of = f"in ({', '.join(statuses)})" if len(statuses) > 1 else f"== {statuses[0]}"
        return f"response.status_code {one_of}"
    return " or ".join(f"{first} <= response.status_code <= {last}" for first, last in known)


def _type_of(responses: list[Any]) -> str:
    """The type of what several responses carry."""
    found = {
        "None" if one.source["return_type"] == "None" else one.prop.get_type_string().as_unembedded_code()
        for one in responses
    }
    return " | ".join(sorted(found - {"None"}) + sorted(found & {"None"})) or "None"


def _pages(form: PlainForm, endpoint: Endpoint, policy: Policy, parsed: GeneratorData) -> dict[str, Any] | None:
    """How the template turns pages; None where there are none to be turned."""
    if policy.pagination is None or not form.turns_pages(policy):
        return None
    name = _succeeds(endpoint)[0].prop.get_type_string().as_unembedded_code()
    model = next(one for one in parsed.models if str(one.class_info.name) == name)
    entries = [*(model.required_properties or []), *(model.optional_properties or [])]
    found: dict[str, Any] = {entry.name.get_untrusted_value(): entry for entry in entries}
    items = found[policy.pagination.items]
    inner = items.inner_property
    return {
        "cursor": names.arguments(policy)[policy.pagination.cursor],
        "listed": items.python_name,
        "following": found[policy.pagination.next].python_name,
        "type": inner.get_type_string().as_unembedded_code(),
        "imports": sorted({*inner.get_imports(prefix="..."), *inner.get_lazy_imports(prefix="...")}),
    }
