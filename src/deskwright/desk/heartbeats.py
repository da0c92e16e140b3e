"""Signs of life: worker and mail listener say every half minute that they are there; the doctor listens."""

from __future__ import annotations

import os
import socket
from datetime import datetime, timedelta
from typing import Final

from deskwright.store.connection import cursor, deed

ALIVE: Final = timedelta(minutes=2)
"""After this long without a beat nobody is there."""
KEPT: Final = timedelta(days=7)


def beat(kind: str, now: datetime) -> None:
    """This process, of that kind, is there."""
    with deed() as sql:
        name = f"{kind}@{socket.gethostname()}:{os.getpid()}"[:120]
        sql.execute(BEAT, {"name": name, "now": now, "old": now - KEPT})


def last_beat(kind: str) -> datetime | None:
    """When a process of that kind was last heard of (UTC); None: never."""
    values = {"like": f"{kind}@%"}
    row = cursor().execute("SELECT max(at) AS at FROM store_heartbeat WHERE name LIKE %(like)s", values).fetchone()
    return row["at"] if row else None


BEAT: Final = """
WITH gone AS (DELETE FROM store_heartbeat WHERE at < %(old)s)
INSERT INTO store_heartbeat (name, at) VALUES (%(name)s, %(now)s) ON CONFLICT (name) DO UPDATE SET at = EXCLUDED.at
"""
