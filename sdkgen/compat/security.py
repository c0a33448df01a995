"""Who may call: schemes, alternatives and scopes. What old callers hold must still be enough."""

from __future__ import annotations

import json
from typing import Any, TypeAlias

from sdkgen.compat.changes import Changes
from sdkgen.compat.side import Side
from sdkgen.load import Node

Alternative: TypeAlias = dict[str, frozenset[str]]
"""One requirement object: the scopes by scheme."""

_URLS = ("authorizationUrl", "tokenUrl", "refreshUrl")


class SecurityChanges:
    """Compares schemes, and what operations require of them."""

    def __init__(self, old: Side, new: Side, changes: Changes) -> None:
        self.old, self.new = old, new
        self.changes = changes
        self.before, self.after = _schemes(old), _schemes(new)
        self._renamed = self._renames()

    def _renames(self) -> dict[str, str]:
        """Schemes that are the same under another name; nobody sees a scheme's name on the wire."""
        gone = {_text(node.value): name for name, node in self.before.items() if name not in self.after}
        fresh = {_text(node.value): name for name, node in self.after.items() if name not in self.before}
        return {gone[text]: fresh[text] for text in gone if text in fresh}

    def operation(self, old: Node, new: Node, operation: str) -> None:
        """Are the credentials that were enough for an operation enough still?"""
        before, after = _required(self.old, old, self._renamed), _required(self.new, new, {})
        if before == after:
            return
        node = new.get("security") or self.new.root.get("security") or new
        if not before or {} in before:
            if after and {} not in after:
                message = "credentials are needed now"
                self.changes.add("security-required", node, message, operation=operation)
            return
        if not after or {} in after:
            message = "no credentials are needed any more"
            self.changes.add("security-optional", node, message, operation=operation)
            return
        for alternative in before:
            if not any(_enough(alternative, one) for one in after):
                self._not_enough(alternative, after, node, operation)
        for one in after:
            if not any(_enough(one, alternative) or _enough(alternative, one) for alternative in before):
                if any(one.keys() == alternative.keys() or one.keys() >= alternative.keys() for alternative in before):
                    continue
                message = f"{_told(one)} is enough now"
                self.changes.add("security-alternative-added", node, message, operation=operation, name=_told(one))
        self._eased(before, after, node, operation)

    def _not_enough(self, held: Alternative, after: list[Alternative], node: Node, operation: str) -> None:
        """Say what an old caller is missing, by the requirement that is nearest to what it holds."""
        nearest = min(after, key=lambda one: (len(one.keys() - held.keys()), len(held.keys() - one.keys())))
        for scheme in sorted(nearest.keys() - held.keys()):
            if held.keys() <= nearest.keys():
                message = f"the scheme `{scheme}` is needed besides"
                self.changes.add("security-scheme-added", node, message, operation=operation, name=scheme)
            else:
                message = f"{_told(held)} is not enough any more; {_told(nearest)} is"
                self.changes.add(
                    "security-alternative-removed",
                    node,
                    message,
                    operation=operation,
                    name=_told(held),
                    after=_told(nearest),
                )
                return
        for scheme in sorted(nearest.keys() & held.keys()):
            for scope in sorted(nearest[scheme] - held[scheme]):
                message = f"the scope `{scope}` is needed now"
                self.changes.add("security-scope-added", node, message, operation=operation, name=scope)

    def _eased(self, before: list[Alternative], after: list[Alternative], node: Node, operation: str) -> None:
        for one in after:
            for alternative in before:
                if one != alternative and _enough(alternative, one) and one not in before:
                    for scheme in sorted(alternative.keys() - one.keys()):
                        message = f"the scheme `{scheme}` is not needed any more"
                        self.changes.add("security-scheme-removed", node, message, operation=operation, name=scheme)
                    for scheme in sorted(one):
                        for scope in sorted(alternative[scheme] - one[scheme]):
                            message = f"the scope `{scope}` is not needed any more"
                            self.changes.add("security-scope-removed", node, message, operation=operation, name=scope)

    def schemes(self) -> None:
        """Have the schemes themselves changed?"""
        for name, node in self.before.items():
            other = self.after.get(name)
            if other is None:
                if name not in self._renamed:
                    message = f"the security scheme `{name}` is not declared any more"
                    self.changes.add("security-scheme-undeclared", node, message, name=name)
                continue
            self._scheme(name, node, other)
        for name, node in self.after.items():
            if name not in self.before and name not in self._renamed.values():
                message = f"the security scheme `{name}` is declared"
                self.changes.add("security-scheme-declared", node, message, name=name)

    def _scheme(self, name: str, old: Node, new: Node) -> None:
        keys = ("type", "scheme", "in", "name")
        left, right = ({key: str(node.value.get(key, "")).lower() for key in keys} for node in (old, new))
        if left != right:
            message = f"the security scheme `{name}` takes other credentials"
            told = (" ".join(filter(None, found.values())) for found in (left, right))
            before, after = told
            self.changes.add("security-scheme-changed", new, message, name=name, before=before, after=after)
            return
        was, is_ = old.value.get("openIdConnectUrl"), new.value.get("openIdConnectUrl")
        if was != is_:
            message = f"`{name}` is discovered at another URL"
            self.changes.add("security-url-changed", new, message, name=name, before=was, after=is_)
        before_flows, after_flows = dict(old.members("flows")), dict(new.members("flows"))
        for flow in sorted(before_flows.keys() | after_flows.keys()):
            if flow not in after_flows:
                message = f"`{name}` does not offer the flow {flow} any more"
                self.changes.add("security-flow-removed", new, message, name=flow)
            elif flow not in before_flows:
                self.changes.add("security-flow-added", new, f"`{name}` offers the flow {flow}", name=flow)
            elif not flow.startswith("x-"):
                self._flow(name, before_flows[flow], after_flows[flow])

    def _flow(self, name: str, old: Node, new: Node) -> None:
        for key in _URLS:
            was, is_ = old.value.get(key), new.value.get(key)
            if was != is_:
                rest = {"name": f"{name} {key}", "before": was, "after": is_}
                self.changes.add("security-url-changed", new, f"`{name}` has another {key}", **rest)
        before, after = set(old.value.get("scopes", {})), set(new.value.get("scopes", {}))
        for scope in sorted(before - after):
            message = f"`{name}` does not grant the scope `{scope}` any more"
            self.changes.add("security-scope-undeclared", new, message, name=scope)
        for scope in sorted(after - before):
            self.changes.add("security-scope-declared", new, f"`{name}` grants the scope `{scope}`", name=scope)


def _schemes(side: Side) -> dict[str, Node]:
    section = side.component("securitySchemes")
    return {name: side.follow(node) for name, node in section.items()} if section else {}


def _text(value: Any) -> str:
    return json.dumps({key: value[key] for key in value if key != "description"}, sort_keys=True)


def _required(side: Side, operation: Node, renamed: dict[str, str]) -> list[Alternative]:
    found = operation.get("security") or side.root.get("security")
    listed = found.value if found else []
    alternatives = [
        {renamed.get(name, name): frozenset(scopes) for name, scopes in requirement.items()} for requirement in listed
    ]
    return [one for index, one in enumerate(alternatives) if one not in alternatives[:index]]


def _enough(held: Alternative, required: Alternative) -> bool:
    return all(name in held and scopes <= held[name] for name, scopes in required.items())


def _told(alternative: Alternative) -> str:
    return " and ".join(
        f"{name} with {' '.join(sorted(scopes))}" if scopes else name for name, scopes in sorted(alternative.items())
    )
