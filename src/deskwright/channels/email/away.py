"""Until when somebody says that they are away: in an out-of-office note, or in words of their own.

Reads words only, which never make a mail automatic: people are on holiday too. Days are the sender's own, counted from
the day the mail was written.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

LONGEST: Final = 1500
"""Characters of a mail whose own words are asked, without a header or a subject that makes it a note."""
FURTHEST: Final = timedelta(days=400)

AWAY: Final = re.compile(
    r"""
    \b(?:i\ am|i'm|i’m|i\ will\ be)\ (?:currently\ |now\ |presently\ )?
        (?:out\ of\ (?:the\ |my\ )?office|away\ from\ (?:the|my)\ (?:office|desk)
        |on\ (?:annual\ |sick\ |parental\ |maternity\ )?(?:leave|holidays?|vacation))
    |\b(?:currently|presently)\ out\ of\ (?:the\ )?office
    |\bich\ bin\ (?:derzeit\ |zurzeit\ |zur\ zeit\ |momentan\ |aktuell\ |leider\ |bis\ .{3,40}\ ){0,3}
        (?:nicht\ im\ (?:büro|haus)|abwesend|im\ urlaub|außer\ haus)
    |\bje\ suis\ (?:actuellement\ )?(?:absente?|en\ congés?|en\ vacances)|\bactuellement\ absente?
    |\bestoy\ (?:actualmente\ )?(?:fuera\ de\ la\ oficina|de\ vacaciones|ausente)|\bestaré\ fuera\ de\ la\ oficina
    |\bsono\ (?:attualmente\ |al\ momento\ )?(?:fuori\ (?:sede|ufficio)|assente|in\ ferie)
    |\best(?:ou|arei)\ (?:atualmente\ |de\ )*(?:fora\ do\ escritório|férias|ausente)
    |\bik\ ben\ (?:momenteel\ |tijdelijk\ )?(?:afwezig|niet\ aanwezig|met\ vakantie|op\ vakantie|niet\ op\ kantoor)
    |\bjag\ är\ (?:för\ närvarande\ )?(?:inte\ på\ kontoret|ledig|på\ semester|frånvarande)
    |\bjestem\ (?:obecnie\ )?(?:poza\ biurem|na\ urlopie|nieobecn[ya])
    |不在にして|休暇をいただ|休暇中|不在办公室|正在休假|外出休假|부재\ ?중
    """,
    re.IGNORECASE | re.VERBOSE,
)
RETURNS: Final = re.compile(
    r"""
    \b(?:until|till|through|up\ to|back\ (?:in\ the\ office\ )?(?:on|by)
    |return(?:ing)?\ (?:to\ (?:the\ )?office\ )?(?:on|by)
    |bis(?:\ (?:zum|einschließlich|inklusive))?|wieder\ (?:da\ |erreichbar\ |im\ büro\ |für\ sie\ da\ )?(?:ab|am)
    |zurück\ (?:am|ab)|ab\ dem
    |jusqu['’]?\s?(?:au|à|le)|de\ retour\ (?:le|à\ partir\ du)|hasta\ el|regreso\ el|de\ vuelta\ el
    |fino\ al?|rientro\ il|di\ ritorno\ il|até(?:\ (?:o\ )?dia)?|de\ volta\ (?:em|no\ dia)|tot(?:\ en\ met)?|terug\ op
    |till\ och\ med|tillbaka(?:\ den)?|do\ dnia|do)\b\s*(?:(?:and\ including|le|el|il|den|dem|the)\s+)?
    """,
    re.IGNORECASE | re.VERBOSE,
)
SENTENCE_ENDS: Final = re.compile(r"(?<!\d)[.!?](?=\s|$)|[。！？]")
"""Not the full stop of "4. Dezember"."""
MONTHS: Final = (
    "jan|janv|ene|gen|sty", "feb|fév|fev|lut", "mar|mär|maa|mrt", "apr|avr|abr|kwi", "may|mai|mag|mei|maj",
    "jun|juin|giu|cze", "jul|juil|lug|lip", "aug|août|aou|ago|sie", "sep|set|wrz", "oct|okt|ott|out|paź",
    "nov|lis", "dec|dez|déc|dic|gru",
)  # fmt: skip
"""How the months' names begin, in the languages above."""
DAYS: Final = (
    "monday|montag|lundi|lunes|lunedì|segunda|maandag|måndag",
    "tuesday|dienstag|mardi|martes|martedì|terça|dinsdag|tisdag",
    "wednesday|mittwoch|mercredi|miércoles|mercoledì|quarta|woensdag|onsdag",
    "thursday|donnerstag|jeudi|jueves|giovedì|quinta|donderdag|torsdag",
    "friday|freitag|vendredi|viernes|venerdì|sexta|vrijdag|fredag",
    "saturday|samstag|samedi|sábado|sabato|zaterdag|lördag",
    "sunday|sonntag|dimanche|domingo|domenica|zondag|söndag",
)
WEEKDAY: Final = re.compile(
    rf"(?:next\s+|nächsten\s+|kommenden\s+)?({'|'.join(DAYS)})\b,?\s*(?:the\s+|den\s+|dem\s+)?", re.IGNORECASE
)
ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})\b")
DOTTED: Final = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.(?:\s?(\d{4}|\d{2})\b)?")
SLASHED: Final = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?\b")
DAY_FIRST: Final = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|er|º|\.)?\s+(?:de\s+|of\s+)?([^\W\d_]{3,12})\.?,?(?:\s+(?:de\s+)?(\d{4}))?"
)
MONTH_FIRST: Final = re.compile(r"([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?\b(?:,?\s+(\d{4}))?")
EASTERN: Final = re.compile(
    r"(?:(\d{4})\s?[年년]\s?)?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]\s?"
    r"(?:\([^)]{1,3}\)|（[^）]{1,3}）)?\s?(?:まで|至|止|까지)"
)


def said_until(text: str, written: date) -> date | None:
    """The first day named in the sentence that says its writer is away, in a short mail; None when there is none."""
    words = " ".join(text[: LONGEST + 1].split())
    away = AWAY.search(words[:400]) if len(words) <= LONGEST else None
    if away is None:
        return None
    start = max((end.end() for end in SENTENCE_ENDS.finditer(words, 0, away.start())), default=0)
    end = SENTENCE_ENDS.search(words, away.end())
    return min(days(words[start : end.start() if end else None], written), default=None)


def away_until(note: str, written: date) -> date | None:
    """The last day a note names, on or after the day it was written; None when none can be told for sure."""
    return max(days(" ".join(note[: LONGEST * 2].split()), written), default=None)


def days(words: str, written: date) -> list[date]:
    """Those until which something lasts, none of them past."""
    found = [named(words[match.end() : match.end() + 60], written) for match in RETURNS.finditer(words)]
    found += [day_of(match[1], match[2], match[3], written) for match in EASTERN.finditer(words)]
    return [one for one in found if one is not None and written <= one <= written + FURTHEST]


def named(words: str, written: date) -> date | None:
    """The day these words begin with."""
    weekday = WEEKDAY.match(words)
    rest = words[weekday.end() :] if weekday else words
    return by_numbers(rest, written) or by_month(rest, written) or (coming(weekday[1], written) if weekday else None)


def by_numbers(words: str, written: date) -> date | None:
    if match := ISO.match(words):
        return day_of(match[1], match[2], match[3], written)
    if match := DOTTED.match(words):
        return day_of(match[3], match[2], match[1], written)
    if match := SLASHED.match(words):
        first, second = int(match[1]), int(match[2])
        if min(first, second) > 12 or (max(first, second) <= 12 and first != second):
            return None  # half of the world writes the month first
        return day_of(match[3], str(min(first, second)), str(max(first, second)), written)
    return None


def by_month(words: str, written: date) -> date | None:
    for pattern, day, month in ((DAY_FIRST, 1, 2), (MONTH_FIRST, 2, 1)):
        match = pattern.match(words)
        number = month_of(match[month]) if match else None
        if match and number:
            return day_of(match[3], str(number), match[day], written)
    return None


def month_of(word: str) -> int | None:
    beginnings = (place for place, names in enumerate(MONTHS, 1) if word.lower().startswith(tuple(names.split("|"))))
    return next(beginnings, None)


def coming(weekday: str, written: date) -> date:
    """The next such day after this one."""
    wanted = next(place for place, names in enumerate(DAYS) if weekday.lower() in names.split("|"))
    return written + timedelta(days=(wanted - written.weekday() - 1) % 7 + 1)


def day_of(year: str | None, month: str, day: str, written: date) -> date | None:
    """Without a year: the next such day."""
    try:
        if year:
            return date(int(year) if len(year) == 4 else 2000 + int(year), int(month), int(day))
        this = date(written.year, int(month), int(day))
        return this if this >= written else date(written.year + 1, int(month), int(day))
    except ValueError:
        return None
