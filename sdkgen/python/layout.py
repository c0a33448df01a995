"""Python text: literals and docstrings here, the layout is Ruff's."""

from __future__ import annotations

import re
import subprocess
import textwrap
from pathlib import Path

from ruff import find_ruff_bin  # type: ignore[import-untyped]

WIDTH = 120
HEADER = "# Generated from the contract: change contract/openapi.yaml and run `make generate`.\n"


def tidy(folder: Path) -> None:
    """Lay out all modules of a folder and drop the imports they do not use."""
    ruff = [find_ruff_bin(), "--isolated", "--quiet"]
    options = ["--no-cache", f"--line-length={WIDTH}", "--target-version=py311", str(folder)]
    subprocess.run([*ruff, "check", "--fix", "--exit-zero", "--select=F401,I001", *options], check=True)  # noqa: S603
    subprocess.run([*ruff, "format", *options], check=True)  # noqa: S603


def string(text: str) -> str:
    """A Python literal."""
    return f'"{text}"' if text.isprintable() and '"' not in text and "\\" not in text else repr(text)


def docstring(text: str | None, indent: str = "    ") -> str:
    """The first paragraph as a docstring; nothing where there is none."""
    words = " ".join(re.split(r"\n\s*\n", (text or "").strip())[0].split())
    words = words.replace("\\", "\\\\").replace('"""', "'''")
    if not words:
        return ""
    lines = textwrap.wrap(words, WIDTH - len(indent) - 7, break_long_words=False, break_on_hyphens=False)
    if len(lines) == 1 and not words.endswith('"'):
        return f'{indent}"""{words}"""\n'
    return f'{indent}"""' + f"\n{indent}".join(lines) + f'\n{indent}"""\n'
