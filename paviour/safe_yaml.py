"""PyYAML's safe loading, by its parser in C where there is one: renders and checks load many small documents."""

from __future__ import annotations

from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(text: str | bytes) -> Any:
    """The one document of a text. Raises yaml.YAMLError."""
    return yaml.load(text, _LOADER)  # noqa: S506


def load_all(text: str | bytes) -> list[Any]:
    """All documents of a text. Raises yaml.YAMLError."""
    return list(yaml.load_all(text, _LOADER))


def has_anchors(text: str | bytes) -> bool:
    """Whether one place stands for another, by which a short text can become endless. Raises yaml.YAMLError."""
    return any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, _LOADER))
