-- The most urgent ticket whose customer waits, that is the agent's or nobody's, and that nobody else was served.
-- A reply on its way out counts as an answer; a skipped ticket comes again once something has happened to it.
SELECT t.id, t.next_due_at
FROM store_ticket AS t
WHERE t.status IN ('new', 'open') AND (t.unanswered_since IS NOT NULL OR t.status = 'new')
  AND (t.assignee_id IS NULL OR t.assignee_id = %(agent)s) AND {visible}
  AND NOT EXISTS (SELECT FROM store_ticketclaim AS claim
                  WHERE claim.ticket_id = t.id AND claim.agent_id <> %(agent)s AND claim.until > %(now)s)
  AND NOT EXISTS (SELECT FROM store_ticketskip AS skip
                  WHERE skip.ticket_id = t.id AND skip.agent_id = %(agent)s
                    AND skip.until > %(now)s AND skip.at >= t.updated_at)
  AND NOT EXISTS (SELECT FROM store_heldreply AS held WHERE held.ticket_id = t.id)
ORDER BY t.next_due_at, t.id
LIMIT 1
FOR UPDATE OF t SKIP LOCKED
