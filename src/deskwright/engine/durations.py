"""How long: the durations a workflow writes (`15_minutes`, `2h30m`, `1d`, `1bd`, `PT15M`), as values.

Owns reading and printing them. It must not know calendars: what a business day lasts is the calendar's business.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from deskwright.engine.saying import _

MINUTES_IN: Final = {"m": 1, "h": 60, "d": 1440, "w": 10080}
LONGEST: Final = 10 * 366 * 1440
"""Minutes. A longer duration in a workflow is a slip of the pen."""

_UNITS: Final = {
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "business minute", "business minutes"), "m"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "business hour", "business hours"), "h"),
    **dict.fromkeys(("d", "day", "days", "calendar day", "calendar days"), "d"),
    **dict.fromkeys(("w", "wk", "week", "weeks"), "w"),
    **dict.fromkeys(("bd", "business day", "business days", "working day", "working days"), "bd"),
}
_PART: Final = re.compile(r"(\d{1,9}(?:\.\d{1,6})?) ?((?:business |calendar |working )?[a-z]+)(?: and |, ?| |$|(?=\d))")
_ISO: Final = re.compile(r"P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?)?")
_NUMBER: Final = re.compile(r"[+-]?\d{1,12}(?:\.\d{1,6})?")


@dataclass(frozen=True, slots=True)
class Duration:
    """`minutes` of business time (of wall-clock time when `wall`), plus whole `business_days` of the calendar."""

    minutes: int = 0
    business_days: int = 0
    wall: bool = False

    def __str__(self) -> str:
        """The short form, which `parse` reads back as the same duration."""
        if self.business_days:
            return f"{self.business_days}bd" + (_short(self.minutes) if self.minutes else "")
        if self.wall and self.minutes >= MINUTES_IN["d"]:
            days, rest = divmod(self.minutes, MINUTES_IN["d"])
            return f"{days}d" + (_short(rest) if rest else "")
        return _short(self.minutes) + (" wall" if self.wall else "")


def parse(value: object) -> Duration:
    """The duration a document means. A bare number is minutes; `d` and `w` run on the wall clock, as does `4h wall`.

    Raises ValueError with a sentence for the author.
    """
    if isinstance(value, Duration):
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ValueError(_("a duration such as 15m, 2h or 1bd is expected, not %(value)s", value=_shown(value)))
    words = " ".join(str(value).replace("_", " ").split())
    if _NUMBER.fullmatch(words):
        return _checked(value, Fraction(words), 0, wall=False)
    if words[:1] in "Pp" and (iso := _ISO.fullmatch(words.upper())) and any(iso.groups()):
        return _from_iso(value, iso)
    return _from_words(value, words.lower())


def _from_iso(value: object, iso: re.Match[str]) -> Duration:
    weeks, days, hours, minutes = (int(group or 0) for group in iso.groups())
    total = weeks * MINUTES_IN["w"] + days * MINUTES_IN["d"] + hours * 60 + minutes
    return _checked(value, Fraction(total), 0, wall=bool(iso[1] or iso[2]))


def _from_words(value: object, words: str) -> Duration:
    amounts = _amounts(value, words.removesuffix("wall").rstrip())
    days = amounts.pop("bd", Fraction(0))
    wall = words.endswith("wall") or "d" in amounts or "w" in amounts
    minutes = sum((amount * MINUTES_IN[unit] for unit, amount in amounts.items()), Fraction(0))
    if days.denominator != 1:
        raise ValueError(
            _("%(value)s is not a whole number of business days; write hours instead", value=_shown(value))
        )
    if days and wall:
        raise ValueError(_("%(value)s mixes business days with wall-clock time; use one of them", value=_shown(value)))
    return _checked(value, minutes, int(days), wall=wall)


def _amounts(value: object, words: str) -> dict[str, Fraction]:
    amounts: dict[str, Fraction] = {}
    place = 0
    while place < len(words):
        part = _PART.match(words, place)
        unit = _UNITS.get(part[2]) if part else None
        if part is None or unit is None:
            raise ValueError(_misread(value, words))
        if unit in amounts:
            raise ValueError(_("%(value)s names the same unit twice", value=_shown(value)))
        amounts[unit] = Fraction(part[1])
        place = part.end()
    if not amounts:
        raise ValueError(_misread(value, words))
    return amounts


def _checked(value: object, minutes: Fraction, business_days: int, *, wall: bool) -> Duration:
    if minutes < 0:
        raise ValueError(_("%(value)s is negative; a duration cannot be", value=_shown(value)))
    if minutes.denominator != 1:
        raise ValueError(_("%(value)s is not a whole number of minutes", value=_shown(value)))
    if minutes + business_days * MINUTES_IN["d"] > LONGEST:
        raise ValueError(_("%(value)s is longer than ten years", value=_shown(value)))
    return Duration(int(minutes), business_days, wall)


def _misread(value: object, words: str) -> str:
    if re.match(r"-\s*\d", words):
        return _("%(value)s is negative; a duration cannot be", value=_shown(value))
    return _(
        "%(value)s is not a duration; write it like 15m, 2h30m, 1d (a calendar day) or 1bd (a business day)",
        value=_shown(value),
    )


def _short(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return (f"{hours}h" if hours else "") + (f"{rest}m" if rest or not hours else "")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
