"""A condition as a filter of the database means what it means in a decision."""

from __future__ import annotations

import operator
import sys
from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deskwright.engine.conditions import compile_condition
from deskwright.engine.conditions.syntax import Compare, Fact, Literal
from deskwright.engine.loading import load
from deskwright.engine.sqlfilter import FOLD, Unanswerable, filter_of
from deskwright.engine.vocabulary import view, vocabulary
from deskwright.engine.words import fold, words
from deskwright.store import filters, folding
from deskwright.store.connection import cursor
from deskwright.store.models import Ticket
from tests.engine.condition_oracle import means
from tests.store.filter_cases import NOW, WORKFLOW, conditions, write

FLOW = load(WORKFLOW)
NAMES = vocabulary(FLOW.fields, FLOW.categories, FLOW.signals)
OPERATORS = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
CONDITIONS = conditions(NAMES, filters._columns(FLOW, NOW))


def condition(text):
    return compile_condition(text, NAMES)


def passing(made):
    where = filters.ticket_filter(made, FLOW, NOW)
    statement = f"SELECT t.id, {where.sql} AS held FROM {filters.SOURCE}"
    return {row["id"] for row in cursor().execute(statement, where.params) if row["held"]}, where.exact


def views():
    known = filters.cases(list(Ticket.objects.values_list("id", flat=True)), NOW)
    return {ticket: view(FLOW, facts, None, NOW) for ticket, facts in known.items()}


@pytest.mark.parametrize("seed", [1, 2])
def test_random_conditions_hold_for_the_same_tickets_in_the_database_and_in_python(db, seed):
    write(seed, 250)
    known = views()

    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(CONDITIONS)
    def same(text):
        made = condition(text)
        held = {ticket for ticket, seen in known.items() if made.holds(seen)}
        assert held == {ticket for ticket, seen in known.items() if means(made.tree, seen)}
        found, exact = passing(made)
        assert found == held if exact else found >= held
        assert filters.matching(made, FLOW, NOW, limit=1000) == sorted(held)

    same()


@pytest.mark.parametrize("phrase", ["fails", "οδοσ", "e mail"])
def test_words_are_found_alike_at_every_length_of_text(db, phrase):
    write(3, 12)
    Ticket.objects.filter(priority="low").update(description="ß, " * 66_666 + f" {phrase} {phrase}")
    known = views()
    made = condition(f"description CONTAINS '{phrase}' AND NOT text NOT CONTAINS '{phrase}'")

    assert passing(made) == ({ticket for ticket, seen in known.items() if made.holds(seen)}, True)


def test_every_character_is_folded_and_counted_as_part_of_a_word_alike(db):
    chars = [chr(code) for code in range(1, 0x20000) if not 0xD800 <= code < 0xE000]
    where = filter_of(
        condition("description CONTAINS 'a'").tree, {"description": filters.Column("given.said", "text")}, NOW
    )
    rows = cursor().execute(
        f"SELECT given.char, {FOLD}(given.char) AS folded, {where.sql} AS apart "
        "FROM (SELECT char, 'x' || char || 'a' || char || 'x' AS said "
        "FROM unnest(string_to_array(%(every)s, NULL)) AS every(char)) AS given",
        {**where.params, "every": "".join(chars)},
    )
    answers = {row["char"]: (row["folded"], row["apart"]) for row in rows}
    assert answers == {char: (fold(char), "a" in words(f"x{char}a{char}x")) for char in chars}


def test_folding_keeps_the_length_and_looks_at_single_characters():
    every = "".join(chr(code) for code in range(1, sys.maxunicode + 1) if not 0xD800 <= code < 0xE000)
    assert fold(every) == "".join(fold(char) for char in every)
    assert words("ΟΔΟΣ ΣΑΣ") == ["οδοσ", "σασ"]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=20))
def test_the_words_of_a_text_are_those_of_its_folding(text):
    assert words(fold(text)) == words(text)


def test_no_value_of_a_condition_enters_the_statement():
    text = (
        "subject == 'hostile' OR subject LIKE 'hostile%' OR tags CONTAINS 'hostile' OR subject CONTAINS 'hostile' "
        "OR subject MATCHES 'hostile' OR category IN ('hostile') OR seats == 4711 OR created_at > '2019-01-01' "
        "OR signal('urgency')"
    )
    where = filters.ticket_filter(condition(text), FLOW, NOW)
    for word in ("hostile", "4711", "2019", "urgency", "seats"):
        assert word not in where.sql


@pytest.mark.parametrize(
    "text", ["subject == '\0'", "subject IN ('\0', 'a')", "subject LIKE '\0%'", "tags CONTAINS '\0'"]
)
def test_a_text_no_row_can_hold_is_simply_not_found(db, text):
    write(4, 20)
    known = views()
    for made in (condition(text), condition(f"NOT ({text})")):
        assert passing(made)[0] == {ticket for ticket, seen in known.items() if made.holds(seen)}


@pytest.mark.parametrize("minutes", [0, 2880, -3, 0.1, 7.000000016, 1e6 / 3, 999_999_999_999, -999_999_999_999])
def test_an_age_is_asked_of_the_instant_to_the_microsecond_as_minutes_are_counted(db, minutes):
    near = round(max(-1e6, min(minutes, 1e6)) * 60_000_000)
    ages = {off: timedelta(microseconds=near + off) for off in range(-60, 60)}
    given = {"offs": list(ages), "instants": [NOW - age for age in ages.values()]}
    for op, holds in OPERATORS.items():
        asked = Compare(Fact("age"), op, Literal(minutes))
        where = filter_of(asked, {"age": filters.Column("since", "number", since="since")}, NOW)
        rows = cursor().execute(
            "SELECT off FROM unnest(%(offs)s::int[], %(instants)s::timestamptz[]) AS aged (off, since) "
            f"WHERE {where.sql}",
            {**where.params, **given},
        )
        passing = {row["off"] for row in rows}
        assert passing == {off for off, age in ages.items() if holds(age.total_seconds() / 60, minutes)}


def test_a_pattern_is_asked_again_of_the_tickets_that_pass(db):
    write(5, 80)
    known = views()
    for text in (
        "subject MATCHES 'fail'",
        "NOT subject MATCHES 'fail'",
        "NOT (priority == 'low' OR subject MATCHES '^$')",
    ):
        made = condition(text)
        held = sorted(ticket for ticket, seen in known.items() if made.holds(seen))
        assert not filters.ticket_filter(made, FLOW, NOW).exact
        assert filters.count(made, FLOW, NOW) == len(held)
        pages, after = [], 0
        while page := filters.matching(made, FLOW, NOW, after=after, limit=7):
            pages += page
            after = page[-1]
        assert pages == held


def test_only_visible_tickets_are_found_and_counted(db):
    write(6, 40)
    seen = filters._Everything("t.status = %(sees_status)s", {"sees_status": "open"})
    expected = sorted(Ticket.objects.filter(status="open").values_list("id", flat=True))
    assert filters.matching(condition("true"), FLOW, NOW, visible=seen) == expected
    assert filters.count(condition("true"), FLOW, NOW, visible=seen) == len(expected)


@pytest.mark.parametrize(
    "name", ["message IS NULL", "event == 'note_added'", "share > 0.5", "changed CONTAINS 'queue'"]
)
def test_what_only_an_event_knows_is_refused_with_a_sentence(name):
    with pytest.raises(Unanswerable, match="known only while something happens"):
        filters.ticket_filter(condition(name), FLOW, NOW)


def test_an_indexed_number_is_compared_as_it_stands():
    assert filters.ticket_filter(condition("assignee == 5"), FLOW, NOW).sql == "(t.assignee_id = %(cond_0)s::bigint)"


@pytest.mark.parametrize("collation", ["C.utf8", "C"])
def test_a_server_without_the_best_collation_folds_alike(db, monkeypatch, collation):
    monkeypatch.setattr(folding, "COLLATIONS", (collation,))
    folding.teach(connection.cursor())
    text = "ΟΔΟΣ İstanbul Straße ÉCLAIR Ǆ \U00010400 ascii ONLY"
    row = cursor().execute(f"SELECT {FOLD}(%(text)s::text) AS folded", {"text": text}).fetchone()
    assert row == {"folded": fold(text)}
