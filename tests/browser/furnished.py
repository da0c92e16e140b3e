"""A small lived-in desk for the walks over every page: the demo's people, four days of work, and one of everything."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.db.models import Count

from deskwright.desk import automations, eventlogs, workflows
from deskwright.desk.accounts import invitations
from deskwright.desk.accounts import links as doors
from deskwright.desk.customers import number_proofs, own, proofs
from deskwright.desk.demo import making
from deskwright.desk.demo.plan import Size
from deskwright.desk.domains import keys
from deskwright.desk.domains.ours import sendings
from deskwright.desk.knowledge import suggesting
from deskwright.desk.macros import shelf
from deskwright.desk.outbox import kinds, unsubscribing
from deskwright.desk.settings import brands, roles, tokens
from deskwright.desk.studio import recommendations
from deskwright.desk.studio.recommendations import RECOMMENDATIONS
from deskwright.desk.studio.trials import TRIALS
from deskwright.desk.surveys import links as surveys
from deskwright.desk.views import keeping
from deskwright.desk.webhooks import hooks
from deskwright.lab.processes.eventlog import Step
from deskwright.store import models
from deskwright.store.models import Agent, Customer, Delivery
from deskwright.web.portal import asking

PASSWORD: Final = "a password for the walks"
ELSEWHERE: Final = "elsewhere@private.example"
SMALL: Final = Size(days=4, older=6, recent=12)
Known = dict[str, Any]


def furnish(now: datetime) -> Known:
    """Make the desk; returns what the addresses in `pages` name."""
    agents = making.make(now, PASSWORD, SMALL)
    return {**of_work(agents["odile"], now), **of_settings(agents, now), **of_doors(agents, now)}


def of_work(admin: Agent, now: datetime) -> Known:
    """The ticket with most to show, and something of everything else agents open."""
    full = models.Ticket.objects.annotate(said=Count("messages")).order_by("-said", "id").first()
    assert full is not None
    article = models.Article.objects.filter(audience="public", state="published", language="en").latest("id")
    other = models.Ticket.objects.filter(merged_into=None, chat=None).exclude(pk=full.pk).latest("id")
    return {
        "ticket": full.pk,
        "other": other.pk,
        "chat": models.Chat.objects.latest("id").ticket_id,
        "queue": full.queue,
        "view": keeping.create(admin, keeping.Wanted("Urgent", "priority >= 'high'"), now=now).pk,
        "macro": shelf.listed(admin).latest("id").pk,
        "article": article.pk,
        "title": article.title,
        "article_path": suggesting.path(article.pk, article.title),
        "automation": quote(automations.listing(now)[0].name),
    }


def of_settings(agents: dict[str, Agent], now: datetime) -> Known:
    admin = agents["odile"]
    values = {"name": "Night desk", "about": "Answers at night.", "base": "light", "grants": {}, "hidden": []}
    role = roles.make(admin, "night", values, now=now)
    tokens.issue(admin, "Status board", ["tickets:read"], now=now)
    tokens.issue_own(admin, "My script", ["tickets:read"], now=now, expires_at=now + timedelta(days=30))
    brands.embed(admin, ["https://www.lanternfish.example"], now=now)
    brand = brands.keep(admin, None, {"host": "boards.lanternfish.example", "name": "Lanternfish Boards"}, now=now)
    hook = models.Webhook.objects.latest("id")
    hooks.switch(admin, hook.pk, True, now=now)
    told = hooks.test(admin, hook.pk, now=now)
    hooks.switch(admin, hook.pk, False, now=now)
    domain = sendings()[0].domain
    keys.use(admin, keys.make(admin, domain, now=now).pk, now=now)
    return {
        "domain": domain,
        "dkim": keys.make(admin, domain, now=now).pk,
        "line": models.Line.objects.latest("id").pk,
        "message_template": models.MessageTemplate.objects.latest("id").pk,
        "by_whatsapp": models.Ticket.objects.filter(channel="whatsapp").latest("id").pk,
        "source": models.AlertSource.objects.latest("id").pk,
        "agent": agents["jonas"].pk,
        "role": role.pk,
        "brand": brand,
        "team": models.Team.objects.latest("id").pk,
        "tag": models.Ticket.objects.exclude(tags=[]).latest("id").tags[0],
        "aside": models.RawInput.objects.filter(state="quarantined").latest("id").pk,
        "mailbox": models.Mailbox.objects.latest("id").pk,
        "hook": hook.pk,
        "told": told,
        "trial": tried(now),
        "recommendation": recommended(admin, now),
        "eventlog": imported(now),
        "experiment": next(iter(workflows.live().experiments)),
        "widget": models.Widget.objects.latest("id").key,
        "widget_number": models.Widget.objects.latest("id").pk,
        "version": models.WorkflowVersion.objects.latest("id").number,
    }


def tried(now: datetime) -> int:
    """The draft the demo asked to be tried, as the worker would have done it."""
    trial = models.Trial.objects.latest("id")
    TRIALS.run(trial.pk, now, lambda share: None)
    return trial.pk


def recommended(admin: Agent, now: datetime) -> int:
    """What the worker finds in these days, with one kind of change tried."""
    asked = recommendations.ask(admin, ["warnings"], None, 2, now=now)
    RECOMMENDATIONS.run(asked.pk, now, lambda share: None)
    return asked.pk


def imported(now: datetime) -> int:
    """A log of one case, as it was read, and a simulation that used it."""
    columns = {"case": "Ticket", "activity": "Action", "resource": "Agent", "begin": "From", "end": "To"}
    read_as = {"columns": columns, "delimiter": ";", "times": "%d.%m.%Y %H:%M"}
    eventlogs.keep(None, "old desk", [(Step("call", "Ada", 0.0, 600.0),)], now=now, read_as=read_as)
    eventlogs.note_use("old desk", {"demand": 1.3, "without": ["Ada"], "like": []}, now)
    return eventlogs.listing()[0].id


def of_doors(agents: dict[str, Agent], now: datetime) -> Known:
    """Links as they are mailed, and an agent whose every way to sign in is set up."""
    customer = Customer.objects.annotate(asked=Count("tickets")).order_by("-asked", "id")[0]
    invitations.invite(agents["odile"], agents["felix"].pk, now=now)
    forgetful = agents["hazel"]
    proofs.ask(customer, ELSEWHERE, now=now)
    number_proofs.ask(customer, "+447700900999", now=now)
    # It lasts ten minutes, and a walk may take longer on a busy machine.
    models.NumberProof.objects.update(expires_at=now + timedelta(days=1))
    return {
        "customer": customer.pk,
        "organisation": models.Organisation.objects.latest("id").pk,
        "my_ticket": own.mine(customer).filter(merged_into=None).latest("id").pk,
        "invitation": mailed(agents["felix"].email, "/welcome/"),
        "proof": mailed(ELSEWHERE, "/help/details/address/"),
        "door": a_door(customer, now),
        "way_in": a_door(customer, now),
        "unsubscribe": unsubscribing.url("mina@harbor.example", kinds.SURVEY, "").rpartition("/")[2],
        "survey": surveys.token(models.Survey.objects.exclude(sent_at=None).latest("id").pk),
        "receipt": asking.signing.dumps({"n": 1, "e": customer.email, "d": now.isoformat()}, salt=asking.SALT),
        "forgetful": user_pk_to_url_str(forgetful),
        "reset": f"{user_pk_to_url_str(forgetful)}-{default_token_generator.make_token(forgetful)}",
    }


def a_door(customer: Customer, now: datetime) -> str:
    doors.send(customer.email, "127.0.0.1", now=now)
    return mailed(customer.email, "/help/enter/")


def guard(agent: Agent) -> int:
    """Every other second step for an agent who has a key; returns the key's number."""
    totp.TOTP.activate(agent, totp.generate_totp_secret())
    return Authenticator.objects.get(user=agent, type=Authenticator.Type.WEBAUTHN).pk


def mailed(email: str, door: str) -> str:
    """The token of the latest link of this kind that was mailed to the address."""
    text: str = Delivery.objects.filter(recipient=email, content__text__icontains=door).latest("id").content["text"]
    return text.split(door)[1].split("/")[0]
