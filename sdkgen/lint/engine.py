"""From a contract to findings: every rule looks at it, waivers are applied, places are looked up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sdkgen import metaschema
from sdkgen.errors import Pointer
from sdkgen.findings import IDS, Waivers
from sdkgen.lint.catalog import rules, selected
from sdkgen.lint.edits import Edit, apply
from sdkgen.lint.index import Index
from sdkgen.lint.rule import SEVERITIES, Hit, Rule, Severity
from sdkgen.load import Documents, Source
from sdkgen.model import Contract
from sdkgen.positions import located

FOREIGN = "spectral/"
"""How the ids of rules that are not ours begin."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a rule does not hold."""

    id: str
    severity: Severity
    message: str
    mend: str
    docs: str | None
    """Where the rule is explained."""
    file: Path
    pointer: Pointer
    line: int
    column: int
    waiver: str | None = None
    """Why it is accepted, where a waiver says so."""
    fix: Edit | None = None


def lint(path: Path, profile: str | None = None, foreign: Sequence[Finding] = ()) -> list[Finding]:
    """Hold the contract at `path` against the rules; `foreign` are findings of other linters, to be waived alike.

    The gravest come first, those of one rule together, in the order of the text. Raises ContractError where the
    contract can't be used.
    """
    documents = Documents.open(path)
    version = metaschema.check(documents)
    info = documents.root.value["info"]
    waivers = Waivers.beside(path)
    contract = Contract(documents, version, info["title"], info["version"], "", waivers=waivers)
    index = Index(contract)
    hits = [(rule, hit) for rule in selected(profile) if rule.check for hit in rule.check(index)]
    reasons = [waivers.reason(rule.id, hit.node) for rule, hit in hits]
    found = _located(list(zip(hits, reasons, strict=True)))
    found += [_waived(finding, waivers, documents.root) for finding in foreign]
    found += _located([(hit, None) for hit in _about(waivers, profile, is_foreign_known=bool(foreign))])
    order = {id: at for at, id in enumerate([*rules(), *sorted(entry.id for entry in foreign)])}
    found.sort(key=lambda finding: (SEVERITIES.index(finding.severity), order[finding.id], finding.line))
    return found


def fixed(path: Path, profile: str | None = None) -> tuple[int, dict[Path, str]]:
    """How many findings can be put right beyond doubt, and the files as they are then. Raises ContractError."""
    edits = [finding.fix for finding in lint(path, profile) if finding.fix and finding.waiver is None]
    files = {}
    for source, text in apply(edits).items():
        mark = "\ufeff" if source.content.startswith(b"\xef\xbb\xbf") else ""
        files[source.path] = mark + text
    return len(edits), files


def _located(found: list[tuple[tuple[Rule, Hit], str | None]]) -> list[Finding]:
    places = located(hit.node for (_, hit), _ in found)
    findings = []
    for (rule, hit), reason in found:
        span = places[hit.node.key]
        line, column = (span.line, span.column) if span else (1, 1)
        severity = hit.severity or rule.severity
        place = (hit.node.source.path, hit.node.pointer, line, column)
        findings.append(Finding(rule.id, severity, hit.message, rule.mend, rule.docs, *place, reason, hit.fix))
    return findings


def _waived(finding: Finding, waivers: Waivers, root: Source) -> Finding:
    from dataclasses import replace

    from sdkgen.load import Node

    return replace(finding, waiver=waivers.reason(finding.id, Node(root, finding.pointer, None)))


def _about(waivers: Waivers, profile: str | None, *, is_foreign_known: bool) -> Iterable[tuple[Rule, Hit]]:
    """What is wrong with the waivers themselves."""
    known, held = rules(), {rule.id for rule in selected(profile)}
    unused = waivers.unused
    for waiver in waivers.all:
        is_foreign = waiver.id.startswith(FOREIGN)
        if waiver.id not in known and waiver.id not in IDS and not is_foreign:
            yield known["waiver-unknown"], Hit(waiver.node, f"there is no rule and no finding `{waiver.id}`")
        elif waiver in waivers.expired:
            yield known["waiver-expired"], Hit(waiver.node, f"the waiver of `{waiver.id}` ended on {waiver.expires}")
        elif waiver in unused and (waiver.id in held or (is_foreign and is_foreign_known)):
            yield known["waiver-unused"], Hit(waiver.node, f"the waiver of `{waiver.id}` covers nothing")
