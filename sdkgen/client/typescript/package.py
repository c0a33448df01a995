"""The npm package: generated modules, the runtime, and what a package needs around them."""

from __future__ import annotations

from sdkgen.client.package import Identity
from sdkgen.client.plain import PlainForm
from sdkgen.client.policy import Policy
from sdkgen.client.problems import kinds
from sdkgen.client.typescript import around, models, operations, problems, webhooks
from sdkgen.client.typescript.uses import Use, use


def tools() -> dict[str, str]:
    """What the bytes depend on, beside the contract and this suite: nothing, no generator but ours is used."""
    return {}


def files(form: PlainForm, identity: Identity) -> dict[str, bytes]:
    """All files of the package by their paths.

    They are made from the symbol table and not from the plain document: what TypeScript can't say, it need not say.
    """
    contract = form.contract
    symbols = form.symbols
    entries = [
        (policy, use(symbols, operation)) for policy, operation in zip(form.policies, contract.operations, strict=True)
    ]
    payloads = webhooks.payloads(symbols)
    errors = kinds(form.policies, around.runtime_names())
    modules: dict[str, list[tuple[Policy, Use]]] = {}
    for policy, found in entries:
        modules.setdefault(policy.module, []).append((policy, found))
    writer = operations.Modules(symbols)
    source = {
        "index.ts": around.index(
            symbols,
            {name: [policy for policy, _ in found] for name, found in modules.items()},
            [kind.name for kind in errors],
            has_webhooks=bool(payloads),
        ),
        "types.ts": models.render(symbols, [found for _, found in entries], payloads.values()),
        "problems.ts": problems.render(errors),
        "schemes.ts": around.schemes(contract),
        **{f"operations/{name}.ts": writer.render(found) for name, found in modules.items()},
        **({"webhooks.ts": webhooks.render(symbols, payloads)} if payloads else {}),
        **{
            f"runtime/{path.name}": path.read_text("utf-8")
            for path in sorted(around.RUNTIME.glob("*.ts"))
            if path.name != "webhooks.ts" or payloads
        },
    }
    texts = {
        **around.files(contract, identity, entries, has_webhooks=bool(payloads)),
        **{f"src/{name}": text for name, text in source.items()},
    }
    return {name: text.encode() for name, text in texts.items()}
