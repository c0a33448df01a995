"""Names and comments as TypeScript writes them."""

from __future__ import annotations

import re

from sdkgen.typescript.layout import key as key
from sdkgen.typescript.layout import string as string

LONG = 100
"""Where a list is broken into lines."""


def camel_case(name: str) -> str:
    """A name in code, given as the symbol table has it: `buyer_id` is `buyerId`.

    `page_1` keeps its underscore, so that it is another name than `page1`.
    """
    first, *rest = [word for word in name.split("_") if word]
    return first + "".join(f"_{word}" if word[0].isdigit() else word[0].upper() + word[1:] for word in rest)


def comment(*paragraphs: str | None, indent: str = "") -> str:
    """A documentation comment; nothing where there is nothing to say."""
    kept = [text.strip() for text in paragraphs if text and text.strip()]
    if not kept:
        return ""
    lines = "\n\n".join(kept).replace("*/", "*\\/").splitlines()
    cleaned = [(line if line.isprintable() else "".join(filter(_is_printable, line))).rstrip() for line in lines]
    if len(cleaned) == 1:
        return f"{indent}/** {cleaned[0]} */\n"
    return f"{indent}/**\n" + "".join(f"{indent} * {line}".rstrip() + "\n" for line in cleaned) + f"{indent} */\n"


def helpers(text: str, runtime: str) -> str:
    """The import of the helper types that a module uses; `$` keeps them apart from the contract's names."""
    used = [name for name in ("Bytes", "Open", "Other", "WithFiles") if re.search(rf"\${name}\b", text)]
    listed = ", ".join(f"{name} as ${name}" for name in used)
    return f'import type {{ {listed} }} from "{runtime}/open.ts";\n' if used else ""


def array(entries: list[str], indent: str = "") -> str:
    """An array, one entry to a line where it is long."""
    line = f"[{', '.join(entries)}]"
    if len(line) <= LONG or len(entries) == 1:
        return line
    return "[" + "".join(f"\n{indent}  {entry}," for entry in entries) + f"\n{indent}]"


def _is_printable(character: str) -> bool:
    return character.isprintable() or character == "\t"
