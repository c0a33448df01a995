"""The bench notices each fault, and blames nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from tests.conformance import stacks
from tests.conformance.bench import failed
from tests.conformance.checks import SLOW, bench_checks
from tests.conformance.checks.keys import keys_beside
from tests.conformance.faults.durability import DURABILITY
from tests.conformance.faults.fault import Fault
from tests.conformance.faults.keys import KEYS, KEYS_LATER
from tests.conformance.faults.lifecycle import LIFECYCLE
from tests.conformance.faults.outbound import OUTBOUND, OUTBOUND_LATER, OUTBOUND_SPREADING
from tests.conformance.faults.telemetry import TELEMETRY
from tests.conformance.faults.typescript import BENCH_TYPESCRIPT
from tests.conformance.surroundings import Bench, judged, surrounded
from tests.support.otlp import collecting

STARTING = ("key-set-none", "outbound-deadline", "collector-down")
"""What starts services of its own takes long, so it is asked only of the faults that it has to notice."""
STARTING_GROUPS = ("lifecycle", "durability")


@pytest.fixture(scope="module")
def bench(conformance: stacks.Stack) -> Iterator[Bench]:
    """Shared by all faults, each of which has a service of its own."""
    with surrounded(conformance, *keys_beside()) as found:
        yield found


@pytest.fixture(scope="module")
def bench_typescript(conformance_typescript: stacks.Stack) -> Iterator[Bench]:
    """With a database of its own, as each stack has its own tables of migrations."""
    with surrounded(conformance_typescript, *keys_beside()) as found:
        yield found


@pytest.mark.parametrize("fault", [*KEYS, *OUTBOUND, *TELEMETRY, *LIFECYCLE, *DURABILITY], ids=lambda fault: fault.name)
def test_a_fault_is_noticed_by_its_checks_alone(fault: Fault, bench: Bench, tmp_path: Path) -> None:
    wanted = expected(fault)
    assert blamed([fault], bench, tmp_path, wanted | quick(wanted)) == wanted


@pytest.mark.parametrize("faults", BENCH_TYPESCRIPT.values(), ids=BENCH_TYPESCRIPT)
def test_faults_in_typescript_are_noticed_by_their_checks_alone(
    faults: Sequence[Fault], bench_typescript: Bench, tmp_path: Path
) -> None:
    """Several at a time, as no check notices more than one of them."""
    of_each = [expected(fault) for fault in faults]
    wanted = set().union(*of_each)
    assert all(of_each)
    assert sum(map(len, of_each)) == len(wanted)
    assert blamed(faults, bench_typescript, tmp_path, wanted | quick(wanted)) == wanted


@pytest.mark.parametrize("fault", OUTBOUND_SPREADING, ids=lambda fault: fault.name)
def test_a_fault_that_spreads_is_noticed(fault: Fault, bench: Bench, tmp_path: Path) -> None:
    assert blamed([fault], bench, tmp_path, expected(fault)) == expected(fault)


def test_every_check_notices_some_fault() -> None:
    faults = (*KEYS, *KEYS_LATER, *OUTBOUND, *OUTBOUND_LATER, *OUTBOUND_SPREADING, *TELEMETRY, *LIFECYCLE, *DURABILITY)
    noticing = set().union(*map(expected, faults))
    print(f"{len(noticing)} of {len(bench_checks())} checks of the bench notice some fault")
    assert noticing == set(bench_checks())


@pytest.mark.slow
def test_a_fault_that_only_time_shows_is_noticed(bench: Bench, tmp_path: Path) -> None:
    """All at once, since they wait for the most part."""
    faults = (*KEYS_LATER, *OUTBOUND_LATER)
    rooms = [tmp_path / str(number) for number in range(len(faults))]
    with ThreadPoolExecutor(len(faults)) as pool:
        found = list(pool.map(lambda fault, room: blamed([fault], bench, room, SLOW), faults, rooms))
    assert dict(zip([fault.name for fault in faults], found, strict=True)) == {f.name: expected(f) for f in faults}


def quick(concerned: Collection[str]) -> set[str]:
    """All that takes no time, of the groups of these checks."""
    groups = {bench_checks()[id].group for id in concerned}.difference(STARTING_GROUPS)
    return {id for id, check in bench_checks().items() if check.group in groups and id not in (*STARTING, *SLOW)}


def blamed(faults: Sequence[Fault], bench: Bench, room: Path, checks: Collection[str]) -> set[str]:
    stack = stacks.copied(bench.stack, room)
    for fault in faults:
        fault.seed(stack.folder)
    wanted = [bench_checks()[id] for id in sorted(checks)]
    with collecting() as collector:
        return set(failed(judged(replace(bench, stack=stack, collector=collector, replicas=[]), wanted)))


def expected(fault: Fault) -> set[str]:
    patterns = fault.noticed_by.split()
    return {id for id in bench_checks() if any(fnmatchcase(id, pattern) for pattern in patterns)}
