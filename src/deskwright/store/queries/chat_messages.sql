-- What visitors and agents said in chats after the message each visitor has: no notes, nobody else's words, nothing
-- that came encrypted.
SELECT m.id, m.ticket_id, m.kind, m.text, m.mail_id, m.created_at, agent.name AS agent,
       (SELECT json_agg(json_build_object('id', a.id, 'name', a.name, 'size', a.size, 'type', a.content_type) ORDER BY a.id)::text
        FROM store_attachment AS a WHERE a.message_id = m.id) AS files
FROM unnest(%(tickets)s::bigint[], %(afters)s::bigint[]) AS wanted (ticket, after)
JOIN store_message AS m ON m.ticket_id = wanted.ticket AND m.id > wanted.after
JOIN store_ticket AS t ON t.id = m.ticket_id
LEFT JOIN store_agent AS agent ON agent.id = m.agent_id
WHERE m.kind = 'agent'
   OR (m.kind = 'customer' AND m.customer_id = t.customer_id AND NOT jsonb_exists(m.recipients, 'encrypted'))
ORDER BY m.id
