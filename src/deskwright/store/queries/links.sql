-- What a ticket is linked with, as far as it may be seen: the other's number, subject and state.
SELECT l.id AS link, l.kind, l.share, l.because, l.dismissed, l.ticket_id = %(ticket)s AS below, t.id, t.subject, t.status, t.substatus,
       t.merged_into_id, coalesce(nullif(customer.name, ''), customer.email) AS customer
FROM store_ticketlink AS l
JOIN store_ticket AS t ON t.id = CASE WHEN l.ticket_id = %(ticket)s THEN l.other_id ELSE l.ticket_id END
JOIN store_customer AS customer ON customer.id = t.customer_id
WHERE (l.ticket_id = %(ticket)s OR l.other_id = %(ticket)s) AND {visible}
ORDER BY l.kind, l.share DESC NULLS LAST, t.id
