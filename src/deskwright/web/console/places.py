"""The console's places: one list for navigation, overview and palette. A page is added by adding its line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deskwright.desk.settings.rights import holds
from deskwright.store.models import Agent


@dataclass(frozen=True, slots=True)
class Place:
    """One page of the console. `name` is its url name, `right` what one needs to see it."""

    name: str
    title: Promise
    icon: str
    right: str
    about: Promise

    @property
    def url(self) -> str:
        return reverse(self.name)


@dataclass(frozen=True, slots=True)
class Section:
    title: Promise
    places: Sequence[Place]


SECTIONS: Final[tuple[Section, ...]] = (
    Section(
        _("People"),
        (
            Place("people", _("People"), "user", "people:manage", _("Who works here, in which role and shift.")),
            Place("roles", _("Roles"), "shield", "roles:manage", _("Who may do what, and where.")),
            Place("signing", _("Sign-in"), "lock", "settings:manage", _("Second steps, identity provider.")),
            Place("teams", _("Teams"), "users", "teams:manage", _("Who works together, and on which queues.")),
            Place("skills", _("Skills"), "graduation-cap", "skills:manage", _("Who can do what, and how well.")),
            Place("absences", _("Shifts and absences"), "calendar-off", "absences:manage", _("Who is away, and when.")),
        ),
    ),
    Section(
        _("Work"),
        (
            Place(
                "workflow", _("Workflow"), "workflow", "workflow:publish", _("The document that decides, by version.")
            ),
            Place("tags", _("Tags"), "tag", "tags:manage", _("Rename, merge and delete over all tickets.")),
            Place(
                "macros",
                _("Macros"),
                "message-square-text",
                "macros:write",
                _("Answers given often, and what they do."),
            ),
            Place("statuses", _("Statuses"), "circle-dot", "queues:see", _("What agents choose.")),
            Place("fields", _("Fields and types"), "square-pen", "queues:see", _("What is filled in, and when.")),
            Place(
                "letters",
                _("Letters"),
                "file-text",
                "templates:manage",
                _("The words of automatic mails, by language."),
            ),
            Place("queues", _("Queues"), "inbox", "queues:see", _("What waits where, and who serves it.")),
            Place(
                "automations", _("Automations"), "zap", "automations:manage", _("What runs by itself, and its switch.")
            ),
        ),
    ),
    Section(
        _("Studio"),
        (
            Place("flow", _("Flow"), "route", "workflow:see", _("Which way tickets take, and how many.")),
            Place("whatif", _("What if"), "flask-conical", "workflow:see", _("Try a change on what really happened.")),
            Place("recommend", _("Recommend"), "lightbulb", "workflow:see", _("What your own history would improve.")),
            Place("experiments", _("Experiments"), "split", "workflow:see", _("Variants on trial, what they show.")),
            Place(
                "eventlogs", _("Event logs"), "database", "workflow:see", _("Histories of other systems, to simulate.")
            ),
            Place("capacity", _("Capacity"), "chart-line", "reports:see", _("What will come, and who is needed.")),
        ),
    ),
    Section(
        _("Connections"),
        (
            Place(
                "audit",
                _("Audit log"),
                "scroll-text",
                "audit:see",
                _("Who changed what, who looked at it, who came in."),
            ),
            Place("mail", _("Mail"), "mail", "mail:manage", _("Addresses, signatures, and how mail leaves.")),
            Place(
                "mailboxes", _("Mail in"), "inbox", "mail:manage", _("Mailboxes that are fetched from, other ways in.")
            ),
            Place("widgets", _("Chat"), "message-circle", "settings:manage", _("Chat windows on your sites.")),
            Place("domains", _("Sending domains"), "at-sign", "mail:manage", _("DKIM keys, and what DNS says of us.")),
            Place("outbox", _("Outbox"), "send", "outbox:manage", _("Mail that waits, was lost or came back.")),
            Place(
                "suppressions",
                _("Suppressed addresses"),
                "hand",
                "outbox:manage",
                _("To whom nothing is sent, and why."),
            ),
            Place("lines", _("Phone and messages"), "phone", "channels:manage", _("Numbers, and who provides them.")),
            Place(
                "alerts", _("Alerts"), "siren", "channels:manage", _("What monitoring posts, one ticket per trouble.")
            ),
            Place(
                "mail_log", _("Mail log"), "archive", "mail:manage", _("What became of every mail, and the way back.")
            ),
            Place("webhooks", _("Webhooks"), "webhook", "webhooks:manage", _("Who is told what happens to tickets.")),
            Place(
                "tokens",
                _("API tokens"),
                "key-round",
                "tokens:manage",
                _("Keys for programmes, with what they may do."),
            ),
        ),
    ),
    Section(
        _("Installation"),
        (
            Place(
                "branding", _("Branding"), "palette", "branding:manage", _("Name, logo, colour, what the portal says.")
            ),
            Place(
                "portal_settings",
                _("Help centre"),
                "globe",
                "branding:manage",
                _("Brands by host name, the form on other sites."),
            ),
            Place("doctor", _("Doctor"), "stethoscope", "doctor:see", _("What is wrong, and how to mend it.")),
        ),
    ),
)


def sections(actor: Agent) -> list[Section]:
    """The sections with the places this agent may enter, without empty ones."""
    found = [Section(one.title, [place for place in one.places if holds(actor, place.right)]) for one in SECTIONS]
    return [one for one in found if one.places]


def places(actor: Agent) -> Iterator[Place]:
    """Every place this agent may enter, in order."""
    return (place for section in sections(actor) for place in section.places)
