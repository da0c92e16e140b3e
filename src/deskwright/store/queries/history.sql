-- The log in the order in which it was written, a page at a time. The traces stay where they are: nobody replays them.
SELECT e.id, e.ticket_id, e.at, e.kind, e.workflow_version, e.cause IS NOT NULL AS consequence, e.actor, e.agent_id,
       (e.data - 'effects')::text AS data
FROM store_ticketevent AS e
WHERE e.id > %(after)s AND (%(tickets)s::bigint[] IS NULL OR e.ticket_id = ANY(%(tickets)s))
ORDER BY e.id
LIMIT %(limit)s
