"""An update of the whole fleet: wave by wave, as far as it may go."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, as_completed
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from paviour.errors import UserError
from paviour.fleet.definition import Fleet, Member
from paviour.fleet.outcome import Outcome
from paviour.fleet.ramp import halted, too_many_failures, waves
from paviour.fleet.state import State
from paviour.fleet.visit import Order, visit


class Forge(Protocol):
    """Where pull requests are."""

    def declined(self, member: Member) -> Outcome | None:
        """Whether a person has closed the one for this version."""

    def settle(self, member: Member, outcome: Outcome) -> Outcome:
        """Open or refresh the one for what was offered, look at its checks, and merge it where that may be."""


@dataclass(slots=True)
class Result:
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    stopped: str | None = None
    """Why it did not go through all repositories."""
    waits_for: list[str] = field(default_factory=list)
    """Whose checks are not through, so that the next wave has not begun."""
    left: list[str] = field(default_factory=list)
    """Who was not visited."""


@dataclass(frozen=True, slots=True)
class Run:
    fleet: Fleet
    executor: Executor
    forge: Forge | None
    today: date
    tell: Callable[[Outcome], None] = lambda _: None

    def plan(self, members: Sequence[Member]) -> Result:
        """What would be done. Nothing is written."""
        result = Result()
        for outcome in self._visits(members, Order.of(self.fleet, offers=False)):
            result.outcomes[outcome.repository] = outcome
        return result

    def update(self, members: Sequence[Member], state: State) -> Result:
        """Go on from where a run was interrupted, or begin. Raises UserError where a worker was killed."""
        result = Result(state.begin())
        order = Order.of(self.fleet, offers=True)
        for wave in waves(members, self.fleet.first):
            result.stopped = halted(self.fleet)
            if result.stopped:
                break
            to_do = [member for member in wave if member.name not in result.outcomes]
            for outcome in self._visits(to_do, order):
                state.record(outcome)
                result.outcomes[outcome.repository] = outcome
            here = [member.name for member in wave if member.name in result.outcomes]
            result.stopped = halted(self.fleet) or too_many_failures(result.outcomes.values(), self.fleet)
            if result.stopped:
                break
            if self.fleet.waits_for_checks:
                result.waits_for = [name for name in here if result.outcomes[name].is_waiting]
                if result.waits_for:
                    break
        result.left = [member.name for member in members if member.name not in result.outcomes]
        state.end()
        return result

    def _visits(self, members: Sequence[Member], order: Order) -> Iterator[Outcome]:
        """Outcomes as they come; after the stop file has come, only those that were begun."""
        asked = {}
        for member in members:
            declined = self.forge.declined(member) if self.forge and member.slug else None
            if declined is not None:
                yield self._told(declined)
            else:
                asked[self.executor.submit(visit, member, order, self.today)] = member
        for future in as_completed(asked):
            if future.cancelled():
                continue
            try:
                outcome = future.result()
            except BrokenExecutor:
                raise UserError("a worker was killed; run it again: what is done is not done twice") from None
            if self.forge and asked[future].slug and outcome.state == "offered":
                outcome = self.forge.settle(asked[future], outcome)
            yield self._told(outcome)
            if order.offers and halted(self.fleet):
                for other in asked:
                    other.cancel()

    def _told(self, outcome: Outcome) -> Outcome:
        self.tell(outcome)
        return outcome
