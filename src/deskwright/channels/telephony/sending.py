"""Ways out for text messages: Twilio's REST (and what speaks like it), or a signed post to any other provider.

Neither raises for what the outside world does. Before a message is tried again, Twilio is asked whether it has it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlencode

import orjson

from deskwright.channels.contract import Deferred, Outcome, Refused, Sent, Text
from deskwright.channels.posting import Answer, Unreachable, Unwanted
from deskwright.channels.telephony.twilio import WHATSAPP_PREFIX, explained
from deskwright.channels.telephony.values import WHATSAPP
from deskwright.engine.saying import _

Ask = Callable[[str, str, bytes, Mapping[str, str]], Answer]
"""(method, address, body, headers) -> what came back; raises Unreachable."""
Sign = Callable[[str, bytes], Mapping[str, str]]
"""(our reference, body) -> the headers that prove it is ours."""
TWILIO: Final = "https://api.twilio.com"
LATER: Final = frozenset({401, 403, 404, 408, 425, 429})
"""Answers after which trying again is right: what is wrong with the account or its address can be mended."""
SLACK: Final = timedelta(seconds=30)
"""Clocks of two houses differ."""


@dataclass(frozen=True, slots=True)
class Twilio:
    account: str
    token: str
    ask: Ask
    api: str = TWILIO

    def send(self, text: Text) -> Outcome:
        try:
            if text.attempt > 1 and (known := self.look_for(text)):
                return Sent("found", reference=known)
            body = urlencode(self.form(text), doseq=True).encode()
            return self.ended(self.ask("POST", self.messages, body, self.headers))
        except Unwanted as unwanted:
            return Refused(str(unwanted))
        except Unreachable as trouble:
            return Deferred(str(trouble))

    @property
    def messages(self) -> str:
        return f"{self.api}/2010-04-01/Accounts/{self.account}/Messages.json"

    @property
    def headers(self) -> dict[str, str]:
        basic = b64encode(f"{self.account}:{self.token}".encode()).decode()
        return {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"}

    def form(self, text: Text) -> dict[str, str | list[str]]:
        known: dict[str, str | list[str]] = {"To": addressed(text, text.to), "From": addressed(text, text.from_)}
        if text.template is not None:
            filled = orjson.dumps(dict(text.template.values)).decode()
            known |= {"ContentSid": text.template.reference, "ContentVariables": filled}
        elif text.text:
            known["Body"] = text.text
        if text.files:
            known["MediaUrl"] = [file.url for file in text.files]
        return known | ({"StatusCallback": text.tell} if text.tell else {})

    def ended(self, answer: Answer) -> Outcome:
        said = read(answer.excerpt)
        if answer.good:
            return Sent(str(said.get("status", "accepted")), reference=str(said.get("sid", ""))[:64])
        reason = explained(str(said.get("code") or ""), str(said.get("message") or f"HTTP {answer.status}"))
        return Deferred(reason) if answer.status in LATER or answer.status >= 500 else Refused(reason)

    def look_for(self, text: Text) -> str:
        """The provider's name of this very message where it was taken before; "" where not. Raises Unreachable."""
        asked = {"To": addressed(text, text.to), "From": addressed(text, text.from_), "PageSize": "50"}
        asked["DateSent>"] = (text.created_at - timedelta(days=1)).strftime("%Y-%m-%d")
        answer = self.ask("GET", f"{self.messages}?{urlencode(asked)}", b"", self.headers)
        if not answer.good:
            raise Unreachable(
                _("The provider does not say whether it has the message (HTTP %(status)s).", status=answer.status)
            )
        for one in read(answer.excerpt).get("messages") or ():
            ours = same(text, one) and str(one.get("direction", "")).startswith("outbound")
            if ours and one.get("sid") not in text.others and since(one, text.created_at):
                return str(one["sid"])
        return ""


@dataclass(frozen=True, slots=True)
class Posted:
    """Any provider that takes JSON. The key it gets is the same for every try."""

    url: str
    ask: Ask
    sign: Sign

    def send(self, text: Text) -> Outcome:
        said = {
            "reference": text.reference, "channel": text.channel, "from": text.from_, "to": text.to, "text": text.text,
        }  # fmt: skip
        body = orjson.dumps(said | more(text))
        named = {"Content-Type": "application/json", "Idempotency-Key": text.reference}
        try:
            answer = self.ask("POST", self.url, body, {**named, **self.sign(text.reference, body)})
        except Unwanted as unwanted:
            return Refused(str(unwanted))
        except Unreachable as trouble:
            return Deferred(str(trouble))
        if answer.good:
            return Sent("accepted", reference=str(read(answer.excerpt).get("id") or "")[:64])
        reason = f"HTTP {answer.status}: {answer.excerpt[:200]}"
        return Deferred(reason) if answer.status in LATER or answer.status >= 500 else Refused(reason)


def more(text: Text) -> dict[str, Any]:
    """What only some messages have."""
    found: dict[str, Any] = {"status_url": text.tell} if text.tell else {}
    if text.template is not None:
        kept = text.template
        found["template"] = {
            "name": kept.reference or kept.name, "language": kept.language, "variables": dict(kept.values),
        }  # fmt: skip
    if text.files:
        found["media"] = [{"url": file.url, "type": file.content_type, "name": file.name} for file in text.files]
    return found


def same(text: Text, one: Mapping[str, Any]) -> bool:
    """Whether a message the provider has says what ours says, with as many files."""
    number = str(one.get("num_media") or "0")
    return str(one.get("body") or "").split() == text.text.split() and number == str(len(text.files))


def addressed(text: Text, number: str) -> str:
    return WHATSAPP_PREFIX + number if text.channel == WHATSAPP else number


def read(excerpt: str) -> Mapping[str, Any]:
    try:
        found = orjson.loads(excerpt)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def since(one: Mapping[str, Any], begin: datetime) -> bool:
    try:
        made = parsedate_to_datetime(str(one.get("date_created")))
    except ValueError:
        return False
    return made.astimezone(UTC) >= begin - SLACK
