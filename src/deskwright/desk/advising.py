"""What this desk's history says of its workflow, as findings with their evidence. Reads one snapshot only."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from deskwright.desk import workflows
from deskwright.desk.errors import Invalid
from deskwright.desk.simulation import Progress
from deskwright.desk.staffed import Past, followed
from deskwright.lab.advice.findings import Finding, of_rules, of_targets, of_teams, of_words
from deskwright.lab.replay import replay
from deskwright.lab.whatif.rerunning import rerun
from deskwright.store.connection import from_json, snapshot

MOST: Final = 20_000
"""Answers whose sentences are counted, the latest."""
SENTENCES: Final = 10
"""Macro candidates that are told."""


def advise(past: Past, *, now: datetime, progress: Progress = lambda share: None) -> list[Finding]:
    """Findings about the live workflow from that time: rules, promises, teams, sentences. `progress` hears the share
    done, of which reading the past was the first third, and may raise the lab's Cancelled. Raises Invalid for a desk
    without tickets in that time.
    """
    live = workflows.live()
    if not past.counted:
        raise Invalid(_("There is no ticket in that time: there is nothing to learn from."))
    log = [recorded for recorded in past.log if recorded.ticket in past.counted]
    with snapshot() as sql:
        answers = [(row["ticket_id"], row["text"]) for row in sql.execute(ANSWERS, {"since": past.since, "most": MOST})]
        macros = [text for row in sql.execute(MACROS) for text in from_json(row["texts"]).values()]
    tickets = replay(followed(log, 1, 3, progress), workflows.version, past.people_at)
    outcomes = rerun(followed(log, 2, 3, progress), workflows.version, past.people_at, now)[0]
    return [
        *of_rules(log, live),
        *of_targets(tickets, live),
        *of_teams(outcomes, live, past.latest, now),
        *list(of_words(answers, macros))[:SENTENCES],
    ]


ANSWERS = """
SELECT m.ticket_id, m.text FROM store_message AS m JOIN store_ticket AS t ON t.id = m.ticket_id
WHERE m.kind = 'agent' AND NOT t.imported AND (%(since)s::timestamptz IS NULL OR m.created_at >= %(since)s)
ORDER BY m.id DESC LIMIT %(most)s
"""
MACROS = "SELECT texts FROM store_macro WHERE archived_at IS NULL"
