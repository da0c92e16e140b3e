"""Who is on a ticket, as the processes tell each other: seen at once, gone by themselves, told only when it differs."""

from __future__ import annotations

import orjson
import pytest

from deskwright.store.live import LONGEST, presence
from deskwright.web.presence import FADES, PAUSES, Presence


def say(people: Presence, at: float, **said: list[tuple[int, int, str]]) -> set[int]:
    return set().union(*(people.hear(payload, at) for payload in presence(**said)))


def others(people: Presence, at: float, ticket: int = 7, agent: int = 1) -> list[tuple[str, bool]]:
    return [(one["name"], one["writes"]) for one in orjson.loads(people.others(ticket, agent, at))]


def test_whoever_looks_is_shown_to_the_others_and_not_to_themselves() -> None:
    people = Presence()
    assert say(people, 0, here=[(7, 1, "Ada Quill"), (7, 2, "Bram Oak"), (8, 3, "Cleo Marsh")]) == {7, 8}
    assert others(people, 0) == [("Bram Oak", False)]
    assert others(people, 0, agent=2) == [("Ada Quill", False)]
    assert say(people, 15, here=[(7, 1, "Ada Quill"), (7, 2, "Bram Oak")]) == set()


def test_writing_shows_at_once_stops_by_itself_and_is_told_once() -> None:
    people = Presence()
    say(people, 0, here=[(7, 2, "Bram Oak")])
    assert say(people, 1, writes=[(7, 2, "Bram Oak")]) == {7}
    assert say(people, 2, writes=[(7, 2, "Bram Oak")]) == set()
    assert others(people, 2) == [("Bram Oak", True)]
    assert people.fade(4, 2) == set()
    assert people.fade(2 + PAUSES, 4) == {7}
    assert others(people, 2 + PAUSES) == [("Bram Oak", False)]


def test_who_leaves_is_gone_and_who_falls_silent_fades() -> None:
    people = Presence()
    say(people, 0, here=[(7, 2, "Bram Oak"), (7, 3, "Cleo Marsh")])
    assert say(people, 1, gone=[(7, 2, "")]) == {7}
    assert people.fade(FADES - 1, 1) == set()
    assert people.fade(FADES, FADES - 1) == {7}
    assert others(people, FADES) == [] and people.tickets == {}


@pytest.mark.parametrize("payload", ["", "[]", "nonsense", '{"here": [[1]]}', '{"here": [["x", 2, "y"]]}', "null"])
def test_what_is_no_presence_is_let_be(payload: str) -> None:
    assert Presence().hear(payload, 0) == set()


def test_a_crowd_is_told_in_pieces_that_fit() -> None:
    crowd = [(2**62, 2**62 + number, "\u00e4" * 200) for number in range(2000)]
    assert max(len(payload.encode()) for payload in presence(here=crowd)) <= LONGEST
