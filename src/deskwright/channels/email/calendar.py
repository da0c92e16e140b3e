"""Invitations (text/calendar) as a readable card: what, when with its time zone, where, by which link, who."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from deskwright.channels.email.cleaning import clean_line

TITLES = {
    "REQUEST": "Invitation",
    "CANCEL": "Cancelled",
    "REPLY": "Answer to an invitation",
    "COUNTER": "Other time proposed",
}
FIRST_EVENT = re.compile(r"^BEGIN:VEVENT[ \t]*\n(.*?)(?:^END:VEVENT|\Z)", re.MULTILINE | re.DOTALL | re.IGNORECASE)
WITHIN = re.compile(r"^BEGIN:(\w+)[ \t]*\n.*?^END:\1", re.MULTILINE | re.DOTALL | re.IGNORECASE)
PROPERTY = re.compile(r"([\w-]+)[ \t]*((?:;[\w-]+=(?:\"[^\"]*\"|[^;:\"]*))*)[ \t]*:(.*)")
LINK = re.compile(r"https?://\S+\Z", re.IGNORECASE)
LINKS = ("X-MICROSOFT-SKYPETEAMSMEETINGURL", "X-GOOGLE-CONFERENCE", "CONFERENCE", "URL")
"""Where a link to the meeting stands, the surest first."""
ANSWERS = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentative", "DELEGATED": "delegated"}
MOST_PEOPLE = 20
MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?")
ESCAPES = {"\\n": " ", "\\N": " ", "\\,": ",", "\\;": ";", "\\\\": "\\"}


class Property(NamedTuple):
    name: str
    """In capitals."""
    options: str
    """As written: ;CN="Holt, Mina";PARTSTAT=ACCEPTED"""
    value: str

    def option(self, name: str) -> str:
        match = re.search(rf';{name}=(?:"([^"]*)"|([^;:"]*))', self.options, re.IGNORECASE)
        return clean_line(match[1] or match[2] or "", 200) if match else ""


NOTHING = Property("", "", "")
UNTITLED = Property("SUMMARY", "", "(no title)")


def method(calendar: str) -> str:
    """REQUEST, CANCEL, REPLY ...; "" when it says none."""
    match = re.search(r"^METHOD:\s*([A-Z]+)", calendar, re.MULTILINE | re.IGNORECASE)
    return match[1].upper() if match else ""


def card(calendar: str) -> str:
    """The first event as a few lines of text; "" when there is none."""
    found = properties(calendar)
    if not found:
        return ""
    fields = {one.name: one for one in reversed(found)}
    rows = [
        (TITLES.get(method(calendar), "Event"), fields.get("SUMMARY", UNTITLED).value),
        ("When", period(fields)),
        ("Where", fields.get("LOCATION", NOTHING).value),
        ("Link", next((fields[name].value for name in LINKS if LINK.match(fields.get(name, NOTHING).value)), "")),
        ("Organiser", person(fields.get("ORGANIZER", NOTHING))),
        ("Invited", ", ".join(map(person, [one for one in found if one.name == "ATTENDEE"][:MOST_PEOPLE]))),
    ]
    return "\n".join(f"{name}: {value}" for name, value in rows if value)


def properties(calendar: str) -> list[Property]:
    """Those of the first VEVENT, in order; of reminders inside it none."""
    unfolded = re.sub(r"\n[ \t]", "", calendar)
    match = FIRST_EVENT.search(unfolded)
    inside = WITHIN.sub("", match[1]) if match else ""
    lines = (PROPERTY.match(line) for line in inside.split("\n")[:500])
    return [Property(one[1].upper(), one[2] or "", spoken(one[3])) for one in lines if one]


def spoken(value: str) -> str:
    return clean_line(re.sub(r"\\[nN,;\\]", lambda escape: ESCAPES[escape[0]], value), 500)


def period(fields: Mapping[str, Property]) -> str:
    """ "2026-01-05 10:00 to 11:00 (Europe/Berlin)" """
    start, end = moment(fields, "DTSTART"), moment(fields, "DTEND")
    if not start:
        return ""
    zone = zone_of(fields["DTSTART"])
    shown = end.removeprefix(start[:11]) if len(start) > 10 else end
    return start + (f" to {shown}" if shown and shown != start else "") + (f" ({zone})" if zone else "")


def moment(fields: Mapping[str, Property], name: str) -> str:
    match = MOMENT.match(fields.get(name, NOTHING).value)
    if match is None:
        return ""
    year, month, day, hour, minute, _ = match.groups()
    return f"{year}-{month}-{day}" + (f" {hour}:{minute}" if hour else "")


def zone_of(one: Property) -> str:
    return one.option("TZID") or ("UTC" if one.value.endswith("Z") else "")


def person(one: Property) -> str:
    """ "Mina Holt <mina@harbor.example>, accepted": who, and what they have answered."""
    email = re.sub(r"\Amailto:", "", one.value, flags=re.IGNORECASE)
    name = one.option("CN")
    called = f"{name} <{email}>" if name and name.lower() != email.lower() else email
    answer = ANSWERS.get(one.option("PARTSTAT").upper(), "")
    return f"{called} ({answer})" if called and answer else called
