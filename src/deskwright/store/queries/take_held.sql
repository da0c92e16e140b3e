-- Held replies with their tickets, locked: in this order, as every deed that takes both does.
SELECT held.id, held.agent_id, held.ticket_id, held.text, held.status, held.recipients, held.kind, held.seen, held.counts_at,
       held.template, held.by, ticket.updated_at
FROM store_heldreply AS held
JOIN store_ticket AS ticket ON ticket.id = held.ticket_id
WHERE held.id = ANY(%(ids)s)
ORDER BY held.ticket_id, held.id
FOR UPDATE OF held FOR NO KEY UPDATE OF ticket
