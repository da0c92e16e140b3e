"""Fetches one mailbox: from the cursor on, then waits for word of more. Trouble ends a connection, never the fetching.

Raw bytes are committed before anything else happens to a mail; the server's flags are never asked, and left alone
unless somebody wants otherwise.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from typing import Final

from deskwright.channels.email.imap import Described, ImapFolder, ImapSettings, ImapTrouble, open_folder
from deskwright.desk import clock
from deskwright.desk.mailboxes import reaching, standing, taking
from deskwright.desk.mailboxes.taking import Fetched
from deskwright.store import outage
from deskwright.store.models import Mailbox

IDLE: Final = 240.0
"""Seconds of one IDLE: routers forget connections that are silent for longer."""
POLL: Final = 60.0
"""Seconds between two looks at a server without IDLE."""
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
AUDIT: Final = 3600.0
MANY, MUCH = 50, 32 * 1024 * 1024
"""Mails and bytes in one transaction."""

log = logging.getLogger("deskwright.fetcher")


class Fetcher:
    """One mailbox, in the thread that calls `run`."""

    def __init__(self, box: Mailbox, opened: Callable[[ImapSettings], ImapFolder] = open_folder) -> None:
        self.box = box
        self.opened = opened
        self.keys = reaching.Keys(box)
        self._folder: ImapFolder | None = None
        self._stop = threading.Event()
        self._bell = threading.Event()
        self._audit_at = 0.0
        self._pause = 0.0

    def run(self) -> None:
        """Fetch until told to stop."""
        while outage.lookout.wait(self._stop):
            try:
                self.session()
            except ImapTrouble as trouble:
                self._stumble(trouble)
            except outage.AWAY as trouble:
                outage.lookout.notice(trouble)
                outage.let_go()
            except Exception:
                log.exception("Fetching from %s failed; it is tried again", self.box.name)
                outage.let_go()
                self._rest()
        outage.let_go()

    def stop(self) -> None:
        """From another thread: end soon, whatever is being waited for."""
        self._stop.set()
        self._bell.set()
        if self._folder is not None:
            self._folder.interrupt()

    def look(self) -> None:
        """From another thread: look at once."""
        self._bell.set()
        if self._folder is not None:
            self._folder.nudge()

    def session(self) -> None:
        """One connection, as long as it holds."""
        with closing(self.opened(reaching.server_of(self.box, self.keys))) as folder:
            self._folder = folder
            while not self._stop.is_set():
                self.round(folder, clock.now())
                self._pause = 0.0
                self._await(folder)

    def round(self, folder: ImapFolder, now: datetime) -> None:
        """Take in what is above the cursor, and see now and then whether anything was missed."""
        box = self.box
        if folder.uid_validity != box.uid_validity:
            log.info(
                "%s: the server numbers its mails %s", box.name, "anew" if box.uid_validity else "for the first time"
            )
            taking.begin(box, folder.uid_validity)
        above = folder.uids(box.last_uid, box.begins_at)
        if self.take(folder, above) and above:
            taking.advance(box, above[-1])
        if box.fetch_missing or time.monotonic() >= self._audit_at:
            self.audit(folder, now)
        standing.answered(box, now)

    def audit(self, folder: ImapFolder, now: datetime) -> None:
        """Compare what the server has with what was taken in; fetch the difference when somebody asked for it."""
        missing = self.missing(folder)
        asked = self.box.fetch_missing
        # Before the fetching: what the server still cannot give must not ask for itself for ever.
        standing.audited(self.box, len(missing), now)
        self._audit_at = time.monotonic() + AUDIT
        if missing and asked:
            self.take(folder, missing, patient=True)
            standing.audited(self.box, len(self.missing(folder)), now)

    def missing(self, folder: ImapFolder) -> list[int]:
        unknown = taking.unknown(self.box, folder.uid_validity, folder.uids(0, self.box.begins_at))
        return [mail.uid for mail in self.wanted(folder.describe(unknown))]

    def wanted(self, mails: Sequence[Described]) -> list[Described]:
        begins = self.box.begins_at
        return [mail for mail in mails if begins is None or mail.arrived >= begins]

    def take(self, folder: ImapFolder, uids: Sequence[int], *, patient: bool = False) -> bool:
        """Fetch and keep these; False when told to stop before the end.

        `patient`: ask also for what the server could not give before, and leave the cursor where it is.
        """
        box, validity = self.box, folder.uid_validity
        mails = self.wanted(folder.describe(taking.unknown(box, validity, uids)))
        done = taking.recognised(box, validity, mails)
        hopeless = taking.hopeless(box, validity, [mail.uid for mail in mails])
        done |= set() if patient else hopeless
        mails.sort(key=lambda mail: (mail.uid in hopeless, mail.uid))
        for some in batches([mail for mail in mails if mail.uid not in done]):
            self.take_together(folder, some, patient=patient)
            if self._stop.is_set():
                return False
        return True

    def take_together(self, folder: ImapFolder, mails: Sequence[Described], *, patient: bool) -> None:
        """What was fetched before the server stumbled is kept, too."""
        fetched, trouble = [], None
        for mail in mails:
            try:
                raw = folder.fetch(mail)
            except ImapTrouble as met:
                trouble = met
                break
            fetched += [Fetched(mail, raw)] if raw is not None else []
        taking.keep(self.box, folder.uid_validity, fetched, clock.now())
        if trouble is not None:
            if not self._stop.is_set():
                taking.stumbled(self.box, folder.uid_validity, mail, str(trouble))
            raise trouble
        if not patient:
            taking.advance(self.box, mails[-1].uid)
        folder.put_away([one.mail.uid for one in fetched], self.box.after, self.box.move_to)

    def _await(self, folder: ImapFolder) -> None:
        outage.let_go()
        if self._bell.is_set():
            self._bell.clear()
        elif folder.can_idle:
            folder.wait(IDLE)
        else:
            self._bell.wait(POLL)

    def _stumble(self, trouble: ImapTrouble) -> None:
        if self._stop.is_set():
            return
        if trouble.login:
            self.keys.forget()
        self._pause = min(LONGEST_PAUSE, self._pause * 2 or FIRST_PAUSE)
        log.warning("%s cannot be fetched from: %s Next try in %.0f s", self.box.name, trouble, self._pause)
        try:
            standing.failed(self.box, str(trouble), clock.now())
        except outage.AWAY as away:
            outage.lookout.notice(away)
        outage.let_go()
        self._bell.wait(self._pause)
        self._bell.clear()

    def _rest(self) -> None:
        self._pause = min(LONGEST_PAUSE, self._pause * 2 or FIRST_PAUSE)
        self._bell.wait(self._pause)
        self._bell.clear()


def batches(mails: Sequence[Described]) -> Iterator[list[Described]]:
    """As many together as one transaction should hold."""
    some: list[Described] = []
    for mail in mails:
        if some and (len(some) >= MANY or sum(one.size for one in some) + mail.size > MUCH):
            yield some
            some = []
        some.append(mail)
    if some:
        yield some
