"""TypeScript text: literals, names and comments, laid out as Biome would."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable

WIDTH = 120
HEADER = "// Generated from the contract: change contract/openapi.yaml and run `make generate`.\n"
INDENT = "    "
_IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*\Z")


def string(text: str) -> str:
    """A literal."""
    return json.dumps(text, ensure_ascii=False).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def key(name: str) -> str:
    """The name of a member: quoted where it is no identifier."""
    return name if _IDENTIFIER.match(name) else string(name)


def doc(text: str | None, indent: str = "") -> str:
    """The first paragraph as a comment of TSDoc; nothing where there is none."""
    words = " ".join(re.split(r"\n\s*\n", (text or "").strip())[0].split())
    words = "".join(filter(str.isprintable, words)).replace("*/", "*\\/")
    if not words:
        return ""
    if len(words) <= WIDTH - len(indent) - 7:
        return f"{indent}/** {words} */\n"
    lines = textwrap.wrap(words, WIDTH - len(indent) - 3, break_long_words=False, break_on_hyphens=False)
    return "".join([f"{indent}/**\n", *(f"{indent} * {line}\n" for line in lines), f"{indent} */\n"])


def union(head: str, members: Iterable[str]) -> str:
    """`head` and the alternatives, on a line each where one line does not hold them."""
    listed = list(dict.fromkeys(members))
    text = f"{head} {' | '.join(listed)};\n"
    if len(text) <= WIDTH + 1 or len(listed) == 1:
        return text
    return head + "".join(f"\n{INDENT}| {member}" for member in listed) + ";\n"
