"""Business time, case by case: hours, nights, holidays, exceptions, changes of the clocks, unions."""

import pickle
from array import array
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from deskwright.engine.calendars import ALWAYS, Calendar

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")


def calendar(hours="09:00-17:00", days="mon-fri", timezone="Europe/Berlin", **more):
    return Calendar.from_document({"timezone": timezone, "hours": {days: hours}, **more})


B = calendar()
NY = calendar(timezone="America/New_York")


def at(text, zone=BERLIN, fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


DUE = [
    ("case 1: inside hours", B, "2026-11-23 10:00", 60, "2026-11-23 11:00"),
    ("case 2: crosses close and weekend", B, "2026-11-20 16:00", 240, "2026-11-23 12:00"),
    ("case 3: created while closed", B, "2026-11-21 13:00", 60, "2026-11-23 10:00"),
    ("case 4: created exactly at close", B, "2026-11-20 17:00", 480, "2026-11-23 17:00"),
    ("case 6: seconds are kept", B, "2026-11-23 16:30:30", 60, "2026-11-24 09:30:30"),
    ("case 7: spring forward", ALWAYS, "2027-03-28 01:30", 60, "2027-03-28 03:30"),
    ("case 8: fall back", ALWAYS, "2026-10-25 00:00", 1440, "2026-10-25 23:00"),
    ("case 8: over the change", B, "2026-10-23 16:30", 60, "2026-10-26 09:30"),
    (
        "case 12: holidays and weekend",
        calendar(holidays=["2026-12-25", "2026-12-26"]),
        "2026-12-24 15:00",
        240,
        "2026-12-28 11:00",
    ),
    (
        "case 13: half day",
        calendar(holidays=["12-25"], exceptions={"2026-12-24": ["09:00-13:00"]}),
        "2026-12-24 12:00",
        240,
        "2026-12-28 12:00",
    ),
    ("case 14: yearly holiday", calendar(holidays=["01-01"]), "2026-12-31 16:00", 120, "2027-01-04 10:00"),
    ("case 15: before the edit", B, "2026-11-24 16:00", 240, "2026-11-25 12:00"),
    ("case 15: holiday added late", calendar(holidays=["2026-11-25"]), "2026-11-24 16:00", 240, "2026-11-26 12:00"),
    ("case 16: lunch break", calendar(["09:00-12:00", "13:00-17:00"]), "2026-11-23 11:30", 60, "2026-11-23 13:30"),
    ("case 17: overnight", calendar("22:00-06:00"), "2026-11-24 05:30", 60, "2026-11-24 22:30"),
    ("case 17: Friday's night shift", calendar("22:00-06:00"), "2026-11-28 05:30", 60, "2026-11-30 22:30"),
    (
        "case 42: long closure",
        calendar(exceptions={"2027-07-05..2027-08-01": "closed"}),
        "2027-07-05 09:00",
        30,
        "2027-08-02 09:30",
    ),
    ("case 43: long target", B, "2026-11-23 09:00", 14400, "2027-01-01 17:00"),
    ("case 45: follow the sun", Calendar.union([B, NY]), "2026-11-23 16:00", 480, "2026-11-24 10:00"),
    ("nothing to add while closed", B, "2026-11-21 13:00", 0, "2026-11-21 13:00"),
    ("a minute from a closed Saturday", B, "2026-11-21 13:00", 1, "2026-11-23 09:01"),
    ("to the very end of the day", B, "2026-11-23 09:00", 480, "2026-11-23 17:00"),
    ("half a minute", B, "2026-11-23 16:59:45", 0.5, "2026-11-24 09:00:15"),
    ("midnight to midnight", calendar("00:00-24:00"), "2026-11-27 23:00", 120, "2026-11-30 01:00"),
]


@pytest.mark.parametrize(("case", "hours", "start", "minutes", "due"), DUE, ids=[row[0] for row in DUE])
def test_a_target_falls_due(case, hours, start, minutes, due):
    assert hours.add(at(start), minutes) == at(due)
    assert hours.elapsed(at(start), at(due)) == minutes


@pytest.mark.parametrize(("case", "hours", "start", "minutes", "due"), DUE, ids=[row[0] for row in DUE])
def test_arrays_answer_like_single_questions(case, hours, start, minutes, due):
    starts, dues = array("q", [int(at(start).timestamp())]), array("q", [int(at(due).timestamp())])
    assert hours.add_many(starts, [round(minutes * 60)]) == dues
    assert hours.elapsed_many(starts, dues) == array("q", [round(minutes * 60)])


def test_elapsed_time_stops_while_closed():
    assert B.elapsed(at("2026-11-21 13:00"), at("2026-11-22 20:00")) == 0
    assert B.elapsed(at("2026-11-20 16:00"), at("2026-11-23 10:00")) == 120
    assert B.elapsed(at("2026-11-23 10:00"), at("2026-11-23 09:30")) == -30
    assert B.elapsed(at("2026-11-23 10:00:00"), at("2026-11-23 10:00:01")) == pytest.approx(1 / 60)


def test_days_have_1380_and_1500_minutes_when_the_clocks_change():
    assert ALWAYS.elapsed(at("2027-03-28 00:00"), at("2027-03-29 00:00")) == 1380
    assert ALWAYS.elapsed(at("2026-10-25 00:00"), at("2026-10-26 00:00")) == 1500


def test_case_8_a_deadline_after_the_change_is_not_an_hour_early():
    assert B.add(at("2026-10-23 16:30"), 60) == datetime(2026, 10, 26, 8, 30, tzinfo=UTC)


def test_case_9_an_ambiguous_hour_is_two_hours():
    assert ALWAYS.add(at("2026-10-25 02:30"), 30) == at("2026-10-25 02:00", fold=1)
    assert ALWAYS.add(at("2026-10-25 02:30", fold=1), 30) == at("2026-10-25 03:00")


def test_case_10_an_opening_time_that_does_not_exist_is_an_hour_later():
    early = calendar("02:30-10:00", "daily")
    assert early.next_open(at("2027-03-28 00:00")) == at("2027-03-28 03:30")
    assert early.elapsed(at("2027-03-28 00:00"), at("2027-03-29 00:00")) == 390


def test_a_shift_inside_the_missing_hour_has_no_time():
    tiny = calendar("02:10-02:50", "sun")
    assert tiny.elapsed(at("2027-03-28 00:00"), at("2027-03-28 02:00")) == 0
    assert tiny.elapsed(at("2027-03-28 00:00"), at("2027-03-29 00:00")) == 40
    assert tiny.next_open(at("2027-03-28 00:00")) == at("2027-03-28 03:10")


def test_a_shift_between_a_missing_and_an_existing_time_may_vanish():
    brief = calendar("02:30-03:00", "sun")
    assert brief.elapsed(at("2027-03-28 00:00"), at("2027-03-29 00:00")) == 0


def test_an_ambiguous_opening_or_closing_time_means_its_first_occurrence():
    opens = calendar("02:30-05:00", "sun")
    assert opens.next_open(at("2026-10-25 00:00")) == at("2026-10-25 02:30", fold=0)
    assert opens.elapsed(at("2026-10-25 00:00"), at("2026-10-25 12:00")) == 210
    closes = calendar("00:00-02:30", "sun")
    assert closes.elapsed(at("2026-10-25 00:00"), at("2026-10-25 12:00")) == 150


def test_case_11_america_and_europe_change_on_different_weekends():
    due = NY.add(at("2026-10-30 16:30", NEW_YORK), 60)
    assert due == datetime(2026, 11, 2, 14, 30, tzinfo=UTC) == at("2026-11-02 15:30")


@pytest.mark.parametrize(
    ("hours", "instant", "expected"),
    [
        (B, "2026-11-23 08:59:59", False),
        (B, "2026-11-23 09:00", True),
        (B, "2026-11-23 16:59:59", True),
        (B, "2026-11-23 17:00", False),
        (B, "2026-11-21 12:00", False),
        (calendar("22:00-06:00"), "2026-11-28 05:59", True),
        (calendar("22:00-06:00"), "2026-11-29 22:30", False),
        (ALWAYS, "2026-11-29 22:30", True),
    ],
)
def test_it_is_open_from_the_opening_until_just_before_the_close(hours, instant, expected):
    assert hours.is_open(at(instant)) is expected


def test_the_next_opening():
    assert B.next_open(at("2026-11-23 10:00:05")) == at("2026-11-23 10:00:05")
    assert B.next_open(at("2026-11-23 17:00")) == at("2026-11-24 09:00")
    assert B.next_open(at("2026-11-27 18:00")) == at("2026-11-30 09:00")


def test_open_stretches_are_cut_to_the_question():
    assert B.open_between(at("2026-11-23 16:00"), at("2026-11-24 10:00")) == [
        (at("2026-11-23 16:00"), at("2026-11-23 17:00")),
        (at("2026-11-24 09:00"), at("2026-11-24 10:00")),
    ]


def test_going_back_undoes_adding():
    assert B.back_seconds(at("2026-11-23 12:00"), 4 * 3600) == at("2026-11-20 16:00")
    assert B.back_seconds(at("2026-11-23 12:00"), 0) == at("2026-11-23 12:00")
    assert B.back_seconds(at("2026-11-23 12:00"), 780 * 8 * 3600) == at("2023-11-27 12:00")


def test_public_holidays_come_from_the_data_handed_in():
    german = Calendar.from_document(
        {
            "timezone": "Europe/Berlin",
            "hours": {"mon-fri": "09:00-17:00"},
            "holidays": {"country": "de", "subdivision": "be"},
        },
        holidays=_holidays,
    )
    assert german.elapsed(at("2027-03-08 00:00"), at("2027-03-09 00:00")) == 0
    assert german.elapsed(at("2028-03-08 00:00"), at("2028-03-09 00:00")) == 0
    assert pickle.loads(pickle.dumps(german)) == german


def _holidays(country, subdivision, year):
    assert (country, subdivision) == ("DE", "BE")
    return [date(year, 3, 8)]


def test_an_exception_opens_a_holiday():
    hours = calendar(holidays=["2026-12-24"], exceptions={"2026-12-24": ["10:00-12:00"], "2026-12-26": "10:00-11:00"})
    assert hours.elapsed(at("2026-12-24 00:00"), at("2026-12-25 00:00")) == 120
    assert hours.elapsed(at("2026-12-26 00:00"), at("2026-12-27 00:00")) == 60


def test_a_holiday_takes_away_the_night_that_starts_on_it_only():
    night = calendar("22:00-06:00", holidays=["2026-11-24"])
    assert night.is_open(at("2026-11-24 05:00"))
    assert not night.is_open(at("2026-11-24 23:00"))
    assert not night.is_open(at("2026-11-25 05:00"))


def test_a_night_over_the_end_of_the_year_is_open():
    night = calendar("22:00-06:00")
    assert night.is_open(at("2027-01-01 05:00"))
    assert night.elapsed(at("2026-12-31 20:00"), at("2027-01-01 12:00")) == 480


def test_days_are_written_in_many_ways():
    hours = Calendar.from_document(
        {"hours": {"sat-sun, wed": "10:00-12:00", "Thursday": ["08:00-09:00"], "fri-fri": None}}
    )
    week = [
        hours.elapsed(monday := datetime(2026, 11, 23 + day, tzinfo=UTC), monday + timedelta(days=1))
        for day in range(7)
    ]
    assert week == [0, 0, 120, 60, 0, 120, 120]


def test_hours_may_be_always():
    assert (
        Calendar.from_document({"timezone": "UTC", "hours": "always", "holidays": ["12-25"]}).elapsed(
            datetime(2026, 12, 24, tzinfo=UTC), datetime(2026, 12, 27, tzinfo=UTC)
        )
        == 2880
    )


def test_a_union_counts_the_overlap_once():
    others = {"berlin": B, "new_york": NY}
    both = Calendar.from_document({"union": ["berlin", "new_york"]}, others)
    assert both == Calendar.union([B, NY])
    assert both.elapsed(at("2026-11-23 00:00"), at("2026-11-24 00:00")) == 14 * 60
    assert both.day_seconds == 14 * 3600


def test_a_business_day_is_the_most_common_open_day():
    uneven = Calendar.from_document({"hours": {"mon-thu": ["09:00-12:00", "13:00-17:00"], "fri": "09:00-15:00"}})
    assert uneven.day_seconds == 7 * 3600
    assert ALWAYS.day_seconds == 24 * 3600


def test_an_instant_that_was_asked_before_its_years_were_laid_out_is_counted_once(monkeypatch: pytest.MonkeyPatch):
    office, start = calendar(), at("2026-11-23 10:00")
    first = office.add(start, 60)
    office.add(start, 60)
    monkeypatch.delattr(Calendar, "_covering")
    assert office.add(start, 60) == first and office.is_open(start)


def test_equal_hours_are_equal_calendars_whatever_was_asked_of_them():
    one, other = calendar(), calendar()
    one.add(at("2040-01-01 10:00"), 60)
    assert one == other
    assert hash(one) == hash(other)
    assert one != NY
    assert pickle.loads(pickle.dumps(one)).add(at("2026-11-23 10:00"), 60) == at("2026-11-23 11:00")


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({}, "needs hours"),
        ("office", "is a mapping"),
        ({"hours": {"mon": "closed"}}, "must be open at some time"),
        ({"hours": {"mon": []}}, "must be open at some time"),
        (
            {
                "hours": {"mon-fri": "9:00-17:00"},
                "holidays": [f"{m:02}-{d:02}" for m in range(1, 13) for d in range(1, 32)],
            },
            "is not a day of the calendar",
        ),
        ({"timezone": "Europe/Berln", "hours": {"mon": "09:00-17:00"}}, "did you mean Europe/Berlin"),
        ({"timezone": "../etc/passwd", "hours": {"mon": "09:00-17:00"}}, "no time zone is named"),
        ({"hours": {"mon": "09:00-09:00"}}, "opens and closes at the same moment"),
        ({"hours": {"mon": "24:00-06:00"}}, "opens at 24:00"),
        ({"hours": {"mon": "9-17"}}, "write it like 09:00-17:00"),
        ({"hours": {"mon": "09:00-25:00"}}, "is not a time of day"),
        ({"hours": {"mon": 9}}, "opening times are written like"),
        ({"hours": {"moonday": "09:00-17:00"}}, "did you mean mon?"),
        ({"hours": {"mon-fri": "09:00-17:00", "fri": "09:00-15:00"}}, "given twice"),
        ({"hors": {"mon": "09:00-17:00"}}, "did you mean hours"),
        ({"hours": {"mon": "09:00-17:00"}, "holidays": ["Christmas"]}, "is not a date"),
        ({"hours": {"mon": "09:00-17:00"}, "holidays": ["2026-02-30"]}, "is not a day of the calendar"),
        ({"hours": {"mon": "09:00-17:00"}, "holidays": {"country": "DE"}}, "none is at hand"),
        ({"hours": {"mon": "09:00-17:00"}, "holidays": {"subdivision": "BE"}}, "need the country"),
        ({"hours": {"mon": "09:00-17:00"}, "exceptions": ["2026-01-01"]}, "exceptions are written like"),
        ({"hours": {"mon": "09:00-17:00"}, "exceptions": {"2027-02-01..2027-01-01": "closed"}}, "must run forward"),
        ({"union": ["berln"]}, "did you mean berlin"),
        ({"union": []}, "list of the names"),
        ({"union": ["berlin"], "timezone": "UTC"}, "takes its hours from its members"),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused_with_a_sentence(document, sentence):
    with pytest.raises(ValueError, match=sentence):
        Calendar.from_document(document, {"berlin": B})


def test_case_41_holidays_for_ever_are_refused():
    every_day = [(date(2024, 1, 1) + timedelta(days=day)).strftime("%m-%d") for day in range(366)]
    with pytest.raises(ValueError, match="must be open at some time"):
        calendar(holidays=every_day)
    assert calendar(holidays=[day for day in every_day if day != "02-29"]).next_open(at("2026-01-01 00:00")) == at(
        "2028-02-29 09:00"
    )


def test_every_problem_is_told_at_once():
    with pytest.raises(
        ValueError, match=r"no time zone is named 'Nowhere'.*; .*not a day of the week.*; .*is not a date"
    ):
        Calendar.from_document({"timezone": "Nowhere", "hours": {"xyz": "09:00-17:00"}, "holidays": ["never"]})


def test_time_cannot_be_taken_back_nor_read_without_a_zone():
    with pytest.raises(ValueError, match="only be added"):
        B.add(at("2026-11-23 10:00"), -1)
    with pytest.raises(TypeError):
        B.is_open(datetime(2026, 11, 23))
    with pytest.raises(ValueError, match="within 120 years"):
        calendar("09:00-09:01", "mon").add(at("2026-11-23 10:00"), 10_000)
    with pytest.raises(ValueError, match="for the years"):
        B.is_open(datetime(9999, 1, 1, tzinfo=UTC))
