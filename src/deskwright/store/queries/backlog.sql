-- Tickets opened and solved on each local day of a zone since an instant, and ('before') those open at that instant.
-- A ticket that was opened again counts as solved when it was solved last; one that was joined with another not at all.
WITH own AS (
    SELECT t.created_at, t.solved_at FROM store_ticket AS t
    WHERE t.merged_into_id IS NULL AND {visible} AND coalesce(t.solved_at, %(since)s) >= %(since)s
)
SELECT 'opened' AS what, (created_at AT TIME ZONE %(zone)s)::date AS day, count(*)::int AS number
FROM own WHERE created_at >= %(since)s AND created_at < %(until)s GROUP BY 2
UNION ALL
SELECT 'solved', (solved_at AT TIME ZONE %(zone)s)::date, count(*)::int
FROM own WHERE solved_at >= %(since)s AND solved_at < %(until)s GROUP BY 2
UNION ALL
SELECT 'before', NULL, count(*)::int FROM own WHERE created_at < %(since)s
