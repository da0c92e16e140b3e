"""A mailbox lends its consent: mail leaves by the account it comes in by, without anybody signing in twice."""

from __future__ import annotations

from functools import cache

from django.utils.translation import gettext

from deskwright.channels.email.imap import ImapTrouble
from deskwright.channels.email.oauth import PROVIDERS
from deskwright.channels.email.smtp import NoToken
from deskwright.desk.errors import Invalid
from deskwright.desk.mailboxes import reaching
from deskwright.desk.mailboxes.setting import secret_of
from deskwright.desk.mailboxes.standing import up_to_date
from deskwright.desk.settings.sealing import Unreadable
from deskwright.engine.saying import _
from deskwright.store.models import Mailbox


class Lent:
    """The consent of one mailbox, shown to one mail server; its token is kept while it holds and the mailbox stays as
    it is.
    """

    def __init__(self, mailbox: int, host: str) -> None:
        self._mailbox, self._host = mailbox, host
        self._version = -1
        self._keys = reaching.Keys()

    def token(self) -> str:
        """Raises NoToken."""
        box = Mailbox.objects.filter(pk=self._mailbox).exclude(auth="password").first()
        if box is None:
            raise NoToken(_("The mailbox whose consent is used is not there any more."))
        if not lends_to(box, self._host):
            raise NoToken(
                _("%(host)s is no mail server of the provider of the mailbox %(box)s.", host=self._host, box=box.name)
            )
        if box.version != self._version:
            self._keys, self._version = reaching.Keys(box), box.version
        try:
            if "refresh_token" not in secret_of(box):
                raise NoToken(_("Nobody has signed in at the provider of the mailbox %(box)s yet.", box=box.name))
            return self._keys.access(lambda: secret_of(up_to_date(box)))
        except (ImapTrouble, Unreadable) as trouble:
            raise NoToken(str(trouble)) from trouble

    def forget(self) -> None:
        self._keys.forget()


@cache
def lent(mailbox: int, host: str) -> Lent:
    """One for each mailbox and mail server in this process."""
    return Lent(mailbox, host)


def lends_to(box: Mailbox, host: str) -> bool:
    """Whether its token may be shown to this mail server: one of its provider's. Of a provider that is not well known
    the IMAP server itself, and what stands beside it: `smtp.mail.example` beside `imap.mail.example`.
    """
    host, known = host.lower().rstrip("."), PROVIDERS.get(box.auth)
    if known is not None:
        return host in known.smtp_hosts
    imap = box.host.lower().rstrip(".")
    _first, _dot, beside = imap.partition(".")
    numeric = imap.rpartition(".")[2].isdecimal()
    return host == imap or ("." in beside and not numeric and host.partition(".")[2] == beside)


def refuse_strange(box: Mailbox, host: str) -> None:
    """Raises Invalid for a mail server the token may not be shown to."""
    if not lends_to(box, host):
        says = gettext("The consent of a mailbox counts at the mail servers of its own provider only.")
        raise Invalid(says, {"host": says})


def lenders() -> list[Mailbox]:
    """Mailboxes that are opened by a consent, whether or not somebody has given it yet."""
    return list(Mailbox.objects.exclude(auth="password").order_by("name"))
