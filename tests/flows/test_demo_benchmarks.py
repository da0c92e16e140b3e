"""The shorter benchmarks run from their beginning to their table; what they measure in a smoke run means nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from bench import _desk, _floor, _report, inbox
from deskwright.engine.loading import load
from deskwright.store.models import SavedView
from tests.web import rows

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "name", ["calendars", "decide", "engine", "tick", "inbox", "intake", "duplicates", "fuzz", "lab", "mail"]
)
def test_a_benchmark_runs_and_keeps_its_figures(name: str, migrated: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", f"bench.{name}", "--quick", "--results", str(tmp_path)]
    known = {**os.environ, _desk.BEGUN: str(migrated)}  # noqa: TID251
    done = subprocess.run(command, cwd=ROOT, env=known, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    kept = json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8"))
    assert kept["quick"] is True
    assert len(kept) > 2


def test_a_desk_that_was_kept_is_measured_as_it_is_and_only_when_it_was_finished(db: str, now: datetime) -> None:
    hazel = rows.agent("Hazel Moss")
    rows.ticket(rows.customer("Otto Bay", now), now)
    views = [SavedView(owner=hazel, name=f"View {place}", place=place, updated_at=now) for place in range(inbox.MANY)]
    SavedView.objects.bulk_create(views[1:])
    with pytest.raises(SystemExit):
        inbox.prepare(2_000)
    views[0].save()
    assert inbox.prepare(2_000) is False
    assert inbox.tickets() == 1


def test_the_measured_workflow_has_as_many_rules_as_asked_for() -> None:
    assert [len(load(_desk.workflow(rules)).rules) for rules in (10, 50, 1000)] == [10, 50, 1000]


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert _report.percentile([5.0, 1.0, 4.0, 2.0, 3.0], 0.5) == 3.0
    assert _report.percentile([1.0, 2.0], 0.99) == 2.0
    assert _report.percentile([1.0, 2.0, 3.0, 4.0], 0.5) == 2.0
    assert _report.percentile([1.0, 2.0], 0.0) == 1.0


def test_a_literal_of_the_floor_holds_no_colon_for_pgbench_to_take() -> None:
    assert _floor.literal({"at": "09:30", "said": "it's \\ here"}) == (
        'U&\'{"at"\\003A "09\\003A30", "said"\\003A "it\'\'s \\\\\\\\ here"}\''
    )
