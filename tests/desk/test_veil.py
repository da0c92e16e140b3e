"""A sentence that was kept stays one under a role's veil, whatever the fields it hides are called."""

from __future__ import annotations

from deskwright.desk.access import Veil
from deskwright.desk.said import said
from deskwright.engine.saying import _, in_a_row
from deskwright.store.connection import from_json, to_json

VEIL = Veil(frozenset({"ticket.reason", "ticket.say", "customer.email"}))


def test_values_of_a_sentence_are_no_fields_whatever_their_names() -> None:
    sentence = in_a_row([_("closed: %(reason)s", reason="no answer"), _("told %(whom)s", whom="mina@harbor.example")])
    kept = from_json(to_json({"because": sentence, "fields": {"reason": "secret"}}))

    told = VEIL.told(kept, speaks=True)

    assert told["fields"] == {}
    assert said(told["because"]) == "closed: no answer; told •••"


def test_a_sentence_that_speaks_of_a_hidden_field_is_not_told() -> None:
    kept = from_json(to_json({"because": _("%(field)s is set", field="reason")}))
    assert VEIL.told(kept, speaks=True) == {"because": "•••"}


def test_what_was_changed_is_no_sentence_though_a_field_is_called_say() -> None:
    kept = {"effects": [{"changes": {"say": 5, "priority": "high"}}]}
    assert VEIL.told(kept, speaks=True) == {"effects": [{"changes": {"priority": "high"}}]}
