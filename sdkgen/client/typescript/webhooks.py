"""`src/webhooks.ts`: what the service sends to its callers, where the contract declares webhooks."""

from __future__ import annotations

from collections.abc import Iterator

from sdkgen.client.typescript.annotations import Annotations
from sdkgen.client.typescript.names import comment, helpers, key
from sdkgen.load import Node
from sdkgen.model import METHODS, Contract
from sdkgen.naming import pascal_case
from sdkgen.types import ANY, Symbols, Type


def payloads(symbols: Symbols) -> dict[str, Type]:
    """The type of each webhook's payload, by its name."""
    found: dict[str, Type] = {}
    for name, item in _items(symbols.contract):
        for method in METHODS:
            operation = item.get(method)
            body = operation.get("requestBody") if operation else None
            if body is not None:
                media = _json(symbols.contract.documents.follow(body))
                schema = media.get("schema") if media else None
                found[name] = symbols.type(schema, f"{pascal_case(name)}Payload") if schema else ANY
    return found


def render(symbols: Symbols, found: dict[str, Type]) -> str:
    """The module's text."""
    annotations = Annotations(symbols, "$types.")
    lines = [comment("The payload of each webhook."), "export interface Webhooks {\n"]
    for name, payload in found.items():
        lines.append(f"  {key(name)}: {annotations.written(payload, is_open=True)};\n")
    text = "".join(lines) + "}\n"
    head = "/** What the service sends to those who ask for it. */\n\n"
    head += helpers(text, "./runtime")
    if "$types." in text:
        head += 'import type * as $types from "./types.ts";\n'
    head += 'import { verifyWebhook, type WebhookOptions } from "./runtime/webhooks.ts";\n\n'
    head += 'export { type WebhookOptions, WebhookRefused } from "./runtime/webhooks.ts";\n\n'
    return (
        f"{head}{text}\n"
        + comment("Any payload, once it is sure who sent it. Throws WebhookRefused.")
        + "export async function unwrapWebhook(\n"
        "  options: WebhookOptions,\n"
        "  headers: Headers | Readonly<Record<string, string | undefined>>,\n"
        "  body: string | Uint8Array,\n"
        "): Promise<Webhooks[keyof Webhooks]> {\n"
        "  return (await verifyWebhook(options, headers, body)) as Webhooks[keyof Webhooks];\n"
        "}\n"
    )


def _items(contract: Contract) -> Iterator[tuple[str, Node]]:
    documents = contract.documents
    for name, item in documents.node.members("webhooks"):
        if not name.startswith("x-"):
            yield name, documents.follow(item)


def _json(body: Node) -> Node | None:
    content = body.members("content")
    return next((node for name, node in content if "json" in name), content[0][1] if content else None)
