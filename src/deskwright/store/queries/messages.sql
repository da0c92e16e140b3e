-- The conversation, oldest first, with what was attached and how each message left.
SELECT m.id, m.ticket_id, m.kind, m.channel, m.text, m.new_text, m.recipients, m.verified, m.created_at, m.sentiment, m.html <> '' AS page,
       m.agent_id, agent.name AS agent, customer.name AS customer, customer.email AS customer_email,
       (SELECT json_agg(json_build_object('id', a.id, 'name', a.name, 'size', a.size, 'type', a.content_type,
                                          'inline', a.inline, 'logo', a.logo, 'content_id', a.content_id)
                        ORDER BY a.id)
        FROM store_attachment AS a WHERE a.message_id = m.id) AS attachments,
       (SELECT array_agg(named.name) FROM store_mention AS mention
        JOIN store_agent AS named ON named.id = mention.agent_id WHERE mention.message_id = m.id) AS mentions,
       (SELECT json_agg(json_build_object('id', d.id, 'channel', d.channel, 'receipt', d.receipt, 'state', d.state, 'recipient', d.recipient,
                                          'attempts', d.attempts, 'error', d.last_error, 'answer', d.answer, 'sent_at', d.sent_at, 'due_at', d.due_at,
                                          'bounced_at', d.bounced_at, 'bounce', d.bounce_id, 'again_of', d.again_of_id)
                        ORDER BY d.id)
        FROM store_delivery AS d WHERE d.message_id = m.id) AS deliveries
FROM store_message AS m
LEFT JOIN store_agent AS agent ON agent.id = m.agent_id
LEFT JOIN store_customer AS customer ON customer.id = m.customer_id
WHERE m.ticket_id IN ({family})
ORDER BY m.created_at, m.id
