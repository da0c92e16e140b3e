-- The requester's other tickets, the latest first.
SELECT t.id, t.subject, t.status, t.channel, t.created_at, t.priority, t.merged_into_id
FROM store_ticket AS t
WHERE t.customer_id = %(customer)s AND t.id <> %(ticket)s AND {visible}
ORDER BY t.created_at DESC
LIMIT %(limit)s
