-- Chats that are open and whose tickets are live, those whose visitor waits longest first.
SELECT t.id, t.subject, t.queue, t.assignee_id, agent.name AS assignee, t.unanswered_since, t.status,
       coalesce(nullif(customer.name, ''), customer.email) AS customer, c.started_at, c.here_at, c.accepted_at, c.page,
       c.by_mail_since, last.text, last.kind
FROM store_chat AS c
JOIN store_ticket AS t ON t.id = c.ticket_id
JOIN store_customer AS customer ON customer.id = t.customer_id
LEFT JOIN store_agent AS agent ON agent.id = t.assignee_id
LEFT JOIN LATERAL (
    SELECT left(m.new_text, 200) AS text, m.kind FROM store_message AS m
    WHERE m.ticket_id = t.id AND m.kind IN ('customer', 'agent') ORDER BY m.created_at DESC, m.id DESC LIMIT 1
) AS last ON true
WHERE c.ended_at IS NULL AND t.status IN ('new', 'open', 'waiting_on_customer', 'on_hold') AND {visible}
  AND (%(mine)s::bigint IS NULL OR t.assignee_id = %(mine)s)
ORDER BY t.unanswered_since ASC NULLS LAST, c.id
LIMIT %(limit)s
