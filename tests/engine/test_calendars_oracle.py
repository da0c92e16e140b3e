"""Random calendars against an oracle that walks minute by minute and knows time zones only by reading clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from deskwright.engine.calendars import Calendar

ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Pacific/Apia",
    "UTC",
]
STARTS = [
    datetime(2026, 10, 22),
    datetime(2027, 3, 25),
    datetime(2027, 3, 11),
    datetime(2027, 4, 1),
    datetime(2026, 12, 29),
]
DAYS = 7
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@st.composite
def shifts(draw):
    quarters = st.integers(0, 95)
    found = []
    for _ in range(draw(st.integers(0, 2))):
        opening, close = draw(quarters), draw(quarters)
        if opening != close:
            found.append((opening * 15, close * 15))
    return found


@st.composite
def documents(draw):
    week = [draw(shifts()) for _ in NAMES]
    if not any(week):
        week[draw(st.integers(0, 6))] = [(540, 1020)]
    start = draw(st.sampled_from(STARTS))
    offset = st.integers(-1, DAYS)
    holidays = {start.date() + timedelta(days=day) for day in draw(st.sets(offset, max_size=2))}
    exceptions = {start.date() + timedelta(days=draw(offset)): draw(shifts()) for _ in range(draw(st.integers(0, 2)))}
    return draw(st.sampled_from(ZONES)), week, holidays, exceptions, start


def written(zone, week, holidays, exceptions):
    text = [[f"{o // 60:02}:{o % 60:02}-{c // 60:02}:{c % 60:02}" for o, c in day] for day in week]
    return {
        "timezone": zone,
        "hours": dict(zip(NAMES, text, strict=True)),
        "holidays": sorted(holidays),
        "exceptions": {
            day: [f"{o // 60:02}:{o % 60:02}-{c // 60:02}:{c % 60:02}" for o, c in shifts] or "closed"
            for day, shifts in exceptions.items()
        },
    }


def open_minutes(zone, week, holidays, exceptions, start):
    """The open minutes since 1970 around `start`, found by looking at the wall clock of every single minute."""
    tz, first = ZoneInfo(zone), int(start.replace(tzinfo=UTC).timestamp()) // 60 - 2 * 1440
    shown = {}
    for minute in range(first, first + (DAYS + 5) * 1440):  # a shift may end on the second day after, west of Greenwich
        local = datetime.fromtimestamp(minute * 60, tz).replace(tzinfo=None, fold=0)
        shown.setdefault(local, minute)

    def first_shown(local):
        ahead = 0
        while local + timedelta(minutes=ahead) not in shown:  # a missing time: as far after the gap as it lies inside
            ahead += 30
            assert ahead <= 1440
        return shown[local + timedelta(minutes=ahead)]

    found = set()
    for number in range(-1, DAYS + 1):
        day = start + timedelta(days=number)
        if day.date() in exceptions:
            shifts = exceptions[day.date()]
        else:
            shifts = [] if day.date() in holidays else week[day.weekday()]
        for opening, close in shifts:
            end = close if close > opening else close + 1440
            found |= set(
                range(first_shown(day + timedelta(minutes=opening)), first_shown(day + timedelta(minutes=end)))
            )
    return found


@given(documents(), st.data())
@settings(max_examples=80, deadline=None)
def test_every_question_agrees_with_looking_at_each_minute(drawn, data):
    zone, week, holidays, exceptions, start = drawn
    calendar = Calendar.from_document(written(zone, week, holidays, exceptions))
    minutes = open_minutes(zone, week, holidays, exceptions, start)
    first = int(start.replace(tzinfo=UTC).timestamp()) // 60
    inside = st.integers(first + 60, first + (DAYS - 1) * 1440)
    a, b = sorted((data.draw(inside), data.draw(inside)))
    begin, end = (datetime.fromtimestamp(minute * 60, UTC) for minute in (a, b))
    between = sorted(minute for minute in minutes if a <= minute < b)
    assert calendar.elapsed(begin, end) == len(between)
    assert calendar.is_open(begin) == (a in minutes)
    if between:
        wanted = data.draw(st.integers(1, len(between)))
        assert calendar.add(begin, wanted) == datetime.fromtimestamp((between[wanted - 1] + 1) * 60, UTC)
        assert calendar.next_open(begin) == datetime.fromtimestamp(between[0] * 60, UTC)


@given(documents(), documents(), st.integers(0, 6 * 1440))
@settings(max_examples=40, deadline=None)
def test_a_union_is_open_when_a_member_is(one, other, minute):
    calendars = [Calendar.from_document(written(*drawn[:4])) for drawn in (one, other)]
    at = one[4].replace(tzinfo=UTC) + timedelta(minutes=minute)
    assert Calendar.union(calendars).is_open(at) == any(calendar.is_open(at) for calendar in calendars)


@given(documents(), st.integers(0, 6 * 86400), st.integers(0, 40_000), st.integers(0, 40_000))
@settings(max_examples=80, deadline=None)
def test_adding_in_two_parts_is_adding_once_and_elapsed_undoes_it(drawn, offset, one, other):
    calendar = Calendar.from_document(written(*drawn[:4]))
    start = drawn[4].replace(tzinfo=UTC) + timedelta(seconds=offset)
    due = calendar.add_seconds(start, one + other)
    assert calendar.add_seconds(calendar.add_seconds(start, one), other) == due
    assert calendar.elapsed_seconds(start, due) == one + other
    if one:
        assert calendar.elapsed_seconds(calendar.back_seconds(due, one), due) == one
