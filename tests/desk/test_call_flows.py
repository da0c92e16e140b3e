"""Calls the desk answers itself: greeting, hours, a menu, the phones that ring, voicemail; every step is TwiML."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.etree import ElementTree

import pytest

from deskwright.desk.accounts import own
from deskwright.desk.calls import leading, ranking, serving
from deskwright.desk.errors import Conflict, Forbidden, Invalid
from deskwright.desk.lines import flows, posts, settings, ways
from deskwright.desk.staff.people import people_changed
from deskwright.store.connection import deed
from deskwright.store.models import Agent, AgentSkill, Call, Line, Ticket
from tests import factories
from tests.desk.providers import ACCOUNT, SOUND, TOKEN, Provider, post
from tests.desk.test_calls import MINUTE, OWN, THEIRS, VALUES

WORKFLOW = """
workflow: Callers
types:
  question: {label: {en: Question}}
  callback: {label: {en: Call back}, icon: phone}
calendars:
  days: {timezone: UTC, hours: {mon-fri: "08:00-18:00"}}
queues:
  billing: {skills: [invoices]}
  general: {optional_skills: [german]}
"""
FLOW: dict[str, Any] = {
    "on": True,
    "greeting": "Welcome.",
    "language": "en-GB",
    "hours": "days",
    "closed": "We are closed.",
    "menu": [{"digit": "1", "queue": "billing", "says": "For invoices, press one."}],
    "queue": "general",
    "at_once": 1,
    "ring": 15,
    "missed": "Nobody is free.",
    "voicemail": True,
}
CALLER = {"CallSid": "CA1", "From": THEIRS, "To": OWN, "Direction": "inbound"}


@pytest.fixture
def line(provider: Provider, now: datetime) -> Line:
    values = VALUES | {"provider": "twilio", "account": ACCOUNT, "token": TOKEN, "api": provider.url}
    made = settings.connect(None, values, now=now)[0]
    flows.arrange(None, made.pk, FLOW, now=now)
    made.refresh_from_db()
    return made


def phoned(name: str, at: str, now: datetime, **skills: int) -> Agent:
    agent = factories.an_agent(name, email=f"{name.lower()}@desk.example")
    own.profile(agent, {"name": name, "signature": "", "languages": [], "phone": at}, now=now)
    for skill, level in skills.items():
        AgentSkill.objects.create(agent=agent, skill=skill, level=level)
    with deed() as sql:
        people_changed(sql)
    return agent


class Caller:
    """Asks as Twilio does, and goes where the answer leads."""

    def __init__(self, line: Line, now: datetime) -> None:
        self.line, self.now, self.heard = line, now, []
        self.answer = ElementTree.Element("Response")

    def ask(self, url: str = "", **values: str) -> ElementTree.Element:
        """Redirects are followed, as Twilio does."""
        whole = CALLER | {"CallStatus": "in-progress"} | values
        question = urlsplit(url).query
        posts.take(self.line, posts.Post(ways.VOICE, urlencode(whole).encode(), question), self.now)
        self.answer = ElementTree.fromstring(leading.lead(self.line, dict(parse_qsl(question)) | whole, self.now))
        self.heard += [said.text for said in self.answer.iter("Say")]
        first = self.answer.find("Redirect")
        return self.answer if first is None or self.answer.find("Gather") is not None else self.ask(first.text or "")

    def rung(self) -> list[str]:
        return [one.text or "" for kind in ("Number", "Client", "Sip") for one in self.answer.iter(kind)]

    def follow(self, verb: str, **values: str) -> ElementTree.Element:
        found = self.answer.find(verb)
        assert found is not None
        return self.ask(found.attrib["action"], **values)


def test_a_key_leads_to_its_queue_and_rings_who_is_fit_for_it(line: Line, now: datetime) -> None:
    phoned("Ada", "+4930111111", now)
    phoned("Bea", "client:bea", now, invoices=2)
    caller = Caller(line, now)
    gather = caller.ask(CallStatus="ringing").find("Gather")
    assert gather is not None and caller.heard == ["Welcome.", "For invoices, press one."]
    caller.follow("Gather", Digits="1")
    dial = caller.answer.find("Dial")
    assert caller.rung() == ["bea"] and dial is not None and dial.attrib["timeout"] == "15"
    (client,) = caller.answer.iter("Client")
    assert client.attrib["statusCallback"].endswith(f"/api/v1/in/calls/{line.key}?agent=bea%40desk.example")
    post(line, ways.CALLS, now, "agent=bea%40desk.example", **LEG, CallStatus="in-progress")
    assert caller.follow("Dial", DialCallStatus="completed", DialCallDuration="60").find("Hangup") is not None
    posts.work_off(now + MINUTE, 20, lambda url, headers: None)  # type: ignore[arg-type,return-value]
    call = Call.objects.get()
    assert (call.state, call.seconds, call.agent.name if call.agent else "") == ("ended", 60, "Bea")


LEG = {"CallSid": "CA2", "ParentCallSid": "CA1", "Direction": "outbound-dial", "From": THEIRS, "To": "client:bea"}


def test_who_is_not_reached_gives_way_to_the_next_and_then_to_voicemail(
    line: Line, provider: Provider, now: datetime
) -> None:
    provider.files["/r/RE1.mp3"] = (200, SOUND, "audio/mpeg")
    phoned("Ada", "+4930111111", now)
    phoned("Bea", "+4930222222", now, german=1)
    caller = Caller(line, now)
    caller.ask(CallStatus="ringing")
    caller.follow("Gather")
    caller.follow("Gather", Digits="7")
    assert caller.rung() == ["+4930222222"], "the skill that is wished for goes first"
    caller.follow("Dial", DialCallStatus="no-answer")
    assert caller.rung() == ["+4930111111"]
    caller.follow("Dial", DialCallStatus="busy")
    assert caller.heard[-1] == "Nobody is free." and caller.answer.find("Record") is not None
    caller.follow("Record", RecordingUrl="x")
    recording = {"RecordingSid": "RE1", "RecordingUrl": f"{provider.url}/r/RE1", "RecordingDuration": "9"}
    post(line, ways.CALLS, now, **CALLER, RecordingStatus="completed", **recording)
    posts.work_off(now, 20, provider.fetch)
    ticket = Ticket.objects.get()
    assert "callback" in ticket.tags and Call.objects.get().state == "missed"
    assert [one.text for one in ticket.messages.order_by("id")][1:] == ["Voicemail, 0:09."]


def test_nobody_is_passed_over_when_the_first_is_busy_by_then(line: Line, now: datetime) -> None:
    bea = phoned("Bea", "+4930222222", now, german=1)
    phoned("Ada", "+4930111111", now)
    caller = Caller(line, now)
    caller.ask(CallStatus="ringing")
    caller.follow("Gather")
    caller.follow("Gather")
    assert caller.rung() == ["+4930222222"]

    Call.objects.create(line=line, call_id="x", state="answered", agent=bea, rang_at=now)
    caller.follow("Dial", DialCallStatus="busy")

    assert caller.rung() == ["+4930111111"]


def test_a_caller_who_hangs_up_while_it_rings_is_to_be_called_back(
    line: Line, provider: Provider, now: datetime
) -> None:
    phoned("Ada", "+4930111111", now)
    caller = Caller(line, now)
    caller.ask(CallStatus="ringing")
    caller.follow("Gather")
    caller.follow("Gather")
    caller.follow("Dial", DialCallStatus="no-answer", CallStatus="completed")
    posts.work_off(now, 20, provider.fetch)
    assert Ticket.objects.get().tags == ["callback"]


def test_outside_the_hours_nobody_is_rung(line: Line, now: datetime) -> None:
    phoned("Ada", "+4930111111", now)
    night = now.replace(hour=22)
    caller = Caller(line, night)
    caller.ask(CallStatus="ringing")
    assert caller.heard == ["We are closed."] and caller.answer.find("Record") is not None


def test_who_is_away_speaks_or_has_no_phone_is_not_rung(line: Line, now: datetime) -> None:
    ada, bea, cem = (phoned(name, f"+493011111{place}", now) for place, name in enumerate(("Ada", "Bea", "Cem")))
    factories.an_agent("Dora")
    Call.objects.create(line=line, call_id="x", state="answered", agent=ada, rang_at=now - MINUTE)
    Agent.objects.filter(pk=bea.pk).update(available=False)
    with deed() as sql:
        people_changed(sql)
    assert ranking.to_ring("general", now) == [cem]
    assert ranking.to_ring("general", now + serving.TALKS_FOR + timedelta(hours=1))[0] in (ada, cem)


def test_a_line_without_a_flow_hangs_up_and_a_plain_one_refuses(line: Line, now: datetime) -> None:
    flows.arrange(None, line.pk, FLOW | {"on": False}, now=now)
    line.refresh_from_db()
    assert Caller(line, now).ask(CallStatus="ringing").find("Hangup") is not None
    plain, _ = settings.connect(None, VALUES | {"number": "+493023125009"}, now=now)
    with pytest.raises(Invalid):
        posts.take(plain, posts.Post(ways.VOICE, b"{}"), now)
    with pytest.raises(Conflict):
        flows.arrange(None, plain.pk, FLOW, now=now)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("hours", {"hours": "nights"}),
        ("queue", {"queue": "nowhere"}),
        ("menu", {"menu": [{"digit": "1", "queue": "nowhere", "says": "x"}]}),
        ("menu", {"menu": FLOW["menu"] * 2}),
        ("menu", {"menu": [{"digit": "1", "queue": "billing", "says": ""}]}),
        ("greeting_url", {"greeting_url": "ftp://x"}),
        ("missed", {"missed": ""}),
        ("closed", {"closed": ""}),
        ("queue", {"queue": "", "menu": [], "voicemail": False}),
    ],
)
def test_a_flow_that_leads_a_caller_nowhere_is_refused(
    field: str, values: dict[str, Any], line: Line, now: datetime
) -> None:
    with pytest.raises(Invalid) as refusal:
        flows.arrange(None, line.pk, FLOW | values, now=now)
    assert list(refusal.value.fields) == [field]


def test_the_line_warns_of_queues_whose_people_have_no_phone(line: Line, now: datetime) -> None:
    assert [warning.split()[4] for warning in flows.warnings(line)] == ["billing", "general"]
    phoned("Ada", "+4930111111", now)
    assert flows.warnings(line) == []


def test_who_may_not_connect_channels_arranges_no_flow(line: Line, now: datetime) -> None:
    with pytest.raises(Forbidden):
        flows.arrange(factories.an_agent("Jonas"), line.pk, FLOW, now=now)


@pytest.mark.parametrize("written", ["0171", "client:", "sip:jonas", "jonas", "+49"])
def test_a_phone_that_cannot_be_dialled_is_refused(written: str, line: Line, now: datetime) -> None:
    with pytest.raises(Invalid):
        phoned("Ada", written, now)
