"""Writing by an approved template, as WhatsApp takes one at any time: which there are, and sending one."""

from __future__ import annotations

from typing import Any, Final

from deskwright.api.rooms.handling import HELD, HELD_TOLD, READ, REPLY, WRITE
from deskwright.api.routing import Asked, Route
from deskwright.api.shapes import TEXT, WHOLE, Shape, Whole, Wordings, a_list, an_object
from deskwright.channels.telephony.templates import names_in
from deskwright.desk import access, clock
from deskwright.desk.texting import opening
from deskwright.store.models import HeldReply

PLACE: Final = an_object(name=TEXT, about=TEXT)
TEMPLATE: Final = an_object(id=WHOLE, name=TEXT, language=TEXT, text=TEXT, places=a_list(PLACE))
FILLED: Final = Shape({"template": Whole(1, required=True), "values": Wordings(opening.LONGEST), "seen": Whole(1)})


def offered(asked: Asked) -> Any:
    """Those of the line the conversation goes by, the customer's language first; `places` are to be filled in."""
    access.ticket_for(asked.actor, asked.numbers[0], "reply")
    return {
        "templates": [
            {name: getattr(one, name) for name in ("id", "name", "language", "text")}
            | {"places": [{"name": name, "about": one.variables.get(name, "")} for name in names_in(one.text)]}
            for one in opening.offered(asked.numbers[0])
        ]
    }


def send(asked: Asked) -> Any:
    """It leaves after ten seconds; until then it can be taken back, like any reply that waits."""
    ticket, sent = asked.numbers[0], asked.sent
    seen, values = sent.get("seen"), sent.get("values", {})
    held = opening.send(asked.actor, ticket, sent["template"], values, now=clock.now(), seen=seen)
    return HELD_TOLD(HeldReply.objects.get(pk=held))


AT: Final = "/tickets/{id}/templates"
GIVES: Final = an_object(templates=a_list(TEMPLATE))
ROUTES: Final = (
    Route("GET", AT, READ, offered, "List the approved templates of its line", gives=GIVES, asks=REPLY),
    Route("POST", AT, WRITE, send, "Send an approved template", FILLED, HELD, status=201, asks=REPLY),
)
