-- Tickets by the Message-IDs of their messages and deliveries, and those of the signed tickets that exist.
SELECT m.mail_id, m.ticket_id, md5(m.text) AS md5 FROM store_message AS m WHERE m.mail_id = ANY(%(names)s)
UNION ALL
SELECT d.mail_id, d.ticket_id, NULL FROM store_delivery AS d WHERE d.mail_id = ANY(%(names)s) AND d.ticket_id IS NOT NULL
UNION ALL
SELECT NULL, t.id, NULL FROM store_ticket AS t WHERE t.id = ANY(%(tickets)s)
