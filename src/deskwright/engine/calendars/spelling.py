"""How days, times and dates are spelled in a calendar. Pure reading; every refusal is a ValueError with a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from difflib import get_close_matches
from typing import Final

from deskwright.engine.calendars.hours import DAY, Shift
from deskwright.engine.saying import _

_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_EVERY_DAY: Final = frozenset({"daily", "every day", "all"})
_CLOSED: Final = frozenset({"closed", "off", "none", ""})
_SHIFT: Final = re.compile(r"(\d{1,2}:\d{2})\s*(?:-|–|to)\s*(\d{1,2}:\d{2})")
_YEARLY: Final = re.compile(r"(?:--)?(\d{1,2})-(\d{1,2})")
_DATES: Final = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\s*(?:\.\.|to|/)\s*(\d{4}-\d{2}-\d{2}))?")
_LONGEST_CLOSURE: Final = 3660
"""Days."""


def days(text: object) -> list[int]:
    """`mon-thu`, `fri`, `mon-fri, sun`, `daily` as numbers from Monday 0; a range may pass the weekend."""
    found: list[int] = []
    for part in str(text).lower().split(","):
        first, dash, last = (name.strip() for name in part.partition("-"))
        if not dash and first in _EVERY_DAY:
            found += range(7)
        else:
            start, end = _day(first), _day(last) if dash else _day(first)
            found += [number % 7 for number in range(start, end + 1 if end >= start else end + 8)]
    return found


def _day(name: str) -> int:
    for number, full in enumerate(_DAYS):
        if len(name) >= 2 and full.startswith(name):
            return number
    near = get_close_matches(name, _DAYS, 1, 0.5)
    raise ValueError(
        _("%(name)s is not a day of the week", name=repr(name))
        + (_("; did you mean %(near)s?", near=near[0][:3]) if near else "")
    )


def shifts(value: object) -> tuple[Shift, ...]:
    """`["09:00-12:00", "13:00-17:00"]`, one such text, or `closed`. Ending before it starts means overnight."""
    if value is None or (isinstance(value, str) and value.strip().lower() in _CLOSED):
        return ()
    texts = value.split(",") if isinstance(value, str) else value
    if not isinstance(texts, (list, tuple)):
        raise ValueError(_('opening times are written like ["09:00-17:00"], not %(value)s', value=repr(value)))
    return tuple(sorted(_shift(text) for text in texts))


def _shift(text: object) -> Shift:
    match = _SHIFT.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise ValueError(_("%(text)s is not an opening time; write it like 09:00-17:00", text=repr(text)))
    opening, close = _minutes(match[1]), _minutes(match[2])
    if opening == close:
        raise ValueError(
            _("%(text)s opens and closes at the same moment; write 00:00-24:00 for the whole day", text=repr(text))
        )
    if opening == DAY:
        raise ValueError(_("%(text)s opens at 24:00; write 00:00 of the next day", text=repr(text)))
    return (opening, close) if close > opening else (opening, close + DAY)


def _minutes(text: str) -> int:
    hours, minutes = (int(part) for part in text.split(":"))
    if minutes > 59 or hours * 60 + minutes > DAY:
        raise ValueError(_("%(text)s is not a time of day", text=text))
    return hours * 60 + minutes


def dates(value: object) -> Iterator[date]:
    """One date, or each of a range `2027-07-05..2027-08-01`."""
    if isinstance(value, date):
        yield value
        return
    match = _DATES.fullmatch(str(value).strip())
    if match is None:
        raise ValueError(
            _("%(value)s is not a date; write it like 2026-12-24 or 2027-07-05..2027-08-01", value=repr(value))
        )
    first, last = _date(match[1]), _date(match[2] or match[1])
    if not 0 <= (last - first).days <= _LONGEST_CLOSURE:
        raise ValueError(_("%(value)s must run forward, and not over more than ten years", value=repr(value)))
    for ahead in range((last - first).days + 1):
        yield first + timedelta(days=ahead)


def yearly(value: object) -> tuple[int, int] | None:
    """Month and day of `12-25`, which comes back every year; None when it is not written so."""
    match = _YEARLY.fullmatch(str(value).strip())
    if match is None:
        return None
    day = _date(f"2024-{int(match[1]):02}-{int(match[2]):02}")
    return day.month, day.day


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(_("%(text)s is not a day of the calendar", text=text)) from None
