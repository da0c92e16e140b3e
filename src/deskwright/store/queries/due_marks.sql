-- Clocks whose next mark has come, oldest first. The lock is on the ticket: whoever works on it keeps its clocks to itself.
SELECT c.ticket_id, c.metric, c.cycle, c.next_mark, c.next_mark_at
FROM store_clock AS c
JOIN store_ticket AS t ON t.id = c.ticket_id
WHERE c.next_mark_at <= %(now)s
ORDER BY c.next_mark_at, c.id
LIMIT %(limit)s
FOR NO KEY UPDATE OF t SKIP LOCKED
