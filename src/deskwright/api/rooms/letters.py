"""The words of the desk's own letters, by kind and language."""

from __future__ import annotations

from typing import Any, Final

from deskwright.api.problems import Problem
from deskwright.api.routing import Asked, Route
from deskwright.api.shapes import OBJECT, TEXT, TRUTH, WORDS, Shape, Text, a_list, an_object
from deskwright.desk import clock
from deskwright.desk.answering import wording
from deskwright.desk.settings import furnishing, house
from deskwright.desk.settings.house import Words

RIGHT: Final = "templates:manage"
WRITTEN: Final = Shape({"subject": Text(200), "text": Text(20_000, required=True), "html": Text(50_000)})
LETTER: Final = an_object(kind=TEXT, language=TEXT, own=TRUTH, subject=TEXT, text=TEXT, html=TEXT)
KIND: Final = an_object(kind=TEXT, title=TEXT, about=TEXT, variables=OBJECT, own=WORDS)
PREVIEW: Final = an_object(subject=TEXT, text=TEXT, html=TEXT)


def kinds(_asked: Asked) -> Any:
    """`own` are the languages in which the desk has words of its own."""
    own = house.house().words
    told = [
        {
            "kind": kind,
            "title": str(letter.title),
            "about": str(letter.about),
            "variables": dict(letter.variables),
            "own": sorted(language for named, language in own if named == kind),
        }
        for kind, letter in wording.LETTERS.items()
    ]
    return {"letters": told}


def place(asked: Asked) -> tuple[str, str]:
    """(kind, language). Raises Problem 404 for a letter nobody writes, or no language."""
    kind, language = asked.words
    if kind not in wording.LETTERS or not wording.CODE.fullmatch(language) or len(language) > 12:
        raise Problem(404, "not_found", "There is no such letter. A language is its code, such as nl or pt-br.")
    return kind, language


def show(asked: Asked) -> Any:
    """The words that are used: the desk's own, else the programme's, else the English ones."""
    kind, language = place(asked)
    known = house.house()
    words = wording.words_for(kind, language, known)
    return {"kind": kind, "language": language, "own": (kind, language) in known.words, **words._asdict()}


def words_of(asked: Asked) -> Words:
    words = Words(**{"subject": "", "html": "", **asked.sent})
    wording.check(asked.words[0], words)
    return words


def keep(asked: Asked) -> Any:
    kind, language = place(asked)
    furnishing.word(asked.agent, kind, language, words_of(asked), now=clock.now())
    return show(asked)


def reset(asked: Asked) -> Any:
    kind, language = place(asked)
    furnishing.word(asked.agent, kind, language, None, now=clock.now())
    return show(asked)


def preview(asked: Asked) -> Any:
    """The letter with examples in it. Keeps nothing."""
    kind, language = place(asked)
    trying = house.House(house.house().name, words={(kind, language): words_of(asked)})
    written = wording.worded(kind, language, wording.LETTERS[kind].variables, trying)
    return dict(zip(("subject", "text", "html"), written, strict=True))


ONE: Final = "/letters/{kind:word}/{language:word}"
ROUTES: Final = (
    Route("GET", "/letters", RIGHT, kinds, "List letters", gives=an_object(letters=a_list(KIND)), asks=RIGHT),
    Route("GET", ONE, RIGHT, show, "Show the words of a letter", gives=LETTER, asks=RIGHT),
    Route("PUT", ONE, RIGHT, keep, "Word a letter", WRITTEN, LETTER, asks=RIGHT),
    Route("DELETE", ONE, RIGHT, reset, "Use the programme's words again", gives=LETTER, asks=RIGHT),
    Route("POST", ONE + "/preview", RIGHT, preview, "Show how a letter would read", WRITTEN, PREVIEW, asks=RIGHT),
)
