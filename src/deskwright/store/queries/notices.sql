-- An agent's notices, the latest first, each with its ticket while the agent may still see that.
SELECT n.id, n.subject, n.created_at, n.read_at, n.key, t.id AS ticket, t.subject AS ticket_subject
FROM store_notice AS n
LEFT JOIN store_ticket AS t ON t.id = n.ticket_id AND {visible}
WHERE n.agent_id = %(agent)s
ORDER BY n.created_at DESC, n.id DESC
LIMIT %(limit)s
