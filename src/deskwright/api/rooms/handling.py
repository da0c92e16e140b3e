"""What agents do about a ticket beside changing it: the next one, whose it is, how it goes on, who reads of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from deskwright.api import reading
from deskwright.api.routing import Asked, Route
from deskwright.api.shapes import (
    INSTANT,
    INSTANT_OR_NULL,
    OBJECT,
    TEXT,
    TEXT_OR_NULL,
    TRUTH,
    WHOLE,
    WHOLE_OR_NULL,
    WORDS,
    Choice,
    Flag,
    Instant,
    Numbers,
    Shape,
    Text,
    Texts,
    Values,
    Whole,
    a,
    a_list,
    an_object,
)
from deskwright.api.things import as_told
from deskwright.api.tickets import refuse_veiled
from deskwright.desk import access, clock
from deskwright.desk.answering import holding, leaving
from deskwright.desk.customers import tickets as of_customers
from deskwright.desk.errors import NotFound
from deskwright.desk.fields import parties
from deskwright.desk.knowledge import issues
from deskwright.desk.tickets import handing_over, merging, serving
from deskwright.engine.values import CHANNELS
from deskwright.store.models import HeldReply
from deskwright.store.queries import ticket as queries

READ, WRITE = "tickets:read", "tickets:write"
SEE, REPLY, CHANGE, MERGE = "tickets:see", "tickets:reply", "tickets:change", "tickets:merge"
TICKET: Final = an_object(ticket=WHOLE)

# The next ticket

SERVED: Final = an_object(ticket=WHOLE_OR_NULL, due_at=INSTANT_OR_NULL)
REASON: Final = Shape({"reason": Text(500, required=True)})


def serve(asked: Asked) -> Any:
    """The most urgent one that whose token it is may work on, theirs alone for a while; null when nobody waits."""
    served = serving.serve(asked.actor, now=clock.now())
    return asdict(served) if served else {"ticket": None, "due_at": None}


def skip(asked: Asked) -> Any:
    serving.skip(asked.actor, asked.numbers[0], asked.sent["reason"], now=clock.now())
    return {"ticket": asked.numbers[0]}


def leave(asked: Asked) -> Any:
    serving.leave(asked.actor)
    return {"ticket": None, "due_at": None}


# Whose it is, and how it goes on

WRITTEN: Final = Shape(
    {
        "customer": Whole(1),
        "email": Text(254),
        "subject": Text(1000, required=True),
        "text": Text(200_000, required=True),
        "mine": Flag(),
    }
)
CUSTOMER: Final = Shape({"customer": Whole(1, required=True)})
ONWARDS: Final = Shape(
    {"channel": Choice(CHANNELS, required=True), "summary": Text(handing_over.LONGEST, required=True)}
)
FIELDS: Final = Shape({"fields": Values(100, 10_000, required=True)})
FILLED: Final = an_object(changed=OBJECT)


def write_to(asked: Asked) -> Any:
    """A ticket to a customer, by number or address; the text leaves as mail. `mine`, unless said: it is kept."""
    sent = asked.sent
    to = sent.get("customer") or sent.get("email", "")
    mine = sent.get("mine", True)
    made = of_customers.write_to(asked.actor, to, sent["subject"], sent["text"], now=clock.now(), mine=mine)
    return {"ticket": made}


def change_requester(asked: Asked) -> Any:
    of_customers.change_requester(asked.actor, asked.numbers[0], asked.sent["customer"], now=clock.now())
    return {"ticket": asked.numbers[0]}


def hand_over(asked: Asked) -> Any:
    """The conversation goes on by another channel, with a line that says where things stand. `note` is where."""
    sent = asked.sent
    note = handing_over.hand_over(asked.actor, asked.numbers[0], sent["channel"], sent["summary"], now=clock.now())
    return {"note": note}


def fill_in(asked: Asked) -> Any:
    """Custom fields of the ticket's customer, or organisation."""
    of = asked.words[0]
    if of not in parties.PARTIES:
        raise NotFound("Fields are those of the customer or of the organisation.")
    changed = parties.fill_in(asked.actor, asked.numbers[0], of, asked.sent["fields"], now=clock.now())
    return {"changed": changed}


# What it would be to merge

SOURCES: Final = Shape({"sources": Numbers(merging.MOST, required=True)})
MERGED: Final = an_object(
    target=WHOLE,
    sources=a_list(WHOLE),
    messages=WHOLE,
    joining=WORDS,
    tags=WORDS,
    customers=WORDS,
    waits=TRUTH,
    opens=TRUTH,
)


def would_merge(asked: Asked) -> Any:
    """What `merge` would do. Changes nothing."""
    seen = merging.preview(asked.actor, asked.sent["sources"], asked.numbers[0], now=clock.now())
    plain = {name: getattr(seen, name) for name in ("messages", "waits", "opens")}
    lists = {name: list(getattr(seen, name)) for name in ("joining", "tags", "customers")}
    lists = access.veil(asked.actor).told(lists, speaks=False)
    return {"target": seen.target.row["id"], "sources": [each.row["id"] for each in seen.sources], **plain, **lists}


# Replies that wait to leave

HELD: Final = an_object(id=WHOLE, ticket=WHOLE, text=TEXT, leaves_at=INSTANT)
PEOPLE: Final = Texts(reading.ADDRESS, reading.PEOPLE)
LATER: Final = Shape(
    {
        "text": Text(200_000, required=True),
        "leaves_at": Instant(),
        "status": Text(80),
        "cc": PEOPLE,
        "bcc": PEOPLE,
        "seen": Whole(1),
        "by": Choice(leaving.WRITTEN),
    }
)
PART: Final = an_object(email=TEXT, name=TEXT_OR_NULL, because=TEXT, removed=TRUTH)
TAKING_PART: Final = an_object(recipients=a_list(PART))


def recipients(asked: Asked) -> Any:
    """Who gets a reply beside the requester, and why; those with `removed` only when an agent names them."""
    access.ticket_for(asked.actor, asked.numbers[0], "see")
    rows = access.veil(asked.actor).rows(queries.participants(asked.numbers[0], reading.PEOPLE))
    return {"recipients": [{name: row[name] for name in PART["properties"]} for row in rows]}


def send_later(asked: Asked) -> Any:
    """It leaves after ten seconds, or at the moment named; until then it can be taken back."""
    sent = asked.sent
    to = {name: sent.get(name, ()) for name in reading.RECIPIENTS} if {"cc", "bcc"} & sent.keys() else None
    refuse_veiled(asked.actor, to)
    more = {"status": sent.get("status", ""), "later": sent.get("leaves_at"), "to": to, "seen": sent.get("seen")}
    more["by"] = sent.get("by", "")
    held = holding.send(asked.actor, asked.numbers[0], sent["text"], now=clock.now(), **more)
    return HELD_TOLD(HeldReply.objects.get(pk=held))


def held_replies(asked: Asked) -> Any:
    rows = HeldReply.objects.filter(agent=asked.actor).order_by("pk")
    return {"replies": [HELD_TOLD(row) for row in rows]}


def send_now(asked: Asked) -> Any:
    return {"ticket": holding.send_now(asked.actor, asked.numbers[0], now=clock.now())}


def take_back(asked: Asked) -> Any:
    """It is a draft again."""
    return {"ticket": holding.take_back(asked.actor, asked.numbers[0], now=clock.now())}


HELD_TOLD: Final = as_told(HELD, ticket="ticket_id")

# What customers read of it

ISSUE: Final = an_object(ticket=WHOLE, title=TEXT, text=TEXT)
SAID: Final = Shape({"title": Text(200, required=True), "text": Text(issues.LONGEST)})


def issue(asked: Asked) -> Any:
    access.ticket_for(asked.actor, asked.numbers[0], "see")
    known = issues.of_ticket(asked.numbers[0])
    if known is None:
        raise NotFound("Customers read nothing of this ticket.")
    return {"ticket": asked.numbers[0], "title": known.title, "text": known.text}


def say_issue(asked: Asked) -> Any:
    sent = asked.sent
    issues.publish(asked.actor, asked.numbers[0], sent["title"], sent.get("text", ""), now=clock.now())
    return issue(asked)


def withdraw_issue(asked: Asked) -> Any:
    issues.withdraw(asked.actor, asked.numbers[0], now=clock.now())
    return {"ticket": asked.numbers[0]}


NEXT, ISSUES, HELD_AT = "/tickets/next", "/tickets/{id}/known-issue", "/tickets/{id}/held-replies"
PUBLISH: Final = "knowledge:publish"
NOTE: Final = an_object(note=a("integer", nullable=True))
LEFT: Final = an_object(replies=a_list(HELD))
ROUTES: Final = (
    Route("POST", NEXT, WRITE, serve, "Get the next ticket", gives=SERVED, asks=REPLY),
    Route("DELETE", NEXT, WRITE, leave, "Give up what one was served", gives=SERVED, asks=REPLY),
    Route("POST", "/tickets/{id}/skip", WRITE, skip, "Pass a ticket over, saying why", REASON, TICKET, asks=REPLY),
    Route("POST", "/tickets/outgoing", WRITE, write_to, "Write to a customer", WRITTEN, TICKET, status=201, asks=REPLY),
    Route("PUT", "/tickets/{id}/requester", WRITE, change_requester, "Say whose it is", CUSTOMER, TICKET, asks=CHANGE),
    Route("POST", "/tickets/{id}/hand-over", WRITE, hand_over, "Go on by another way", ONWARDS, NOTE, asks=CHANGE),
    Route(
        "PATCH",
        "/tickets/{id}/fields/{of:word}",
        WRITE,
        fill_in,
        "Fill in what is known of its customer",
        FIELDS,
        FILLED,
        asks=CHANGE,
    ),
    Route(
        "POST",
        "/tickets/{id}/merge/preview",
        READ,
        would_merge,
        "Say what merging would do",
        SOURCES,
        MERGED,
        asks=MERGE,
    ),
    Route("GET", "/tickets/{id}/recipients", READ, recipients, "List who gets a reply", gives=TAKING_PART, asks=SEE),
    Route("POST", HELD_AT, WRITE, send_later, "Send a reply later", LATER, HELD, status=201, asks=REPLY),
    Route("GET", "/held-replies", READ, held_replies, "List one's replies that wait to leave", gives=LEFT, asks=REPLY),
    Route("POST", "/held-replies/{id}/send", WRITE, send_now, "Let a reply leave at once", gives=TICKET, asks=REPLY),
    Route("DELETE", "/held-replies/{id}", WRITE, take_back, "Take a reply back", gives=TICKET, asks=REPLY),
    Route("GET", ISSUES, READ, issue, "Show what customers read of it", gives=ISSUE, asks=SEE),
    Route("PUT", ISSUES, WRITE, say_issue, "Show it on the status page", SAID, ISSUE, asks=PUBLISH),
    Route("DELETE", ISSUES, WRITE, withdraw_issue, "Take it off the status page", gives=TICKET, asks=PUBLISH),
)
