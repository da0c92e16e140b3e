"""How mail leaves: its address and signature, the server, each team's sender, the domains with their DKIM keys."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from django.conf import settings

from deskwright.api.routing import Asked
from deskwright.api.shapes import (
    ADDRESS,
    INSTANT,
    INSTANT_OR_NULL,
    OBJECT,
    TEXT,
    TRUTH,
    WHOLE,
    WHOLE_OR_NULL,
    Choice,
    Email,
    Shape,
    Text,
    Whole,
    Wordings,
    a_list,
    an_object,
)
from deskwright.api.things import Things, as_told
from deskwright.channels.email import signing
from deskwright.channels.email.dns_records import Network
from deskwright.desk import clock
from deskwright.desk.answering import quoting, signatures
from deskwright.desk.domains import judging, keys, ours
from deskwright.desk.errors import Conflict, Invalid, NotFound
from deskwright.desk.mailboxes import lending
from deskwright.desk.settings import furnishing, house, mail
from deskwright.store.models import DkimKey, Sender, Team

SIGNATURE: Final = 2000
SERVER: Final = {"host": TEXT, "port": WHOLE, "tls": TEXT, "user": TEXT}
"""`mailbox` beside them is the one whose consent is used in place of a password."""
LIMITS: Final = ("per_minute", "at_once", "to_domain")
MAIL: Final = an_object(
    mail_from=TEXT,
    signature=TEXT,
    signatures=OBJECT,
    quoting=TEXT,
    by_environment=TRUTH,
    server={"type": ["object", "null"], "properties": {**SERVER, "mailbox": WHOLE_OR_NULL}},
    limits=an_object(**dict.fromkeys(LIMITS, WHOLE)),
)
CHANGES: Final = Shape(
    {
        "mail_from": Email(),
        "signature": Text(SIGNATURE),
        "signatures": Wordings(SIGNATURE),
        "quoting": Choice((quoting.NONE, quoting.LAST, quoting.WHOLE)),
    }
)
PACE: Final = Shape({"per_minute": Whole(0, 100_000), "at_once": Whole(0, 100), "to_domain": Whole(0, 3000)})
ENTERED: Final = Shape(
    {
        "host": Text(253, required=True),
        "port": Whole(1, 65535, required=True),
        "tls": Choice(("starttls", "tls", "off"), required=True),
        "user": Text(254),
        "password": Text(500),
        "mailbox": Whole(1, nullable=True),
    }
)
SENDER: Final = an_object(team=WHOLE, address=TEXT, name=TEXT, signature=TEXT, signatures=OBJECT)
SENDS: Final = Shape(
    {
        "address": Text(254, like=ADDRESS),
        "name": Text(80),
        "signature": Text(SIGNATURE),
        "signatures": Wordings(SIGNATURE),
    },
    none_needed=True,
)


def shown(_asked: Asked) -> Any:
    """How it is set, without the password."""
    known = house.house()
    server = mail.smtp_settings(known)
    told = {name: getattr(known, name) for name in furnishing.MAIL}
    lender = None if settings.ENV.smtp_host else mail.entered_server(known).get("mailbox")
    entered = {name: getattr(server, name) for name in SERVER} | {"mailbox": lender} if server else None
    pace = known.server
    limits = {name: getattr(pace, name) for name in LIMITS}
    return told | {"by_environment": bool(settings.ENV.smtp_host), "server": entered, "limits": limits}


def change(asked: Asked) -> Any:
    furnishing.address(asked.agent, signatures.checked(asked.sent), now=clock.now())
    return shown(asked)


def enter_server(asked: Asked) -> Any:
    """A password that is not sent stays, for the same server and user. `mailbox` names one that somebody has consented
    for at its provider: its consent is used in place of a password.
    """
    if settings.ENV.smtp_host:
        raise Conflict("The mail server is set in the environment (SMTP_HOST); change it there.")
    lender = asked.sent.get("mailbox")
    if lender is not None and lender not in {box.pk for box in lending.lenders()}:
        raise Invalid("Nobody has consented for such a mailbox.", {"mailbox": "unknown"})
    furnishing.mail_server(asked.agent, mail.with_password({"user": "", **asked.sent}), now=clock.now())
    return shown(asked)


def limit(asked: Asked) -> Any:
    """Mails a minute, connections at once, mails a minute to one domain at first; 0 is no limit. The rest stays."""
    furnishing.mail_limits(asked.agent, asked.sent, now=clock.now())
    return shown(asked)


def no_server(asked: Asked) -> Any:
    furnishing.mail_server(asked.agent, None, now=clock.now())
    return shown(asked)


def team_of(asked: Asked) -> Team:
    team = Team.objects.filter(pk=asked.numbers[0]).first()
    if team is None:
        raise NotFound("There is no such team.")
    return team


def sender(asked: Asked) -> Any:
    """Empty: as the desk's."""
    team = team_of(asked)
    own = Sender.objects.filter(team=team).first() or Sender(team=team)
    return {"team": team.pk} | {name: getattr(own, name) for name in ("address", "name", "signature", "signatures")}


def put_sender(asked: Asked) -> Any:
    team, values = team_of(asked), {"address": "", "name": "", "signature": "", "signatures": {}, **asked.sent}
    furnishing.sender(asked.agent, team, signatures.checked(values), now=clock.now())
    return sender(asked)


# Sending domains

KEY: Final = an_object(
    id=WHOLE,
    domain=TEXT,
    selector=TEXT,
    state=TEXT,
    record=TEXT,
    value=TEXT,
    created_at=INSTANT,
    signing_since=INSTANT_OR_NULL,
    rested_at=INSTANT_OR_NULL,
)
FINDING: Final = an_object(check=TEXT, grade=TEXT, says=TEXT, published=TEXT, name=TEXT, kind=TEXT, value=TEXT)
SELECTOR: Final = Shape({"selector": Text(63)}, none_needed=True)


def domains(_asked: Asked) -> Any:
    return {"domains": [{"name": one.domain, "server": one.server} for one in ours.sendings()]}


def findings(asked: Asked) -> Any:
    """What DNS says now of whether others can believe that mail of this domain is ours."""
    try:
        known = ours.sending(keys.known_domain(asked.words[0]))
    except Invalid as refusal:
        raise NotFound(refusal.sentence) from refusal
    return {"findings": [asdict(one) for one in judging.judge(known, Network())]}


def make_key(asked: Asked) -> Any:
    """`record` and `value` are what is to be published before it signs."""
    made = keys.make(asked.agent, asked.words[0], asked.sent.get("selector", ""), now=clock.now())
    return KEYS.shown(made)


KEYS: Final = Things(
    "/dkim-keys",
    "a DKIM key",
    "DKIM keys",
    keys.RIGHT,
    lambda _: DkimKey.objects.all(),
    as_told(
        KEY,
        record=lambda key: signing.record_name(key.domain, key.selector),
        value=lambda key: signing.record(key.public),
    ),
    KEY,
)
ONE_SENDER: Final = "/teams/{id}/sender"
DOMAIN: Final = "/domains/{name:word}"
DOMAINS: Final = an_object(domains=a_list(an_object(name=TEXT, server=TEXT)))
ROUTES: Final = (
    KEYS.elsewhere("GET", "/mail", shown, "Show how mail leaves", gives=MAIL),
    KEYS.elsewhere("PATCH", "/mail", change, "Change the address, signature and quoting", takes=CHANGES, gives=MAIL),
    KEYS.elsewhere("PUT", "/mail/server", enter_server, "Enter the mail server", takes=ENTERED, gives=MAIL),
    KEYS.elsewhere("PUT", "/mail/limits", limit, "Say how fast mail leaves", takes=PACE, gives=MAIL),
    KEYS.elsewhere("DELETE", "/mail/server", no_server, "Forget the mail server", gives=MAIL),
    KEYS.elsewhere("GET", ONE_SENDER, sender, "Show from whom a team's mails are", gives=SENDER),
    KEYS.elsewhere("PUT", ONE_SENDER, put_sender, "Say from whom a team's mails are", takes=SENDS, gives=SENDER),
    KEYS.elsewhere("GET", "/domains", domains, "List the domains mail leaves from", gives=DOMAINS),
    KEYS.elsewhere(
        "GET", DOMAIN + "/findings", findings, "Ask DNS about a domain", gives=an_object(findings=a_list(FINDING))
    ),
    KEYS.elsewhere("POST", DOMAIN + "/keys", make_key, "Make a DKIM key", takes=SELECTOR, gives=KEY, status=201),
    KEYS.lists(),
    KEYS.shows(),
    KEYS.does("use", keys.use, "Sign with a key from now on"),
    KEYS.does("rest", keys.rest, "Sign with a key no more"),
    KEYS.removes(keys.remove, "Forget a key that does not sign"),
)
