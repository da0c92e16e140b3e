"""Masses of rows, made set-wise by PostgreSQL: tickets with messages, search documents and running clocks.

Only for benchmarks: on a desk, such rows are written by its deeds.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from deskwright.store.connection import deed

CUSTOMERS: Final = 2000


def customers(now: datetime) -> None:
    with deed() as sql:
        sql.execute(CUSTOMERS_SQL, {"count": CUSTOMERS, "now": now})


def tickets(count: int, now: datetime) -> None:
    """Tickets over sixty days: one in twenty is live, the others are solved; five queues, the agents in turn."""
    with deed() as sql:
        sql.execute(TICKETS_SQL, {"count": count, "now": now})


def clocks(now: datetime) -> None:
    """Three running clocks for every ticket without any, their next marks spread over the month after `now`."""
    with deed() as sql:
        sql.execute(CLOCKS_SQL, {"now": now})


def conversations() -> None:
    """A message and a search document for every ticket without."""
    with deed() as sql:
        sql.execute(MESSAGES_SQL)
        sql.execute(SEARCH_SQL)


def settle() -> None:
    """Let PostgreSQL know what it holds, as autovacuum would within minutes."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


CUSTOMERS_SQL: Final = """
WITH made AS (
    INSERT INTO store_customer (name, email, organisation_id, fields, notes, created_at)
    SELECT 'Customer ' || n, 'customer' || n || '@mass.example',
           (SELECT min(id) FROM store_organisation) + n %% (SELECT count(*) FROM store_organisation), '{}', '', %(now)s
    FROM generate_series(1, %(count)s) AS n
    RETURNING id, email
)
INSERT INTO store_identity (customer_id, kind, value) SELECT id, 'email', email FROM made
"""

TICKETS_SQL: Final = """
WITH who AS (
    SELECT array_agg(id ORDER BY id) AS agents FROM store_agent WHERE role <> 'admin'
), written AS (
    SELECT array_agg(id ORDER BY id) AS customers FROM store_customer WHERE email LIKE '%%@mass.example'
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
       (ARRAY['billing', 'product', 'technical', 'account'])[1 + n %% 4], 'en', 0, '{}', '{}', '{}',
       customers[1 + n %% array_length(customers, 1)], NULL,
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
WHERE NOT EXISTS (SELECT FROM store_clock AS c WHERE c.ticket_id = t.id)
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
           || setweight(to_tsvector('simple', c.name || ' ' || c.email), 'B')
           || setweight(to_tsvector('simple', t.description), 'C')
FROM store_ticket AS t JOIN store_customer AS c ON c.id = t.customer_id
ON CONFLICT DO NOTHING
"""
