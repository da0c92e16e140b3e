"""Reads one calendar of a workflow document into opening hours, or refuses it with sentences for its author.

Owns the spelling only: days, times, holidays, exceptions, unions. What they mean in UTC is `hours`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from difflib import get_close_matches
from functools import cache
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from deskwright.engine.calendars import spelling
from deskwright.engine.calendars.hours import DAY, AllDay, HolidaySource, Hours, Opening, Region, Shift, Union
from deskwright.engine.saying import _

_KEYS: Final = ("timezone", "hours", "holidays", "exceptions", "union")
_REGION_KEYS: Final = ("country", "subdivision", "dates")
_ALWAYS: Final = frozenset({"always", "24x7", "24/7", "round the clock"})
_WHOLE_DAY: Final = ((0, DAY),)
_A_YEAR: Final = 2026

_Read = TypeVar("_Read")
_Holidays = tuple[frozenset[date], frozenset[tuple[int, int]], tuple[Region, ...]]


class CalendarRefused(ValueError):
    """`sentences` say for the author what is wrong, each apart."""

    def __init__(self, *sentences: str) -> None:
        super().__init__("; ".join(sentences))
        self.sentences = sentences


def read(mapping: object, others: Mapping[str, Opening], source: HolidaySource | None) -> Opening:
    """Raises CalendarRefused."""
    if isinstance(mapping, str) and mapping.strip().lower() in _ALWAYS:
        return AllDay()
    if not isinstance(mapping, Mapping):
        raise CalendarRefused(_("a calendar is a mapping with timezone and hours, or with union"))
    _refuse_unknown(mapping, _KEYS)
    if "union" in mapping:
        return _union(mapping, others)
    return _hours(mapping, source)


def _union(mapping: Mapping[str, Any], others: Mapping[str, Opening]) -> Union:
    if surplus := [key for key in mapping if key != "union"]:
        raise CalendarRefused(
            _("a union takes its hours from its members, so %(surplus)s has no place in it", surplus=repr(surplus[0]))
        )
    names = mapping["union"]
    if not isinstance(names, (list, tuple)) or not names or not all(isinstance(name, str) for name in names):
        raise CalendarRefused(_("union is a list of the names of calendars"))
    for name in names:
        if name not in others:
            raise CalendarRefused(
                _("no calendar is named %(name)s%(meant)s", name=repr(name), meant=_meant(name, others))
            )
    return Union(tuple(_flat(others[name] for name in names)))


def _flat(openings: Iterable[Opening]) -> list[Opening]:
    """Each member once: unions of unions would grow without bound."""
    flat = (each for one in openings for each in (one.members if isinstance(one, Union) else (one,)))
    return list({id(each): each for each in flat}.values())


def _hours(mapping: Mapping[str, Any], source: HolidaySource | None) -> Hours:
    problems: list[str] = []
    zone = _tried(problems, _timezone, mapping.get("timezone", "UTC"))
    week = _tried(problems, _week, mapping.get("hours"))
    holidays = _tried(problems, _holidays, mapping.get("holidays"))
    exceptions = _tried(problems, _exceptions, mapping.get("exceptions"))
    if holidays and holidays[2] and source is None:
        problems.append(
            _("public holidays of a country need holiday data, and none is at hand; list the dates instead")
        )
    elif holidays and source is not None:
        _tried(problems, lambda regions: _ask(source, regions), holidays[2])
    if problems or zone is None or week is None or holidays is None or exceptions is None:
        raise CalendarRefused(*problems)
    dated, yearly, regions = holidays
    return Hours(zone, week, dated, yearly, regions, exceptions, source if regions else None)


def _tried(problems: list[str], reading: Callable[[Any], _Read], value: object) -> _Read | None:
    try:
        return reading(value)
    except ValueError as problem:
        problems += problem.sentences if isinstance(problem, CalendarRefused) else problem.args
        return None


def _timezone(name: object) -> str:
    try:
        return ZoneInfo(str(name)).key
    except (OSError, KeyError, ValueError):
        near = _meant(str(name), _near(str(name)))
        raise CalendarRefused(_("no time zone is named %(name)s%(near)s", name=repr(name), near=near)) from None


@cache
def _zones() -> frozenset[str]:
    """Asked of the file system, so once."""
    return frozenset(available_timezones())


def _near(name: str) -> list[str]:
    """The zones whose city begins with the same letter: comparing with all of them takes milliseconds."""
    first = name.rpartition("/")[2][:1].lower()
    return sorted(zone for zone in _zones() if zone.rpartition("/")[2][:1].lower() == first)


def _week(value: object) -> tuple[tuple[Shift, ...], ...]:
    if isinstance(value, str) and value.strip().lower() in _ALWAYS:
        return (_WHOLE_DAY,) * 7
    if not isinstance(value, Mapping) or not value:
        raise CalendarRefused(_('a calendar needs hours, such as {mon-fri: ["09:00-17:00"]}'))
    week: dict[int, tuple[Shift, ...]] = {}
    for names, times in value.items():
        for day in spelling.days(names):
            if day in week:
                raise CalendarRefused(
                    _("the hours of one day are given twice, the second time by %(names)s", names=repr(names))
                )
            week[day] = spelling.shifts(times)
    return tuple(week.get(day, ()) for day in range(7))


def _holidays(value: object) -> _Holidays:
    items = [] if value is None else value if isinstance(value, (list, tuple)) else [value]
    dated: set[date] = set()
    yearly: set[tuple[int, int]] = set()
    regions: list[Region] = []
    for item in items:
        if isinstance(item, Mapping):
            regions += _region(item)
            inner = _holidays(list(item.get("dates") or ()))
            dated, yearly = dated | inner[0], yearly | inner[1]
        elif day := spelling.yearly(item):
            yearly.add(day)
        else:
            dated.update(spelling.dates(item))
    return frozenset(dated), frozenset(yearly), tuple(regions)


def _region(mapping: Mapping[str, Any]) -> list[Region]:
    _refuse_unknown(mapping, _REGION_KEYS)
    country, subdivision = mapping.get("country"), mapping.get("subdivision")
    if country is None:
        if subdivision is not None:
            raise CalendarRefused(_("holidays with a subdivision need the country too"))
        return []
    return [Region(str(country).upper(), None if subdivision is None else str(subdivision).upper())]


def _ask(source: HolidaySource, regions: tuple[Region, ...]) -> None:
    """Raises the source's ValueError for a region it does not know, now and not when a ticket arrives."""
    for region in regions:
        source(region.country, region.subdivision, _A_YEAR)


def _exceptions(value: object) -> tuple[tuple[date, tuple[Shift, ...]], ...]:
    if value is None:
        return ()
    if not isinstance(value, Mapping):
        raise CalendarRefused(_("exceptions are written like {2026-12-24: [09:00-13:00], 2026-12-31: closed}"))
    found = {day: spelling.shifts(times) for written, times in value.items() for day in spelling.dates(written)}
    return tuple(sorted(found.items()))


def _refuse_unknown(mapping: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for key in mapping:
        if key not in known:
            raise CalendarRefused(
                _("%(key)s is not part of a calendar%(meant)s", key=repr(key), meant=_meant(str(key), known))
            )


def _meant(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, sorted(known), 1, 0.6)
    return _("; did you mean %(near)s?", near=near[0]) if near else ""
