"""What Twilio tells of calls, in its own words."""

from __future__ import annotations

from datetime import datetime

import pytest

from deskwright.desk.lines import posts, settings, ways
from deskwright.store.models import Agent, Attachment, Call, Line, Message, Ticket
from tests.desk.providers import ACCOUNT, SOUND, TOKEN, Provider, post
from tests.desk.test_calls import MINUTE, OWN, THEIRS, VALUES


@pytest.fixture
def twilio(provider: Provider, now: datetime) -> Line:
    values = VALUES | {"provider": "twilio", "account": ACCOUNT, "token": TOKEN, "api": provider.url}
    return settings.connect(None, values, now=now)[0]


def rings(twilio: Line, provider: Provider, now: datetime, **values: str) -> Call:
    whole = {"CallSid": "CA1", "From": THEIRS, "To": OWN, "Direction": "inbound"} | values
    post(twilio, ways.CALLS, now, **whole)
    posts.work_off(now, 20, provider.fetch)
    return Call.objects.get()


def test_twilio_s_words_for_a_call_are_understood(
    twilio: Line, provider: Provider, jonas: Agent, now: datetime
) -> None:
    assert rings(twilio, provider, now, CallStatus="ringing").state == "ringing"
    leg = {"CallSid": "CA2", "ParentCallSid": "CA1", "Direction": "outbound-dial"}
    assert rings(twilio, provider, now, CallStatus="no-answer", **leg).state == "ringing"
    assert rings(twilio, provider, now, CallStatus="in-progress", agent=jonas.email, **leg).state == "answered"
    call = rings(twilio, provider, now + MINUTE, CallStatus="completed", CallDuration="75")
    assert (call.state, call.seconds, call.agent) == ("ended", 75, jonas)


def test_twilio_s_end_without_an_answer_is_a_missed_call(twilio: Line, provider: Provider, now: datetime) -> None:
    rings(twilio, provider, now, CallStatus="ringing")
    assert rings(twilio, provider, now + MINUTE, CallStatus="completed", CallDuration="20").state == "missed"
    assert Ticket.objects.get().tags == ["callback"]


def test_twilio_s_recordings_and_transcripts_reach_the_ticket(twilio: Line, provider: Provider, now: datetime) -> None:
    provider.files["/r/RE1.mp3"] = (200, SOUND, "audio/mpeg")
    rings(twilio, provider, now, CallStatus="no-answer")
    recording = {"RecordingSid": "RE1", "RecordingUrl": f"{provider.url}/r/RE1", "RecordingDuration": "9"}
    rings(twilio, provider, now, RecordingStatus="completed", **recording)
    rings(twilio, provider, now, TranscriptionStatus="completed", TranscriptionText="Hello?", TranscriptionSid="TR1")
    texts = list(Ticket.objects.get().messages.order_by("id").values_list("text", flat=True))
    assert texts[1:] == ["Voicemail, 0:09.", "Hello?"] and Attachment.objects.get().name == "RE1.mp3"


def test_the_transcript_of_a_recording_is_not_taken_for_it(
    twilio: Line, provider: Provider, jonas: Agent, now: datetime
) -> None:
    provider.files["/r/RE1.mp3"] = (200, SOUND, "audio/mpeg")
    rings(twilio, provider, now, CallStatus="in-progress", agent=jonas.email)
    rings(twilio, provider, now + MINUTE, CallStatus="completed", CallDuration="60")
    rings(twilio, provider, now, RecordingSid="RE1", RecordingUrl=f"{provider.url}/r/RE1", RecordingDuration="60")
    rings(twilio, provider, now, TranscriptionStatus="completed", TranscriptionText="Hello?", RecordingSid="RE1")
    notes = Message.objects.filter(kind="note").order_by("id").values_list("text", flat=True)
    assert list(notes) == ["Recording of the call, 1:00.", "Hello?"]


def test_twilio_s_numbers_and_moments_beyond_reason_are_passed_over(
    twilio: Line, provider: Provider, now: datetime
) -> None:
    beyond = {"CallDuration": "99999999999", "Timestamp": "Fri, 31 Dec 9999 23:59:59 -1000"}
    call = rings(twilio, provider, now, DialCallStatus="completed", **beyond)
    assert (call.state, call.seconds, call.rang_at) == ("ended", 0, now)
