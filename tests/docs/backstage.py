"""The Backstage Software Template, made from the questions of `copier.yml`, so that both ask the same."""

from __future__ import annotations

import re
from typing import Any

import yaml

from paviour.suite import template
from tests.support.command import REPOSITORY

PATH = REPOSITORY / "backstage" / "template.yaml"
_PATTERN = re.compile(r"regex_search\('\^(.+?)\\\\Z'\)")
_LONGEST = re.compile(r"length > (\d+)")
_HEAD = """\
# A Backstage Software Template: docs/how-to/offer-services-in-backstage.md. Made by scripts/docs from copier.yml.
"""


def document() -> str:
    questions = {name: _parameter(name, question) for name, question in _asked().items()}
    answers = {name: f"${{{{ parameters.{name} }}}}" for name in questions}
    first = ("service", "stack", "contract")
    found = {
        "apiVersion": "scaffolder.backstage.io/v1beta3",
        "kind": "Template",
        "metadata": {
            "name": "paviour-service",
            "title": "API service on the paved road",
            "description": "From an OpenAPI contract to a running, secured, observable service",
            "tags": ["api", "paved-road"],
        },
        "spec": {
            "owner": "platform",
            "type": "service",
            "parameters": [
                {
                    "title": "The service",
                    "required": ["service"],
                    "properties": {name: questions[name] for name in first},
                    "dependencies": {"contract": {"oneOf": [_without_contract(), _with_contract()]}},
                },
                {
                    "title": "Who owns it",
                    "required": ["organization"],
                    "properties": {name: value for name, value in questions.items() if name not in first},
                },
            ],
            "steps": [
                {
                    "id": "new",
                    "name": "Render the service",
                    "action": "paviour:new",
                    "input": {"answers": answers, "openapi": "${{ parameters.openapi }}"},
                },
                {
                    "id": "publish",
                    "name": "Publish it",
                    "action": "publish:github",
                    "input": {
                        "repoUrl": "github.com?owner=${{ parameters.organization }}&repo=${{ parameters.service }}",
                        "sourcePath": "${{ steps.new.output.folder }}",
                        "defaultBranch": "main",
                    },
                },
                {
                    "id": "register",
                    "name": "Register it in the catalog",
                    "action": "catalog:register",
                    "input": {
                        "repoContentsUrl": "${{ steps.publish.output.repoContentsUrl }}",
                        "catalogInfoPath": "/catalog-info.yaml",
                    },
                },
            ],
            "output": {
                "links": [
                    {"title": "Repository", "url": "${{ steps.publish.output.remoteUrl }}"},
                    {"title": "In the catalog", "entityRef": "${{ steps.register.output.entityRef }}"},
                ]
            },
        },
    }
    return _HEAD + yaml.safe_dump(found, sort_keys=False, allow_unicode=True, width=120)


def _asked() -> dict[str, dict[str, Any]]:
    return {name: template().questions[name] for name in template().asked}


def _parameter(name: str, question: dict[str, Any]) -> dict[str, Any]:
    """One field of the form, with what of the validator a pattern can say; `paviour` judges the rest."""
    found: dict[str, Any] = {"title": name.replace("_", " ").capitalize(), "type": "string"}
    found["description"] = question["help"]
    if "choices" in question:
        found |= {"enum": list(question["choices"].values()), "enumNames": list(question["choices"])}
    else:
        validator = question["validator"]
        pattern, longest = _PATTERN.search(validator), _LONGEST.search(validator)
        found |= {"pattern": f"^{pattern[1]}$"} if pattern else {}
        found |= {"maxLength": int(longest[1])} if longest else {}
    if "{" not in question["default"] and name != "service":
        found["default"] = question["default"]
    return found


def _without_contract() -> dict[str, Any]:
    return {"properties": {"contract": {"enum": ["starter"]}}}


def _with_contract() -> dict[str, Any]:
    openapi = {
        "title": "OpenAPI contract",
        "type": "string",
        "description": "OpenAPI 3.0 or 3.1, in YAML or JSON, in one file",
        "ui:widget": "textarea",
        "ui:options": {"rows": 12},
    }
    return {"required": ["openapi"], "properties": {"contract": {"enum": ["own"]}, "openapi": openapi}}
