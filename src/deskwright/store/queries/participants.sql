-- Who takes part in the ticket beside the requester, those left out or only proposed after the others.
SELECT part.email, part.because, part.removed, agent.name AS agent,
       (SELECT customer.name FROM store_identity AS identity
        JOIN store_customer AS customer ON customer.id = identity.customer_id
        WHERE identity.kind = 'email' AND identity.value = part.email) AS name
FROM store_participant AS part
LEFT JOIN store_agent AS agent ON agent.id = part.agent_id
WHERE part.ticket_id = %(ticket)s
ORDER BY part.removed, part.added_at, part.id
LIMIT %(limit)s
