"""Events nobody decides on, in sentences: macros used, checklists, time, fields of customers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deskwright.desk import workflows
from deskwright.engine.workflow import FieldSpec
from deskwright.web.words import custom_value, field, minutes
from deskwright.web.workspace.sentence import Data, Names, Sentence


def who(event: Data) -> str:
    return str(event.get("agent") or _("Somebody"))


def macro_used(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    name = (data.get("macro") or {}).get("name", "")
    yield Sentence("zap", _("%(who)s used the macro “%(name)s”") % {"who": who(event), "name": name}, weight=6)


def checklist_added(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    items = data.get("items") or ()
    told = ngettext(
        "%(who)s added to the checklist: %(first)s", "%(who)s added %(number)s items to the checklist", len(items)
    )
    said = {"who": who(event), "number": len(items), "first": items[0]["text"] if items else ""}
    yield Sentence("list-checks", told % said, weight=3)


def checklist_done(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    yield Sentence("check", _("%(who)s ticked off: %(item)s") % item(event, data), weight=3)


def checklist_undone(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    yield Sentence("undo-2", _("%(who)s took the tick away: %(item)s") % item(event, data), weight=3)


def checklist_reworded(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    said = item(event, data) | {"was": data.get("was", "")}
    yield Sentence("square-pen", _("%(who)s reworded “%(was)s” as “%(item)s”") % said, weight=2)


def checklist_moved(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    yield Sentence("list-checks", _("%(who)s moved in the checklist: %(item)s") % item(event, data), weight=1)


def checklist_dropped(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    yield Sentence("trash-2", _("%(who)s took off the checklist: %(item)s") % item(event, data), weight=3)


def item(event: Data, data: Data) -> dict[str, str]:
    return {"who": who(event), "item": str(data.get("text", ""))}


def party_changed(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    """Fields of the customer or the organisation."""
    for name, pair in (data.get("changes") or {}).items():
        spec = workflows.latest().fields.get(name)
        old, new = (_("none") if value is None else said_of(spec, value) for value in pair)
        told = {"who": who(event), "field": field(f"fields.{name}"), "old": old, "new": new}
        yield Sentence("square-pen", _("%(who)s changed %(field)s %(old)s → %(new)s") % told, weight=4)


def said_of(spec: FieldSpec | None, value: object) -> str:
    return str(value) if spec is None else custom_value(spec, value)


def merged(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    """Customers or organisations became one."""
    told = {"who": who(event), "gone": data.get("gone", ""), "kept": data.get("kept", "")}
    yield Sentence("users", _("%(who)s merged %(gone)s into %(kept)s") % told, weight=5)


def requester_changed(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    old, new = (data.get("changes") or {}).get("requester") or ("", "")
    told = {"who": who(event), "old": old, "new": new}
    yield Sentence("user", _("%(who)s gave the ticket of %(old)s to %(new)s") % told, weight=5)


def unmerged(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    told = {"who": who(event), "gone": data.get("gone", ""), "kept": data.get("kept", "")}
    yield Sentence("users", _("%(who)s took %(gone)s out of %(kept)s again") % told, weight=5)


def timer_started(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    yield Sentence("timer", _("%(who)s started the timer") % {"who": who(event)}, weight=1)


def time_spent(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    told = _("%(who)s spent %(time)s, billable") if data.get("billable") else _("%(who)s spent %(time)s")
    said = {"who": who(event), "time": minutes(data.get("minutes") or 0)}
    yield Sentence("timer", told % said, str(data.get("note") or ""), weight=3)


def time_corrected(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    pair = (data.get("changes") or {}).get("minutes")
    said = {"who": who(event)} | ({"old": minutes(pair[0]), "new": minutes(pair[1])} if pair else {})
    told = _("%(who)s corrected time spent: %(old)s → %(new)s") if pair else _("%(who)s corrected time spent")
    yield Sentence("timer", told % said, weight=3)


def time_removed(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    said = {"who": who(event), "time": minutes(data.get("minutes") or 0)}
    yield Sentence("timer", _("%(who)s removed %(time)s of time spent") % said, str(data.get("note") or ""), weight=3)


def chat_accepted(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    yield Sentence("hand", _("%(who)s took the chat") % {"who": who(event)}, weight=4)


def chat_ended(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    ours = _("%(who)s ended the chat") % {"who": who(event)}
    yield Sentence("x", ours if data.get("by") == "agent" else _("The visitor ended the chat"), weight=6)


def chat_by_mail(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    told = _("The visitor had left the chat: what they had not read goes by mail to %(to)s")
    yield Sentence("mail", told % {"to": data.get("to", "")}, weight=6)


def chat_address_given(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    told = _("The visitor wants answers by mail to %(to)s") % {"to": data.get("email", "")}
    yield Sentence("mail", told, weight=5)


EVENTS: Final[Mapping[str, Callable[[Data, Data, Names], Iterator[Sentence]]]] = {
    "macro_used": macro_used,
    "checklist_added": checklist_added,
    "checklist_done": checklist_done,
    "checklist_undone": checklist_undone,
    "checklist_reworded": checklist_reworded,
    "checklist_moved": checklist_moved,
    "checklist_dropped": checklist_dropped,
    "party_changed": party_changed,
    "customer_merged": merged,
    "customer_unmerged": unmerged,
    "organisation_merged": merged,
    "requester_changed": requester_changed,
    "organisation_unmerged": unmerged,
    "timer_started": timer_started,
    "time_spent": time_spent,
    "time_corrected": time_corrected,
    "time_removed": time_removed,
    "chat_accepted": chat_accepted,
    "chat_ended": chat_ended,
    "chat_by_mail": chat_by_mail,
    "chat_address_given": chat_address_given,
}
