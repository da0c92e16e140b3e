"""One of everything, for trying every address: five people, a ticket of the technical team with all its things."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.files.uploadedfile import SimpleUploadedFile

from deskwright.desk import eventlogs
from deskwright.desk.answering import files, holding
from deskwright.desk.knowledge import articles
from deskwright.desk.macros import shelf
from deskwright.desk.outbox import suppression
from deskwright.desk.settings import roles, tokens
from deskwright.desk.staff import planning
from deskwright.desk.studio import recommendations
from deskwright.desk.views import keeping
from deskwright.desk.webhooks import hooks
from deskwright.desk.work import checklists, timing
from deskwright.lab.processes.eventlog import Step
from deskwright.store import blobs, models
from deskwright.store.models import Agent, Customer, Ticket
from tests.web import rows
from tools.routes import PageRoute

IN_BODY: Final = {
    "change", "snooze", "wake", "choose_snooze", "choose", "merge_several", "macro_choose", "unmerge_several",
}  # fmt: skip
"""They name their tickets in what is sent."""


@dataclass
class Known:
    people: dict[str, Agent]
    customer: Customer
    ticket: int
    other: int
    numbers: dict[str, int] = field(default_factory=dict)
    """A word of an address, or `route.name` as in WORDS -> the number in it."""

    def arguments(self, route: PageRoute) -> dict[str, Any]:
        return {name: self.value(route, name) for name in names_in(route.path)}

    def value(self, route: PageRoute, name: str) -> Any:
        said = WORDS.get(f"{route.name}.{name}", WORDS.get(name))
        number = self.numbers.get(f"{route.name}.{name}", self.numbers.get(self.thing(route, name), self.ticket))
        return number if said is None else said

    def thing(self, route: PageRoute, name: str) -> str:
        """What a number in the address is the number of."""
        before = re.split(rf"<\w+:{name}>", route.path)[0].strip("/").split("/")
        return next((part for part in reversed(before) if part in self.numbers), "tickets")

    def lacks(self, route: PageRoute) -> bool:
        """Whether the address names a thing of which nothing was made."""
        unknown = [name for name in names_in(route.path) if name not in WORDS and f"{route.name}.{name}" not in WORDS]
        things = {self.thing(route, name) for name in unknown}
        return "tickets" in things and "tickets/" not in route.path

    def sent(self, route: PageRoute) -> dict[str, Any]:
        named = {"ticket": [self.ticket, self.other], **BODIES.get(route.name, {})}
        return {name: SimpleUploadedFile(*one) if isinstance(one, tuple) else one for name, one in named.items()}


def names_in(path: str) -> list[str]:
    """The names of what stands in an address, as a path or as a pattern writes it."""
    return re.findall(r"<(?:\w+:)?(\w+)>", path)


PNG: Final = b"\x89PNG\r\n\x1a\n" + bytes(8)
WAV: Final = b"RIFF\x04\x00\x00\x00WAVE" + bytes(4)
WORDS: Final[dict[str, Any]] = {
    "version": 1,
    "kind": "csv",
    "letter_add.kind": "acknowledge",
    "letter.kind": "acknowledge",
    "letter_reset.kind": "acknowledge",
    "language": "en",
    "token": "nothing",
    "receipt": "nothing",
    "slug": "nothing",
    "deed": "archive",
    "revision": 1,
    "uidb36": "1",
    "key": "nothing",
    "of": "customer",
    "view": "all_open",
    "field": "status",
    "queue.name": "technical",
    "domain.name": "desk.example",
    "domain_key_make.name": "desk.example",
    "name": "export",
}
BODIES: Final[dict[str, dict[str, Any]]] = {
    "change": {"priority": "high"},
    "snooze": {"until": "reply"},
    "next_skip": {"reason": "Too hard"},
    "checklist_add": {"text": "Ask for the log"},
    "checklist_item": {"text": "Ask for the log"},
    "time_add": {"minutes": "5"},
    "time_correct": {"minutes": "6"},
    "reply": {"text": "It works again."},
    "chat_seen": {"upto": "1"},
    "note": {"text": "It was the cache."},
    "draft": {"kind": "note", "text": "It was"},
    "files": {"kind": "note", "file": ("log.txt", b"log")},
}


def furnish(now: datetime) -> Known:
    """Made by the desk's own deeds where they are short, else as rows: what is tried reads them all the same."""
    people = {
        "light": rows.agent("Lene Park", "light", ("technical",)),
        "ada": rows.agent("Ada Quill", "agent", ("technical",)),
        "bram": rows.agent("Bram Oak", "agent", ("billing",)),
        "nora": rows.agent("Nora Lind", "lead"),
        "odile": rows.agent("Odile Marsh", "admin"),
    }
    mina = rows.customer("Mina Holt", now, organisation=rows.organisation("Harbor Lines"))
    ticket, other = (rows.ticket(mina, now, queue="technical", workflow_version=1, tags=["export"]) for _ in range(2))
    known = Known(people, mina, ticket.pk, other.pk)
    known.numbers = {
        "customers": mina.pk,
        "merge": mina.pk,
        "points": models.Identity.objects.get().pk,
        "organisations": models.Organisation.objects.get().pk,
        **of_ticket(people["ada"], ticket, other, now),
        **of_desk(people, now),
    }
    return known


def of_ticket(ada: Agent, ticket: Ticket, other: Ticket, now: datetime) -> dict[str, int]:
    message = rows.message(ticket, now, html="<p>Hello</p>")
    file = {"name": "log.png", "content_type": "image/png", "size": len(PNG), "sha256": blobs.put(PNG)}
    sound = {"name": "call.wav", "content_type": "audio/wav", "size": len(WAV), "sha256": blobs.put(WAV)}
    delivery = {"recipient": "mina@harbor.example", "mail_id": "<1@desk.example>", "state": "failed", "created_at": now}
    return {
        "tickets": ticket.pk,
        "messages": message.pk,
        "attachments": models.Attachment.objects.create(message=message, **file).pk,
        "sound.number": models.Attachment.objects.create(message=message, **sound).pk,
        "links": models.TicketLink.objects.create(ticket=ticket, other=other, kind="duplicate", created_at=now).pk,
        "checklist": checklists.add(ada, ticket.pk, ["Look at the log"], now=now)[0],
        "time": timing.enter(ada, ticket.pk, 5, now=now),
        "deliveries": models.Delivery.objects.create(ticket=ticket, message=message, **delivery).pk,
        "held": holding.send(ada, ticket.pk, "Soon.", now=now),
        "files": files.add(ada, ticket.pk, "reply", "log.txt", b"log", now=now).pk,
    }


def logged(now: datetime) -> int:
    eventlogs.keep(None, "old desk", [(Step("call", "Ada", 0.0, 600.0),)], now=now)
    return eventlogs.listing()[0].id


def of_desk(people: dict[str, Agent], now: datetime) -> dict[str, int]:
    odile, nora = people["odile"], people["nora"]
    role = {"name": "Night", "about": "", "base": "light", "grants": {}, "hidden": []}
    absence = planning.plan(odile, people["ada"].pk, now + timedelta(days=1), now + timedelta(days=2), now=now)
    view = keeping.create(nora, keeping.Wanted("Urgent", "priority >= 'high'", audience="everybody"), now=now)
    macro = shelf.write(nora, shelf.Written("Thanks", texts={"en": "Thank you."}), now=now)
    article = articles.write(nora, articles.Words("Exports", "How they work."), now=now)
    hook, _secret = hooks.set_up(odile, "Board", "https://board.example/in", ["ticket.opened"], now=now)
    tokens.issue(odile, "Board", ["tickets:read"], now=now)
    return {
        "people": people["ada"].pk,
        "of": people["ada"].pk,
        "skills": people["ada"].pk,
        "roles": roles.make(odile, "night", role, now=now).pk,
        "absences": absence.pk,
        "macros": macro.pk,
        "views": view.pk,
        "knowledge": article,
        "articles": article,
        "webhooks": hook.pk,
        "suppressions": suppression.add(odile, "gone@harbor.example", now=now).pk,
        "event-logs": logged(now),
        "recommend": recommendations.ask(nora, [], None, 2, now=now).pk,
        "tokens": models.ApiToken.objects.get().pk,
        "teams": models.Team.objects.get(key="technical").pk,
        "workflow": models.WorkflowVersion.objects.latest("number").number,
    }
