"""The door of chat windows: tokens, sites, words taken once, and what a visitor hears of the answer."""

from __future__ import annotations

import asyncio
import gzip
import hmac
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import orjson
import pytest

from deskwright.desk import clock, workflows
from deskwright.desk.answering import replies
from deskwright.desk.chat import reading, widgets
from deskwright.desk.settings import brands, house
from deskwright.desk.staff import people
from deskwright.store.models import Agent, Chat, Customer, Delivery, Message, Ticket
from deskwright.web.chat import asking, script
from deskwright.web.chat.lobby import Guest
from tests.api.running import Exchange, Running, running, scope

SHOP = "https://shop.example"


@pytest.fixture
def desk(live_db: str) -> Iterator[Running]:
    workflows.publish("workflow: Chat\n", now=clock.now())
    for known in (widgets, reading, asking):
        known.forget()
    with running() as desk:
        yield desk


@pytest.fixture
def ada(desk: Running) -> Agent:
    return people.add_agent("Ada Quill", "ada@desk.example", password="a long password")


@pytest.fixture
def key(ada: Agent) -> str:
    return widgets.set_up(None, name="Shop", origins=[SHOP], now=clock.now()).key


class Window:
    """A browser at the widget."""

    def __init__(self, desk: Running, key: str, origin: str = SHOP) -> None:
        self.desk, self.key, self.origin, self.token = desk, key, origin, ""
        self.token = self.ask("hello", {}).json.get("token", "")

    def headers(self) -> dict[str, str]:
        return {"origin": self.origin, "authorization": f"Bearer {self.token}"}

    def ask(self, deed: str, body: Any, **headers: str) -> Any:
        return self.desk.request("POST", f"/chat/v1/{self.key}/{deed}", body, **{**self.headers(), **headers})

    def get(self, deed: str, question: str = "") -> Any:
        return self.desk.request("GET", f"/chat/v1/{self.key}/{deed}", None, question, **self.headers())

    def say(self, text: str, once: str = "message-1") -> Any:
        answer = self.ask("say", {"id": once, "text": text})
        assert (answer.status, answer.json) == (200, {"taken": True})
        return answer

    @property
    def ticket(self) -> Ticket:
        return Ticket.objects.order_by("-id")[0]


class Stream:
    """An open stream of events of a window."""

    def __init__(self, window: Window, after: int = 0) -> None:
        self.desk, self.exchange = window.desk, Exchange([b""])
        asked = scope("GET", f"/chat/v1/{window.key}/stream", {**window.headers(), "last-event-id": str(after)})
        self.call = asyncio.run_coroutine_threadsafe(
            self.desk.application(asked, self.exchange.receive, self.exchange.send), self.desk.loop
        )

    @property
    def said(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.exchange.sent[1:])

    def hear(self, what: bytes) -> bytes:
        async def until() -> None:
            while what not in self.said:
                self.exchange.heard.clear()
                await asyncio.wait_for(self.exchange.heard.wait(), 10)

        self.desk.wait(until())
        return self.said

    def events(self, kind: str) -> list[dict[str, Any]]:
        blocks = self.said.decode().split("\n\n")
        return [orjson.loads(block.split("data: ")[1]) for block in blocks if f"event: {kind}\n" in f"{block}\n"]

    def leave(self) -> None:
        self.desk.loop.call_soon_threadsafe(self.exchange.hung_up.set)
        self.call.result(10)


@pytest.fixture
def window(desk: Running, key: str) -> Window:
    return Window(desk, key)


@pytest.mark.parametrize(
    ("own", "named", "found"), [("", "shop", "shop"), ("shop", "", "shop"), ("", "", ""), ("shop", "toys", "toys")]
)
def test_a_chat_is_of_the_brand_its_tag_names_else_of_the_widget_s(
    desk: Running, ada: Agent, own: str, named: str, found: str
) -> None:
    hosts = {name: f"help.{name}.example" for name in ("shop", "toys")}
    made = {
        name: brands.keep(None, None, {"host": host, "name": name}, now=clock.now()) for name, host in hosts.items()
    }
    key = widgets.set_up(None, name="Shop", origins=[SHOP], brand_id=made.get(own), now=clock.now()).key
    question = f"brand={hosts[named]}" if named else "brand=unknown.example"
    window = Window(desk, key)

    for deed, body in (("say", {"id": "message-1", "text": "Hello?"}), ("hello", {})):
        path = f"/chat/v1/{key}/{deed}"
        answer = desk.request("POST", path, body, question, **window.headers())
        assert answer.status == 200
    assert answer.json["desk"] == (found or house.house().name)
    assert window.ticket.brand_id == made.get(found)


def test_words_are_taken_when_what_the_process_knew_of_the_desk_is_old(window: Window) -> None:
    window.say("Do you ship to Norway?")
    window.desk.request("POST", f"/chat/v1/{window.key}/file", b"x", **window.headers(), **{"x-id": "m" * 9})
    assert Message.objects.filter(kind="customer").count() == 2


def test_what_a_visitor_says_becomes_one_ticket_and_the_answer_is_heard(window: Window, ada: Agent) -> None:
    window.say("Do you ship to Norway?")
    ticket = window.ticket
    assert (ticket.channel, ticket.subject, ticket.assignee) == ("chat", "Do you ship to Norway?", ada)
    stream = Stream(window)
    stream.hear(b"Norway")
    replies.reply(ada, ticket.pk, "We do, **within a week**.", now=clock.now())
    stream.hear(b"within a week")
    assert [(one["by"], one.get("who")) for one in stream.events("message")] == [("me", None), ("desk", "Ada")]
    assert stream.events("state")[-1]["who"] == "Ada"
    stream.leave()


def test_a_message_that_is_sent_twice_is_taken_once(window: Window) -> None:
    for _ in range(2):
        window.say("Hello?", "the-same-one")
    window.say("Are you there?", "another-one")
    window.say("Hello?", "the-same-one")
    assert list(Message.objects.order_by("id").values_list("text", flat=True)) == ["Hello?", "Are you there?"]
    assert Ticket.objects.count() == Chat.objects.count() == 1


def test_a_stream_goes_on_after_the_last_event_it_heard(window: Window, ada: Agent) -> None:
    window.say("First", "message-1")
    window.say("Second", "message-2")
    first = Message.objects.order_by("id")[0].pk
    stream = Stream(window, after=first)
    stream.hear(b"Second")
    assert [one["text"] for one in stream.events("message")] == ["Second"]
    stream.leave()


def test_an_answer_is_delivered_when_the_window_has_shown_it(window: Window, ada: Agent) -> None:
    window.say("Hello?")
    message = replies.reply(ada, window.ticket.pk, "Hello!", now=clock.now())
    assert Delivery.objects.get(message=message).state == "due"
    assert window.ask("seen", {"upto": message}).status == 200
    delivery = Delivery.objects.get(message=message)
    assert (delivery.channel, delivery.state) == ("chat", "sent")
    assert Chat.objects.get().visitor_seen == message


def test_a_site_that_the_widget_does_not_name_is_refused(desk: Running, key: str) -> None:
    stranger = desk.request("POST", f"/chat/v1/{key}/hello", {}, origin="https://evil.example")
    assert (stranger.status, stranger.json) == (403, {"error": "origin"})
    named = desk.request("POST", f"/chat/v1/{key}/hello", {}, origin=SHOP)
    assert (named.status, named.headers["access-control-allow-origin"]) == (200, SHOP)
    before = desk.request("OPTIONS", f"/chat/v1/{key}/say", None, origin=SHOP)
    assert (before.status, "authorization" in before.headers["access-control-allow-headers"]) == (204, True)


def test_every_refusal_can_be_read_by_the_page_and_a_question_beforehand_looks_nothing_up(desk: Running) -> None:
    refused = desk.request("POST", "/chat/v1/nosuchwidget/hello", {}, origin=SHOP)
    assert (refused.status, refused.headers["access-control-allow-origin"]) == (404, SHOP)
    assert desk.request("OPTIONS", "/chat/v1/nosuchwidget/hello", None, origin=SHOP).status == 204


def test_nobody_speaks_or_listens_with_a_token_that_is_not_ours(window: Window, desk: Running) -> None:
    window.say("Hello?")
    window.token = window.token[:-2] + "xx"
    assert window.ask("say", {"id": "message-2", "text": "I am somebody else"}).status == 401
    assert window.get("stream").status == 401


def test_a_visitor_never_sees_notes_nor_the_chat_of_another(window: Window, desk: Running, ada: Agent) -> None:
    window.say("My number is 12.")
    replies.note(ada, window.ticket.pk, "Looks like a difficult one.", now=clock.now())
    stranger = Window(desk, window.key)
    assert stranger.ask("hello", {}).json["messages"] == []
    mine = window.ask("hello", {}).json["messages"]
    assert [one["text"] for one in mine] == ["My number is 12."]


def test_who_is_signed_in_at_the_shop_is_known_here_and_a_forged_signature_is_refused(window: Window) -> None:
    secret = widgets.window(window.key).secret
    user = '{"id": 4711, "email": "mina@harbor.example", "name": "Mina Holt"}'
    signature = hmac.new(secret.encode(), user.encode(), "sha256").hexdigest()
    known = window.ask("hello", {"user": user, "signature": signature})
    assert (known.status, known.json["known"], known.json["email"]) == (200, True, "mina@harbor.example")
    assert window.ask("hello", {"user": user.replace("4711", "4712"), "signature": signature}).status == 403
    assert window.ask("hello", {"user": user}).status == 403
    assert window.ask("hello", {"user": user, "signature": "ünsigned"}).status == 403
    assert secret not in str(known.json)


def test_who_asks_too_often_is_told_to_wait(window: Window) -> None:
    answers = [window.ask("away", {}) for _ in range(6)]
    assert [one.status for one in answers] == [422] * 4 + [429] * 2
    assert int(answers[-1].headers["retry-after"]) > 0
    assert answers[-1].headers["access-control-allow-origin"] == SHOP


def test_a_visitor_has_one_measure_however_the_token_is_written(window: Window) -> None:
    ways = [f"{scheme} {window.token}" for scheme in ("Bearer", "bearer", "BEARER")] * 2
    answers = [window.ask("away", {}, authorization=way).status for way in ways]
    assert answers == [422] * 4 + [429] * 2


def test_visitors_without_a_token_share_no_measure(window: Window) -> None:
    window.token = ""
    assert {window.ask("hello", {}).status for _ in range(asking.OTHER.burst + 5)} == {200}


def test_tokens_that_are_made_up_share_the_measure_of_their_address(window: Window) -> None:
    sent = []
    for number in range(35):
        window.token = f"made-up-{number}"
        sent.append(window.ask("file", b"GIF89a", x_id=f"file-number-{number}").status)
    assert (sent[0], sent[-1]) == (401, 429)


def test_a_conversation_that_goes_on_in_another_ticket_says_so_on_the_old_stream(window: Window, ada: Agent) -> None:
    window.say("Hello?")
    first = window.ticket
    stream = Stream(window)
    stream.hear(b"Hello?")
    workflows.publish("workflow: Strict\nreopen: {within: 1d}\n", now=clock.now())
    Ticket.objects.filter(pk=first.pk).update(status="closed", solved_at=clock.now() - timedelta(days=400))
    window.say("And now?", "message-2")
    assert window.ticket != first
    stream.hear(b'"ended":"desk"')
    assert [one["text"] for one in window.ask("hello", {}).json["messages"]] == ["And now?"]
    stream.leave()


def test_a_window_that_reads_too_slowly_is_ended_with_what_it_can_go_on_after() -> None:
    guest = Guest(1, "Nils", 0)
    guest.hear(({"id": number, "text": "Hello"} for number in range(1, 200)), None)
    assert guest.over
    assert b"id: 100\n" in guest.take()


def test_a_file_comes_with_the_chat_and_only_its_visitor_gets_it_back(
    window: Window, desk: Running, ada: Agent
) -> None:
    window.say("See for yourself")
    sent = window.ask("file", b"GIF89a not a real one", x_name="sh%C3%B6t.txt", x_id="file-number-1")
    assert (sent.status, sent.json) == (200, {"taken": True})
    (file,) = window.ask("hello", {}).json["messages"][1]["files"]
    assert (file["name"], file["size"]) == ("shöt.txt", 21)
    back = window.get(f"files/{file['id']}")
    assert (back.status, back.body) == (200, b"GIF89a not a real one")
    assert back.headers["content-disposition"].startswith("attachment;")
    assert Window(desk, window.key).get(f"files/{file['id']}").status == 404


def test_a_file_of_a_message_that_the_window_does_not_show_is_not_given_out(window: Window, ada: Agent) -> None:
    window.say("See for yourself")
    window.ask("file", b"GIF89a not a real one", x_name="shot.txt", x_id="file-number-1")
    (file,) = window.ask("hello", {}).json["messages"][1]["files"]
    other = Customer.objects.create(name="Mina Holt", email="mina@harbor.example", created_at=clock.now())
    Message.objects.filter(attachments=file["id"]).update(customer=other)
    assert len(window.ask("hello", {}).json["messages"]) == 1
    assert window.get(f"files/{file['id']}").status == 404


def test_a_file_of_nobody_is_refused_before_its_bytes_are_read(window: Window) -> None:
    window.token = "made-up"
    exchange = Exchange([b"GIF89a", b" not a real one"])
    asked = scope("POST", f"/chat/v1/{window.key}/file", {**window.headers(), "x-id": "file-number-1"})
    window.desk.wait(window.desk.application(asked, exchange.receive, exchange.send))
    assert (exchange.answer().status, exchange.read) == (401, 0)


def test_what_is_left_while_nobody_is_here_becomes_a_ticket_by_mail(window: Window, ada: Agent) -> None:
    Agent.objects.update(available=False)
    assert window.ask("hello", {}).json["open"] is False
    left = {"id": "left-once", "name": "Nils", "email": "nils@fjord.example", "message": "Please call me back."}
    assert [window.ask("away", left).status for _ in range(2)] == [200, 200]
    ticket = Ticket.objects.get()
    assert (ticket.customer.email, ticket.channel, Chat.objects.count()) == ("nils@fjord.example", "portal", 0)
    assert window.ask("away", left | {"id": "left-again", "email": "nobody"}).status == 422


@pytest.mark.parametrize(
    "body",
    [{}, {"id": "message-1"}, {"id": "message-1", "text": "  "}, {"id": "x", "text": "Hi"}, {"id": 7, "text": "Hi"}],
)
def test_words_without_sense_are_refused(window: Window, body: dict[str, Any]) -> None:
    assert window.ask("say", body).status == 422
    assert Ticket.objects.count() == 0


def test_the_script_is_small_and_plain(desk: Running) -> None:
    plain = desk.request("GET", "/chat.js")
    squeezed = desk.request("GET", "/chat.js", accept_encoding="gzip, br")
    assert len(squeezed.body) < 15_000, "the window must stay under 15 kB compressed"
    assert gzip.decompress(squeezed.body) == plain.body
    assert desk.request("GET", "/chat.js", if_none_match=plain.headers["etag"]).status == 304
    assert not [word for word in (b"innerHTML", b"eval(", b"cookie", b".style.") if word in plain.body]


def test_every_word_of_the_window_is_there_in_each_of_its_languages() -> None:
    text = (script.PARTS / "words.js").read_text(encoding="utf-8")
    blocks = re.split(r"^  ([a-z]{2}): \{", text, flags=re.MULTILINE)[1:]
    words = {code: set(re.findall(r"(\w+): \"", block)) for code, block in zip(blocks[::2], blocks[1::2], strict=True)}
    assert set(words) == {"en", "de", "fr", "es", "ja"}
    assert [code for code, known in words.items() if known != words["en"]] == []
