"""Invitations (text/calendar) as a readable card: what, when with its time zone, where, who."""

from __future__ import annotations

import re

from deskwright.channels.email.cleaning import clean_line

TITLES = {
    "REQUEST": "Invitation",
    "CANCEL": "Cancelled",
    "REPLY": "Answer to an invitation",
    "COUNTER": "Other time proposed",
}
FIRST_EVENT = re.compile(r"^BEGIN:VEVENT[ \t]*\n(.*?)(?:^END:VEVENT|\Z)", re.MULTILINE | re.DOTALL | re.IGNORECASE)
MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?")
ESCAPES = {"\\n": " ", "\\N": " ", "\\,": ",", "\\;": ";", "\\\\": "\\"}


def method(calendar: str) -> str:
    """REQUEST, CANCEL, REPLY ...; "" when it says none."""
    match = re.search(r"^METHOD:\s*([A-Z]+)", calendar, re.MULTILINE | re.IGNORECASE)
    return match[1].upper() if match else ""


def card(calendar: str) -> str:
    """The first event as a few lines of text; "" when there is none."""
    fields = event_fields(calendar)
    if not fields:
        return ""
    rows = [
        (TITLES.get(method(calendar), "Event"), fields.get("SUMMARY", ("", "(no title)"))[1]),
        ("When", period(fields)),
        ("Where", fields.get("LOCATION", ("", ""))[1]),
        ("Organiser", person(fields.get("ORGANIZER", ("", ""))[1])),
    ]
    return "\n".join(f"{name}: {value}" for name, value in rows if value)


def event_fields(calendar: str) -> dict[str, tuple[str, str]]:
    """Property -> (its parameters, its value) of the first VEVENT."""
    unfolded = re.sub(r"\n[ \t]", "", calendar)
    match = FIRST_EVENT.search(unfolded)
    fields: dict[str, tuple[str, str]] = {}
    for line in match[1].split("\n")[:500] if match else ():
        name, colon, value = line.partition(":")
        name, _, options = name.partition(";")
        if colon:
            fields.setdefault(name.upper().strip(), (options, spoken(value)))
    return fields


def spoken(value: str) -> str:
    return clean_line(re.sub(r"\\[nN,;\\]", lambda escape: ESCAPES[escape[0]], value), 500)


def period(fields: dict[str, tuple[str, str]]) -> str:
    """ "2026-01-05 10:00 to 11:00 (Europe/Berlin)" """
    start, end = moment(fields, "DTSTART"), moment(fields, "DTEND")
    if not start:
        return ""
    zone = zone_of(*fields["DTSTART"])
    shown = end.removeprefix(start[:11]) if len(start) > 10 else end
    return start + (f" to {shown}" if shown and shown != start else "") + (f" ({zone})" if zone else "")


def moment(fields: dict[str, tuple[str, str]], name: str) -> str:
    match = MOMENT.match(fields.get(name, ("", ""))[1])
    if match is None:
        return ""
    year, month, day, hour, minute, _ = match.groups()
    return f"{year}-{month}-{day}" + (f" {hour}:{minute}" if hour else "")


def zone_of(options: str, value: str) -> str:
    match = re.search(r"TZID=\"?([^;:\"]+)", options, re.IGNORECASE)
    return match[1] if match else "UTC" if value.endswith("Z") else ""


def person(value: str) -> str:
    return re.sub(r"\Amailto:", "", value, flags=re.IGNORECASE)
