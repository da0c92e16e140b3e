-- Who follows the ticket, by name.
SELECT follower.agent_id, agent.name FROM store_follower AS follower
JOIN store_agent AS agent ON agent.id = follower.agent_id AND agent.is_active
WHERE follower.ticket_id = %(ticket)s
ORDER BY agent.name
