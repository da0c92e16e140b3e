"""How a calendar's hours changed: "Friday closes 15:00 instead of 17:00"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from deskwright.engine.calendars import Calendar
from deskwright.engine.calendars.hours import AllDay, Hours, Opening, Shift
from deskwright.engine.differences.wording import Difference, members_changed

SECTION: Final = "calendars"
DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
Shifts = tuple[Shift, ...]


def calendars(before: Mapping[str, Calendar], after: Mapping[str, Calendar]) -> Iterator[Difference]:
    for name in [*before, *(name for name in after if name not in before)]:
        what = f"calendar {name}"
        if name not in after:
            yield Difference(SECTION, what, "removed")
        elif name not in before:
            yield Difference(SECTION, what, f"added: {told(after[name].opening)}")
        elif before[name] != after[name]:
            for how in changed(before[name].opening, after[name].opening):
                yield Difference(SECTION, what, how)


def told(opening: Opening) -> str:
    if isinstance(opening, AllDay):
        return "round the clock"
    if not isinstance(opening, Hours):
        return f"a union of {len(opening.members)} calendars"
    return f"{opening.timezone}, " + ", ".join(grouped({day: hours(shifts) for day, shifts in open_days(opening)}))


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
        return f"{DAYS[run[0]]} {said}"
    several = said.replace("closes", "close", 1).replace("opens", "open", 1)
    return f"{DAYS[run[0]]} to {DAYS[run[-1]]} {several}"


def changed(before: Opening, after: Opening) -> Iterator[str]:
    if not isinstance(before, Hours) or not isinstance(after, Hours):
        yield (
            f"{told(after)} instead of {told(before)}" if told(before) != told(after) else "its members' hours changed"
        )
        return
    if before.timezone != after.timezone:
        yield f"time zone {after.timezone} instead of {before.timezone}"
    yield from week(before, after)
    yield from members_changed_if("holidays", days_off(before), days_off(after))
    yield from exceptions(before, after)


def week(before: Hours, after: Hours) -> Iterator[str]:
    by_day = {
        day: moved(old, new) for day, (old, new) in enumerate(zip(before.week, after.week, strict=True)) if old != new
    }
    return grouped(by_day)


def moved(old: Shifts, new: Shifts) -> str:
    if not new:
        return f"closed instead of {hours(old)}"
    if len(old) == len(new) == 1 and old[0][0] == new[0][0]:
        return f"closes {clock(new[0][1])} instead of {clock(old[0][1])}"
    if len(old) == len(new) == 1 and old[0][1] == new[0][1]:
        return f"opens {clock(new[0][0])} instead of {clock(old[0][0])}"
    return f"{hours(new)} instead of {hours(old)}"


def hours(shifts: Shifts) -> str:
    return ", ".join(f"{clock(opening)}-{clock(close)}" for opening, close in shifts) or "closed"


def clock(minutes: int) -> str:
    """Minutes after midnight as people write them; an end at midnight is 24:00, beyond it the next day's time."""
    of_day = minutes if minutes <= 24 * 60 else minutes - 24 * 60
    return f"{of_day // 60:02}:{of_day % 60:02}"


def days_off(opening: Hours) -> list[str]:
    dated = [day.isoformat() for day in sorted(opening.holidays)]
    yearly = [f"{month:02}-{day:02} every year" for month, day in sorted(opening.yearly)]
    regions = [f"those of {' '.join(filter(None, (one.country, one.subdivision)))}" for one in opening.regions]
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
        return f"{day} is a day like others again"
    usually = "the usual hours" if old is None else hours(old)
    return f"{day} {hours(new)} instead of {usually}"
