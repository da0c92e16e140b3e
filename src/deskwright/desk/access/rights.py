"""Every right there is, as `resource:action`, and which of them the built-in roles hold. A table; it asks nobody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_noop as _

ALL: Final = "all"
TEAMS: Final = "teams"
REACHES: Final = (TEAMS, ALL)
"""How far a right reaches: the agent's own teams, or the whole desk."""


@dataclass(frozen=True, slots=True)
class Right:
    """`about` completes "may ..."; `per_team`: it can be held for one's own teams only."""

    name: str
    about: str
    per_team: bool = False

    @property
    def resource(self) -> str:
        return self.name.split(":")[0]


CATALOGUE: Final[tuple[Right, ...]] = (
    Right("tickets:see", _("see tickets"), per_team=True),
    Right("tickets:note", _("write internal notes"), per_team=True),
    Right("tickets:reply", _("write to customers"), per_team=True),
    Right("tickets:change", _("change fields, assign, move and solve"), per_team=True),
    Right("tickets:merge", _("merge and split tickets"), per_team=True),
    Right("tickets:escalate", _("escalate and hand back"), per_team=True),
    Right("tickets:resend", _("send a failed delivery again"), per_team=True),
    Right("tickets:delete", _("delete tickets"), per_team=True),
    Right("time:correct", _("correct the time others have entered")),
    Right("customers:see", _("see customers and organisations")),
    Right("customers:change", _("change and merge customers and organisations")),
    Right("organisations:manage", _("say what organisations are worth and who looks after them")),
    Right("knowledge:write", _("write articles, and publish them to colleagues")),
    Right("knowledge:publish", _("publish articles to customers")),
    Right("macros:write", _("write macros of their own")),
    Right("macros:share", _("share macros with others"), per_team=True),
    Right("views:share", _("share views with others"), per_team=True),
    Right("workflow:see", _("read the workflow and try changes")),
    Right("workflow:publish", _("publish workflows and roll back")),
    Right("automations:manage", _("switch automations on and off")),
    Right("queues:see", _("see what waits in every queue")),
    Right("skills:manage", _("say who can do what")),
    Right("absences:manage", _("plan shifts and absences of others")),
    Right("tags:manage", _("rename and merge tags")),
    Right("templates:manage", _("write the desk's letters")),
    Right("surveys:manage", _("write surveys")),
    Right("reports:see", _("see reports"), per_team=True),
    Right("people:manage", _("invite, change and retire people")),
    Right("roles:manage", _("make roles and give rights")),
    Right("teams:manage", _("found and dissolve teams")),
    Right("settings:manage", _("change settings of the desk")),
    Right("mail:manage", _("change how mail arrives and leaves")),
    Right("outbox:manage", _("see what waits to be sent, and say to whom nothing is sent")),
    Right("channels:manage", _("connect phone numbers, messages and alerts")),
    Right("branding:manage", _("change name and looks")),
    Right("tokens:manage", _("make and revoke API tokens")),
    Right("webhooks:manage", _("send events to other programmes")),
    Right("doctor:see", _("see what is wrong with the installation")),
    Right("audit:see", _("read the audit log")),
    Right("data:export", _("export data")),
)
RIGHTS: Final[Mapping[str, Right]] = {right.name: right for right in CATALOGUE}

Grants = Mapping[str, str]
"""right -> how far it reaches."""

LIGHT: Final = ("tickets:see", "tickets:note", "customers:see")
AGENT: Final = (
    *LIGHT,
    "tickets:reply",
    "tickets:change",
    "tickets:merge",
    "tickets:escalate",
    "tickets:resend",
    "customers:change",
    "macros:write",
    "knowledge:write",
)
LEAD: Final = (
    *AGENT,
    "tickets:delete",
    "views:share",
    "macros:share",
    "knowledge:publish",
    "time:correct",
    "workflow:see",
    "workflow:publish",
    "automations:manage",
    "queues:see",
    "skills:manage",
    "absences:manage",
    "tags:manage",
    "templates:manage",
    "organisations:manage",
    "surveys:manage",
    "reports:see",
    "outbox:manage",
)


def reaching(names: Iterable[str], reach: str) -> Grants:
    """Each right with this reach; one that knows no teams reaches everywhere."""
    return {name: reach if RIGHTS[name].per_team else ALL for name in names}


BUILT_IN: Final[Mapping[str, Grants]] = {
    "admin": reaching(RIGHTS, ALL),
    "lead": reaching(LEAD, ALL),
    "agent": reaching(AGENT, TEAMS),
    "light": reaching(LIGHT, TEAMS),
}
