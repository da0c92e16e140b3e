"""Files that go with what an agent writes: kept with the draft at once, attached when the message is written.

Only their agent sees them until then. Those nobody sends are forgotten after a while.
"""

from __future__ import annotations

import mimetypes
import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg
from django.utils.translation import gettext as _

from deskwright.channels.email.naming import safe_name
from deskwright.desk import access
from deskwright.desk.answering.drafts import KINDS
from deskwright.desk.arriving.arrivals import File
from deskwright.desk.errors import Invalid, NotFound
from deskwright.store import blobs
from deskwright.store.connection import deed
from deskwright.store.live import announce
from deskwright.store.models import Agent, DraftFile
from deskwright.text.files import SHOWN_TYPES, picture_type

Cursor = psycopg.Cursor[dict[str, Any]]
LARGEST: Final = 20 * 1024 * 1024
"""Bytes of all files of one message: written as a mail they are a third more, and many servers take 25 to 30 MB."""
MOST: Final = 20
KEPT: Final = timedelta(days=30)
"""How long a file waits for its message."""
PICTURE: Final = re.compile(r"\(\s*<?cid:([\w.-]{1,80})")


def add(actor: Agent, ticket_id: int, kind: str, name: str, content: bytes, *, now: datetime) -> DraftFile:
    """Keep a file with the agent's draft. Raises NotFound, Forbidden, and Invalid with the limit it breaks."""
    if kind not in KINDS:
        raise Invalid(_("A file goes with a reply or a note."))
    access.ticket_for(actor, ticket_id, kind)
    with deed() as sql:
        lock(sql, actor, ticket_id)
        refuse(sql, actor, ticket_id, kind, len(content))
        file = file_of(name, content)
        made = DraftFile.objects.create(
            agent=actor,
            ticket_id=ticket_id,
            kind=kind,
            name=file.name,
            content_type=file.content_type,
            size=len(content),
            sha256=blobs.put(content),
            content_id=file.content_id,
            created_at=now,
        )
        announce(sql, [ticket_id])
        return made


def file_of(name: str, content: bytes) -> File:
    """A file as it is kept: its name without tricks, and what its bytes, else its name, say it is."""
    named = safe_name(name, "application/octet-stream", content)
    kind = picture_type(content) or mimetypes.guess_type(named)[0] or "application/octet-stream"
    return File(named, kind, content, secrets.token_hex(8))


def refuse(sql: Cursor, actor: Agent, ticket_id: int, kind: str, size: int) -> None:
    row = sql.execute(CARRIED, naming(actor, ticket_id, kind)).fetchone()
    assert row is not None
    megabytes = LARGEST // 1024 // 1024
    if not size:
        raise Invalid(_("This file is empty."), {"file": "empty"})
    if size > LARGEST:
        raise Invalid(
            _("This file is too large to be mailed: at most %(megabytes)s MB.") % {"megabytes": megabytes},
            {"file": "too large"},
        )
    if row["size"] + size > LARGEST:
        raise Invalid(
            _("Together the files are too large to be mailed: at most %(megabytes)s MB.") % {"megabytes": megabytes},
            {"file": "too large"},
        )
    if row["number"] >= MOST:
        raise Invalid(_("A message takes at most %(most)s files.") % {"most": MOST}, {"file": "too many"})


def remove(actor: Agent, file_id: int) -> DraftFile:
    """The file does not go along. Returns what it was. Raises NotFound, also when it has left with its message."""
    with deed() as sql:
        file = own(actor, file_id)
        DraftFile.objects.filter(pk=file.pk).delete()
        announce(sql, [file.ticket_id])
        return file


def own(actor: Agent, file_id: int) -> DraftFile:
    """The agent's file. Raises NotFound, also when its ticket is not to be seen any more."""
    file = DraftFile.objects.filter(pk=file_id, agent=actor).first()
    if file is None:
        raise NotFound(_("There is no such file, or it has left with its message."))
    access.ticket_for(actor, file.ticket_id, "see")
    return file


def take_along(sql: Cursor, actor: Agent, ticket_id: int, held: int) -> None:
    """The files of the draft go with the held reply. Part of the caller's deed."""
    sql.execute(TAKE_ALONG, naming(actor, ticket_id, "reply") | {"held": held})


def give_back(sql: Cursor, held: int) -> None:
    """The files of a held reply are the draft's again. Part of the caller's deed."""
    sql.execute("UPDATE store_draftfile SET held_id = NULL WHERE held_id = %(held)s", {"held": held})


def leave_with(sql: Cursor, message: Mapping[str, Any], text: str, where: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The files as rows of the message's attachments; they are no draft's any more. Part of the caller's deed.

    `where` names either the held reply or the agent, ticket and kind of the draft. Pictures the text shows are inline.
    """
    shown = set(PICTURE.findall(text))
    rows = sql.execute(OF_HELD if "held" in where else OF_DRAFT, where).fetchall()
    of_message = {"message_id": message["id"], "logo": False}
    return [
        row | of_message | {"inline": row["content_id"] in shown and row["content_type"] in SHOWN_TYPES}
        for row in sorted(rows, key=lambda row: row.pop("id"))
    ]


def row_of(message: int, file: File) -> dict[str, Any]:
    """A file that was no draft's, as a row of the message's attachments; its bytes are kept."""
    return {
        "message_id": message,
        "name": file.name[:255] or "unnamed",
        "content_type": file.content_type[:120],
        "size": len(file.content),
        "sha256": blobs.put(file.content),
        "content_id": file.content_id,
        "inline": file.inline,
        "logo": file.logo,
    }


def bytes_of(row: Mapping[str, Any] | None) -> bytes:
    """What an attachment's or a draft file's row names. Raises NotFound: no such row, or its bytes are gone."""
    if row is None:
        raise NotFound(_("There is no such file, or it is not yours to see."))
    try:
        return blobs.get(row["sha256"])
    except FileNotFoundError:
        raise NotFound(_("The bytes of this file are not in the store any more.")) from None


def naming(actor: Agent, ticket_id: int, kind: str) -> dict[str, Any]:
    return {"agent": actor.pk, "ticket": ticket_id, "kind": kind}


def lock(sql: Cursor, actor: Agent, ticket_id: int) -> None:
    """Two files that arrive at once are counted one after the other."""
    sql.execute("SELECT pg_advisory_xact_lock(%(agent)s::int, %(ticket)s::int)", naming(actor, ticket_id, ""))


def sweep(now: datetime, limit: int) -> int:
    """Forget files that waited longer than `KEPT` beside a draft nobody touched since. Returns how many.

    Their bytes go too, unless another row names the same content.
    """
    with deed() as sql:
        rows = sql.execute(SWEEP, {"before": now - KEPT, "limit": limit}).fetchall()
    forget_unnamed({row["sha256"] for row in rows}, now - timedelta(days=1))
    return len(rows)


def sweep_store(now: datetime, limit: int) -> int:
    """Forget what lies in the store and no row names: a crash came between the two, or its row is gone. Each hour looks
    at one of its folders, and at what was not put for `KEPT`. Returns how many.
    """
    old = blobs.untouched(int(now.timestamp()) // 3600 % blobs.FOLDERS, now - KEPT)
    with deed() as sql:
        unnamed = [row["sha256"] for row in sql.execute(UNNAMED, {"names": old, "limit": limit})]
    forget_unnamed(unnamed, now - KEPT)
    return len(unnamed)


def forget_unnamed(names: Iterable[str], before: datetime) -> None:
    for name in names:
        with deed() as sql:
            if not sql.execute(NAMED, {"sha256": name}).fetchall():
                blobs.forget(name, before)


CARRIED = """
SELECT count(*)::int AS number, coalesce(sum(size), 0)::bigint AS size FROM store_draftfile
WHERE agent_id = %(agent)s AND ticket_id = %(ticket)s AND kind = %(kind)s AND held_id IS NULL
"""
TAKE_ALONG = """
UPDATE store_draftfile SET held_id = %(held)s
WHERE agent_id = %(agent)s AND ticket_id = %(ticket)s AND kind = %(kind)s AND held_id IS NULL
"""
GONE = "RETURNING id, name, content_type, size, sha256, content_id"
OF_HELD = f"DELETE FROM store_draftfile WHERE held_id = %(held)s {GONE}"
OF_DRAFT = f"""
DELETE FROM store_draftfile
WHERE agent_id = %(agent)s AND ticket_id = %(ticket)s AND kind = %(kind)s AND held_id IS NULL {GONE}
"""
SWEEP = """
DELETE FROM store_draftfile WHERE id IN (
    SELECT file.id FROM store_draftfile AS file
    WHERE file.created_at < %(before)s AND file.held_id IS NULL AND NOT EXISTS (
        SELECT FROM store_draft AS draft
        WHERE draft.agent_id = file.agent_id AND draft.ticket_id = file.ticket_id AND draft.kind = file.kind
          AND draft.updated_at > %(before)s)
    ORDER BY file.created_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
RETURNING sha256
"""
UNNAMED = """
SELECT old.sha256 FROM unnest(%(names)s::text[]) AS old (sha256)
WHERE NOT EXISTS (SELECT FROM store_attachment AS a WHERE a.sha256 = old.sha256)
  AND NOT EXISTS (SELECT FROM store_draftfile AS f WHERE f.sha256 = old.sha256) LIMIT %(limit)s
"""
NAMED = """
SELECT FROM store_attachment WHERE sha256 = %(sha256)s
UNION ALL SELECT FROM store_draftfile WHERE sha256 = %(sha256)s LIMIT 1
"""
