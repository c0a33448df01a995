"""An estate with services in each stack: they are seen, planned, updated and reported alike."""

from __future__ import annotations

from pathlib import Path

from tests.fleet.conftest import BRANCH, Fleet, at

AUTH = {"quotes": "src/quotes/platform/auth.py", "orders": "src/platform/auth.ts"}
AUDIT = {"quotes": "src/quotes/platform/audit.py", "orders": "src/platform/audit.ts"}


def test_services_of_each_stack_are_brought_to_the_standard_together(fleet: Fleet) -> None:
    def drifted(work: Path) -> None:
        for path in AUTH.values():
            if (work / path).exists():
                (work / path).write_text("drifted\n")

    places = {"quotes": fleet.add("quotes", drifted), "orders": fleet.add("orders", drifted, stack="typescript")}
    before = {entry["repository"]: entry for entry in fleet.json("status")["services"]}
    assert {name: entry["stack"] for name, entry in before.items()} == {"quotes": "python", "orders": "typescript"}
    assert {name: entry["drift"] for name, entry in before.items()} == {name: [path] for name, path in AUTH.items()}

    planned = fleet.run("plan").stdout
    for name in places:
        assert (
            f"{name}: planned, 1.0.0 to 1.1.0: 1 healed, 1 regenerated, 5 replaced; the platform's files only"
            in planned
        )

    fleet.more["merge"] = "platform"
    assert fleet.states() == {"quotes": "merged", "orders": "merged"}
    for name, place in places.items():
        assert "Changed. " in at(place, BRANCH, AUDIT[name])
        assert at(place, "main", AUTH[name]) != "drifted\n"
    report = fleet.json("report")
    assert report["summary"] == {"services": 2, "behind": 0, "drifted": 0, "unreadable": 0}
    page = fleet.run("report").stdout
    assert "<option>python</option>" in page
    assert "<option>typescript</option>" in page
