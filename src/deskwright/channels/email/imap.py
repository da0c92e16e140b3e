"""One folder on an IMAP server: what is there, the bytes of it, and word when more arrives.

Mails are named by UID; flags are left alone unless somebody asks. It keeps nothing: the cursor is the desk's.
"""

from __future__ import annotations

import logging
import selectors
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError

from deskwright.channels.email.headers import message_ids
from deskwright.engine.saying import _

PATIENCE: Final = 60.0
"""Seconds to wait for an answer."""
CONNECTING: Final = 15.0
LARGEST: Final = 50 * 1024 * 1024
"""Bytes; of a larger mail only the beginning is fetched."""
BEGINNING: Final = 1024 * 1024
BROKEN_OFF: Final = _("The server broke the connection off.")
MOST_AT_ONCE: Final = 500
"""Mails described by one command."""

logging.getLogger("imapclient").setLevel(logging.WARNING)  # it would write tokens to the log at DEBUG


class ImapTrouble(Exception):
    """What went wrong, in the server's own words where it said any. `login`: it did not let us in."""

    def __init__(self, words: str, *, login: bool = False) -> None:
        super().__init__(words)
        self.login = login


@dataclass(frozen=True, slots=True)
class ImapSettings:
    host: str
    port: int
    tls: str
    """tls | starttls | off"""
    user: str
    folder: str = "INBOX"
    password: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)
    """Of OAuth 2; takes the place of the password."""


@dataclass(frozen=True, slots=True)
class Described:
    """A mail on the server, not fetched yet."""

    uid: int
    size: int
    arrived: datetime
    """When it reached the server, UTC."""
    message_id: str
    """Empty when it names none."""


class ImapFolder:
    """An open folder. Every method raises ImapTrouble; then it is to be closed and opened again."""

    def __init__(self, client: IMAPClient, folder: str, found: dict[bytes, Any]) -> None:
        self._client = client
        self.folder = folder
        self.uid_validity = int(found.get(b"UIDVALIDITY", 0))
        self.can_idle = bool(client.has_capability("IDLE"))
        self._near, self._far = socket.socketpair()
        client._poll_socket = self._until_word

    def uids(self, above: int = 0, since: datetime | None = None) -> list[int]:
        """UIDs above this one, ascending; `since` (UTC) leaves out what reached the server on days before."""
        criteria: list[Any] = ["UID", f"{above + 1}:*"]
        if since is not None:
            criteria += ["SINCE", (since - timedelta(days=1)).date()]
        with self._talk():
            found = self._client.search(criteria)
        return sorted(uid for uid in found if uid > above)

    def describe(self, uids: Sequence[int]) -> list[Described]:
        """Those of them that are still there, ascending."""
        wanted = ["RFC822.SIZE", "INTERNALDATE", "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"]
        found: dict[int, dict[bytes, Any]] = {}
        for start in range(0, len(uids), MOST_AT_ONCE):
            with self._talk():
                found |= self._client.fetch(uids[start : start + MOST_AT_ONCE], wanted)
        return [described(uid, found[uid]) for uid in sorted(found) if b"RFC822.SIZE" in found[uid]]

    def fetch(self, mail: Described) -> bytes | None:
        """The mail as it came; only the beginning of one that is too large, None when it has gone meanwhile."""
        part = "BODY.PEEK[]" + (f"<0.{BEGINNING}>" if mail.size > LARGEST else "")
        with self._talk():
            found = self._client.fetch([mail.uid], [part]).get(mail.uid, {})
        bodies = [value for name, value in found.items() if name.startswith(b"BODY[") and value is not None]
        return bytes(bodies[0]) if bodies else None

    def put_away(self, uids: Sequence[int], after: str, move_to: str = "") -> None:
        """Do with mails that are kept what was asked: nothing | seen | flag | move."""
        if not uids or after == "nothing":
            return
        with self._talk():
            if after == "move":
                self._move(uids, move_to)
            else:
                self._client.add_flags(uids, [{"seen": b"\\Seen", "flag": b"\\Flagged"}[after]], silent=True)

    def _move(self, uids: Sequence[int], move_to: str) -> None:
        if not self._client.folder_exists(move_to):
            self._client.create_folder(move_to)
        if self._client.has_capability("MOVE"):
            self._client.move(uids, move_to)
            return
        self._client.copy(uids, move_to)
        self._client.delete_messages(uids, silent=True)
        self._client.uid_expunge(uids) if self._client.has_capability("UIDPLUS") else self._client.expunge()

    def wait(self, seconds: float) -> None:
        """Return when something changes in the folder, when nudged, or after the time. The server must know IDLE."""
        with self._talk():
            self._client.idle()
            if not self._client.idle_check(0):  # what came together with the answer, and lies in a buffer
                self._client.idle_check(seconds)
            self._client.idle_done()

    def _until_word(self, sock: socket.socket, timeout: float | None = None) -> bool:
        """How the client waits: for the server, or for a nudge."""
        if timeout == 0:
            return True
        with selectors.DefaultSelector() as waiting:
            waiting.register(sock, selectors.EVENT_READ)
            waiting.register(self._near, selectors.EVENT_READ)
            ready = [key.fileobj for key, _ in waiting.select(timeout)]
        if self._near in ready:
            self._near.recv(4096)
        return sock in ready

    def nudge(self) -> None:
        """Let whoever waits return at once; safe from another thread."""
        with suppress(OSError):
            self._far.send(b"!")

    def interrupt(self) -> None:
        """Let whoever works on this folder fail at once; safe from another thread."""
        self.nudge()
        with suppress(OSError, AttributeError):
            self._client._imap.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with suppress(Exception):
            self._client.logout()
        with suppress(Exception):
            self._client.shutdown()
        self._near.close()
        self._far.close()

    @contextmanager
    def _talk(self) -> Iterator[None]:
        with spoken_plainly():
            yield


def open_folder(server: ImapSettings) -> ImapFolder:
    """Connect, sign in and select the folder, read-write but without touching it. Raises ImapTrouble."""
    with spoken_plainly():
        client = connected(server)
    try:
        with spoken_plainly():
            sign_in(client, server)
            return ImapFolder(client, server.folder, client.select_folder(server.folder))
    except ImapTrouble:
        with suppress(Exception):
            client.shutdown()
        raise


def connected(server: ImapSettings) -> IMAPClient:
    timeout: Any = SocketTimeout(connect=CONNECTING, read=PATIENCE)
    client = IMAPClient(server.host, server.port, ssl=server.tls == "tls", timeout=timeout)
    client.normalise_times = False
    if server.tls == "starttls":
        client.starttls()
    return client


def sign_in(client: IMAPClient, server: ImapSettings) -> None:
    if not server.access_token:
        client.login(server.user, server.password)
    elif client.has_capability("AUTH=XOAUTH2") or not client.has_capability("AUTH=OAUTHBEARER"):
        client.oauth2_login(server.user, server.access_token)
    else:
        client.oauthbearer_login(server.user, server.access_token)


def described(uid: int, found: dict[bytes, Any]) -> Described:
    header = next((value for name, value in found.items() if name.startswith(b"BODY[HEADER")), b"") or b""
    text = bytes(header).decode("utf-8", "surrogateescape").partition(":")[2]
    ids = message_ids([text])
    arrived = found.get(b"INTERNALDATE") or datetime(1970, 1, 1, tzinfo=UTC)
    named = ids[0].replace("\0", "")[:500] if ids else ""
    return Described(uid, int(found[b"RFC822.SIZE"]), arrived.astimezone(UTC), named)


@contextmanager
def spoken_plainly() -> Iterator[None]:
    """Whatever goes wrong with the other side leaves as ImapTrouble."""
    try:
        yield
    except LoginError as trouble:
        raise ImapTrouble(plain(trouble) or _("The server did not let us in."), login=True) from trouble
    except IMAPClientError as trouble:
        words = plain(trouble)
        raise ImapTrouble(BROKEN_OFF if not words or "EOF" in words else words) from trouble
    except ssl.SSLCertVerificationError as trouble:
        raise ImapTrouble(
            _("The server's certificate is not trusted: %(error)s.", error=trouble.verify_message)
        ) from trouble
    except ssl.SSLError as trouble:
        raise ImapTrouble(
            _(
                "The encryption did not come about: %(error)s. Is it the right port?",
                error=trouble.reason or str(trouble),
            )
        ) from trouble
    except TimeoutError as trouble:
        raise ImapTrouble(_("The server does not answer.")) from trouble
    except socket.gaierror as trouble:
        raise ImapTrouble(_("There is no server of this name.")) from trouble
    except (OSError, ValueError, EOFError) as trouble:
        words = trouble.strerror if isinstance(trouble, OSError) and trouble.strerror else str(trouble)
        raise ImapTrouble(_("The connection failed: %(error)s.", error=words)) from trouble


def plain(trouble: Exception) -> str:
    """The server's words without Python's way of writing bytes."""
    words = str(trouble)
    if words[:2] in ("b'", 'b"') and words[-1] == words[1]:
        words = words[2:-1]
    return " ".join(words.split())[:500]
