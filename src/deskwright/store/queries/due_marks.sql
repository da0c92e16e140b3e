-- Clocks whose next mark has come, oldest first. The lock is on the ticket: whoever works on it keeps its clocks to itself.
-- Marks wait for a held reply: it leaves in a moment and counts from when it was sent, which may be before them.
SELECT c.ticket_id, c.metric, c.cycle, c.next_mark, c.next_mark_at
FROM store_clock AS c
JOIN store_ticket AS t ON t.id = c.ticket_id
WHERE c.next_mark_at <= %(now)s
  AND NOT EXISTS (
      SELECT FROM store_heldreply AS held
      WHERE held.ticket_id = c.ticket_id AND held.counts_at < %(now)s
        AND held.leaves_at > %(now)s::timestamptz - interval '2 minutes'
  )
ORDER BY c.next_mark_at, c.id
LIMIT %(limit)s
FOR NO KEY UPDATE OF t SKIP LOCKED
