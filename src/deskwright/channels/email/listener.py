"""Receives mail by SMTP or LMTP. Says 250 only after `accept` has returned; knows nothing of what `accept` does.

The network lives on one thread with its own event loop, `accept` runs on a bounded pool of others.
"""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from deskwright.channels.contract import Envelope, Unavailable
from deskwright.channels.email.sessions import LmtpSession, SmtpSession

log = logging.getLogger("deskwright.mail")

SIZE_LIMIT = 30 * 1024 * 1024
IDLE = 600.0
"""Seconds after which a silent connection is closed: RFC 5321 asks for ten minutes after the data."""
TAKEN = "250 2.0.0 Accepted"
LATER = "451 4.3.0 The mail cannot be kept now, please try again later"
CLOSING = b"421 4.3.2 Closing\r\n"
REPLY = re.compile(r"\A[2-5]\d\d [\x20-\x7e]*\Z")

Accept = Callable[[Envelope], str | None]


class Listener:
    """`accept` is called on up to `threads` threads at once; it returns None (taken) or an SMTP answer ("550 ...").

    Unavailable, or any other exception, becomes 451: the sender keeps the mail and tries again.
    """

    def __init__(
        self,
        host: str,
        port: int,
        accept: Accept,
        *,
        lmtp: bool = False,
        size_limit: int = SIZE_LIMIT,
        hostname: str = "localhost",
        threads: int = 16,
        grace: float = 15.0,
    ) -> None:
        self.host, self.port = host, port
        """`port` is the one bound once `start` has returned, also where 0 was asked for."""
        self._door = Door(accept, threads)
        self._kind = LmtpSession if lmtp else SmtpSession
        self._hostname, self._size_limit, self._grace = hostname, size_limit, grace
        self._sessions: set[SmtpSession] = set()
        self._opened = threading.Event()
        self._trouble: BaseException | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Listen; returns when connections are taken. Raises OSError when the address cannot be bound."""
        self._thread = threading.Thread(target=self._run, name="mail-listener", daemon=True)
        self._thread.start()
        self._opened.wait()
        if self._trouble is not None:
            self._thread.join()
            raise self._trouble

    def stop(self) -> None:
        """Take no further connection, finish and answer the mails in hand (up to `grace` seconds), close."""
        if self._thread is None or not self._thread.is_alive():
            return
        self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join()
        self._door.pool.shutdown(wait=True)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as trouble:
            self._trouble = trouble
            if self._opened.is_set():
                log.exception("The mail listener has ended")
        finally:
            self._opened.set()

    async def _serve(self) -> None:
        self._loop, self._ending = asyncio.get_running_loop(), asyncio.Event()
        server = await self._loop.create_server(self._session, self.host, self.port)
        self.port = server.sockets[0].getsockname()[1]
        self._opened.set()
        await self._ending.wait()
        server.close()
        await self._door.rest(self._grace)
        for session in list(self._sessions):
            session.end(CLOSING)
        await asyncio.sleep(0)

    def _session(self) -> SmtpSession:
        return self._kind(
            self._door,
            self._sessions,
            self._size_limit,
            hostname=self._hostname,
            enable_SMTPUTF8=True,
            timeout=IDLE,
            ident="Deskwright",
            loop=self._loop,
        )


class Door:
    """Hands each mail to `accept` off the event loop, and knows when none is in hand."""

    def __init__(self, accept: Accept, threads: int) -> None:
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="mail-accept")
        self._accept = accept
        self._in_hand = 0
        self._resting = asyncio.Event()

    async def take(self, envelope: Envelope) -> str:
        """The answer to give. A sender who hangs up meanwhile does not stop `accept`."""
        loop = asyncio.get_running_loop()
        try:
            said = await loop.run_in_executor(self.pool, self._accept, envelope)
        except Unavailable as trouble:
            log.warning("A mail from %s could not be kept now: %s", envelope.peer, trouble)
            return LATER
        except Exception:
            log.exception("A mail from %s could not be taken", envelope.peer)
            return LATER
        return checked(said)

    def hold(self) -> None:
        self._in_hand += 1
        self._resting.clear()

    def release(self) -> None:
        self._in_hand -= 1
        if self._in_hand == 0:
            self._resting.set()

    async def rest(self, seconds: float) -> None:
        """Return when no mail is in hand, at the latest after `seconds`."""
        if self._in_hand:
            try:
                await asyncio.wait_for(self._resting.wait(), seconds)
            except TimeoutError:
                log.warning("Closing with %s mails unanswered; their senders will send them again", self._in_hand)


def checked(said: str | None) -> str:
    if said is None:
        return TAKEN
    if not REPLY.match(said):
        log.error("An answer that is none in SMTP: %r", said)
        return LATER
    return said
