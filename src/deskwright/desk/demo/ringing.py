"""The demo's telephone and its watchman: a missed call with a voicemail, a talk, messages, an alert that keeps coming.

Everything comes in as its provider would post it, at its moment of the story, and passes the desk's own deeds.
"""

from __future__ import annotations

import io
import math
import wave
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import orjson

from deskwright.channels.alerts.signals import Signal
from deskwright.channels.posting import File
from deskwright.desk.alerts import door, sources, taking
from deskwright.desk.answering import replies
from deskwright.desk.customers import addresses
from deskwright.desk.demo.story import Moment, Story
from deskwright.desk.lines import posts, settings, templates, ways
from deskwright.store.models import Agent, Customer, Line, Ticket

NUMBER: Final = "+493023125000"
MINUTE: Final = timedelta(minutes=1)
LINE: Final = {"name": "Hotline", "number": NUMBER, "provider": "plain", "calls": True, "sms": True, "whatsapp": True}
TEMPLATE: Final = {
    "name": "answer_ready",
    "language": "en",
    "text": "Hello {{1}}, we have an answer to your question about {{2}}. Reply to this message to read it.",
    "variables": {"1": "First name", "2": "What they asked about"},
    "reference": "",
}
WATCH: Final = {"name": "Lanternfish monitoring", "form": "plain", "by": [], "grouped": "group", "solves": True}
KNOWN, STRANGER, ROAMING = "+491713920011", "+447700900123", "+491713920077"
"""Numbers for films: nobody has them."""
VOICE: Final = (
    "Hello, this is about our last invoice: we were charged twice for March. "
    "Please call me back today, I am in until five."
)
SLOW: Final = Signal(
    "api-latency",
    True,
    "API answers slowly in eu-central",
    "p99 above 2 s for 10 minutes. Ingestion is not affected.",
    "warning",
    {"service": "api", "region": "eu-central", "alertname": "HighLatency"},
    "https://metrics.lanternfish.example/d/api",
)
FULL: Final = Signal(
    "disk/ingest-3", True, "Disk almost full on ingest-3", "/var is 91 % full.", "critical", {"service": "ingest"}
)


def connect(story: Story, now: datetime) -> None:
    """Arrange what will ring, be written and fire until `now`."""
    begin = now - timedelta(days=3)
    line, _ = settings.connect(story.agents["odile"], LINE | {"dial": ""}, now=begin)
    templates.keep(story.agents["odile"], line.pk, None, TEMPLATE, now=begin)
    source, _ = sources.set_up(story.agents["odile"], WATCH, now=begin)
    for before, moment in (*calls(line), *messages(line)):
        story.later(now - before, moment)
    for before, signals in alerts():
        story.later(now - before, fires(door.known_by(source), signals))


def calls(line: Line) -> list[tuple[timedelta, Moment]]:
    agent = "jonas@lanternfish.example"
    voice = {"url": "https://pbx.lanternfish.example/voice.wav", "type": "audio/wav", "name": "voicemail.wav"}
    return [
        (100 * MINUTE, post(line, ways.CALLS, call="c1", event="ringing", number=STRANGER, name="Holly Marsh")),
        (99 * MINUTE, post(line, ways.CALLS, call="c1", event="voicemail", number=STRANGER, recording=voice,
                           seconds=4, transcript=VOICE)),
        (90 * MINUTE, introduce),
        (85 * MINUTE, post(line, ways.CALLS, call="c2", event="answered", number=KNOWN, agent=agent)),
        (81 * MINUTE, post(line, ways.CALLS, call="c2", event="ended", number=KNOWN, seconds=236)),
        (30 * MINUTE, post(line, ways.CALLS, call="c3", event="missed", number="")),
    ]  # fmt: skip


def messages(line: Line) -> list[tuple[timedelta, Moment]]:
    first = "Hi, my login code never arrives. Can you reset it?"
    return [
        (70 * MINUTE, post(line, ways.MESSAGES, id="m1", text=first, **{"from": ROAMING})),
        (66 * MINUTE, answer("sms", "Done. Please try again with the code that arrives in the next minute.")),
        (61 * MINUTE, post(line, ways.MESSAGES, id="m2", text="That worked, thank you!", **{"from": ROAMING})),
        (45 * MINUTE, post(line, ways.MESSAGES, id="m3", channel="whatsapp", name="Ilse Brandt",
                           text="The export button does nothing on my phone. Is that known?", **{"from": KNOWN})),
    ]  # fmt: skip


def alerts() -> list[tuple[timedelta, list[Signal]]]:
    """A storm that goes on, and one that is over."""
    over = Signal(FULL.key, False, FULL.title)
    storm = [(before * MINUTE, [SLOW] * 62) for before in range(95, 0, -5)]
    return [(26 * 60 * MINUTE, [FULL] * 4), (25 * 60 * MINUTE, [over]), *storm]


def post(line: Line, what: str, **said: Any) -> Moment:
    """The provider posts this."""

    def happens(story: Story, at: datetime) -> bool:
        posts.take(line, posts.Post(what, orjson.dumps(said)), at)
        return posts.work_off(at, 10, voicemail) > 0

    return happens


def answer(channel: str, words: str) -> Moment:
    """The agent of the latest conversation of this channel answers, else one who can."""

    def happens(story: Story, at: datetime) -> bool:
        ticket = Ticket.objects.filter(channel=channel).select_related("assignee").latest("pk")
        agent: Agent = ticket.assignee or story.agents["mira"]
        replies.reply(agent, ticket.pk, words, now=at)
        return True

    return happens


def introduce(story: Story, at: datetime) -> bool:
    """A customer whose number is known from now on."""
    customer = Customer.objects.exclude(organisation=None).exclude(name="").order_by("id")[5:6].first()
    if customer is not None:
        addresses.add(story.agents["mira"], customer.pk, "phone", KNOWN, now=at)
    return False


def fires(source: door.Source, signals: list[Signal]) -> Moment:
    def happens(story: Story, at: datetime) -> bool:
        taking.receive([taking.Post(source, signals)], at)
        return True

    return happens


def voicemail(url: str, headers: Mapping[str, str]) -> File:
    """Four seconds of a falling tone: the demo carries no files."""
    whole = io.BytesIO()
    with wave.open(whole, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        tone = (math.sin(place * (0.35 - place / 160_000)) for place in range(32_000))
        sound.writeframes(bytes(int(128 + 50 * height) for height in tone))
    return File(whole.getvalue(), "audio/wav")
