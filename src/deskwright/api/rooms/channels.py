"""Where calls, messages, alerts and chats come from: phone lines, sources, widgets. Secrets go in, never out."""

from __future__ import annotations

from typing import Any, Final

from deskwright.api.routing import Asked
from deskwright.api.shapes import (
    COLOUR,
    INSTANT,
    INSTANT_OR_NULL,
    OBJECT,
    TEXT,
    TRUTH,
    WHOLE,
    WHOLE_OR_NULL,
    WORDS,
    Choice,
    Fields,
    Flag,
    Shape,
    Text,
    Texts,
    Whole,
    Wordings,
    an_object,
)
from deskwright.api.things import Things, as_told, held
from deskwright.channels.alerts.signals import FORMS, GROUPED
from deskwright.desk import clock
from deskwright.desk.alerts import sources
from deskwright.desk.chat import widgets
from deskwright.desk.lines import settings as lines
from deskwright.desk.lines import trying
from deskwright.store.models import AlertSource, Line, Widget

# Phone lines

LINE: Final = an_object(
    id=WHOLE,
    name=TEXT,
    number=TEXT,
    provider=TEXT,
    calls=TRUTH,
    sms=TRUTH,
    whatsapp=TRUTH,
    dial=TEXT,
    key=TEXT,
    active=TRUTH,
    received_at=INSTANT_OR_NULL,
    refused_at=INSTANT_OR_NULL,
    refused_because=TEXT,
    created_at=INSTANT,
)
LINE_CHANGES: Final[Fields] = {
    "name": Text(120),
    "number": Text(32),
    "calls": Flag(),
    "sms": Flag(),
    "whatsapp": Flag(),
    "dial": Text(500),
    "account": Text(200),
    "token": Text(200),
    "url": Text(500),
}
PROVIDERS: Final = tuple(lines.KEPT)
NEW_LINE: Final = Shape(
    {
        **LINE_CHANGES,
        "name": Text(120, required=True),
        "number": Text(32, required=True),
        "provider": Choice(PROVIDERS, required=True),
    }
)
TO: Final = Shape({"to": Text(40)}, none_needed=True)
TRIED: Final = an_object(well=TRUTH, says=TEXT)


def connect(asked: Asked) -> Any:
    """The secret is what plain posts are signed with; empty for a provider that signs by its own token."""
    usual = {"calls": True, "sms": False, "whatsapp": False, "dial": ""}
    return lines.connect(asked.agent, {**usual, **asked.sent}, now=clock.now())


def change_line(asked: Asked, line: Line) -> None:
    """Credentials that are not sent stay."""
    lines.change(asked.agent, line.pk, held(line, lines.PLAIN, asked.sent), now=clock.now())


def try_line(asked: Asked) -> Any:
    """Whether its provider knows us; with `to`, a message that really leaves."""
    line = LINES.found(asked)
    to = asked.sent.get("to", "")
    tried = trying.message(asked.actor, line, to, now=clock.now()) if to else trying.account(asked.actor, line)
    return {"well": tried.well, "says": tried.says}


LINES: Final = Things(
    "/lines", "a phone line", "phone lines", lines.RIGHT, lambda _: Line.objects.all(), as_told(LINE), LINE
)

# Alert sources

SOURCE: Final = an_object(
    id=WHOLE,
    name=TEXT,
    form=TEXT,
    by=WORDS,
    grouped=TEXT,
    solves=TRUTH,
    address=TEXT,
    active=TRUTH,
    received_at=INSTANT_OR_NULL,
    refused_at=INSTANT_OR_NULL,
    refused_because=TEXT,
    created_at=INSTANT,
)
SOURCE_KNOWN: Final[Fields] = {
    "name": Text(120),
    "form": Choice(FORMS),
    "by": Texts(80, 20),
    "grouped": Choice(GROUPED),
    "solves": Flag(),
}


def set_up_source(asked: Asked) -> Any:
    usual = {"form": "plain", "by": (), "grouped": "group", "solves": True}
    return sources.set_up(asked.agent, {**usual, **asked.sent}, now=clock.now())


def change_source(asked: Asked, source: AlertSource) -> None:
    sources.change(asked.agent, source.pk, held(source, sources.PLAIN, asked.sent), now=clock.now())


def test_source(asked: Asked) -> Any:
    """A test alert fires and ends, as if the source had sent it. `ticket` is where."""
    return {"ticket": sources.test(asked.actor, asked.numbers[0], now=clock.now())}


SOURCES: Final = Things(
    "/alert-sources",
    "an alert source",
    "alert sources",
    sources.RIGHT,
    lambda _: AlertSource.objects.all(),
    as_told(SOURCE, address=sources.address),
    SOURCE,
)

# Chat widgets

WIDGET: Final = an_object(
    id=WHOLE,
    key=TEXT,
    name=TEXT,
    colour=TEXT,
    origins=WORDS,
    greetings=OBJECT,
    hours=TEXT,
    asks=WORDS,
    brand_id=WHOLE_OR_NULL,
    active=TRUTH,
    created_at=INSTANT,
)
WIDGET_KNOWN: Final[Fields] = {
    "name": Text(80),
    "colour": Text(7, like=COLOUR),
    "origins": Texts(300, 50),
    "greetings": Wordings(300),
    "hours": Text(80),
    "asks": Texts(10, 2),
    "brand_id": Whole(1, nullable=True),
}
LOOKS: Final = tuple(WIDGET_KNOWN)


def set_up_widget(asked: Asked) -> Any:
    usual: dict[str, Any] = {"colour": "", "origins": [], "greetings": {}, "hours": "", "asks": [], "brand_id": None}
    return widgets.set_up(asked.agent, now=clock.now(), **{**usual, **asked.sent})


def change_widget(asked: Asked, widget: Widget) -> None:
    widgets.change(asked.agent, widget.pk, now=clock.now(), **held(widget, LOOKS, asked.sent))


WIDGETS: Final = Things(
    "/widgets", "a chat widget", "chat widgets", widgets.RIGHT, lambda _: Widget.objects.all(), as_told(WIDGET), WIDGET
)
NAMED: Final = Text(120, required=True)
ROUTES: Final = (
    LINES.lists(),
    LINES.makes(connect, NEW_LINE, "Connect a phone number", secret=True),
    LINES.shows(),
    LINES.changes(change_line, Shape(LINE_CHANGES)),
    LINES.removes(lines.remove),
    LINES.switches(lines.switch),
    LINES.rotates(lines.rotate),
    LINES.route("POST", "/{id}/test", try_line, "Try a phone line out", takes=TO, gives=TRIED),
    SOURCES.lists(),
    SOURCES.makes(set_up_source, Shape({**SOURCE_KNOWN, "name": NAMED}), "Set an alert source up", secret=True),
    SOURCES.shows(),
    SOURCES.changes(change_source, Shape(SOURCE_KNOWN)),
    SOURCES.removes(sources.remove),
    SOURCES.switches(sources.switch),
    SOURCES.rotates(sources.rotate),
    SOURCES.route("POST", "/{id}/test", test_source, "Let a test alert come", gives=an_object(ticket=WHOLE)),
    WIDGETS.lists(),
    WIDGETS.makes(set_up_widget, Shape({**WIDGET_KNOWN, "name": Text(80, required=True)}), "Set a chat widget up"),
    WIDGETS.shows(),
    WIDGETS.changes(change_widget, Shape(WIDGET_KNOWN)),
    WIDGETS.removes(widgets.remove),
    WIDGETS.switches(widgets.switch),
    WIDGETS.rotates(widgets.rotate),
)
