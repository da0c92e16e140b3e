"""The workflow's own language, read out."""

from __future__ import annotations

from django.utils.translation import override

from deskwright.engine.events import EVENTS
from deskwright.engine.loading.rules import DERIVED_EVENTS
from deskwright.engine.values import COMPLEXITIES
from deskwright.web import keywords
from deskwright.web.keywords import keyword
from deskwright.web.words import spoken


def test_every_event_an_automation_may_wait_for_has_words() -> None:
    assert set(keywords.EVENTS) == {*EVENTS, *DERIVED_EVENTS}


def test_every_complexity_has_words() -> None:
    assert set(keywords.COMPLEXITIES) == set(COMPLEXITIES)


def test_an_event_is_read_in_the_readers_language() -> None:
    with override("de"):
        assert keyword("sla_warning", "event") == "SLA-Warnung"


def test_what_has_no_words_is_read_as_it_is_written() -> None:
    assert keyword("level_9", "complexity") == "Level 9"


def test_names_keep_what_is_read_letter_by_letter() -> None:
    assert spoken("vip_customer") == "VIP customer"
    assert spoken("api_expert") == "API expert"
    assert spoken("wait_for_it") == "Wait for it"
