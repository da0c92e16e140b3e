-- Live work by queue: open tickets, those without an agent, since when the oldest of them waits, units carried, late ones.
SELECT queue, count(*)::int AS open, count(*) FILTER (WHERE assignee_id IS NULL AND status IN ('new', 'open'))::int AS waiting,
       min(created_at) FILTER (WHERE assignee_id IS NULL AND status IN ('new', 'open')) AS oldest,
       coalesce(sum(units) FILTER (WHERE assignee_id IS NOT NULL), 0)::float8 AS units,
       count(*) FILTER (WHERE breached)::int AS late
FROM store_ticket
WHERE status IN ('new', 'open', 'waiting_on_customer', 'on_hold')
GROUP BY queue
