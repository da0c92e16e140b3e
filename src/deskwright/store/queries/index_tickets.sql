-- Subject (A), requester and organisation (B), the newest words of the conversation (C). The bounds keep a document far
-- below the largest that PostgreSQL takes, whatever a mail contains.
INSERT INTO store_searchdocument (ticket_id, words)
SELECT t.id,
       setweight(to_tsvector('simple', left(t.subject, 2000)), 'A')
       || setweight(to_tsvector('simple', concat_ws(' ', customer.name, customer.email, organisation.name)), 'B')
       || setweight(to_tsvector('simple', coalesce(said.text, '')), 'C')
FROM store_ticket AS t
JOIN store_customer AS customer ON customer.id = t.customer_id
LEFT JOIN store_organisation AS organisation ON organisation.id = t.organisation_id
LEFT JOIN LATERAL (
    SELECT left(string_agg(left(message.new_text, 20000), ' ' ORDER BY message.id DESC), 200000) AS text
    FROM store_message AS message
    WHERE message.ticket_id = t.id AND message.kind <> 'automatic'
) AS said ON true
WHERE t.id = ANY(%(ids)s)
ORDER BY t.id
ON CONFLICT (ticket_id) DO UPDATE SET words = EXCLUDED.words
