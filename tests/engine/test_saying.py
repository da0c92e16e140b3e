"""What is kept of a sentence is told from what only looks like one."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from deskwright.engine.saying import _, again, is_sentence, ngettext


def kept(sentence: str) -> Any:
    told = orjson.dumps(sentence, default=lambda said: said.as_json(), option=orjson.OPT_PASSTHROUGH_SUBCLASS)
    return orjson.loads(told)


@pytest.mark.parametrize(
    "sentence",
    [
        _("Nothing"),
        _("100%%"),
        _("%(what)s: %(how)s", what="rule A", how=_("added")),
        ngettext("%(count)s ticket", "%(count)s tickets", 2),
    ],
)
def test_a_sentence_that_was_kept_is_put_together_again(sentence: str) -> None:
    assert again(kept(sentence)) == sentence
    assert is_sentence(kept(sentence))


@pytest.mark.parametrize(
    "held",
    [
        {"say": None},
        {"say": 5},
        {"say": ["cheese", None]},
        {"say": "hello", "priority": "high"},
        {"say": ["one", "many"], "with": {}},
        {"say": ["one", "many", "more"], "with": {"count": 1}},
        {"say": "hello", "with": "you"},
        {"say": "%(name)s"},
        {"say": "50% off"},
    ],
)
def test_a_field_that_is_called_say_is_no_sentence(held: dict[str, Any]) -> None:
    assert not is_sentence(held)
    assert again({"fields": held}) == {"fields": held}
