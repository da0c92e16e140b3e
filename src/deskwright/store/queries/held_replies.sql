-- Replies to the ticket that have not left yet, the next first.
SELECT held.id, held.agent_id, agent.name AS agent, held.text, held.status, held.recipients, held.counts_at, held.leaves_at
FROM store_heldreply AS held
JOIN store_agent AS agent ON agent.id = held.agent_id
WHERE held.ticket_id = %(ticket)s
ORDER BY held.leaves_at, held.id
