-- A page of live tickets, the next due first, those without a running clock after them.
-- Two branches, because one comparison cannot walk an index across NULL: each reads its own stretch of it.
WITH page AS (
    (SELECT t.id, t.next_due_at
     FROM store_ticket AS t
     WHERE {view} AND {visible} AND t.next_due_at IS NOT NULL
       AND (t.next_due_at, t.id) > (%(after_due)s::timestamptz, %(after_id)s::bigint)
     ORDER BY t.next_due_at, t.id
     LIMIT %(limit)s)
    UNION ALL
    (SELECT t.id, t.next_due_at
     FROM store_ticket AS t
     WHERE {view} AND {visible} AND t.next_due_at IS NULL AND t.id > %(after_idle)s::bigint
     ORDER BY t.next_due_at, t.id
     LIMIT %(limit)s)
), page_rows AS (
    SELECT id FROM page ORDER BY next_due_at, id LIMIT %(limit)s
)
{rows}
ORDER BY t.next_due_at, t.id
