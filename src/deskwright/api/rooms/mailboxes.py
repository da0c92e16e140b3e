"""How mail arrives: mailboxes that are fetched from, doors for providers that post it. Secrets go in, never out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from deskwright.api.routing import Asked
from deskwright.api.shapes import (
    INSTANT,
    INSTANT_OR_NULL,
    TEXT,
    TRUTH,
    WHOLE,
    WHOLE_OR_NULL,
    Choice,
    Email,
    Fields,
    Flag,
    Instant,
    Shape,
    Text,
    Whole,
    a_list,
    an_object,
)
from deskwright.api.things import Things, as_told, held
from deskwright.desk import clock
from deskwright.desk.mailboxes import doors, setting
from deskwright.store.models import Mailbox

MAILBOX: Final = an_object(
    id=WHOLE,
    name=TEXT,
    address=TEXT,
    host=TEXT,
    port=WHOLE,
    tls=TEXT,
    user=TEXT,
    auth=TEXT,
    folder=TEXT,
    after=TEXT,
    move_to=TEXT,
    begins_at=INSTANT_OR_NULL,
    brand_id=WHOLE_OR_NULL,
    queue=TEXT,
    plus=TRUTH,
    reply_to=TRUTH,
    active=TRUTH,
    looked_at=INSTANT_OR_NULL,
    error=TEXT,
    failing_since=INSTANT_OR_NULL,
    missing=WHOLE,
    audited_at=INSTANT_OR_NULL,
    created_at=INSTANT,
)
SECRET: Final = Shape(
    {
        "password": Text(500),
        "client_id": Text(300),
        "client_secret": Text(500),
        "tenant": Text(80, like="[A-Za-z0-9.-]*"),
        "authorize_url": Text(500, like="(https://.*)?"),
        "token_url": Text(500, like="(https://.*)?"),
        "scope": Text(500),
    }
)
KNOWN: Final[Fields] = {
    "name": Text(80),
    "address": Email(),
    "host": Text(253),
    "port": Whole(1, 65535),
    "tls": Choice(setting.TLS),
    "user": Text(254),
    "folder": Text(200),
    "after": Choice(setting.AFTER),
    "move_to": Text(200),
    "begins_at": Instant(nullable=True),
    "brand_id": Whole(1, nullable=True),
    "queue": Text(80),
    "plus": Flag(),
    "reply_to": Flag(),
    "secret": SECRET,
}
NEW: Final = Shape(
    {
        **KNOWN,
        "name": Text(80, required=True),
        "address": Email(required=True),
        "host": Text(253, required=True),
        "user": Text(254, required=True),
        "auth": Choice(setting.AUTHS),
    }
)
USUAL: Final = {
    "auth": "password",
    "port": 993,
    "tls": "tls",
    "folder": "INBOX",
    "after": "nothing",
    "move_to": "",
}


def add(asked: Asked) -> Mailbox:
    """Fetched from at once, whatever came since `begins_at`: now, unless said; null is everything."""
    values = {**USUAL, "begins_at": clock.now(), **asked.sent}
    return setting.add(asked.agent, values, secret(None, values), now=clock.now())


def change(asked: Asked, box: Mailbox) -> None:
    """A secret that is not sent stays, as long as it goes to the same server and user."""
    values = held(box, setting.PLAIN, asked.sent)
    setting.change(asked.agent, box.pk, values, secret(box, values), now=clock.now())


def secret(box: Mailbox | None, values: Mapping[str, Any]) -> dict[str, str]:
    return setting.secret_with(box, values["host"], values["user"], values["auth"], values.get("secret", {}))


THINGS: Final = Things(
    "/mailboxes", "a mailbox", "mailboxes", setting.RIGHT, lambda _: Mailbox.objects.all(), as_told(MAILBOX), MAILBOX
)

# Doors for providers that post mail

DOOR: Final = an_object(provider=TEXT, name=TEXT, signs=TRUTH, open=TRUTH, used_at=INSTANT_OR_NULL)
OPENED: Final = an_object(provider=TEXT, address=TEXT)
KEY: Final = Shape({"key": Text(500)}, none_needed=True)


def doors_listed(asked: Asked) -> Any:
    rows = [(key, one, door) for key, one, door, _address in doors.listed(asked.agent)]
    told = [
        {"provider": key, "name": one.name, "signs": one.signs, "open": bool(door), "used_at": door and door.used_at}
        for key, one, door in rows
    ]
    return {"doors": told}


def open_door(asked: Asked) -> Any:
    """The address holds the secret and is told this once; one that was open before is shut."""
    key = asked.sent.get("key", "")
    return {"provider": asked.words[0], "address": doors.open_door(asked.agent, asked.words[0], key, now=clock.now())}


def shut(asked: Asked) -> Any:
    doors.shut(asked.agent, asked.words[0], now=clock.now())
    return {"provider": asked.words[0]}


ONE_DOOR: Final = "/mail-doors/{provider:word}"
ROUTES: Final = (
    THINGS.lists(),
    THINGS.makes(add, NEW, "Add a mailbox"),
    THINGS.shows(),
    THINGS.changes(change, Shape(KNOWN)),
    THINGS.removes(setting.remove),
    THINGS.switches(setting.switch),
    THINGS.does("fetch-missing", setting.fetch_missing, "Fetch what was never taken in"),
    THINGS.elsewhere(
        "GET", "/mail-doors", doors_listed, "List providers' doors for mail", gives=an_object(doors=a_list(DOOR))
    ),
    THINGS.elsewhere("PUT", ONE_DOOR, open_door, "Open a door anew", takes=KEY, gives=OPENED),
    THINGS.elsewhere("DELETE", ONE_DOOR, shut, "Shut a door", gives=an_object(provider=TEXT)),
)
