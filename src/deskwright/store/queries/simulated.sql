-- The tickets a simulation runs over: those opened since and before `until`, which are counted, those still open then,
-- and those opened later. Imported ones have no log that decided on them. `versions` are the workflow versions that decided.
SELECT t.id,
       (%(since)s::timestamptz IS NULL OR t.created_at >= %(since)s)
       AND (%(until)s::timestamptz IS NULL OR t.created_at < %(until)s) AS counted,
       log.events, log.people, log.versions, log.last
FROM store_ticket AS t
CROSS JOIN LATERAL (
    SELECT count(*)::int AS events, max((e.data -> 'seen' ->> 'people')::bigint) AS people,
           array_agg(DISTINCT e.workflow_version) FILTER (WHERE e.data ? 'seen') AS versions,
           max(e.id) FILTER (WHERE e.data ? 'seen') AS last
    FROM store_ticketevent AS e WHERE e.ticket_id = t.id
) AS log
WHERE NOT t.imported
  AND (%(since)s::timestamptz IS NULL OR t.created_at >= %(since)s OR coalesce(t.solved_at, %(since)s) >= %(since)s)
ORDER BY t.id
