"""Is every text that one pattern allows allowed by another as well?

Patterns are read with Python's own parser and made into automata. Those of one side and those of the other are then
walked side by side, over one character of each kind that the patterns tell apart, until a text is found that the first
take and the second do not, or there is none. So the answer is a proof, or a text that shows the difference.

What is no regular language, or means something else in Python than in ECMA-262, is not judged; neither is what would
take too long. (greenery does the same and more, but builds whole automata, for which no bound can be set.)
"""

from __future__ import annotations

import math
import re
import warnings
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from itertools import pairwise
from typing import Any, Literal, TypeAlias

_MAX_STATES = 1_500
"""Of one automaton."""
_MAX_STEPS = 60_000
"""Of one comparison: about a tenth of a second."""
_MAX_KINDS = 200
_END = 0x110000
_SURROGATES = (0xD800, 0xE000)
_NOT_ECMA = re.compile(r"\\[AZ]|\{,|\(\?(?!:|<[A-Za-z_]|[=!<])|\[\]|\[\^\]")
"""What Python reads otherwise than ECMA-262, or what that does not have."""
_SPACES = "\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"

Ranges: TypeAlias = tuple[tuple[int, int], ...]
"""Code points, from and up to, in order."""


class _Unknown(Exception):
    """This pattern, or this comparison, is not judged."""


def _ranges(text: str) -> Ranges:
    """The ranges of a character class in the notation of patterns."""
    found = re.findall(r"(.)-(.)|(.)", text, re.DOTALL)
    return _merged([(ord(low or one), ord(high or one) + 1) for low, high, one in found])


def _merged(ranges: list[tuple[int, int]]) -> Ranges:
    made: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if made and low <= made[-1][1]:
            made[-1] = made[-1][0], max(high, made[-1][1])
        else:
            made.append((low, high))
    return tuple(made)


def _others(ranges: Ranges) -> Ranges:
    bounds = [0, *(bound for pair in ranges for bound in pair), _END]
    return tuple((low, high) for low, high in zip(bounds[::2], bounds[1::2], strict=True) if low < high)


_ANY: Ranges = ((0, _END),)
_NO_BREAK = _others(_ranges("\n\r\u2028\u2029"))
_CATEGORIES = {
    "CATEGORY_DIGIT": _ranges("0-9"),
    "CATEGORY_WORD": _ranges("0-9A-Za-z_"),
    "CATEGORY_SPACE": _ranges(_SPACES),
}
_CATEGORIES |= {name.replace("_", "_NOT_", 1): _others(ranges) for name, ranges in _CATEGORIES.items()}


@dataclass(slots=True)
class _Automaton:
    """States are numbers: 0 is the first, 1 the last. A pattern may match anywhere, so both take any character."""

    steps: list[list[tuple[Ranges, int]]] = field(default_factory=lambda: [[(_ANY, 0)], [(_ANY, 1)]])
    free: list[list[tuple[str, int]]] = field(default_factory=lambda: [[], []])
    """Steps without a character: always, at the start of the text (`^`), or at its end (`$`)."""

    def state(self) -> int:
        if len(self.steps) == _MAX_STATES:
            raise _Unknown
        self.steps.append([])
        self.free.append([])
        return len(self.steps) - 1

    def build(self, parsed: Any, at: int) -> int:
        """Add what a parsed pattern says, from this state on; the state where it ends."""
        for operator, argument in parsed:
            at = self._add(str(operator), argument, at)
        return at

    def _add(self, operator: str, argument: Any, at: int) -> int:
        if operator in ("MAX_REPEAT", "MIN_REPEAT"):
            least, most, inner = argument
            return self._repeat(least, most, inner, at)
        if operator == "SUBPATTERN":
            _, added, removed, inner = argument
            if added or removed:
                raise _Unknown
            return self.build(inner, at)
        end = self.state()
        if operator == "BRANCH":
            for branch in argument[1]:
                start = self.state()
                self.free[at].append(("", start))
                self.free[self.build(branch, start)].append(("", end))
        elif operator == "AT" and str(argument) in ("AT_BEGINNING", "AT_END"):
            self.free[at].append(("^" if str(argument) == "AT_BEGINNING" else "$", end))
        else:
            self.steps[at].append((_characters(operator, argument), end))
        return end

    def _repeat(self, least: int, most: Any, inner: Any, at: int) -> int:
        if not self._takes_something(inner):
            raise _Unknown
        for _ in range(least):
            at = self.build(inner, at)
        end = self.state()
        self.free[at].append(("", end))
        if str(most) == "MAXREPEAT":
            start = self.state()
            self.free[end].append(("", start))
            self.free[self.build(inner, start)].append(("", end))
            return end
        for _ in range(int(most) - least):
            at = self.build(inner, at)
            self.free[at].append(("", end))
        return end

    @staticmethod
    def _takes_something(inner: Any) -> bool:
        """Does it add a state? What does not can be repeated without end."""
        while len(inner) == 1 and str(inner[0][0]) == "SUBPATTERN":
            inner = inner[0][1][-1]
        return len(inner) > 0

    def reached(self, states: frozenset[int], when: str = "") -> frozenset[int]:
        """The states that these lead to without a character; `when` tells whether this is the start or the end."""
        found = set(states)
        rest = list(states)
        while rest:
            for mark, state in self.free[rest.pop()]:
                if state not in found and (not mark or mark in when):
                    found.add(state)
                    rest.append(state)
        return frozenset(found)

    def after(self, states: frozenset[int], character: int) -> frozenset[int]:
        return self.reached(
            frozenset(
                state
                for one in states
                for ranges, state in self.steps[one]
                if any(low <= character < high for low, high in ranges)
            )
        )


def _characters(operator: str, argument: Any) -> Ranges:
    if operator == "LITERAL":
        return ((argument, argument + 1),)
    if operator == "NOT_LITERAL":
        return _others(((argument, argument + 1),))
    if operator == "ANY":
        return _NO_BREAK
    if operator != "IN":
        raise _Unknown
    found: list[tuple[int, int]] = []
    negated = False
    for kind, member in argument:
        match str(kind):
            case "NEGATE":
                negated = True
            case "LITERAL":
                found.append((member, member + 1))
            case "RANGE":
                found.append((member[0], member[1] + 1))
            case "CATEGORY" if str(member) in _CATEGORIES:
                found += _CATEGORIES[str(member)]
            case _:
                raise _Unknown
    return _others(_merged(found)) if negated else _merged(found)


@lru_cache(maxsize=1_000)
def _automaton(pattern: str) -> _Automaton | None:
    if _NOT_ECMA.search(pattern):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # The only parser of patterns at hand.
            parsed = import_module("re._parser").parse(pattern)
        made = _Automaton()
        made.free[made.build(parsed, 0)].append(("", 1))
    except (_Unknown, re.error, OverflowError, RecursionError):
        return None
    return made


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts that match all of some patterns, and have a length between two bounds."""

    patterns: tuple[str, ...]
    least: float = 0
    most: float = math.inf


@dataclass(frozen=True, slots=True)
class Answer:
    """Are all texts of one kind of another? Where they are not: one that is not."""

    contained: Literal["yes", "no", "unknown"]
    example: str | None = None


@lru_cache(maxsize=10_000)
def contained(inner: Texts, outer: Texts) -> Answer:
    """Is every text of the first kind of the second?"""
    if outer.least <= inner.least and inner.most <= outer.most:
        if set(outer.patterns) <= set(inner.patterns):
            return Answer("yes")
        if inner != Texts(inner.patterns) and contained(Texts(inner.patterns), Texts(outer.patterns)) == Answer("yes"):
            return Answer("yes")
    made = [_automaton(pattern) for pattern in (*inner.patterns, *outer.patterns)]
    known = [one for one in made if one is not None]
    if len(known) < len(made):
        return Answer("unknown")
    try:
        return _Walk(inner, outer, known).run()
    except _Unknown:
        return Answer("unknown")


class _Walk:
    """All texts at once, the shortest first: what tells them apart is only the states that they lead to."""

    def __init__(self, inner: Texts, outer: Texts, automata: list[_Automaton]) -> None:
        self.inner, self.outer = inner, outer
        self.automata = automata
        bounds = [inner.least, inner.most, outer.least, outer.most]
        self.longest = max([int(bound) + 1 for bound in bounds if math.isfinite(bound)])
        self.characters = _kinds(automata)
        self.left = _MAX_STEPS

    def run(self) -> Answer:
        start = tuple(one.reached(frozenset([0]), "^") for one in self.automata)
        first = tuple(one.reached(frozenset([0]), "^$") for one in self.automata)
        if self._tells(first, 0):
            return Answer("no", "")
        seen = {(start, 0)}
        rest = deque([(start, 0, "")])
        while rest:
            states, length, text = rest.popleft()
            for character in self.characters:
                after = tuple(one.after(found, character) for one, found in zip(self.automata, states, strict=True))
                self.left -= sum(map(len, states)) + 1
                if self.left < 0:
                    raise _Unknown
                key = (after, min(length + 1, self.longest))
                if key in seen or length >= self.inner.most or not all(after[: len(self.inner.patterns)]):
                    continue
                seen.add(key)
                ends = tuple(one.reached(found, "$") for one, found in zip(self.automata, after, strict=True))
                if self._tells(ends, length + 1):
                    return Answer("no", text + chr(character))
                rest.append((after, length + 1, text + chr(character)))
        return Answer("yes")

    def _tells(self, ends: tuple[frozenset[int], ...], length: int) -> bool:
        """Is a text that leads to these states of the first kind, and not of the second?"""
        matched = [1 in found for found in ends]
        number = len(self.inner.patterns)
        if not all(matched[:number]) or not self.inner.least <= length <= self.inner.most:
            return False
        return not (all(matched[number:]) and self.outer.least <= length <= self.outer.most)


def _kinds(automata: list[_Automaton]) -> list[int]:
    """One character of each kind that these automata tell apart, one that is easy to read where there is one."""
    classes = {ranges for one in automata for steps in one.steps for ranges, _ in steps}
    bounds = sorted({0, _END, *_SURROGATES, *(bound for ranges in classes for pair in ranges for bound in pair)})
    if len(bounds) * len(classes) > _MAX_STEPS:
        raise _Unknown
    found: dict[tuple[bool, ...], int] = {}
    for low, high in pairwise(bounds):
        if low != _SURROGATES[0]:
            kind = tuple(any(start <= low < end for start, end in ranges) for ranges in classes)
            found.setdefault(kind, low)
            if low <= ord("x") < high or (low <= ord("!") < high and found[kind] < ord("!")):
                found[kind] = ord("x") if low <= ord("x") < high else ord("!")
    if len(found) > _MAX_KINDS:
        raise _Unknown
    return sorted(found.values())


def shapes(formats: list[Any]) -> Iterator[str]:
    """Patterns that all texts of these formats match."""
    for form in formats:
        if form in _SHAPES:
            yield _SHAPES[form]


_SHAPES = {
    "uuid": "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$",
    "date": r"^\d{4}-\d\d-\d\d$",
    "ipv4": r"^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$",
    "byte": "^[A-Za-z0-9+/]*={0,2}$",
}
