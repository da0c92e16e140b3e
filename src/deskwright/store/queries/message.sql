-- One message's HTML, if its ticket, or what that is part of, may be seen, with the pictures that came along.
SELECT t.id AS ticket_id, m.html,
       (SELECT json_agg(json_build_object('content_id', a.content_id, 'sha256', a.sha256, 'size', a.size) ORDER BY a.id)
        FROM store_attachment AS a WHERE a.message_id = m.id AND a.content_id <> '') AS files
FROM store_message AS m
JOIN store_ticket AS t ON t.id = ({whole})
WHERE m.id = %(message)s AND m.html <> '' AND {visible}
