-- The delivery each report speaks of: the one whose Message-ID it names, else the latest to its recipient on the ticket.
SELECT report.place, delivery.id, delivery.recipient, delivery.message_id, author.agent_id AS author
FROM unnest(%(names)s::text[], %(tickets)s::bigint[], %(recipients)s::text[])
     WITH ORDINALITY AS report (name, ticket, recipient, place)
JOIN LATERAL (
    SELECT id, recipient, message_id, 0 AS worse FROM store_delivery WHERE mail_id = report.name
    UNION ALL
    (SELECT id, recipient, message_id, 1 FROM store_delivery
     WHERE ticket_id = report.ticket AND lower(recipient) = report.recipient AND state IN ('sent', 'bounced')
     ORDER BY id DESC LIMIT 1)
    ORDER BY worse LIMIT 1
) AS delivery ON true
LEFT JOIN store_message AS author ON author.id = delivery.message_id AND author.kind = 'agent'
