"""Masses of rows, made set-wise by PostgreSQL: tickets with messages, search documents and running clocks.

Only for benchmarks: on a desk, such rows are written by its deeds.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from deskwright.store.connection import deed

CUSTOMERS: Final = 2000
PER_ORGANISATION: Final = 20


def customers(now: datetime, count: int = CUSTOMERS) -> None:
    """So many customers with names of people; for every twenty an organisation, whose domain is in their addresses."""
    with deed() as sql, without_indexes(sql, "store_customer"), without_indexes(sql, "store_identity"):
        sql.execute(ORGANISATIONS_SQL, {"count": count // PER_ORGANISATION})
        sql.execute(CUSTOMERS_SQL, {"count": count, "houses": count // PER_ORGANISATION, "now": now})


def regular(number: int) -> int:
    """Give one customer the latest so many solved tickets. Returns the customer."""
    with deed() as sql:
        row = sql.execute(REGULAR_SQL, {"number": number}).fetchone()
    return int(row["id"]) if row else 0


def tickets(count: int, now: datetime) -> None:
    """Tickets over sixty days: one in twenty is live, the others are solved; five queues, the agents in turn; tags."""
    with deed() as sql, without_indexes(sql, "store_ticket"):
        sql.execute(TICKETS_SQL, {"count": count, "now": now})


def clocks(now: datetime, *, live: bool = False) -> None:
    """Three running clocks for every ticket without any, their next marks spread over the month after `now`.

    `live`: for live tickets alone.
    """
    with deed() as sql, without_indexes(sql, "store_clock"):
        sql.execute(
            CLOCKS_SQL.format(more="AND t.solved_at IS NULL AND t.status <> 'solved'" if live else ""), {"now": now}
        )


def conversations() -> None:
    """A message and a search document for every ticket without."""
    with deed() as sql, without_indexes(sql, "store_message"), without_indexes(sql, "store_searchdocument"):
        sql.execute(MESSAGES_SQL)
        sql.execute(SEARCH_SQL)


@contextmanager
def without_indexes(sql: Any, table: str) -> Iterator[None]:
    """Rows come many times faster without the table's indexes and checks; the indexes are built again at the end."""
    found = sql.execute(INDEXES, {"table": table}).fetchall()
    for row in found:
        sql.execute(f"DROP INDEX {row['indexname']}")
    sql.execute("SET LOCAL session_replication_role = replica")
    yield
    sql.execute("SET LOCAL maintenance_work_mem = '256MB'")
    for row in found:
        sql.execute(row["indexdef"])


def settle() -> None:
    """Let PostgreSQL know what it holds, as autovacuum would within minutes."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


INDEXES: Final = """
SELECT indexname, indexdef FROM pg_indexes
WHERE tablename = %(table)s
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname AND contype IN ('p', 'u'))
"""

ORGANISATIONS_SQL: Final = """
INSERT INTO store_organisation (name, domain, vip, fields, notes)
SELECT (ARRAY['Harbor', 'Granite', 'Willow', 'Copper', 'Lantern', 'Meadow', 'Summit'])[1 + n %% 7] || ' '
           || (ARRAY['Pike', 'Works', 'Foods', 'Freight', 'Studio'])[1 + n / 7 %% 5] || ' ' || n,
       'house' || n || '.mass.example', n %% 50 = 0, '{}', ''
FROM generate_series(1, %(count)s) AS n
"""

CUSTOMERS_SQL: Final = """
WITH house AS (
    SELECT array_agg(id ORDER BY id) AS ids FROM store_organisation WHERE domain LIKE '%%.mass.example'
), made AS (
    INSERT INTO store_customer (name, email, organisation_id, fields, notes, created_at)
    SELECT (ARRAY['Ada', 'Bram', 'Clara', 'Dario', 'Elif', 'Femke', 'Goran', 'Hana', 'Ivo', 'Jelena', 'Karim', 'Lucia',
                  'Marta', 'Noor', 'Olek', 'Paula', 'Quentin', 'Rosa', 'Sven', 'Tamar'])[1 + n %% 20] || ' '
               || (ARRAY['Holloway', 'Okafor', 'Brandt', 'Castillo', 'Dubois', 'Eriksen', 'Farkas', 'Greco', 'Haddad',
                         'Ivanov', 'Jansen', 'Kowalski', 'Lindqvist'])[1 + n / 20 %% 13]
               || substr(translate(md5(n::text), '0123456789', 'ghijklmnop'), 1, n %% 4),
           'customer' || n || '@house' || 1 + n %% %(houses)s || '.mass.example', house.ids[1 + n %% %(houses)s],
           '{}', '', %(now)s
    FROM generate_series(1, %(count)s) AS n, house
    RETURNING id, email
)
INSERT INTO store_identity (customer_id, kind, value) SELECT id, 'email', email FROM made
"""

REGULAR_SQL: Final = """
WITH who AS (
    SELECT id, organisation_id FROM store_customer WHERE email LIKE '%%.mass.example' ORDER BY id LIMIT 1
), moved AS (
    UPDATE store_ticket AS t SET customer_id = who.id, organisation_id = who.organisation_id FROM who
    WHERE t.id IN (SELECT id FROM store_ticket WHERE status = 'solved' ORDER BY id DESC LIMIT %(number)s)
)
SELECT id FROM who
"""

TICKETS_SQL: Final = """
WITH who AS (
    SELECT array_agg(id ORDER BY id) AS agents FROM store_agent WHERE role <> 'admin'
), written AS (
    SELECT array_agg(id ORDER BY id) AS customers, array_agg(organisation_id ORDER BY id) AS houses
    FROM store_customer WHERE email LIKE '%%.mass.example'
)
INSERT INTO store_ticket (
    subject, description, channel, type, status, priority, category, language, sentiment, tags, signals, fields,
    customer_id, organisation_id, queue, assignee_id, units, tier_number, tier_signals, tier_acknowledged,
    triggers_fired, boosted, reopen_count, by_agent, imported, created_at, updated_at, unanswered_since,
    next_due_at, next_due_metric, at_risk_at, breached, workflow_version, revision)
SELECT (ARRAY['Invoice', 'Export', 'Login', 'Sync', 'Webhook', 'Dashboard'])[1 + n %% 6] || ' question ' || n,
       'Since this morning the '
           || (ARRAY['nightly export', 'stock report', 'shop connector', 'invoice list'])[1 + n %% 4]
           || ' shows something else than before. Reference ' || md5(n::text),
       (ARRAY['email', 'portal', 'chat', 'api'])[1 + n %% 4], 'question',
       CASE WHEN n %% 20 = 0 THEN (ARRAY['new', 'open', 'open', 'waiting_on_customer'])[1 + n / 20 %% 4]
            ELSE 'solved' END,
       (ARRAY['low', 'medium', 'medium', 'medium', 'high', 'critical'])[1 + n %% 6],
       (ARRAY['billing', 'product', 'technical', 'account'])[1 + n %% 4], 'en', 0,
       (CASE WHEN n %% 1000 = 0 THEN '{vip,late}' WHEN n %% 50 = 1 THEN '{late}' ELSE '{}' END)::text[], '{}', '{}',
       customers[1 + n %% array_length(customers, 1)], houses[1 + n %% array_length(houses, 1)],
       (ARRAY['support', 'technical', 'billing', 'success', 'technical_integrations'])[1 + n / 20 %% 5],
       CASE WHEN n / 20 %% 9 = 0 THEN NULL ELSE agents[1 + n / 20 %% array_length(agents, 1)] END,
       1, 0, '{}', false, '{}', false, 0, false, false,
       at, at + interval '1 hour', CASE WHEN n %% 20 = 0 THEN at END,
       CASE WHEN n %% 20 = 0 AND n / 20 %% 4 < 3 THEN %(now)s + (n %% 2880 - 300) * interval '1 minute' END,
       CASE WHEN n %% 20 = 0 AND n / 20 %% 4 < 3 THEN 'resolution' END,
       CASE WHEN n %% 20 = 0 AND n / 20 %% 4 < 3 THEN %(now)s + (n %% 2880 - 600) * interval '1 minute' END,
       n %% 2880 < 300 AND n %% 20 = 0, 1, 1
FROM (SELECT n, %(now)s::timestamptz - (%(count)s - n) * (interval '60 days' / %(count)s) AS at
      FROM generate_series(1, %(count)s) AS n) AS numbered, who, written
"""

CLOCKS_SQL: Final = """
INSERT INTO store_clock (
    ticket_id, metric, cycle, state, started_at, target, calendar, due_at, used_seconds, running_since, fired,
    next_mark_at, next_mark, version)
SELECT t.id, m.metric, 1, 'running', t.created_at, '30d', '', %(now)s + interval '60 days', 0, t.created_at, 0,
       %(now)s + interval '1 day' + (t.id * 7919 %% 2592000) * interval '1 second', 0.5, 1
FROM store_ticket AS t, unnest(ARRAY['first_response', 'next_response', 'resolution']) AS m (metric)
WHERE NOT EXISTS (SELECT FROM store_clock AS c WHERE c.ticket_id = t.id) {more}
"""

MESSAGES_SQL: Final = """
INSERT INTO store_message (
    ticket_id, kind, channel, customer_id, text, new_text, html, recipients, verified, created_at)
SELECT t.id, 'customer', t.channel, t.customer_id, t.description, t.description, '', '{}', true, t.created_at
FROM store_ticket AS t
WHERE NOT EXISTS (SELECT FROM store_message AS m WHERE m.ticket_id = t.id)
"""

SEARCH_SQL: Final = """
INSERT INTO store_searchdocument (ticket_id, words)
SELECT t.id, setweight(to_tsvector('simple', t.subject), 'A')
           || setweight(to_tsvector('simple', concat_ws(' ', c.name, c.email, split_part(c.email, '@', 2),
                                                            o.name)), 'B')
           || setweight(to_tsvector('simple', t.description), 'C')
FROM store_ticket AS t
JOIN store_customer AS c ON c.id = t.customer_id LEFT JOIN store_organisation AS o ON o.id = c.organisation_id
ON CONFLICT DO NOTHING
"""
