"""An update of a service in its work tree: planned in memory, applied in one step."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from paviour.service import Service
from paviour.tree import Folder, Tree
from paviour.update.journal import Journal
from paviour.update.plan import plan
from paviour.update.report import Report
from paviour.update.workspace import Workspace


def update(folder: Path, data: Mapping[str, str] | None = None) -> Report:
    """Bring the service in this folder to this version, with some answers changed. Nothing is committed.

    Raises UserError where it can't begin; then nothing has happened.
    """
    Service.at(folder)
    workspace = Workspace.of(folder)
    workspace.refuse_uncommitted()
    planned = plan(Tree(Folder(folder, workspace.tracked())), data)
    report = planned.report
    if planned.files:
        workspace.refuse_in_the_way(planned.files)
        journal = Journal(workspace)
        journal.write(planned.files, workspace.unmerged(report.changes), report.forms, report.exit)
        journal.finish()
    return report
