"""Invitations, cancellations and answers to them, as a card to read."""

from __future__ import annotations

import time

import pytest

from deskwright.channels.email.calendar import card
from deskwright.channels.email.parse import parse


def invitation(*lines: str) -> str:
    return "\n".join(("BEGIN:VCALENDAR", "BEGIN:VEVENT", "SUMMARY:Review", *lines, "END:VEVENT", "END:VCALENDAR"))


def test_an_invitation_becomes_a_card() -> None:
    calendar = (
        b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Review\\, part 2\r\nLOCATION:Room 4\r\n"
        b"DTSTART;TZID=Europe/Berlin:20261124T100000\r\nDTEND;TZID=Europe/Berlin:20261124T110000\r\n"
        b'ATTENDEE;CN="Holt, Mina";PARTSTAT=ACCEPTED:mailto:mina@harbor.example\r\n'
        b"ATTENDEE;CN=ben@harbor.example;PARTSTAT=NEEDS-ACTION:mailto:ben@harbor.example\r\n"
        b"BEGIN:VALARM\r\nATTENDEE:mailto:clock@example.com\r\nEND:VALARM\r\nURL:https://meet.example/4?a=b:c\r\n"
        b"ORGANIZER;CN=Ada:mailto:ada@example.com\r\nEND:VEVENT\r\nEND:VCALENDAR"
    )
    assert parse(b"Content-Type: text/calendar; method=REQUEST\r\n\r\n" + calendar).text == (
        "Invitation: Review, part 2\nWhen: 2026-11-24 10:00 to 11:00 (Europe/Berlin)\nWhere: Room 4\n"
        "Link: https://meet.example/4?a=b:c\nOrganiser: Ada <ada@example.com>\n"
        "Invited: Holt, Mina <mina@harbor.example> (accepted), ben@harbor.example"
    )


@pytest.mark.parametrize(
    ("lines", "link"),
    [
        (("CONFERENCE:tel:+493023125001", "CONFERENCE:https://meet.example/4"), "https://meet.example/4"),
        (("CONFERENCE:https://meet.example/4", "CONFERENCE:https://meet.example/5"), "https://meet.example/4"),
        (("URL:https://shop.example/", "X-GOOGLE-CONFERENCE:https://meet.example/4"), "https://meet.example/4"),
        (("CONFERENCE:https://meet.example/" + "4" * 467,), "https://meet.example/" + "4" * 467),
        (("CONFERENCE:tel:+493023125001",), ""),
    ],
)
def test_the_surest_link_is_shown_wherever_it_stands(lines: tuple[str, ...], link: str) -> None:
    assert card(invitation(*lines)) == "\n".join(filter(None, ["Event: Review", link and f"Link: {link}"]))


def test_a_link_that_does_not_fit_is_left_out_rather_than_cut() -> None:
    long = "https://meet.example/" + "4" * 500
    assert card(invitation(f"CONFERENCE:{long}", f"LOCATION:{long}")) == "Event: Review"
    assert card(invitation(f"CONFERENCE:{long}", "URL:https://meet.example/5")).endswith("https://meet.example/5")
    assert card(invitation("LOCATION:" + "Room 4, " * 100)).endswith("Room 4, Room")


def test_parts_inside_an_event_are_skipped_however_deep() -> None:
    inner = ("begin:VALARM", "SUMMARY:Alarm", "BEGIN:X-A", "END:X-A", "LOCATION:Nowhere", "END:VALARM")
    assert card(invitation(*inner, "END:X-B", "LOCATION:Room 4")) == "Event: Review\nWhere: Room 4"


@pytest.mark.parametrize(
    "lines",
    [["BEGIN:A"] * 250_000, ["A" + " " * 2_000_000], ["A;B=" + " " * 2_000_000], ["BEGIN:VEVENT"] * 150_000],
    ids=["parts", "blanks", "blanks in an option", "events"],
)
def test_two_megabytes_made_to_be_slow_are_read_in_a_moment(lines: list[str]) -> None:
    """Half an hour, if each line or blank looked through all that follow."""
    began = time.process_time()
    assert card(invitation(*lines)) == "Event: Review"
    assert time.process_time() - began < 5
