"""Bodies are read strictly: every fault at once, each with its pointer and a sentence."""

from __future__ import annotations

import re
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskwright.api import reading
from deskwright.api.problems import Problem
from deskwright.api.shapes import ADDRESS, Shape, Text

WHO = {"email": "mina@harbor.example", "name": "Mina Holt"}
SCALARS = st.none() | st.booleans() | st.floats(allow_nan=False) | st.text()
NAMES = st.sampled_from([*reading.TICKET, "email", "x"])


def nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(inner) | st.dictionaries(NAMES, inner)


GOOD = {"subject": "Exports are down", "requester": WHO}


def refused(body: Any) -> dict[str, str]:
    """pointer -> detail of everything that is wrong."""
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    with pytest.raises(Problem) as caught:
        reading.ticket(raw, None)
    assert caught.value.status == 422
    return {fault["pointer"]: fault["detail"] for fault in caught.value.errors}


def test_everything_a_ticket_may_say_is_read() -> None:
    body = GOOD | {
        "text": "Since this morning.",
        "channel": "phone",
        "priority": "high",
        "impact": "medium",
        "urgency": "high",
        "category": "technical",
        "type": "incident",
        "tags": ["vip ", "export"],
        "fields": {"amount": 12000.5, "region": "north", "beta": True, "seats": None},
        "language": "en",
    }

    arrival = reading.ticket(orjson.dumps(body), None)

    assert (arrival.channel, arrival.priority, arrival.impact, arrival.urgency) == ("phone", "high", "medium", "high")
    assert (arrival.requester.value, arrival.requester.name) == ("mina@harbor.example", "Mina Holt")
    assert arrival.tags == ("vip", "export")
    assert arrival.fields == {"amount": 12000.5, "region": "north", "beta": True, "seats": None}
    assert (arrival.text, arrival.new_text) == ("Since this morning.", "Since this morning.")


def test_the_least_a_ticket_must_say_is_who_and_about_what() -> None:
    arrival = reading.ticket(orjson.dumps(GOOD), None)

    assert (arrival.channel, arrival.type, arrival.priority, arrival.text) == ("api", "question", None, "")
    assert refused({}) == {"/subject": "'subject' is missing.", "/requester": "'requester' is missing."}


@pytest.mark.parametrize(
    ("change", "pointer", "detail"),
    [
        ({"subject": 7}, "/subject", "'subject' must be text, not a number."),
        ({"subject": "  "}, "/subject", "'subject' is empty."),
        ({"subject": None}, "/subject", "'subject' is missing."),
        ({"subject": "x" * 1001}, "/subject", "'subject' has 1001 characters; at most 1000 are taken."),
        ({"text": "a\0b"}, "/text", "'text' holds a NUL character."),
        ({"text": ["a"]}, "/text", "'text' must be text, not a list."),
        ({"priorty": "high"}, "/priorty", "There is no field 'priorty'. Did you mean 'priority'?"),
        ({"zzz/~": 1}, "/zzz~1~0", "There is no field 'zzz/~'."),
        ({"priority": "hgh"}, "/priority", "must be one of low, medium, high, critical. Did you mean 'high'?"),
        ({"requester": "mina"}, "/requester", "'requester' must be an object, not text."),
        ({"requester": {}}, "/requester/email", "'email' is missing."),
        ({"requester": {"email": "mina"}}, "/requester/email", "'email' must be a mail address."),
        ({"requester": {"email": "a b@c.example"}}, "/requester/email", "'email' must be a mail address."),
        ({"requester": WHO | {"mail": ""}}, "/requester/mail", "There is no field 'mail'. Did you mean 'email'?"),
        ({"tags": "vip"}, "/tags", "'tags' must be a list of words."),
        ({"tags": [1]}, "/tags", "'tags' must be a list of words."),
        ({"tags": ["t"] * 51}, "/tags", "'tags' has 51 entries; at most 50 are taken."),
        ({"fields": []}, "/fields", "'fields' must be an object, not a list."),
        ({"fields": {"a": {"b": 1}}}, "/fields/a", "A custom field holds text, a number"),
        ({"fields": {"a": "x" * 10_001}}, "/fields/a", "at most 10000 are taken"),
        ({"fields": {str(number): 1 for number in range(101)}}, "/fields", "There are 101 custom fields"),
    ],
)
def test_a_fault_is_named_with_its_place(change: dict[str, Any], pointer: str, detail: str) -> None:
    faults = refused(GOOD | change)

    assert list(faults) == [pointer]
    assert detail in faults[pointer]


def test_every_fault_is_told_at_once() -> None:
    assert set(refused({"subject": 1, "tags": 2, "colour": 3})) == {"/subject", "/tags", "/colour", "/requester"}


@pytest.mark.parametrize("body", [b"", b"{", b'{"subject": "a",}', b"\xff\xfe", b'{"subject": "\\ud800"}', b"NaN"])
def test_malformed_json_is_said_with_line_and_column(body: bytes) -> None:
    with pytest.raises(Problem, match=r"not JSON: .* \(line \d+, column \d+\)") as caught:
        reading.ticket(body, None)
    assert (caught.value.status, caught.value.code) == (400, "malformed_json")


@pytest.mark.parametrize("body", [[], "text", 3, None, True])
def test_json_that_is_no_object_is_refused(body: Any) -> None:
    assert "must be an object" in refused(body)[""]


@given(st.recursive(SCALARS, nested, max_leaves=20))
def test_no_json_breaks_the_reading(document: Any) -> None:
    try:
        reading.ticket(orjson.dumps(document), None)
    except Problem as problem:
        assert problem.status in (400, 422)
        assert problem.errors


def test_a_message_of_an_agent_names_no_requester_and_only_a_reply_solves() -> None:
    with pytest.raises(Problem) as caught:
        reading.message(orjson.dumps({"text": "done", "kind": "note", "requester": WHO, "solve": True}))

    assert {fault["pointer"] for fault in caught.value.errors} == {"/requester", "/solve"}


@pytest.mark.parametrize("address", ["a@b.example\n", "\na@b.example", "a@b.example c@d.example", "a@b\tc"])
def test_a_pattern_is_of_the_whole_text_for_us_and_for_who_reads_the_description(address: str) -> None:
    shape = Shape({"address": Text(254, like=ADDRESS)})
    with pytest.raises(Problem):
        shape.of(orjson.dumps({"address": address}))

    pattern = shape.schema()["properties"]["address"]["pattern"]
    assert not re.search(pattern.replace("$", r"\Z"), address), "`$` of JSON Schema is the end, before no line break"
    assert re.search(pattern, "a@b.example")
