"""One conversation with a sender, in SMTP or LMTP: aiosmtpd's, with our own reading of the mail.

aiosmtpd refuses long lines and keeps them in memory; real mail has some of megabytes, and hostile mail has no end.
"""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP

from deskwright.channels.contract import Envelope

TOO_BIG = "552 5.3.4 The mail is larger than this desk takes"
LAST = b".\r\n"
END = b"\r\n.\r\n"
DOTTED = b"\r\n."
"""A line that begins with a dot has one more on its way, so that none looks like the last one."""
TOO_LONG_TO_WAIT_FOR = 4
"""How many times the limit is read (and thrown away) before the connection is cut."""


class Door(Protocol):
    async def take(self, envelope: Envelope) -> str: ...

    def hold(self) -> None: ...

    def release(self) -> None: ...


class SmtpSession(SMTP):
    line_length_limit = 64 * 1024

    def __init__(self, door: Door, sessions: set[SmtpSession], size_limit: int, **options: Any) -> None:
        super().__init__(door, data_size_limit=size_limit, **options)
        self.door = door
        self._size_limit = size_limit
        self._sessions = sessions

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._sessions.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._sessions.discard(self)
        super().connection_lost(error)

    def end(self, goodbye: bytes) -> None:
        """Close after what is still to be written."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.write(goodbye)
            self.transport.close()

    async def smtp_DATA(self, arg: str | None) -> None:
        """DATA"""
        if await self.check_helo_needed():
            return
        if not self.recipients():
            await self.push("503 5.5.1 RCPT comes before DATA")
            return
        if arg:
            await self.push("501 5.5.4 DATA stands alone")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        raw = await self.read_mail()
        await self.answer(raw)
        self._set_post_data_state()

    async def answer(self, raw: bytes | None) -> None:
        """The mail is in hand until its answer is written."""
        self.door.hold()
        try:
            reply = TOO_BIG if raw is None else await self.door.take(self.described(raw))
            await self.push(self.spoken(reply))
        finally:
            self.door.release()

    async def read_mail(self) -> bytes | None:
        """The mail without its dots, or None when it was larger than the limit."""
        kept, size, end = [b"\r\n"], 0, b"\r\n"
        while end != END:
            piece = await self.read_piece()
            kept.append(piece)
            size += len(piece) - (end[-2:] + piece).count(DOTTED)
            end = (end + piece[-len(END) :])[-len(END) :]
            if size - 2 > self._size_limit:
                kept.clear()
                self.cut_off_endless(size)
        if size - 2 > self._size_limit:
            return None
        return b"".join(kept)[: -len(LAST)].replace(DOTTED, b"\r\n")[2:]

    async def read_piece(self) -> bytes:
        """Up to a point that ends a line, and perhaps the mail; or as much of a longer stretch as is kept waiting."""
        try:
            return await self._reader.readuntil(LAST)
        except asyncio.LimitOverrunError as long:
            return await self._reader.read(long.consumed)

    def cut_off_endless(self, size: int) -> None:
        if size > TOO_LONG_TO_WAIT_FOR * self._size_limit and isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()
            raise asyncio.CancelledError

    def described(self, raw: bytes) -> Envelope:
        assert self.envelope is not None and self.session is not None
        peer: Any = self.session.peer
        return Envelope(
            mail_from=readable(self.envelope.mail_from or "").removeprefix("<").removesuffix(">"),
            rcpt_tos=tuple(self.recipients()),
            raw=raw,
            peer=str(peer[0]) if isinstance(peer, tuple) else str(peer),
        )

    def recipients(self) -> list[str]:
        assert self.envelope is not None
        return [readable(address) for address in self.envelope.rcpt_tos]

    def spoken(self, answer: str) -> str:
        return answer


class LmtpSession(SmtpSession, LMTP):
    def spoken(self, answer: str) -> str:
        """LMTP answers once for each recipient."""
        return "\r\n".join([answer] * len(self.recipients()))


def readable(address: str) -> str:
    """An address as text even where the sender's bytes were no UTF-8."""
    return address.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
