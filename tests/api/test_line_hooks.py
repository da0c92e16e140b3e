"""Calls and messages as providers post them: proved by Twilio's own validator, or by a signature of the standard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as some
from standardwebhooks.webhooks import Webhook as Signer
from twilio.request_validator import RequestValidator

from deskwright.api.openapi import document
from deskwright.channels.telephony import twilio
from deskwright.desk import clock, workflows
from deskwright.desk.lines import settings
from deskwright.store.models import Line, RawInput
from tests.api.running import Answer, Running, running
from tests.api.test_tickets import WORKFLOW
from tests.desk.providers import ACCOUNT, TOKEN
from tests.desk.test_calls import OWN, THEIRS
from tests.desk.test_calls import VALUES as PLAIN

TWILIO = PLAIN | {"provider": "twilio", "sms": True, "account": ACCOUNT, "token": TOKEN}
MESSAGE = {"MessageSid": "SM1", "From": THEIRS, "To": OWN, "Body": "Grüße & Küsse", "NumMedia": "0"}


@pytest.fixture
def desk(live_db: str) -> Iterator[Running]:
    workflows.publish(WORKFLOW, now=clock.now())
    with running() as application:
        yield application


def connected(**values: Any) -> tuple[Line, str]:
    return settings.connect(None, PLAIN | values, now=clock.now())


def by_twilio(desk: Running, path: str, values: dict[str, str], question: str = "", token: str = TOKEN) -> Answer:
    url = f"http://testserver{path}" + (f"?{question}" if question else "")
    signature = RequestValidator(token).compute_signature(url, values)
    headers = {"x_twilio_signature": signature, "content_type": "application/x-www-form-urlencoded"}
    return desk.request("POST", path, urlencode(values).encode(), question, **headers)


def test_a_post_that_twilio_has_signed_is_kept_and_answered_in_its_language(desk: Running) -> None:
    line, _ = connected(**TWILIO)
    answer = by_twilio(desk, f"/api/v1/in/messages/{line.key}", MESSAGE)
    assert answer.status == 200 and answer.headers["content-type"].startswith("text/xml")
    assert answer.body.endswith(b"<Response></Response>")
    raw = RawInput.objects.get()
    assert raw.channel == "sms" and raw.state == "pending" and raw.envelope["line"] == line.pk
    line.refresh_from_db()
    assert line.received_at is not None


def test_what_twilio_has_not_signed_is_refused_and_noted(desk: Running) -> None:
    line, _ = connected(**TWILIO)
    path = f"/api/v1/in/messages/{line.key}"
    assert by_twilio(desk, path, MESSAGE, token="another").status == 401
    assert desk.request("POST", path, urlencode(MESSAGE).encode()).status == 401
    other = RequestValidator(TOKEN).compute_signature(f"http://testserver{path}", MESSAGE | {"Body": "Other"})
    refused = desk.request("POST", path, urlencode(MESSAGE).encode(), x_twilio_signature=other)
    assert refused.status == 401 and refused.headers["content-type"] == "application/problem+json"
    line.refresh_from_db()
    assert "PUBLIC_URL" in line.refused_because and not RawInput.objects.exists()


def test_the_query_is_part_of_what_is_signed(desk: Running) -> None:
    line, _ = connected(**TWILIO)
    path, status = f"/api/v1/in/status/{line.key}", {"MessageSid": "SM1", "MessageStatus": "delivered"}
    assert by_twilio(desk, path, status, "of=sms-1-m2").status == 200
    signature = RequestValidator(TOKEN).compute_signature(f"http://testserver{path}?of=sms-1-m2", status)
    forged = desk.request("POST", path, urlencode(status).encode(), "of=sms-1-m3", x_twilio_signature=signature)
    assert forged.status == 401


def test_calls_are_kept_and_what_is_of_no_consequence_is_not(desk: Running) -> None:
    line, _ = connected(**TWILIO)
    path = f"/api/v1/in/calls/{line.key}"
    call = {"CallSid": "CA1", "From": THEIRS, "To": OWN, "Direction": "inbound", "CallStatus": "ringing"}
    assert by_twilio(desk, path, call).status == 200
    assert by_twilio(desk, path, call | {"CallStatus": "queued"}).status == 200
    assert by_twilio(desk, path, {"CallStatus": "ringing"}).status == 422
    assert RawInput.objects.get().channel == "phone"


def test_plain_posts_are_signed_by_the_standard_or_carry_the_secret(desk: Running) -> None:
    line, secret = connected()
    path, said = f"/api/v1/in/calls/{line.key}", {"call": "c1", "event": "ringing", "number": THEIRS}
    body, at = orjson.dumps(said), clock.now().replace(microsecond=0)
    headers = {"webhook_id": "m1", "webhook_timestamp": str(int(at.timestamp()))}
    signature = Signer(secret).sign("m1", at, body.decode())
    answer = desk.request("POST", path, body, **headers, webhook_signature=signature)
    assert (answer.status, answer.json) == (200, {"received": True})
    assert desk.request("POST", path, said, authorization=f"Bearer {secret}").status == 200
    assert desk.request("POST", path, said, authorization="Bearer whsec_bm8=").status == 401
    assert desk.request("POST", path, said).status == 401
    faulty = desk.request("POST", path, said | {"event": "sang"}, authorization=f"Bearer {secret}")
    assert (faulty.status, faulty.json["errors"][0]["pointer"]) == (422, "/event")


def test_a_line_that_is_off_or_unknown_takes_nothing(desk: Running) -> None:
    line, secret = connected()
    settings.switch(None, line.pk, False, now=clock.now())
    said = {"call": "c1", "event": "ringing"}
    assert desk.request("POST", f"/api/v1/in/calls/{line.key}", said, authorization=f"Bearer {secret}").status == 401
    assert desk.request("POST", "/api/v1/in/calls/nobody", said).status == 404
    assert desk.request("GET", f"/api/v1/in/calls/{line.key}").status == 405


@given(some.dictionaries(some.text(min_size=1, max_size=9), some.text(max_size=9), max_size=6), some.booleans())
def test_what_twilio_signs_is_genuine_with_or_without_the_port(values: dict[str, str], port: bool) -> None:
    url = f"https://desk.example{':443' if port else ''}/api/v1/in/calls/x?a=1"
    signed = RequestValidator(TOKEN).compute_signature(url, values).encode()
    here = "https://desk.example/api/v1/in/calls/x?a=1"
    assert twilio.genuine(here, values, signed, TOKEN)
    assert not twilio.genuine(here + "1", values, signed, TOKEN) and not twilio.genuine(here, values, b"\xff", TOKEN)


def test_what_twilio_posts_is_described_beside_the_plain_form() -> None:
    paths, schemas = document()["paths"], document()["components"]["schemas"]
    for what, takes in (("calls", "TwilioCall"), ("messages", "TwilioMessage"), ("status", "TwilioStatus")):
        operation = paths[f"/api/v1/in/{what}/{{line}}"]["post"]
        forms = operation["requestBody"]["content"]
        assert forms.keys() == {"application/json", "application/x-www-form-urlencoded"}
        assert forms["application/x-www-form-urlencoded"]["schema"]["$ref"].endswith(takes)
        assert operation["responses"]["200"]["content"].keys() == {"application/json", "text/xml"}
        assert {"twilio": ["lines"]} in operation["security"]
    assert MESSAGE.keys() <= schemas["TwilioMessage"]["properties"].keys()


def test_the_steps_of_a_call_are_described_as_twilio_asks_for_them() -> None:
    operation = document()["paths"]["/api/v1/in/voice/{line}"]["post"]
    assert operation["requestBody"]["content"].keys() == {"application/x-www-form-urlencoded"}
    assert operation["responses"]["200"]["content"].keys() == {"text/xml"}
    asked = [one["name"] for one in operation["parameters"] if one["in"] == "query"]
    assert asked == ["step", "queue", "rung", "tries", "closed"] and operation["security"] == [{"twilio": ["lines"]}]
