-- The ticket's clocks, the running ones first, then by when they began.
SELECT c.* FROM store_clock AS c
WHERE c.ticket_id = %(ticket)s AND c.state <> 'cancelled'
ORDER BY (c.stopped_at IS NOT NULL), c.due_at, c.started_at, c.id
