"""Two runs side by side: what moved, what was kept, and how sure the difference is."""

from __future__ import annotations

import pytest

from deskwright.lab.whatif.comparing import compare, interval_of_shares
from deskwright.lab.whatif.outcomes import Outcome


def outcomes(kept: list[bool | None], *, queue: str = "support", **more: object) -> dict[int, Outcome]:
    found = {}
    for number, each in enumerate(kept, 1):
        found[number] = Outcome(number, f"Ticket {number}", queue=queue, priority="high", customer_tier="free")
        if each is not None:
            found[number].kept["first_response"] = each
        for name, value in more.items():
            setattr(found[number], name, value)
    return found


def test_equal_runs_do_not_differ() -> None:
    report = compare(outcomes([True, False, None]), outcomes([True, False, None]))
    assert not report.differs
    assert (report.moved, report.won, report.lost) == ((), (), ())
    assert {(row.difference, row.low, row.high) for row in report.kept} == {(0.0, 0.0, 0.0)}


def test_promises_broken_and_mended_are_named_by_ticket() -> None:
    report = compare(outcomes([True, False, True]), outcomes([True, True, False]))
    assert (report.won, report.lost) == ((2,), (3,))
    assert report.kept[0].kept == (2, 2) and report.kept[0].ended == (3, 3)


def test_the_interval_of_a_difference_is_paired() -> None:
    """Forty of a hundred tickets are kept only now, sixty as before: 40 points, standard error 4.9."""
    low, high = interval_of_shares({(True, True): 60, (False, True): 40})
    assert 30 <= low <= 32 and 48 <= high <= 50


def test_promises_that_ended_on_one_side_only_have_no_difference() -> None:
    (row, *_) = compare(outcomes([True]), outcomes([None])).kept
    assert (row.ended, row.difference) == ((1, 0), None)


def test_a_ticket_that_goes_elsewhere_tells_from_where_to_where_and_by_which_rule() -> None:
    before, after = outcomes([True]), outcomes([True], queue="billing", rule="Invoices", agent=7)
    (moved,) = compare(before, after).moved
    assert (moved.queue, moved.agent, moved.priority, moved.rule) == (
        ("support", "billing"),
        (None, 7),
        None,
        "Invoices",
    )


def test_rows_are_of_the_tickets_as_they_were_before() -> None:
    names = {(row.group, row.name) for row in compare(outcomes([True]), outcomes([True], priority="low")).kept}
    assert names == {("all", "all"), ("priority", "high"), ("tier", "free"), ("queue", "support")}


def test_totals_carry_their_interval_and_agents_their_burden() -> None:
    before, after = outcomes([True] * 50, given={1: 2.0}), outcomes([True] * 50, notices=1, given={2: 2.0})
    report = compare(before, after)
    notices = next(total for total in report.totals if total.what == "notices")
    assert (notices.before, notices.after, notices.low, notices.high) == (0, 50, 50, 50)
    assert [(each.agent, each.tickets, each.units) for each in report.burdens] == [
        (1, (50, 0), (100.0, 0)),
        (2, (0, 50), (0, 100.0)),
    ]


@pytest.mark.parametrize("only", [set(), {9}])
def test_nothing_to_compare_is_no_trouble(only: set[int]) -> None:
    report = compare(outcomes([True]), outcomes([False]), only)
    assert report.tickets == 0 and not report.differs
