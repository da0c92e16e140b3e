"""Invitations (text/calendar) as a readable card: what, when with its time zone, where, by which link, who."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from deskwright.channels.email.cleaning import clean_line

TITLES = {
    "REQUEST": "Invitation",
    "CANCEL": "Cancelled",
    "REPLY": "Answer to an invitation",
    "COUNTER": "Other time proposed",
}
FIRST_EVENT = re.compile(r"^BEGIN:VEVENT[ \t]*\n(.*?)(?:^END:VEVENT|\Z)", re.MULTILINE | re.DOTALL | re.IGNORECASE)
PROPERTY = re.compile(r"([\w-]++)[ \t]*+((?:;[\w-]++=(?:\"[^\"]*+\"|[^;:\"]*+))*+)[ \t]*+:(.*)")
"""Nothing in it is tried a second way: a line of blanks would take as long as their square."""
MOST_PROPERTIES = 500
LINK = re.compile(r"https?://\S+\Z", re.IGNORECASE)
LINKS = ("X-MICROSOFT-SKYPETEAMSMEETINGURL", "X-GOOGLE-CONFERENCE", "CONFERENCE", "URL")
"""Where a link to the meeting stands, the surest first."""
LONGEST = 500
"""Characters of one value that are shown."""
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
        ("Link", link(found)),
        ("Organiser", person(fields.get("ORGANIZER", NOTHING))),
        ("Invited", ", ".join(map(person, [one for one in found if one.name == "ATTENDEE"][:MOST_PEOPLE]))),
    ]
    return "\n".join(f"{name}: {value}" for name, value in rows if value)


def properties(calendar: str) -> list[Property]:
    """The first of those of the first VEVENT, in order; of reminders inside it none."""
    match = FIRST_EVENT.search(re.sub(r"\n[ \t]", "", calendar))
    lines = outermost(match[1].split("\n")) if match else ()
    read = map(PROPERTY.match, islice(lines, MOST_PROPERTIES))
    return [Property(one[1].upper(), one[2] or "", spoken(one[3])) for one in read if one]


def outermost(lines: Iterable[str]) -> Iterator[str]:
    """Without those of the parts inside, whatever these are called and however deep they go."""
    depth = 0
    for line in lines:
        edge = line[:6].upper()
        if edge == "BEGIN:":
            depth += 1
        elif edge.startswith("END:"):
            depth = max(0, depth - 1)
        elif not depth:
            yield line


def spoken(value: str) -> str:
    """In one line. A link that is too long is left out: the beginning of it leads nowhere."""
    said = clean_line(re.sub(r"\\[nN,;\\]", lambda escape: ESCAPES[escape[0]], value), LONGEST + 1)
    return "" if len(said) > LONGEST and LINK.match(said) else said[:LONGEST].rstrip()


def link(found: Iterable[Property]) -> str:
    """The surest link to the meeting; "" when there is none. CONFERENCE may stand there several times (RFC 7986)."""
    links = [one for one in found if one.name in LINKS and LINK.match(one.value)]
    return min(links, key=lambda one: LINKS.index(one.name), default=NOTHING).value


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
    """ "Mina Holt <mina@harbor.example> (accepted)": who, and what they have answered."""
    email = re.sub(r"\Amailto:", "", one.value, flags=re.IGNORECASE)
    name = one.option("CN")
    called = f"{name} <{email}>" if name and name.lower() != email.lower() else email
    answer = ANSWERS.get(one.option("PARTSTAT").upper(), "")
    return f"{called} ({answer})" if called and answer else called
