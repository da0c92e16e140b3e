SELECT s.* FROM store_survey AS s JOIN store_ticket AS t ON t.id = s.ticket_id
WHERE s.id > %(after)s AND (%(state)s = '' OR s.state = %(state)s) AND {visible}
ORDER BY s.id
LIMIT %(limit)s
