"""How a line answers calls: checked for sense before it is kept, so that no caller ends in silence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.conf import settings as django
from django.utils.translation import gettext as _

from deskwright.channels import posting
from deskwright.desk import workflows
from deskwright.desk.calls import ranking
from deskwright.desk.errors import Conflict, Invalid
from deskwright.desk.lines.settings import RIGHT, locked
from deskwright.desk.settings.rights import require
from deskwright.desk.settings.saving import saved
from deskwright.engine.workflow import Queue
from deskwright.store import facts
from deskwright.store.connection import cursor, deed
from deskwright.store.models import Agent, Line

USUAL: Final[Mapping[str, Any]] = {
    "on": True,
    "language": "en-US",
    "greeting": "",
    "greeting_url": "",
    "hours": "",
    "closed": "",
    "menu": [],
    "queue": "",
    "at_once": 3,
    "ring": 20,
    "missed": "",
    "voicemail": True,
    "record": False,
}


def arrange(actor: Agent | None, number: int, values: Mapping[str, Any], *, now: datetime) -> None:
    """Keep the flow. Raises Forbidden, NotFound, Conflict where the provider does not ask us, Invalid by field."""
    require(actor, RIGHT)
    flow = {name: values.get(name, usual) for name, usual in USUAL.items()}
    wrong = {**unknown(flow), **dead_ends(flow)} if flow["on"] else {}
    if wrong:
        raise Invalid(next(iter(wrong.values())), wrong)
    with deed() as sql:
        line = locked(number)
        if line.provider != "twilio" or not line.calls:
            raise Conflict(_("Calls of this line are answered by its own telephone system."))
        before, line.flow = line.flow, flow
        line.save(update_fields=["flow"])
        saved(sql, actor, "line.flow_arranged", str(line), now=now, before=before, after=flow)


def unknown(flow: Mapping[str, Any]) -> dict[str, str]:
    """field -> what is wrong: names nobody defines, keys named twice, an address one cannot fetch from."""
    known, wrong = workflows.live(), {}
    keys = [one["digit"] for one in flow["menu"]]
    nowhere = [one["queue"] for one in flow["menu"] if one["queue"] not in known.queues]
    if flow["hours"] and flow["hours"] not in known.calendars:
        wrong["hours"] = _("The workflow has no such calendar.")
    if flow["queue"] and flow["queue"] not in known.queues:
        wrong["queue"] = _("The workflow has no such queue.")
    if nowhere:
        wrong["menu"] = _("The workflow has no queue %(name)s.") % {"name": nowhere[0]}
    elif len(set(keys)) < len(keys):
        wrong["menu"] = _("A key leads to one queue only.")
    elif any(not one["says"] for one in flow["menu"]):
        wrong["menu"] = _("Say of every key what it is for: the caller only hears it.")
    try:
        if flow["greeting_url"]:
            posting.checked(flow["greeting_url"], private=django.ENV.webhooks_to_private)
    except posting.Unwanted as unwanted:
        wrong["greeting_url"] = str(unwanted)
    return wrong


def dead_ends(flow: Mapping[str, Any]) -> dict[str, str]:
    """field -> where a caller would end without a word."""
    wrong = {}
    if not flow["missed"]:
        wrong["missed"] = _("When nobody answers the caller hears nothing: say something.")
    if flow["hours"] and not flow["closed"]:
        wrong["closed"] = _("Outside the hours the caller hears nothing: say something.")
    if not flow["menu"] and not flow["queue"] and not flow["voicemail"]:
        wrong["queue"] = _("The call leads nowhere: choose a queue, or let the caller leave a message.")
    return wrong


def warnings(line: Line) -> list[str]:
    """What has become senseless since: queues whose people have no phone, names the workflow has lost."""
    flow = line.flow
    if not flow.get("on"):
        return []
    names = list(dict.fromkeys([*(one["queue"] for one in flow["menu"]), flow["queue"]]))
    desk, queues = facts.present(cursor()).desk, workflows.live().queues
    silent = [name for name in names if name and not ranking.with_phone(queues.get(name) or Queue(name), desk)]
    said = _("Nobody of the queue %(queue)s has a phone: such calls go on as if nobody answered.")
    return [*unknown(flow).values(), *(said % {"queue": name} for name in silent)]
