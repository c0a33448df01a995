"""Put the checks to a service."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any, Literal

from paviour.verify.registry import CHECKS, GROUPS, Check, Failed, NotApplicable, When
from paviour.verify.service import Probe, Service
from paviour.verify.wire import NoAnswer

Outcome = Literal["passed", "failed", "skipped"]
_MODULES = (
    "json_text",
    "content",
    "framing",
    "resources",
    "sizes",
    "rate",
    "overload",
    "tokens",
    "tokens_header",
    "tokens_claims",
    "tokens_signature",
    "tokens_rsa",
    "tokens_curves",
    "tokens_form",
    "tokens_place",
    "tokens_profiles",
    "authorization",
    "tenancy",
    "boundaries",
    "answers",
    "errors",
    "headers",
    "cors",
    "forwarded",
    "idempotency",
    "preconditions",
    "deprecation",
    "health",
)
_AT_ONCE: tuple[tuple[When, int], ...] = (("together", 6), ("alone", 1), ("afterwards", 6))
"""How many checks of each kind run side by side; the kinds follow one another."""


@dataclass(frozen=True, slots=True)
class Result:
    id: str
    """The check's id; where the contract makes several cases of it, with the case behind a slash."""
    check: Check
    outcome: Outcome
    reason: str
    """How it failed, or why it was skipped."""
    sent: str
    received: str


def all_checks() -> dict[str, Check]:
    """By id, in a fixed order."""
    for name in _MODULES:
        import_module(f"paviour.verify.checks.{name}")
    return dict(sorted(CHECKS.items(), key=lambda entry: GROUPS.index(entry[1].group)))


def run(service: Service, groups: Collection[str] = GROUPS, without: Collection[str] = ()) -> list[Result]:
    """The results of all checks of these groups, several at a time. Raises Unreachable."""
    wanted = [check for check in all_checks().values() if check.group in groups and check.id not in without]
    results = judge(service, wanted)
    return sorted(results, key=lambda result: GROUPS.index(result.check.group))


def judge(service: Service, checks: Iterable[Check], probe: Callable[[Service], Probe] = Probe) -> list[Result]:
    """The results of these checks, each of which is given a probe of its own. Raises Unreachable."""
    wanted = list(checks)
    results: list[Result] = []
    for when, number in _AT_ONCE:
        with ThreadPoolExecutor(number) as pool:
            cases = _cases(service, (check for check in wanted if check.when == when))
            results += pool.map(partial(_result, service, probe), cases)
    return results


_Case = tuple[Check, str, "partial[None] | Any"]


def _cases(service: Service, checks: Iterable[Check]) -> list[_Case]:
    found: list[_Case] = []
    for check in checks:
        if check.cases is None:
            found.append((check, check.id, check.run))
            continue
        for name, case in check.cases(service):
            found.append((check, f"{check.id}/{name}", partial(check.run, case=case)))
    return found


def _result(service: Service, make: Callable[[Service], Probe], case: _Case) -> Result:
    check, id, run = case
    probe = make(service)
    outcome: Outcome = "passed"
    reason = ""
    try:
        run(probe)
    except NotApplicable as error:
        outcome, reason = "skipped", str(error)
    except (Failed, NoAnswer) as error:
        outcome, reason = "failed", str(error)
    last = probe.exchanges[-1] if probe.exchanges else None
    return Result(id, check, outcome, reason, last.shown_request() if last else "", last.shown_answer() if last else "")
