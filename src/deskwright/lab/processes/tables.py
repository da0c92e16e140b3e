"""A log as a file has it: which character parts its cells, how it writes its times, which column is what. Text in."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from deskwright.lab.processes.eventlog import Case, Moment, Row, Unreadable, collect, named

DELIMITERS: Final = ",;\t|"
ISO: Final = "ISO 8601"
SECONDS, MILLISECONDS = "seconds since 1970", "milliseconds since 1970"
DATES: Final = ("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y/%m/%d", "%d-%m-%Y", "%d-%b-%Y", "%d %b %Y")
CLOCKS: Final = (" %H:%M:%S", " %H:%M:%S.%f", " %H:%M", "", " %I:%M:%S %p", " %I:%M %p")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECONDS_FROM: Final = 100_000_000_000
"""A number from here on cannot be seconds of our time."""


@dataclass(frozen=True, slots=True)
class Log:
    """A log and how it was understood."""

    cases: list[Case]
    delimiter: str
    columns: Mapping[str, str]
    times: tuple[str, ...]
    """How it may write its times: every value fits each of them, and the first was taken."""


def understood(text: str, names: Mapping[str, str] | None = None, times: str | None = None) -> Log:
    """The log of a file's text. `names` says what its columns are called where that is unusual, `times` how it writes
    its times (as strptime has it). Raises Unreadable with every fault and its line.
    """
    delimiter = parted_by(text)
    reader = csv.DictReader(text.splitlines(keepends=True), delimiter=delimiter)
    columns = named(list(reader.fieldnames or ()), names or {})
    rows: list[tuple[int, Row]] = [(reader.line_num, row) for row in reader]
    formats = (times,) if times else formats_of(written(rows, columns))
    return Log(collect(rows, columns, moment_of(formats[0])), delimiter, columns, formats)


def parted_by(text: str) -> str:
    """The character that stands most often in the first line."""
    first = text.partition("\n")[0]
    return max(DELIMITERS, key=first.count)


def written(rows: Sequence[tuple[int, Row]], columns: Mapping[str, str]) -> Iterable[str]:
    parts = [columns[part] for part in ("begin", "end") if part in columns]
    return (value for _, row in rows for part in parts if (value := row.get(part)))


def formats_of(values: Iterable[str]) -> tuple[str, ...]:
    """Every form that all values fit, the likeliest first. Where none does, the form that fits the first one, so that
    the others are told with their lines. Raises Unreadable when nothing is like a date and time.
    """
    left: list[str] | None = None
    for value in values:
        fitting = [form for form in left or FORMS if fits(form, value)]
        if left is None and not fitting:
            raise Unreadable(f"{value[:80]!r} is no date and time in any form known here; name it with --times.")
        left = fitting or left
    return tuple(left or (ISO,))


def fits(form: str, value: str) -> bool:
    try:
        MOMENTS[form](value)
    except (ValueError, OverflowError):
        return False
    return True


def moment_of(form: str) -> Moment:
    return MOMENTS.get(form) or spelled(form)


def spelled(form: str) -> Moment:
    return lambda value: datetime.strptime(value.strip(), form).replace(tzinfo=UTC)


def counted(unit: float, longest: int) -> Moment:
    def moment(value: str) -> datetime:
        number = float(value)
        if (abs(number) >= _MILLISECONDS_FROM) != (unit < 1) or abs(number) > longest:
            raise ValueError(value)
        return _EPOCH + timedelta(seconds=number * unit)

    return moment


MOMENTS: Final[Mapping[str, Callable[[str], datetime]]] = {
    ISO: lambda value: datetime.fromisoformat(value.strip()),
    **{f"{date}{time}": spelled(f"{date}{time}") for date in DATES for time in CLOCKS},
    SECONDS: counted(1, _MILLISECONDS_FROM),
    MILLISECONDS: counted(0.001, 10 * _MILLISECONDS_FROM * 10),
}
FORMS: Final = tuple(MOMENTS)
