"""What a call is answered with, in Twilio's language: words, a choice by keys, phones that ring, a message left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from twilio.twiml.voice_response import VoiceResponse

MESSAGE_SECONDS: Final = 180
PRESSING_SECONDS: Final = 6
LEG_EVENTS: Final = "ringing answered completed"


@dataclass(frozen=True, slots=True)
class Speech:
    """Words that are read out in a language, or a recording that is played instead."""

    words: str = ""
    language: str = "en-US"
    url: str = ""


@dataclass(frozen=True, slots=True)
class Phone:
    """`at` is a number, `client:name` or `sip:name@host`; `tell` is where how it goes on this phone is told."""

    at: str
    tell: str


def leave(speech: Speech, record_at: str = "", then: str = "") -> str:
    """Say it and hang up; with `record_at` the caller may leave a message first, and goes on at `then`."""
    answer = spoken(VoiceResponse(), speech)
    if record_at:
        told = {"recording_status_callback": record_at, "action": then, "play_beep": True}
        answer.record(max_length=MESSAGE_SECONDS, finish_on_key="#", **told)
    answer.hangup()
    return str(answer)


def choose(greeting: Speech, menu: Sequence[Speech], then: str) -> str:
    """Greet, and ask for a key; without one it goes on at `then` all the same."""
    answer = spoken(VoiceResponse(), greeting)
    asking = answer.gather(num_digits=1, timeout=PRESSING_SECONDS, action=then)
    for speech in menu:
        spoken(asking, speech)
    answer.redirect(then)
    return str(answer)


def go_on(greeting: Speech, then: str) -> str:
    answer = spoken(VoiceResponse(), greeting)
    answer.redirect(then)
    return str(answer)


def ring(phones: Sequence[Phone], seconds: int, then: str, record_at: str = "") -> str:
    """Ring them at once; who answers first has the call, and it goes on at `then`."""
    answer = VoiceResponse()
    more = {"record": "record-from-answer-dual", "recording_status_callback": record_at} if record_at else {}
    dial = answer.dial(timeout=seconds, action=then, answer_on_bridge=True, **more)
    for phone in phones:
        told = {"status_callback": phone.tell, "status_callback_event": LEG_EVENTS}
        if phone.at.startswith("client:"):
            dial.client(phone.at.removeprefix("client:"), **told)
        elif phone.at.startswith("sip:"):
            dial.sip(phone.at, **told)
        else:
            dial.number(phone.at, **told)
    return str(answer)


def over() -> str:
    answer = VoiceResponse()
    answer.hangup()
    return str(answer)


def spoken(answer: VoiceResponse, speech: Speech) -> VoiceResponse:
    """With what is to be heard added; Gather takes it, too."""
    if speech.url:
        answer.play(speech.url)
    elif speech.words:
        answer.say(speech.words, language=speech.language)
    return answer
