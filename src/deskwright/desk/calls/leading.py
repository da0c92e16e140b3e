"""Leads a caller through the flow of a line: greeting, hours, menu, the phones that ring, voicemail.

Every step is asked for by Twilio at an address that names it, and is answered at once; what became of the call is
journaled beside it, as any other event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from deskwright.channels.telephony import twiml
from deskwright.channels.telephony.twilio import BYE, CALLS, MENU, NOBODY, RANG, RING
from deskwright.channels.telephony.values import ANSWERED, ENDED
from deskwright.desk import workflows
from deskwright.desk.calls import ranking
from deskwright.desk.lines import ways
from deskwright.engine.calendars import ALWAYS
from deskwright.store.models import Agent, Line

ROUNDS: Final = 3
"""How often the next phones are rung before the caller may leave a message."""


def lead(line: Line, asked: Mapping[str, str], now: datetime) -> str:
    """What Twilio is to do now (TwiML). A line without a flow answers no calls."""
    if not line.flow.get("on"):
        return twiml.over()
    step = asked.get("step", "")
    if step == MENU:
        return chosen(line, asked, now)
    if step == RING:
        return ring(line, asked.get("queue", ""), numbers(asked.get("rung", "")), now)
    if step == RANG:
        return rang(line, asked)
    if step == NOBODY:
        return nobody(line, "" if asked.get("closed") else line.flow["missed"])
    return twiml.over() if step == BYE else begin(line, now)


def begin(line: Line, now: datetime) -> str:
    flow = line.flow
    if not open_now(flow, now):
        return twiml.go_on(speech(line, flow["closed"] or flow["missed"]), address(line, NOBODY, closed="1"))
    greeting = twiml.Speech(flow["greeting"], flow["language"], flow["greeting_url"])
    if not flow["menu"]:
        return twiml.go_on(greeting, address(line, RING, queue=flow["queue"]))
    return twiml.choose(greeting, menu(line), address(line, MENU, tries="1"))


def chosen(line: Line, asked: Mapping[str, str], now: datetime) -> str:
    """The queue of the key that was pressed; after a wrong one the menu once more, then the queue for all others."""
    flow = line.flow
    queue = next((one["queue"] for one in flow["menu"] if one["digit"] == asked.get("Digits", "")), "")
    if not queue and asked.get("tries") == "1":
        return twiml.choose(twiml.Speech(), menu(line), address(line, MENU, tries="2"))
    return ring(line, queue or flow["queue"], [], now)


def ring(line: Line, queue: str, rung: Sequence[int], now: datetime) -> str:
    """The best of those who can be rung now and were not: who comes and goes meanwhile hides nobody."""
    flow, able = line.flow, ranking.to_ring(queue, now) if queue else []
    several = [one for one in able if one.pk not in rung][: flow["at_once"]]
    if not several or len(rung) >= ROUNDS * flow["at_once"]:
        return twiml.go_on(twiml.Speech(), address(line, NOBODY))
    by_now = [*rung, *(one.pk for one in several)]
    then = address(line, RANG, queue=queue, rung=".".join(map(str, by_now)))
    record_at = ways.address(line, ways.CALLS) if flow["record"] else ""
    return twiml.ring([phone(line, one) for one in several], flow["ring"], then, record_at)


def rang(line: Line, asked: Mapping[str, str]) -> str:
    if CALLS.get(asked.get("DialCallStatus", "")) in {ANSWERED, ENDED}:
        return twiml.over()
    following = address(line, RING, queue=asked.get("queue", ""), rung=asked.get("rung", ""))
    return twiml.go_on(twiml.Speech(), following)


def nobody(line: Line, words: str) -> str:
    if not line.flow["voicemail"]:
        return twiml.leave(speech(line, words))
    return twiml.leave(speech(line, words), ways.address(line, ways.CALLS), address(line, BYE))


def open_now(flow: Mapping[str, Any], now: datetime) -> bool:
    return workflows.live().calendars.get(flow["hours"], ALWAYS).is_open(now) if flow["hours"] else True


def menu(line: Line) -> list[twiml.Speech]:
    return [speech(line, one["says"]) for one in line.flow["menu"]]


def phone(line: Line, agent: Agent) -> twiml.Phone:
    return twiml.Phone(agent.phone, f"{ways.address(line, ways.CALLS)}?{urlencode({'agent': agent.email})}")


def speech(line: Line, words: str) -> twiml.Speech:
    return twiml.Speech(words, line.flow["language"])


def address(line: Line, step: str, **more: str) -> str:
    return f"{ways.address(line, ways.VOICE)}?{urlencode({'step': step, **more})}"


def numbers(written: str) -> list[int]:
    """The agents whose phones rang before."""
    return [int(one) for one in written.split(".") if one.isdecimal() and len(one) < 19]
