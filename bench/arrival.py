"""How fast mail arrives: by LMTP to "250" and on to a routed ticket, and from a full mailbox that is taken in at once.

Beside it, in the same run, two yardsticks: reading such mails with one core, and PostgreSQL keeping their bytes.
"""

from __future__ import annotations

import os
import random
import smtplib
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Final

from bench import _desk, _report

ROOT: Final = Path(__file__).resolve().parent.parent
BEGAN: Final = datetime(2026, 1, 5, 8, tzinfo=UTC)
MEDIAN: Final = 20_000
"""Bytes of a mail."""
PICTURED: Final = 0.3
"""Share of mails with a file."""
TEXT: Final = (
    "invoice export customer ledger since yesterday our team cannot open the report after signing in please could you "
    "tell whether it is known when we may expect an answer thank you kind regards dashboard number"
)
WORDS: Final = TEXT.split()
PATIENCE: Final = 300.0


def main() -> None:
    parser = _report.parser(__doc__)
    parser.add_argument("--mails", type=int, default=1000, help="mails by LMTP, for each number of connections")
    parser.add_argument("--filled", type=int, default=10_000, help="mails of the mailbox")
    asked = parser.parse_args()
    count, filled = (60, 200) if asked.quick else (asked.mails, asked.filled)
    with _desk.desk() as url:
        from deskwright.desk import clock

        _desk.staff(clock.now())
        yard = yardsticks(url, [mail(number) for number in range(200)])
        figures: dict[str, Any] = {"yardsticks": yard, "lmtp": {}}
        for connections in (1, 16):
            figures["lmtp"][connections] = by_lmtp(count, connections, yard)
        figures["filling in"] = filling_in(filled, yard)
    show(figures, count, filled)
    _report.keep("arrival", figures, asked)


def mail(number: int, of: str = "l") -> bytes:
    """The same mail for the same number: text beside HTML, sizes spread around the median, some with a file."""
    chance = random.Random(f"{of}{number}")
    size = int(MEDIAN * chance.lognormvariate(0, 0.8))
    made = EmailMessage()
    made["From"] = f"Reader {number % 700} <reader{number % 700}@house{number % 90}.example>"
    made["To"] = "support@desk.example"
    made["Subject"] = " ".join(chance.choices(WORDS, k=6))
    made["Date"] = format_datetime(BEGAN + timedelta(minutes=number))
    made["Message-ID"] = f"<{of}{number}.{chance.getrandbits(40)}@house{number % 90}.example>"
    lines = [" ".join(chance.choices(WORDS, k=11)) for _ in range(min(size // 4, 8000) // 66 + 2)]
    made.set_content("\n".join(lines))
    made.add_alternative(
        "<html><body>" + "".join(f"<p>{line}</p>" for line in lines) + "</body></html>", subtype="html"
    )
    left = size - len(lines) * 150
    if chance.random() < PICTURED and left > 1000:
        made.add_attachment(chance.randbytes(left * 3 // 4), "image", "png", filename=f"screen{number}.png")
    elif left > 200:
        made.get_payload()[1].set_content(page(lines, ".a{color:#333}" * (left // 14)), subtype="html")  # type: ignore[index]
    return made.as_bytes()


def page(lines: Sequence[str], style: str = "") -> str:
    return f"<html><head><style>{style}</style></head><body>{''.join(f'<p>{line}</p>' for line in lines)}</body></html>"


def yardsticks(url: str, mails: Sequence[bytes]) -> dict[str, float]:
    """Mails a second: read by one core, and kept by PostgreSQL, fifty in one transaction."""
    import psycopg

    from deskwright.channels.email.parse import parse

    began, busy = time.perf_counter(), time.process_time()
    for raw in mails:
        parse(raw)
    read, reading = len(mails) / (time.perf_counter() - began), (time.process_time() - busy) / len(mails)
    with psycopg.connect(url) as sql:
        sql.execute("CREATE TEMPORARY TABLE yard (body bytea)")
        sql.commit()
        began = time.perf_counter()
        for first in range(0, len(mails), 50):
            with sql.cursor() as many:
                many.executemany("INSERT INTO yard VALUES (%s)", [[raw] for raw in mails[first : first + 50]])
            sql.commit()
        kept = len(mails) / (time.perf_counter() - began)
    return {"read": read, "kept": kept, "cpu_ms": 1000 * reading}


def by_lmtp(count: int, connections: int, yard: dict[str, float]) -> dict[str, Any]:
    """So many mails over so many connections, the desk's own processes taking them in."""
    mails = [mail(number, f"c{connections}.") for number in range(count)]
    port = free_port()
    before = settled()
    with running("mail", LMTP_LISTEN=f"127.0.0.1:{port}", SMTP_LISTEN="off") as listener, running("work") as worker:
        reachable(port)
        memory = [held(listener, worker)]
        waits: list[float] = []
        began = time.perf_counter()
        busy = spent(listener, worker, database())
        threads = [
            threading.Thread(target=hand_in, args=(port, mails[place::connections], waits))
            for place in range(connections)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        accepted = time.perf_counter() - began
        memory.append(held(listener, worker))
        until_settled(before + count)
        routed = time.perf_counter() - began
        memory.append(held(listener, worker))
        busy = spent(listener, worker, database()) - busy
    return {
        "cpu_ms": 1000 * busy / count,
        "accepted": count / accepted,
        "p99_ms": 1000 * _report.percentile(waits, 0.99),
        "routed": count / routed,
        "of_reading": count / routed / yard["read"],
        "memory": memory,
    }


def hand_in(port: int, mails: Sequence[bytes], waits: list[float]) -> None:
    with smtplib.LMTP("127.0.0.1", port) as client:
        client.timeout = 60
        client.ehlo("bench.example")
        for raw in mails:
            began = time.perf_counter()
            client.sendmail("reader@house.example", ["support@desk.example"], raw)
            waits.append(time.perf_counter() - began)


def filling_in(count: int, yard: dict[str, float]) -> dict[str, Any]:
    """A mailbox with so many mails is fetched by this process and understood by a worker."""
    from deskwright.desk import clock
    from deskwright.desk.mailboxes import setting
    from deskwright.jobs.fetcher import Fetcher

    values = dict.fromkeys(setting.PLAIN, "") | {"name": "Years", "host": "imap.desk.example", "port": 993}
    values |= {"tls": "tls", "auth": "password", "user": "support", "folder": "INBOX", "after": "nothing"}
    values |= {"address": "support@desk.example", "begins_at": None}
    values |= {"brand_id": None, "plus": False, "reply_to": False}
    box = setting.add(None, values, {}, now=clock.now())
    before, folder, memory = settled(), Folder(count), []
    with running("work") as worker:
        began, busy = time.perf_counter(), spent(os.getpid(), worker, database())
        fetcher = Fetcher(box, lambda _: folder)  # type: ignore[arg-type, return-value]
        fetching = threading.Thread(target=fetcher.take, args=(folder, folder.uids()))
        fetching.start()
        for share in (0.1, 0.5, 1.0):
            until_settled(before + int(count * share))
            memory.append(held(os.getpid(), worker))
        routed = time.perf_counter() - began
        fetching.join()
        busy = spent(os.getpid(), worker, database()) - busy
    rate = count / routed
    return {"cpu_ms": 1000 * busy / count, "routed": rate, "of_reading": rate / yard["read"], "memory": memory}


class Folder:
    """A mailbox whose mails are made when they are fetched."""

    uid_validity = 1

    def __init__(self, count: int) -> None:
        self.count = count
        self.pool = [mail(number, "b") for number in range(200)]

    def uids(self) -> list[int]:
        return list(range(1, self.count + 1))

    def describe(self, uids: Sequence[int]) -> list[Any]:
        from deskwright.channels.email.imap import Described

        return [Described(uid, MEDIAN, BEGAN + timedelta(minutes=uid), f"<b{uid}@house.example>") for uid in uids]

    def fetch(self, described: Any) -> bytes:
        """One of two hundred mails, made its own by its date and its Message-ID."""
        raw = self.pool[described.uid % len(self.pool)]
        head, _, rest = raw.partition(b"Message-ID: <")
        return head + b"Message-ID: <" + str(described.uid).encode() + rest

    def put_away(self, *_: Any) -> None:
        """It stays as it is."""


@contextmanager
def running(name: str, **known: str) -> Iterator[int]:
    """One of the desk's processes; yields its id."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "deskwright", name], cwd=ROOT, env=os.environ | known, stdout=said, stderr=said
        )
        try:
            yield process.pid
        finally:
            process.terminate()
            process.wait(40)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


def reachable(port: int) -> None:
    """Raises TimeoutError when nobody listens within half a minute."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the mail listener does not answer")


def settled() -> int:
    """Mails that have become what they become."""
    from deskwright.store.connection import cursor

    row = cursor().execute("SELECT count(*) AS n FROM store_rawinput WHERE state <> 'pending'").fetchone()
    return int(row["n"]) if row else 0


def until_settled(number: int) -> None:
    """Raises TimeoutError when it takes for ever."""
    until = time.monotonic() + PATIENCE
    while settled() < number:
        if time.monotonic() > until:
            raise TimeoutError(f"{settled()} of {number} mails became something")
        time.sleep(0.05)


def held(*processes: int) -> int:
    """Megabytes of memory they hold together."""
    lines = [Path(f"/proc/{number}/status").read_text("utf-8") for number in processes]
    return sum(int(one.split("VmRSS:")[1].split()[0]) for one in lines) // 1024


def database() -> int:
    """PostgreSQL's first process."""
    from deskwright.store.connection import cursor

    row = cursor().execute("SELECT pg_backend_pid() AS id").fetchone()
    assert row is not None
    return parent(row["id"])


def parent(number: int) -> int:
    return int(told_of(number)[1])


def told_of(number: int) -> list[str]:
    """What Linux tells of a process, after its name: proc(5), `stat`."""
    return Path(f"/proc/{number}/stat").read_text("utf-8").rpartition(")")[2].split()


def spent(*processes: int) -> float:
    """Seconds of processor time of these processes and their children, also of those that have ended."""
    whole = 0
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            told = told_of(int(path.name))
            if int(path.name) in processes:
                whole += sum(map(int, told[11:15]))
            elif int(told[1]) in processes:
                whole += sum(map(int, told[11:13]))
    return whole / os.sysconf("SC_CLK_TCK")


def show(figures: dict[str, Any], count: int, filled: int) -> None:
    yard = figures["yardsticks"]
    rows = [
        (f"LMTP, {connections} connections, {count:,} mails", one["accepted"], one["p99_ms"], *further(one))
        for connections, one in figures["lmtp"].items()
    ]
    rows.append((f"a mailbox of {filled:,} mails", "", "", *further(figures["filling in"])))
    rows.append(("reading alone, one core", "", "", yard["read"], 1.0, yard["cpu_ms"], ""))
    rows.append(("PostgreSQL keeping the bytes alone", yard["kept"], "", "", "", "", ""))
    head = ("", "to 250, mails/s", "p99 ms", "to a ticket, mails/s", "of reading", "CPU ms", "MB at start, middle, end")
    _report.table("mail that arrives, median 20 kB", head, rows)


def further(one: dict[str, Any]) -> tuple[Any, ...]:
    return one["routed"], one["of_reading"], one["cpu_ms"], " / ".join(map(str, one["memory"]))


if __name__ == "__main__":
    main()
