"""Python text: literals and docstrings here, the layout is Ruff's."""

from __future__ import annotations

import re
import subprocess
import textwrap
from pathlib import Path

from ruff import find_ruff_bin  # type: ignore[import-untyped]

WIDTH = 120
HEADER = "# Generated from the contract: change contract/openapi.yaml and run `make generate`.\n"


_OPTIONS = ("--isolated", "--quiet", "--no-cache", f"--line-length={WIDTH}", "--target-version=py311")


def tidy(folder: Path) -> None:
    """Lay out all modules of a folder and drop the imports they do not use."""
    _ruff("check", "--fix", "--exit-zero", "--select=F401,I001", str(folder))
    _ruff("format", str(folder))


def laid_out(text: str) -> str:
    """The same module, laid out."""
    return _ruff("format", "-", text=text)


def _ruff(command: str, *arguments: str, text: str = "") -> str:
    call = [find_ruff_bin(), command, *_OPTIONS, *arguments]
    done = subprocess.run(call, input=text.encode(), stdout=subprocess.PIPE, check=True)  # noqa: S603
    return done.stdout.decode()


def string(text: str) -> str:
    """A Python literal."""
    return f'"{text}"' if text.isprintable() and '"' not in text and "\\" not in text else repr(text)


def docstring(text: str | None, indent: str = "    ") -> str:
    """The first paragraph as a docstring; nothing where there is none."""
    words = " ".join(re.split(r"\n\s*\n", (text or "").strip())[0].split())
    if not words.isprintable():
        words = "".join(filter(str.isprintable, words))
    words = words.replace("\\", "\\\\").replace('"""', "'''")
    if not words:
        return ""
    lines = textwrap.wrap(words, WIDTH - len(indent) - 7, break_long_words=False, break_on_hyphens=False)
    if len(lines) == 1 and not words.endswith('"'):
        return f'{indent}"""{words}"""\n'
    return f'{indent}"""' + f"\n{indent}".join(lines) + f'\n{indent}"""\n'
