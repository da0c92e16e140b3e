"""Logs as files have them: cells, times, columns, starts and ends in rows of their own, faults with their lines."""

from __future__ import annotations

import pytest

from deskwright.lab.processes.eventlog import Step, Unreadable
from deskwright.lab.processes.tables import ISO, MILLISECONDS, understood
from deskwright.lab.processes.trying import Change, tried

NINE = 1_772_442_000
"""2026-03-02T09:00 UTC."""


@pytest.mark.parametrize(
    ("begin", "end", "form"),
    [
        ("2026-03-02T09:00:00", "2026-03-02 09:30", ISO),
        ("2026-03-02T10:00:00+01:00", "2026-03-02T09:30:00Z", ISO),
        ("02/03/2026 09:00", "02/03/2026 09:30", "%d/%m/%Y %H:%M"),
        ("2.3.2026 09:00:00", "2.3.2026 09:30:00", "%d.%m.%Y %H:%M:%S"),
        ("1772442000000", "1772443800000", MILLISECONDS),
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_cells_and_times_are_read_in_the_form_that_fits(begin: str, end: str, form: str, delimiter: str) -> None:
    rows = [["case", "activity", "resource", "start", "end"], ["7", "call", "Ada", begin, end]]
    log = understood("\n".join(delimiter.join(row) for row in rows))
    assert log.cases == [(Step("call", "Ada", NINE, NINE + 1800),)]
    assert (log.times[0], log.delimiter) == (form, delimiter)


def test_a_day_beyond_twelve_tells_days_from_months_and_without_one_both_ways_are_named() -> None:
    head = "case,activity,end\n"
    sure = understood(head + "1,a,03/04/2026 10:00\n1,b,03/28/2026 10:00\n")
    unsure = understood(head + "1,a,03/04/2026 10:00\n")
    assert sure.times == ("%m/%d/%Y %H:%M",)
    assert unsure.times == ("%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M")


def test_starts_and_ends_in_rows_of_their_own_are_put_together() -> None:
    log = understood(
        "case:concept:name,concept:name,org:resource,lifecycle:transition,time:timestamp\n"
        "1,check,ada,schedule,2026-03-02T08:00\n"
        "1,check,ada,start,2026-03-02T09:00\n"
        "1,check,ada,complete,2026-03-02T09:10\n"
        "1,file,ben,complete,2026-03-02T09:20\n"
    )
    assert log.cases == [(Step("check", "ada", NINE, NINE + 600), Step("file", "ben", NINE + 1200, NINE + 1200))]


def test_every_fault_is_told_with_its_line() -> None:
    text = (
        "case,activity,start,end\n"
        "1,a,2026-03-02T09:00,2026-03-02T10:00\n"
        ",a,2026-03-02T09:00,2026-03-02T10:00\n"
        "2,a,yesterday,2026-03-02T10:00\n"
        "3,a,2026-03-02T11:00,2026-03-02T10:00\n"
    )
    with pytest.raises(Unreadable) as refused:
        understood(text)
    assert refused.value.faults == (
        "Line 3: the case is empty.",
        "Line 4: 'yesterday' is no date and time like the others.",
        "Line 5: it ends before it begins.",
    )


@pytest.mark.parametrize("text", ["", "case,activity,end\n", "case,activity,end\n1,a,soon\n"])
def test_a_file_without_a_log_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        understood(text)


def test_more_cases_take_longer_and_one_more_hand_shortens_them() -> None:
    """One clerk, half an hour a case: near three cases an hour they queue."""
    day = 86400
    cases = [
        (Step("write", "ada", NINE + day * d + 3600 * n, NINE + day * d + 3600 * n + 1800),)
        for d in (0, 1, 2, 3, 4, 7, 8, 9, 10, 11)
        for n in range(7)
    ]
    busier = tried(cases, Change(demand=2.0), runs=3)
    helped = tried(cases, Change(demand=2.0, like=("ada",)), runs=3)
    assert busier.rows[0].low > 0
    assert helped.rows[0].after < busier.rows[0].after
    with pytest.raises(Unreadable, match="Nobody would be left for 'write'"):
        tried(cases, Change(without=("ada",)))
