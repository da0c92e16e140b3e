"""Every word that people see can be translated, and is, into every language the desk speaks."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.conf import settings

from tests.architecture import trees
from tools import messages, untranslated


def test_every_word_of_every_page_can_be_translated() -> None:
    assert list(untranslated.untranslated(trees.ROOT)) == []


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("<p>Hello there</p>", ["Hello there"]),
        ('<a title="Go back">{% icon "x" %}</a>', ["Go back"]),
        ('<a title="{% translate "Back" %}">{% translate "Back" %}</a>', []),
        ("{% blocktranslate %}All {{ n }} of them{% endblocktranslate %}", []),
        ("<p>{{ name }} &middot; <b>42</b></p>", []),
        ("<script>const hello = 1</script><style>.hello {}</style>", []),
    ],
)
def test_a_literal_word_is_found_and_a_marked_one_is_not(template: str, words: list[str]) -> None:
    assert [found.words for found in untranslated.in_template("page.html", template)] == words


def test_a_refusal_without_gettext_is_found() -> None:
    text = 'raise NotFound("Gone.")\nraise NotFound(_("Gone."))\nraise Invalid(f"{name} is gone.")\n'
    assert [found.where for found in untranslated.in_python("deed.py", text)] == ["deed.py:1", "deed.py:3"]


def test_a_sentence_where_gathering_does_not_look_is_found() -> None:
    text = """
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext as _
said = f"{_('Gone')}: {name}"
"""
    assert [found.words for found in untranslated.in_python("deed.py", text)] == ["gettext_lazy as lazy", "_('Gone')"]


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="gettext is not installed")
def test_every_string_is_translated_into_every_language() -> None:
    assert list(messages.faults(trees.ROOT)) == []


def test_the_languages_offered_are_those_translated() -> None:
    assert {code for code, _ in settings.LANGUAGES} == {"en", *messages.LANGUAGES}


def test_a_string_without_a_translation_is_told(tmp_path: Path) -> None:
    path = messages.po(tmp_path, "de")
    path.parent.mkdir(parents=True)
    path.write_text('msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Solve"\nmsgstr ""\n')
    known = messages.catalogue(tmp_path, "de")
    assert list(messages.untranslated("de", known)) == ["de: 'Solve' is not translated"]
