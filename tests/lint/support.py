"""A small contract that keeps every rule, changes to it, and what the linter finds."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import yaml

from sdkgen.errors import pointer_text
from sdkgen.lint import Finding, lint

GONE = "<gone>"
"""In a change: the member is removed."""

_PROBLEMS = {
    "400": "Malformed",
    "401": "Unauthorized",
    "403": "Forbidden",
    "404": "Not found",
    "422": "Unprocessable",
    "429": "Too many",
    "500": "Failed",
}
_COMMON = ["400", "401", "403", "404", "422", "429", "500"]


def _problem(description: str, *headers: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    found: dict[str, Any] = {"description": description, "content": content}
    if headers:
        schema = {"type": "string", "maxLength": 64}
        found["headers"] = {name: {"description": name, "schema": schema} for name in headers}
    return found


def _answers(**success: Any) -> dict[str, Any]:
    return success | {status: {"$ref": f"#/components/responses/Problem{status}"} for status in _COMMON}


def _body(schema: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


_THING = {"$ref": "#/components/schemas/Thing"}
_HEADER = {"description": "A header.", "schema": {"type": "string", "maxLength": 64}}

BASE: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {
        "title": "Things",
        "version": "1.0.0",
        "description": "Keeps things.",
        "contact": {"name": "Things team"},
        "license": {"name": "Apache License 2.0"},
        "x-paved": {"audience": "partner"},
    },
    "servers": [{"url": "https://things.example.com"}],
    "tags": [{"name": "things", "description": "All of them."}],
    "security": [{"oauth2": ["things:read"]}],
    "paths": {
        "/things": {
            "get": {
                "operationId": "listThings",
                "summary": "List things",
                "description": "Gives a page of them.",
                "tags": ["things"],
                "parameters": [
                    {
                        "name": "limit",
                        "in": "query",
                        "description": "How many.",
                        "schema": {"type": "integer", "minimum": 1, "maximum": 100, "default": 20},
                    },
                    {
                        "name": "cursor",
                        "in": "query",
                        "description": "Where the page starts.",
                        "schema": {"type": "string", "maxLength": 64},
                    },
                ],
                "responses": _answers(
                    **{
                        "200": {
                            "description": "A page.",
                            "content": _body({"$ref": "#/components/schemas/ThingPage"}),
                        }
                    }
                ),
            },
            "post": {
                "operationId": "createThing",
                "summary": "Create a thing",
                "description": "Makes a new one.",
                "tags": ["things"],
                "security": [{"oauth2": ["things:write"]}],
                "parameters": [
                    {
                        "name": "Idempotency-Key",
                        "in": "header",
                        "required": True,
                        "description": "Chosen by the caller.",
                        "schema": {"type": "string", "maxLength": 64},
                    }
                ],
                "requestBody": {"required": True, "content": _body(_THING)},
                "responses": _answers(
                    **{"201": {"description": "Created.", "headers": {"Location": _HEADER}, "content": _body(_THING)}}
                ),
            },
        },
        "/things/{thing_id}": {
            "parameters": [
                {
                    "name": "thing_id",
                    "in": "path",
                    "required": True,
                    "description": "Which one.",
                    "schema": {"type": "string", "format": "uuid"},
                }
            ],
            "get": {
                "operationId": "getThing",
                "summary": "Get a thing",
                "description": "Gives one.",
                "tags": ["things"],
                "responses": _answers(
                    **{"200": {"description": "The thing.", "headers": {"ETag": _HEADER}, "content": _body(_THING)}}
                ),
            },
        },
    },
    "components": {
        "securitySchemes": {
            "oauth2": {
                "type": "oauth2",
                "description": "JWTs, checked as RFC 8725 asks.",
                "flows": {
                    "clientCredentials": {
                        "tokenUrl": "https://auth.example.com/token",
                        "scopes": {"things:read": "Read", "things:write": "Write"},
                    }
                },
            }
        },
        "responses": {
            f"Problem{status}": _problem(text, *(["Retry-After", "RateLimit"] if status == "429" else []))
            for status, text in _PROBLEMS.items()
        },
        "schemas": {
            "Thing": {
                "description": "A thing.",
                "type": "object",
                "required": ["name"],
                "properties": {"name": {"description": "Its name.", "type": "string", "maxLength": 64}},
                "example": {"name": "Lamp"},
            },
            "ThingPage": {
                "description": "A page of things.",
                "type": "object",
                "properties": {
                    "items": {"description": "Things.", "type": "array", "maxItems": 100, "items": _THING},
                    "next_cursor": {"description": "The next page.", "type": "string", "maxLength": 64},
                },
                "example": {"items": [{"name": "Lamp"}]},
            },
            "Problem": {
                "description": "What went wrong (RFC 9457).",
                "type": "object",
                "properties": {
                    "type": {"description": "Which kind.", "type": "string", "format": "uri", "maxLength": 256},
                    "title": {"description": "In words.", "type": "string", "maxLength": 256},
                    "status": {"description": "Of HTTP.", "type": "integer", "minimum": 400, "maximum": 599},
                },
            },
        },
    },
}

LIST = ("paths", "/things", "get")
CREATE = ("paths", "/things", "post")
READ = ("paths", "/things/{thing_id}", "get")
THING = ("components", "schemas", "Thing")


def at(place: tuple[str, ...], change: Any) -> dict[str, Any]:
    """A change to what stands at a place."""
    found: dict[str, Any] = {place[-1]: change}
    for token in reversed(place[:-1]):
        found = {token: found}
    return found


def changed(*changes: Any) -> dict[str, Any]:
    """The small contract with these changes: objects are merged, all else is replaced."""
    found = copy.deepcopy(BASE)
    for change in changes:
        _merge(found, change)
    return found


def _merge(into: dict[str, Any], change: dict[str, Any]) -> None:
    for key, value in change.items():
        if value == GONE:
            del into[key]
        elif isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = copy.deepcopy(value)


def written(folder: Path, document: dict[str, Any]) -> Path:
    path = folder / "openapi.yaml"
    path.write_text(yaml.safe_dump(json.loads(json.dumps(document)), sort_keys=False), "utf-8")
    return path


def places(findings: list[Finding], id: str) -> list[str]:
    """The JSON Pointers where a rule found something."""
    return [pointer_text(finding.pointer) for finding in findings if finding.id == id]


def linted(folder: Path, *changes: Any, profile: str | None = None) -> list[Finding]:
    path = folder / "openapi.json"  # read in no time, which counts for hundreds of cases
    path.write_text(json.dumps(changed(*changes)), "utf-8")
    return lint(path, profile)
