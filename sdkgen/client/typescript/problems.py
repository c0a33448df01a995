"""`src/problems.ts`: an error for each problem type (RFC 9457) that the contract documents."""

from __future__ import annotations

from collections.abc import Sequence

from sdkgen.client.problems import Kind
from sdkgen.client.typescript.names import comment, string


def render(kinds: Sequence[Kind]) -> str:
    """The module's text."""
    lines = ["/** An error for each type of problem that the contract documents. */\n\n"]
    imported = ", ".join(["type ApiErrorClass", *sorted({kind.base for kind in kinds})])
    lines.append(f'import {{ {imported} }} from "./runtime/errors.ts";\n')
    for kind in kinds:
        lines.append(f"\n{comment(f'`{kind.type}`')}export class {kind.name} extends {kind.base} {{\n")
        lines.append(f"  override name: string = {string(kind.name)};\n}}\n")
    lines.append("\nexport const problems: Readonly<Record<string, ApiErrorClass>> = {")
    lines.append("".join(f"\n  {string(kind.type)}: {kind.name}," for kind in kinds))
    lines.append("\n};\n" if kinds else "};\n")
    return "".join(lines)
