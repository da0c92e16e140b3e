"""The few phrases letters are put together from, in the languages the programme has words in."""

from __future__ import annotations

from datetime import datetime
from math import ceil
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo


class Phrases(NamedTuple):
    hello: str
    hello_to: str
    soon: str
    by: str
    usually_within: str
    usually_by: str
    helps: str
    minutes: str
    hour: str
    hours: str


PHRASES: Final = {
    "en": Phrases(
        "Hello",
        "Hello {name}",
        "We will answer as soon as we can.",
        "You can expect a first answer by {time}.",
        "Many people are waiting at the moment. We usually answer within {span}, and by {time} at the latest.",
        "Many people are waiting at the moment. We usually answer by {usual}, and by {time} at the latest.",
        "Perhaps this helps already:",
        "{number} minutes",
        "1 hour",
        "{number} hours",
    ),
    "de": Phrases(
        "Guten Tag",
        "Guten Tag {name}",
        "Wir antworten so bald wie möglich.",
        "Eine erste Antwort erhalten Sie bis {time}.",
        "Zurzeit warten viele. Wir antworten meist innerhalb von {span}, spätestens bis {time}.",
        "Zurzeit warten viele. Wir antworten meist bis {usual}, spätestens bis {time}.",
        "Vielleicht hilft Ihnen das schon:",
        "{number} Minuten",
        "1 Stunde",
        "{number} Stunden",
    ),
    "fr": Phrases(
        "Bonjour",
        "Bonjour {name}",
        "Nous répondrons dès que possible.",
        "Vous recevrez une première réponse avant le {time}.",
        "Les demandes sont nombreuses. Nous répondons d’habitude en {span}, et au plus tard le {time}.",
        "Les demandes sont nombreuses. Nous répondons d’habitude avant le {usual}, et au plus tard le {time}.",
        "Ceci vous aidera peut-être déjà :",
        "{number} minutes",
        "1 heure",
        "{number} heures",
    ),
    "es": Phrases(
        "Hola",
        "Hola {name}",
        "Le responderemos lo antes posible.",
        "Recibirá una primera respuesta antes del {time}.",
        "Hay muchas consultas en este momento. Solemos responder en {span}, y a más tardar el {time}.",
        "Hay muchas consultas en este momento. Solemos responder antes del {usual}, y a más tardar el {time}.",
        "Quizá esto ya le ayude:",
        "{number} minutos",
        "1 hora",
        "{number} horas",
    ),
    "ja": Phrases(
        "こんにちは。",
        "{name} 様",
        "できるだけ早くご返信いたします。",
        "最初のご返信は {time} までにお送りいたします。",
        "ただいまお問い合わせが混み合っています。通常は {span} 以内に、遅くとも {time} までにご返信いたします。",
        "ただいまお問い合わせが混み合っています。通常は {usual} までに、遅くとも {time} までにご返信いたします。",
        "こちらの記事がお役に立つかもしれません:",
        "{number}分",
        "1時間",
        "{number}時間",
    ),
}
HOUR: Final = 3600


def phrases(language: str | None) -> Phrases:
    return PHRASES.get((language or "en").split("-")[0].lower(), PHRASES["en"])


def greeting(name: str | None, language: str | None) -> str:
    said = phrases(language)
    return said.hello_to.format(name=name) if name else said.hello


def promise(at: datetime | None, zone: str, language: str | None = None) -> str:
    """When a first answer can be expected, in the desk's own time zone; no promise without a target."""
    said = phrases(language)
    return said.soon if at is None else said.by.format(time=spoken_time(at, zone, language))


def usual(by: datetime, within: float | None, promised: datetime, zone: str, language: str | None = None) -> str:
    """How fast it usually goes (`within` seconds, else `by` a moment), and the promise beside it."""
    said, time = phrases(language), spoken_time(promised, zone, language)
    if within is None:
        return said.usually_by.format(usual=spoken_time(by, zone, language), time=time)
    return said.usually_within.format(span=spoken_span(within, language), time=time)


def spoken_span(seconds: float, language: str | None = None) -> str:
    """Rounded up, so that it is kept: "25 minutes", "3 hours"."""
    said = phrases(language)
    if seconds > HOUR:
        return said.hours.format(number=ceil(seconds / HOUR))
    minutes = max(5, 5 * ceil(seconds / 300))
    return said.hour if minutes == 60 else said.minutes.format(number=minutes)


FIGURES: Final = {"de": "%d.%m.%Y, %H:%M", "ja": "%Y/%m/%d %H:%M"}
"""How languages write a moment in figures, where it is not the day, the month, the year with strokes."""


def spoken_time(at: datetime, zone: str, language: str | None = None) -> str:
    """A moment in a time zone, as one would say it: "Tuesday 24 November, 11:00 (Europe/Berlin)"; in figures for
    languages other than English.
    """
    local = at.astimezone(ZoneInfo(zone))
    if phrases(language) is PHRASES["en"]:
        return f"{local:%A} {local.day} {local:%B, %H:%M} ({zone})"
    return f"{local:{FIGURES.get((language or '')[:2], '%d/%m/%Y, %H:%M')}} ({zone})"
