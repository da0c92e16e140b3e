"""Tickets that became one, two again or were linked, in sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deskwright.web import telling
from deskwright.web.workspace.cautions import of_mail
from deskwright.web.workspace.mails import returned
from deskwright.web.workspace.sentence import Data, Names, Sentence


def customer_wrote(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    """Only where there is something to say beside the message itself, which stands there."""
    yield from returned(event, data, names)
    yield from of_mail(event, data, names)
    if data.get("other_subject"):
        text = _("Another subject: “%(subject)s”. It may be a matter of its own, to be split off")
        yield Sentence("scissors", text % {"subject": data["other_subject"]}, weight=7)


def merged(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    yield Sentence("merge", _("%(who)s merged this into %(other)s") % said(event, data, "into"), reason(data), 9)


def merged_in(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    text = _("%(who)s merged %(other)s into this") % said(event, data, "ticket")
    yield Sentence("merge", text, reason(data), 9, part=int(data["ticket"]))


def unmerged(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    yield Sentence("split", _("%(who)s took this out of %(other)s again") % said(event, data, "out_of"), weight=9)


def parted(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    again = _("%(who)s took %(other)s out again: it is a ticket of its own")
    text = again if data.get("how") == "unmerged" else _("%(who)s split messages off to %(other)s")
    yield Sentence("split", text % said(event, data, "ticket"), weight=9)


def linked(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    text = LINKED.get((str(data.get("link")), bool(data.get("below"))), LINKED["related", True])
    yield Sentence("link", text % said(event, data, "other"), weight=5)


def unlinked(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    yield Sentence("unlink", _("%(who)s removed the link to %(other)s") % said(event, data, "other"), weight=4)


def no_duplicate(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    yield Sentence("copy", _("%(who)s: this is no duplicate of %(other)s") % said(event, data, "other"), weight=5)


def duplicate_again(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    text = _("%(who)s: this may be a duplicate of %(other)s after all")
    yield Sentence("copy", text % said(event, data, "other"), weight=5)


def came_from(data: Data) -> Iterator[Sentence]:
    """What a ticket's opening says of where it came from."""
    if data.get("split_from"):
        yield Sentence("scissors", _("Split off from #%(other)s") % {"other": data["split_from"]}, weight=7)
    if data.get("follows"):
        text = _("Follows #%(other)s, which was solved too long ago to be opened again")
        if data.get("only_requester"):
            text = _("Follows #%(other)s, which only its requester may open again")
        yield Sentence("corner-down-left", text % {"other": data["follows"]}, weight=7)
    if data.get("follow_up_of"):
        yield Sentence("corner-down-left", _("Follow-up of #%(other)s") % {"other": data["follow_up_of"]}, weight=7)


def suggested(effect: Data, names: Names) -> Iterator[Sentence]:
    text = _("Looks like #%(ticket)s") % {"ticket": effect.get("ticket")}
    yield Sentence("copy", text, effect.get("because", ""), weight=7)


def repeats(effect: Data, names: Names) -> Iterator[Sentence]:
    text = _("Says the same as #%(ticket)s") % {"ticket": effect.get("ticket")}
    yield Sentence("copy", text, effect.get("because", ""), weight=7)


def said(event: Data, data: Data, other: str) -> dict[str, str]:
    subject = str(data.get("subject") or "")
    number = f"#{data.get(other)}"
    return {"who": event.get("agent") or _("The workflow"), "other": f"{number} “{subject}”" if subject else number}


def reason(data: Data) -> str:
    return telling.told(data.get("because"))


LINKED: Final = {
    ("child", True): gettext_lazy("%(who)s made this a child of %(other)s"),
    ("child", False): gettext_lazy("%(who)s made %(other)s a child of this"),
    ("incident", True): gettext_lazy("%(who)s made this an incident of the problem %(other)s"),
    ("incident", False): gettext_lazy("%(who)s made %(other)s an incident of this problem"),
    ("related", True): gettext_lazy("%(who)s linked %(other)s"),
    ("related", False): gettext_lazy("%(who)s linked %(other)s"),
}
EFFECTS: Final[Mapping[str, Callable[[Data, Names], Iterator[Sentence]]]] = {
    "SuggestDuplicate": suggested,
    "MergeInto": repeats,
}
EVENTS: Final[Mapping[str, Callable[[Data, Data, Names], Iterator[Sentence]]]] = {
    "customer_wrote": customer_wrote,
    "merged": merged,
    "merged_in": merged_in,
    "unmerged": unmerged,
    "parted": parted,
    "linked": linked,
    "unlinked": unlinked,
    "no_duplicate": no_duplicate,
    "duplicate_again": duplicate_again,
}
