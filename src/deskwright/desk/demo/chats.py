"""Chats of the last half hour in the demo: one that is answered, one under way, one that nobody has taken yet.

Their visitors have closed the window since; what they say goes through the desk's own deeds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from deskwright.desk.chat import being, reading, saying, serving, widgets
from deskwright.desk.chat.saying import Said
from deskwright.desk.chat.visitors import Visitor
from deskwright.store.models import Agent, Chat, Widget

PAGE: Final = "https://lanternfish.example/pricing"
Line = tuple[int, str, str]
"""Minutes before now, who (`visitor` or an agent's key), and what they say."""
CHATS: Final[Sequence[tuple[str, str, Sequence[Line]]]] = (
    (
        "Nils Berg",
        "nils.berg@fjordline.example",
        (
            (31, "visitor", "Hi! Can I see on which day a dashboard was opened most?"),
            (29, "jonas", "Hello Nils! Yes: open **Usage**, then choose *by day*."),
            (27, "visitor", "Found it. That was quick, thank you!"),
        ),
    ),
    (
        "Ida Lund",
        "",
        (
            (9, "visitor", "I am comparing plans. Does Standard include exports as CSV?"),
            (7, "jonas", "It does, Ida, up to 10,000 rows an export. Professional has no such limit."),
            (5, "visitor", "And can I change the plan in the middle of a month?"),
        ),
    ),
    ("", "", ((3, "visitor", "Is anybody there? The sign-in page turns in circles for me."),)),
)


def hold(agents: Mapping[str, Agent], now: datetime) -> None:
    """Let each of them happen, on the desk's first widget."""
    widget = Widget.objects.order_by("pk").first()
    assert widget is not None
    window = widgets.opened(widget)
    for number, (name, email, lines) in enumerate(CHATS):
        visitor = Visitor(window.id, f"demo-visitor-{number}")
        for minutes, who, text in lines:
            at = now - timedelta(minutes=minutes)
            if who == "visitor":
                saying.say([Said(visitor, f"said-{number}-{minutes}", text, PAGE, "en", name)], at)
            else:
                serving.accept(agents[who], ticket_of(visitor), now=at)
                serving.answer(agents[who], ticket_of(visitor), text, now=at)
                read(visitor, at + timedelta(seconds=2))
        if email:
            being.go_on_by_mail(visitor, email, now=now - timedelta(minutes=26))


def read(visitor: Visitor, at: datetime) -> None:
    """The visitor has everything before their eyes that was said so far."""
    ticket = ticket_of(visitor)
    being.seen_by_visitor(visitor, reading.messages({ticket: 0})[ticket][-1]["id"], now=at)


def ticket_of(visitor: Visitor) -> int:
    return Chat.objects.values_list("ticket_id", flat=True).get(widget=visitor.widget, visitor=visitor.key)
