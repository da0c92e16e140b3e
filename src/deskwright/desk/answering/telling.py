"""Further ways of telling a notice: a mail to who asked for one, on top of the page that keeps every notice.

What the workflow mails it mails in any case; this only adds. Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import psycopg

from deskwright.desk.answering.letters import NoticeByMail
from deskwright.desk.cases import Case
from deskwright.store.connection import from_json

Cursor = psycopg.Cursor[dict[str, Any]]
KINDS: Final = ("rules", "mentions", "followed", "mine")
"""What a notice is about: what a rule tells, being named, a ticket one follows, one's own work gone wrong."""
OF_KEY: Final = {"mention": "mentions", "followed": "followed", "held": "mine", "webhook": "mine", "experiment": "mine"}


def kind_of(key: str) -> str:
    """The kind of a notice by its key; whatever is of no other kind was told by a rule."""
    return OF_KEY.get(key.split(":")[0], "rules")


def mail_too(cursor: Cursor, cases: Sequence[Case]) -> None:
    """Letters for notices whose agents chose mail for their kind. One statement at most, none without notices."""
    agents = sorted({notice["agent_id"] for case in cases for notice in case.notices})
    if not agents:
        return
    chosen = {row["id"]: from_json(row["told_by"]) for row in cursor.execute(CHOSEN, {"agents": agents})}
    for case in cases:
        written = {(letter.agent, letter.key) for letter in case.letters if isinstance(letter, NoticeByMail)}
        for notice in case.notices:
            who, key = notice["agent_id"], notice["key"]
            if "mail" in chosen.get(who, {}).get(kind_of(key), ()) and (who, key) not in written:
                case.letters.append(NoticeByMail(who, notice["subject"], key, notice["created_at"]))


CHOSEN: Final = "SELECT id, told_by FROM store_agent WHERE id = ANY(%(agents)s) AND is_active AND told_by <> '{}'"
