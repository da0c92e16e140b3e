"""The database: its version, connections, size, vacuum, migrations, and whether its clock agrees with ours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from deskwright.desk.doctor.finding import Finding, broken, fine, sized, warning
from deskwright.engine.saying import _, ngettext
from deskwright.store.connection import cursor

OLDEST: Final = 16
CROWDED: Final = 0.8
BLOATED: Final = 0.3
BIG: Final = 100_000
SKEW: Final = 2.0
"""Seconds between our clock and the database's from which deadlines are told wrongly."""


def version(now: datetime) -> Iterator[Finding]:
    row = one("SELECT current_setting('server_version') AS words, current_setting('server_version_num')::int AS number")
    major = row["number"] // 10_000
    if major < OLDEST:
        yield broken(
            "database",
            _("PostgreSQL %(version)s is too old.", version=row["words"]),
            _("Move to PostgreSQL %(version)s or later.", version=OLDEST),
        )
    else:
        size = one("SELECT pg_database_size(current_database()) AS bytes")["bytes"]
        yield fine("database", _("PostgreSQL %(version)s, %(size)s.", version=row["words"], size=sized(size)))


def migrations(now: datetime) -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        names = ", ".join(migration.name for migration, _ in plan[:5])
        yield broken(
            "migrations",
            ngettext(
                "%(count)s migration not applied: %(names)s.",
                "%(count)s migrations not applied: %(names)s.",
                len(plan),
                names=names,
            ),
            _("Run `deskwright migrate`."),
        )
    else:
        yield fine("migrations", _("Every migration is applied."))


def connections(now: datetime) -> Iterator[Finding]:
    row = one(CONNECTIONS)
    says = _("%(used)s of %(most)s connections are in use.", used=row["used"], most=row["most"])
    if row["used"] >= CROWDED * row["most"]:
        yield warning("connections", says, _("Raise max_connections, or run fewer web and work processes."))
    else:
        yield fine("connections", says)
    if row["idle"]:
        says = ngettext(
            "%(count)s transaction idle for more than ten minutes: they keep vacuum from its work.",
            "%(count)s transactions idle for more than ten minutes: they keep vacuum from its work.",
            row["idle"],
        )
        yield warning("connections", says, _("Find the client in pg_stat_activity and end it."))


def vacuum(now: datetime) -> Iterator[Finding]:
    if one("SELECT current_setting('autovacuum') AS state")["state"] != "on":
        yield broken("vacuum", _("Autovacuum is off: tables and indexes grow without end."), _("Set autovacuum = on."))
        return
    for row in cursor().execute(DEAD, {"least": BIG, "share": BLOATED}):
        says = _(
            "%(table)s: %(dead)s dead rows beside %(live)s live ones.",
            table=row["table"],
            dead=row["dead"],
            live=row["live"],
        )
        yield warning(
            "vacuum", says, _("Run VACUUM %(table)s; lower autovacuum_vacuum_scale_factor for it.", table=row["table"])
        )
    yield fine("vacuum", _("Autovacuum is on."))


def clocks(now: datetime) -> Iterator[Finding]:
    """The database's clock is compared, never decided by."""
    row = one("SELECT clock_timestamp() AS theirs")  # habit: it is the thing being measured
    skew = abs((row["theirs"] - now).total_seconds())
    if skew >= SKEW:
        mend = _("Keep both hosts in time (chrony, systemd-timesyncd).")
        yield warning("time", _("This host and the database's are %(skew)s seconds apart.", skew=f"{skew:.1f}"), mend)
    else:
        yield fine("time", _("This host and the database agree on the time."))


def one(statement: str) -> dict[str, Any]:
    row = cursor().execute(statement).fetchone()
    assert row is not None
    return row


CONNECTIONS: Final = """
SELECT (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend') AS used,
       current_setting('max_connections')::int AS most,
       (SELECT count(*)::int FROM pg_stat_activity
        WHERE state = 'idle in transaction' AND state_change < statement_timestamp() - interval '10 minutes') AS idle
"""  # habit: the age of a connection is the database's own matter
DEAD: Final = """
SELECT relname AS table, n_dead_tup AS dead, n_live_tup AS live FROM pg_stat_user_tables
WHERE n_dead_tup > %(least)s AND n_dead_tup > %(share)s * greatest(n_live_tup, 1) ORDER BY n_dead_tup DESC LIMIT 5
"""
