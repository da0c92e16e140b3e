-- One attachment, if its ticket may be seen.
SELECT a.name, a.sha256, a.content_type
FROM store_attachment AS a
JOIN store_message AS m ON m.id = a.message_id
JOIN store_ticket AS t ON t.id = m.ticket_id
WHERE a.id = %(attachment)s AND {visible}
