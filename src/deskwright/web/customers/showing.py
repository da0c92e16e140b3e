"""What the pages of customers and organisations share: lists by keyset, the story of their tickets, forms that save."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from deskwright.desk import access, audit
from deskwright.desk.audit_actions import Action
from deskwright.desk.errors import NotFound
from deskwright.store.models import Merge
from deskwright.store.queries import customers as queries
from deskwright.store.queries import desk
from deskwright.web.frame import framed
from deskwright.web.look import Look
from deskwright.web.workspace.sentences import told

PAGE: Final = 50
STORY: Final = 40
SHOWN: Final = 320
"""Characters of a message."""
Row = Mapping[str, Any]


LOOKS: Final[Mapping[str, tuple[Action, Action]]] = {
    "customer": ("customers.listed", "customers.searched"),
    "organisation": ("organisations.listed", "organisations.searched"),
}
"""What looking at a list is called, as it is and searched."""


def listed(of: str, find: Callable[..., list[dict[str, Any]]], request: HttpRequest, look: Look) -> dict[str, Any]:
    """One page of a list, and where the next one begins; that it was looked at is noted. Raises Forbidden."""
    access.allow(look.actor, "customers:see")
    text = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    audit.listed(look.actor, *LOOKS[of], text, now=look.now)
    rows = find(
        text,
        look.visible,
        place(request.GET.get("after", ""), queries.FIRST),
        PAGE + 1,
        look.veil.contacts(queries.KINDS),
    )
    more = len(rows) > PAGE
    last = rows[PAGE - 1] if more else {}
    return {
        "rows": look.veil.rows(rows[:PAGE]),
        "text": text,
        "more": json.dumps([last["rank"], last["place"], last["id"]]) if more else "",
    }


def place(written: str, first: tuple[Any, ...]) -> Any:
    """The place a link names; the beginning for one that is none."""
    with suppress(ValueError, TypeError, KeyError):
        at = json.loads(written)
        if [type(one) for one in at] == [type(one) for one in first]:
            return tuple(at)
    return first


def seen(look: Look, of: str, number: int) -> None:
    """Note that somebody looks at the customer or organisation."""
    action: Action = "customer.seen" if of == "customer" else "organisation.seen"
    audit.looked(look.actor, action, f"{of}:{number}", now=look.now)


def moment(written: str) -> queries.Moment:
    """As `place`, of a story."""
    with suppress(ValueError, TypeError):
        at, sort, number = json.loads(written)
        instant = datetime.fromisoformat(at)
        if instant.tzinfo is not None:
            return instant.astimezone(UTC), int(sort), int(number)
    return queries.LATEST


def story(of: str, number: int, request: HttpRequest, look: Look) -> dict[str, Any]:
    """The entries of the timeline, and where older ones begin."""
    found = queries.story(of, number, look.visible, moment(request.GET.get("before", "")), STORY + 1)
    rows = look.veil.rows(found.rows)
    last = rows[STORY - 1] if len(rows) > STORY else None
    end = (last["at"], last["sort"], last["id"]) if last else found.older
    names = {row["id"]: row["name"] for row in desk.agents(look.actor.pk)}
    entries = [entry for row in rows[:STORY] if (entry := entry_of(row, names))]
    older = json.dumps([end[0].isoformat(), *end[1:]]) if end else ""
    return {"entries": entries, "older": older}


def entry_of(row: Row, names: Mapping[int, str]) -> dict[str, Any] | None:
    """A message as it stands, an event in a sentence or two; None for one that says nothing."""
    if row["sort"]:
        who = row["agent"] or row["customer"] or row["customer_email"] or _("The desk")
        words = row["words"] if len(row["words"]) <= SHOWN else f"{row['words'][: SHOWN - 1]}…"
        return {**row, "who": who, "words": words, "message": True}
    sentences = sorted(told(row, names), key=lambda sentence: -sentence.weight)
    return {**row, "sentences": sentences[:2], "icon": sentences[0].icon} if sentences else None


def merges(of: str, number: int) -> Sequence[Merge]:
    """What was merged into this one and could be taken out again, the latest first."""
    return list(Merge.objects.filter(of=of, kept=number, undone_at=None).select_related("by").order_by("-id")[:20])


def present(row: Row | None) -> Row:
    if row is None:
        raise NotFound(_("There is no such page."))
    return row


def editor(request: HttpRequest, look: Look, here: str, form: forms.Form, **context: Any) -> HttpResponse:
    """A form on a page of its own; 422 with its faults."""
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "customers/form.html", framed(look, here, form=form, **context), status=status)
