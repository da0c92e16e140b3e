-- An agent's notices, the latest first, each with its ticket while the agent may still see that.
SELECT n.id, n.subject, n.created_at, n.read_at, n.key, t.id AS ticket, n.ticket_id IS NOT NULL AND t.id IS NULL AS hidden,
       t.subject AS title, t.status,
       coalesce(nullif(customer.name, ''), customer.email) AS customer
FROM store_notice AS n
LEFT JOIN store_ticket AS t ON t.id = n.ticket_id AND {visible}
LEFT JOIN store_customer AS customer ON customer.id = t.customer_id
WHERE n.agent_id = %(agent)s
ORDER BY n.created_at DESC, n.id DESC
LIMIT %(limit)s
