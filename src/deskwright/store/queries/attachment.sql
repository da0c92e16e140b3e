-- One attachment, if its ticket, or what that is part of, may be seen.
SELECT t.id AS ticket_id, a.name, a.sha256, a.content_type
FROM store_attachment AS a
JOIN store_message AS m ON m.id = a.message_id
JOIN store_ticket AS t ON t.id = ({whole})
WHERE a.id = %(attachment)s AND {visible}
