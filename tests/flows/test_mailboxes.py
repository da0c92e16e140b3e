"""Mailboxes fetched from a real Dovecot: nothing is lost, nothing is taken twice, nothing blocks the others."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from deskwright.channels.email.imap import Described, ImapFolder, ImapSettings, ImapTrouble, open_folder
from deskwright.desk.arriving import intake, mailroom
from deskwright.desk.mailboxes import setting, standing, taking
from deskwright.desk.said import in_english
from deskwright.desk.staff import people
from deskwright.jobs import postmen
from deskwright.jobs.fetcher import Fetcher
from deskwright.store.models import Mailbox, MailboxMail, Message, RawInput, Ticket
from tests.dovecot import PASSWORD, USER, Dovecot, dovecot, needs_dovecot

pytestmark = needs_dovecot
LATER = datetime(2030, 1, 1, tzinfo=UTC)
SECRET = {"password": PASSWORD}


def mail(number: int, more: str = "") -> bytes:
    return (
        f"From: Mina <mina@harbor.example>\r\nTo: {USER}\r\nSubject: Case {number}\r\n"
        f"Message-ID: <m{number}@harbor.example>\r\n{more}\r\nIt is broken in way {number}.\r\n"
    ).encode()


@pytest.fixture(scope="module")
def running() -> Iterator[Dovecot]:
    with dovecot() as server:
        yield server


@pytest.fixture
def server(running: Dovecot) -> Dovecot:
    """With empty folders."""
    with running.client() as client:
        for _, _, name in client.list_folders():
            if name != "INBOX":
                client.delete_folder(name)
        client.select_folder("INBOX")
        client.delete_messages(client.search())
        client.expunge()
    return running


def values(server: Dovecot, **more: Any) -> dict[str, Any]:
    known = {"name": "Support", "address": USER, "host": "127.0.0.1", "port": server.port, "tls": "off", "user": USER}
    return known | {
        "auth": "password",
        "folder": "INBOX",
        "after": "nothing",
        "move_to": "",
        "begins_at": None,
        "brand_id": None,
        "queue": "",
        "plus": False,
        "reply_to": False,
        **more,
    }


def mailbox(server: Dovecot, now: datetime, **more: Any) -> Mailbox:
    return setting.add(None, values(server, **more), SECRET, now=now)


def look(box: Mailbox, opened: Any = open_folder) -> Fetcher:
    """One connection and one round, as after a start."""
    fetcher = Fetcher(Mailbox.objects.get(pk=box.pk), opened)
    with closing(opened(ImapSettings(box.host, box.port, box.tls, box.user, box.folder, PASSWORD))) as folder:
        fetcher.round(folder, LATER)
    return fetcher


def subjects() -> list[str]:
    intake.work_off(LATER, 1000)
    return sorted(Ticket.objects.values_list("subject", flat=True))


@pytest.fixture
def desk(db: str) -> None:
    people.add_agent("Ada Quill", "ada@desk.example", teams=[people.add_team("support", "Support")], level="senior")


def test_mail_is_taken_in_once_whatever_others_do_with_its_flags(desk: None, server: Dovecot, now: datetime) -> None:
    box = mailbox(server, now)
    server.put(mail(1), mail(2))
    with server.client() as client:
        client.select_folder("INBOX")
        client.add_flags(client.search(), [b"\\Seen"])
        client.append("INBOX", mail(3))

    look(box)
    look(box)

    assert subjects() == ["Case 1", "Case 2", "Case 3"]
    assert RawInput.objects.count() == 3
    assert server.flags() == [(b"\\Seen",), (b"\\Seen",), ()], "flags are left alone"


def test_what_came_during_an_outage_is_filled_in(desk: None, server: Dovecot, now: datetime) -> None:
    box = mailbox(server, now)
    server.put(mail(1))
    look(box)
    server.put(*(mail(number) for number in range(2, 130)))
    server.stop()
    with pytest.raises(ImapTrouble, match="Connection refused"):
        look(box)
    server.start()

    look(box)

    assert RawInput.objects.count() == 129
    assert Mailbox.objects.get(pk=box.pk).missing == 0


def test_a_folder_that_is_numbered_anew_brings_nothing_twice(desk: None, server: Dovecot, now: datetime) -> None:
    nameless = mail(9).replace(b"Message-ID", b"X-Was")
    server.put(mail(1), nameless, folder="Support")
    box = mailbox(server, now, folder="Support")
    look(box)
    before = Mailbox.objects.get(pk=box.pk).uid_validity
    with server.client() as client:
        client.delete_folder("Support")
    server.put(mail(7), mail(1), nameless, folder="Support")

    look(box)

    assert Mailbox.objects.get(pk=box.pk).uid_validity != before
    assert subjects() == ["Case 1", "Case 7", "Case 9"]
    assert RawInput.objects.count() == 3, "known by Message-ID, or by its bytes where it has none"


def test_old_mail_is_left_alone_where_only_new_is_wanted(desk: None, server: Dovecot, now: datetime) -> None:
    with server.client() as client:
        client.append("INBOX", mail(1), msg_time=now - timedelta(days=400))
        client.append("INBOX", mail(2), msg_time=now - timedelta(hours=1))
        client.append("INBOX", mail(3), msg_time=now + timedelta(hours=1))
    box = mailbox(server, now, begins_at=now)

    look(box)

    assert subjects() == ["Case 3"]
    assert Mailbox.objects.get(pk=box.pk).missing == 0


def test_old_mail_that_is_wanted_is_not_acknowledged(desk: None, server: Dovecot, now: datetime) -> None:
    with server.client() as client:
        client.append("INBOX", mail(1), msg_time=now - timedelta(days=400))
        client.append("INBOX", mail(2), msg_time=now + timedelta(hours=1))
    look(mailbox(server, now))
    intake.work_off(LATER)

    automatic = Message.objects.filter(kind="automatic").values_list("ticket__subject", flat=True)
    assert list(automatic) == ["Case 2"]
    assert Ticket.objects.get(subject="Case 1").created_at == now - timedelta(days=400)


@pytest.mark.parametrize(("after", "flags"), [("seen", (b"\\Seen",)), ("flag", (b"\\Flagged",))])
def test_what_is_kept_can_be_marked(
    desk: None, server: Dovecot, now: datetime, after: str, flags: tuple[bytes, ...]
) -> None:
    server.put(mail(1))
    look(mailbox(server, now, after=after))

    assert server.flags() == [flags]


def test_what_is_kept_can_be_moved_away(desk: None, server: Dovecot, now: datetime) -> None:
    server.put(mail(1), mail(2))
    box = mailbox(server, now, after="move", move_to="Taken in")
    look(box)
    server.put(mail(3))
    look(box)

    assert server.flags() == []
    assert len(server.flags("Taken in")) == 3
    assert subjects() == ["Case 1", "Case 2", "Case 3"]


class Poisoned(ImapFolder):
    """A server that breaks the connection off over one mail."""

    bad = 0

    def fetch(self, mail: Described) -> bytes | None:
        if mail.uid == self.bad:
            raise ImapTrouble("Internal error reading message")
        return super().fetch(mail)


def poisoned(server: ImapSettings) -> ImapFolder:
    folder = open_folder(server)
    folder.__class__ = Poisoned
    return folder


def test_a_mail_the_server_cannot_give_blocks_nobody_and_is_fetched_on_a_click(
    desk: None, server: Dovecot, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = mailbox(server, now)
    _, bad, _ = server.put(mail(1), mail(2), mail(3))
    monkeypatch.setattr(Poisoned, "bad", bad)
    for _ in range(taking.TRIES):
        with pytest.raises(ImapTrouble):
            look(box, poisoned)
    look(box, poisoned)
    assert subjects() == ["Case 1", "Case 3"]
    assert Mailbox.objects.get(pk=box.pk).missing == 1
    assert MailboxMail.objects.get(uid=bad).error == "Internal error reading message"

    setting.fetch_missing(None, box.pk, now=now)
    with pytest.raises(ImapTrouble):
        look(box, poisoned)
    look(box, poisoned)
    assert not Mailbox.objects.get(pk=box.pk).fetch_missing

    setting.fetch_missing(None, box.pk, now=now)
    look(box)

    assert subjects() == ["Case 1", "Case 2", "Case 3"]
    box.refresh_from_db()
    assert (box.missing, box.fetch_missing) == (0, False)


def test_a_mail_nobody_can_understand_is_set_aside_and_recovers(
    desk: None, server: Dovecot, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = mailroom.parse

    def parse(raw: bytes, **more: Any) -> Any:
        if b"way 2" in raw:
            raise ValueError("poison")
        return real(raw, **more)

    monkeypatch.setattr(mailroom, "parse", parse)
    server.put(mail(1), mail(2), mail(3))
    look(mailbox(server, now))
    assert subjects() == ["Case 1", "Case 3"]
    aside = RawInput.objects.get(state="quarantined")
    assert in_english(aside.reason) == "it could not be understood"

    monkeypatch.setattr(mailroom, "parse", real)
    intake.recover(aside.pk, LATER)

    assert subjects() == ["Case 1", "Case 2", "Case 3"]


def test_a_gap_is_found_and_said(desk: None, server: Dovecot, now: datetime) -> None:
    box = mailbox(server, now)
    server.put(mail(1), mail(2), mail(3))
    Mailbox.objects.filter(pk=box.pk).update(uid_validity=None)
    fetcher = look(box)
    lost = MailboxMail.objects.filter(mailbox=box).order_by("uid")[1]
    lost.delete()

    with closing(open_folder(ImapSettings("127.0.0.1", server.port, "off", USER, password=PASSWORD))) as folder:
        fetcher.audit(folder, LATER)

    assert Mailbox.objects.get(pk=box.pk).missing == 1


def test_a_mail_that_vanishes_before_it_is_fetched_is_no_trouble(desk: None, server: Dovecot, now: datetime) -> None:
    server.put(mail(1))
    with closing(open_folder(ImapSettings("127.0.0.1", server.port, "off", USER, password=PASSWORD))) as folder:
        (known,) = folder.describe(folder.uids())
        with server.client() as client:
            client.select_folder("INBOX")
            client.delete_messages(client.search())
            client.expunge()
        assert folder.fetch(known) is None


KILLED = """
import os, signal, sys
import django
django.setup()
from contextlib import closing
from deskwright.channels.email.imap import open_folder
from deskwright.desk.arriving import intake
from deskwright.desk.mailboxes import taking
from deskwright.jobs.fetcher import Fetcher
from deskwright.store.models import Mailbox
from datetime import datetime, UTC

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

setattr({"intake": intake, "taking": taking}[sys.argv[1]], sys.argv[2], die)
fetcher = Fetcher(Mailbox.objects.get())
fetcher.session()
"""


@pytest.mark.parametrize(("module", "moment"), [("taking", "advance"), ("intake", "keep"), ("taking", "seen_before")])
def test_kill_9_between_store_and_cursor_loses_and_repeats_nothing(
    live_db: str, server: Dovecot, now: datetime, module: str, moment: str
) -> None:
    people.add_agent("Ada Quill", "ada@desk.example", teams=[people.add_team("support", "Support")], level="senior")
    box = mailbox(server, now)
    server.put(mail(1), mail(2))
    environment = {**os.environ, "DATABASE_URL": live_db}  # noqa: TID251
    done = subprocess.run([sys.executable, "-c", KILLED, module, moment], env=environment, check=False)
    assert done.returncode == -signal.SIGKILL

    look(box)

    assert subjects() == ["Case 1", "Case 2"]
    assert RawInput.objects.count() == 2


@contextmanager
def told(url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("LISTEN desk_work")
        yield connection


def next_input(connection: psycopg.Connection) -> str:
    return next((said.payload for said in connection.notifies(timeout=20, stop_after=1)), "nothing came")


def test_mail_is_fetched_as_it_arrives_and_a_pause_holds(live_db: str, server: Dovecot, now: datetime) -> None:
    """Through the process' own way: settings that change are heard of, IDLE brings the mail, one process holds it."""
    stop = threading.Event()
    thread = threading.Thread(target=postmen.run, args=[stop])
    thread.start()
    try:
        with told(live_db) as connection:
            server.put(mail(1))
            box = mailbox(server, now)
            assert next_input(connection) == "email"
            server.put(mail(2))
            assert next_input(connection) == "email"
            assert postmen.locked(box.pk) is None, "another process would fetch, too"
            setting.switch(None, box.pk, active=False, now=now)
            while (lock := postmen.locked(box.pk)) is None:
                threading.Event().wait(0.05)
            lock.close()
            server.put(mail(3))
            setting.switch(None, box.pk, active=True, now=now)
            assert next_input(connection) == "email"
    finally:
        stop.set()
        thread.join()

    assert RawInput.objects.count() == 3


def test_trouble_is_said_in_the_servers_words_and_ends(desk: None, server: Dovecot, now: datetime) -> None:
    box = setting.add(None, values(server), {"password": "wrong"}, now=now)
    fetcher = Fetcher(box)
    with pytest.raises(ImapTrouble) as trouble:
        fetcher.session()
    standing.failed(box, str(trouble.value), now)
    assert Mailbox.objects.get().error == "[AUTHENTICATIONFAILED] Authentication failed."
    assert Mailbox.objects.get().failing_since == now

    setting.change(None, box.pk, values(server), SECRET, now=now)
    look(box)

    assert Mailbox.objects.get().error == ""
    assert Mailbox.objects.get().looked_at == LATER
