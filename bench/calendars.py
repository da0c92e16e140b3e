"""Business time: due instants and open minutes a second, one by one and in arrays, on an office's calendar.

The yardstick adds the same minutes round the clock: one `datetime` and one `timedelta`.
"""

from __future__ import annotations

import random
from array import array
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import process_time
from typing import Final

from bench import _report
from deskwright.engine.calendars.calendar import Calendar

COUNT: Final = 200_000
OFFICE: Final = {
    "timezone": "Europe/Berlin",
    "hours": {"mon-thu": ["08:30-12:00", "13:00-18:00"], "fri": ["08:30-14:00"]},
    "holidays": ["2026-12-25", "2026-12-26", "2027-01-01"],
}
BEGIN: Final = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
YEAR: Final = 365 * 86_400
WEEKS: Final = 4 * 40 * 60
"""Open minutes that are added at most."""


def main() -> None:
    asked = _report.options(__doc__)
    count = 2_000 if asked.quick else COUNT
    dice = random.Random(3)
    calendar = Calendar.from_document(OFFICE)
    seconds = array("q", [BEGIN + dice.randrange(YEAR) for _ in range(count)])
    minutes = [dice.randrange(1, WEEKS) for _ in range(count)]
    starts = [datetime.fromtimestamp(second, UTC) for second in seconds]
    amounts = [minute * 60 for minute in minutes]
    pairs = list(zip(starts, minutes, strict=True))
    dues = calendar.add_many(seconds, amounts)
    ends = [datetime.fromtimestamp(second, UTC) for second in dues]
    asks: dict[str, Callable[[], object]] = {
        "the yardstick: round the clock": lambda: [start + timedelta(minutes=minute) for start, minute in pairs],
        "add": lambda: [calendar.add(start, minute) for start, minute in pairs],
        "elapsed": lambda: [calendar.elapsed(start, end) for start, end in zip(starts, ends, strict=True)],
        "add_many": lambda: calendar.add_many(seconds, amounts),
        "elapsed_many": lambda: calendar.elapsed_many(seconds, dues),
    }
    runs = range(_report.runs(asked.quick))
    rates = {name: _report.middle([rate(ask, count) for _ in runs]) for name, ask in asks.items()}
    yard = rates["the yardstick: round the clock"]
    rows = [(name, found, found / yard) for name, found in rates.items()]
    _report.table(f"calendars: {count:,} questions", ("", "a second of one core", "of the yardstick"), rows)
    _report.keep("calendars", rates, asked)


def rate(ask: Callable[[], object], count: int) -> float:
    began = process_time()
    ask()
    return count / (process_time() - began)


if __name__ == "__main__":
    main()
