"""How a calendar's hours changed: "Friday closes 15:00 instead of 17:00"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from deskwright.engine.calendars import Calendar
from deskwright.engine.calendars.hours import AllDay, Hours, Opening, Shift
from deskwright.engine.differences.wording import Difference, listed, members_changed
from deskwright.engine.saying import _, ngettext

SECTION: Final = "calendars"
DAYS: Final = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)
Shifts = tuple[Shift, ...]


def calendars(before: Mapping[str, Calendar], after: Mapping[str, Calendar]) -> Iterator[Difference]:
    for name in [*before, *(name for name in after if name not in before)]:
        what = _("calendar %(name)s", name=name)
        if name not in after:
            yield Difference(SECTION, what, _("removed"))
        elif name not in before:
            yield Difference(SECTION, what, _("added: %(what)s", what=told(after[name].opening)))
        elif before[name] != after[name]:
            for how in changed(before[name].opening, after[name].opening):
                yield Difference(SECTION, what, how)


def told(opening: Opening) -> str:
    if isinstance(opening, AllDay):
        return _("round the clock")
    if not isinstance(opening, Hours):
        return ngettext("a union of %(count)s calendar", "a union of %(count)s calendars", len(opening.members))
    days = grouped({day: hours(shifts) for day, shifts in open_days(opening)})
    return listed([opening.timezone, *days])


def open_days(opening: Hours) -> Iterator[tuple[int, Shifts]]:
    return ((day, shifts) for day, shifts in enumerate(opening.week) if shifts)


def grouped(by_day: Mapping[int, str]) -> Iterator[str]:
    """Neighbouring days that say the same are said once."""
    run: list[int] = []
    for day in [*by_day, -1]:
        if run and (day != run[-1] + 1 or by_day[day] != by_day[run[0]]):
            yield of_days(run, by_day[run[0]])
            run = []
        run.append(day)


def of_days(run: list[int], said: str) -> str:
    if len(run) == 1:
        return _("%(day)s %(hours)s", day=DAYS[run[0]], hours=said)
    return _("%(day)s to %(last)s: %(hours)s", day=DAYS[run[0]], last=DAYS[run[-1]], hours=said)


def changed(before: Opening, after: Opening) -> Iterator[str]:
    if not isinstance(before, Hours) or not isinstance(after, Hours):
        old, new = told(before), told(after)
        yield instead(new, old) if old != new else _("its members' hours changed")
        return
    if before.timezone != after.timezone:
        yield _("time zone %(new)s instead of %(old)s", new=after.timezone, old=before.timezone)
    yield from week(before, after)
    yield from members_changed_if(_("holidays"), days_off(before), days_off(after))
    yield from exceptions(before, after)


def week(before: Hours, after: Hours) -> Iterator[str]:
    by_day = {
        day: moved(old, new) for day, (old, new) in enumerate(zip(before.week, after.week, strict=True)) if old != new
    }
    return grouped(by_day)


def moved(old: Shifts, new: Shifts) -> str:
    if not new:
        return instead(_("closed"), hours(old))
    if len(old) == len(new) == 1 and old[0][0] == new[0][0]:
        return _("closes %(new)s instead of %(old)s", new=clock(new[0][1]), old=clock(old[0][1]))
    if len(old) == len(new) == 1 and old[0][1] == new[0][1]:
        return _("opens %(new)s instead of %(old)s", new=clock(new[0][0]), old=clock(old[0][0]))
    return instead(hours(new), hours(old))


def instead(new: str, old: str) -> str:
    return _("%(new)s instead of %(old)s", new=new, old=old)


def hours(shifts: Shifts) -> str:
    return ", ".join(f"{clock(opening)}-{clock(close)}" for opening, close in shifts) or _("closed")


def clock(minutes: int) -> str:
    """Minutes after midnight as people write them; an end at midnight is 24:00, beyond it the next day's time."""
    of_day = minutes if minutes <= 24 * 60 else minutes - 24 * 60
    return f"{of_day // 60:02}:{of_day % 60:02}"


def days_off(opening: Hours) -> list[str]:
    dated = [day.isoformat() for day in sorted(opening.holidays)]
    yearly = [_("%(day)s every year", day=f"{month:02}-{day:02}") for month, day in sorted(opening.yearly)]
    regions = [
        _("those of %(place)s", place=" ".join(filter(None, (one.country, one.subdivision)))) for one in opening.regions
    ]
    return dated + yearly + regions


def members_changed_if(label: str, before: list[str], after: list[str]) -> Iterator[str]:
    return members_changed(label, before, after) if before != after else iter(())


def exceptions(before: Hours, after: Hours) -> Iterator[str]:
    old, new = dict(before.exceptions), dict(after.exceptions)
    for day in sorted({*old, *new}):
        if old.get(day) != new.get(day):
            yield exception(day, old.get(day), new.get(day))


def exception(day: date, old: Shifts | None, new: Shifts | None) -> str:
    if new is None:
        return _("%(day)s is a day like others again", day=str(day))
    usually = _("the usual hours") if old is None else hours(old)
    return _("%(day)s %(hours)s", day=str(day), hours=instead(hours(new), usually))
