-- Subject (A), requester and organisation (B), the newest words of the conversation and its files (C), recipients (D). Words of names
-- stand there once more with a mark, for those who do not get to see addresses; addresses in names do not. The bounds keep a document far
-- below the largest that PostgreSQL takes, whatever a mail contains.
INSERT INTO store_searchdocument (ticket_id, words)
SELECT t.id,
       setweight(to_tsvector('simple', left(t.subject, 2000)), 'A')
       || setweight(to_tsvector('simple', concat_ws(' ', customer.name, customer.email, split_part(customer.email, '@', 2),
                                                   organisation.name)), 'B')
       || setweight(to_tsvector('simple', concat_ws(' ', said.text, files.names)), 'C')
       || setweight(to_tsvector('simple', coalesce(sent.addresses, '')), 'D')
       || array_to_tsvector(ARRAY(
              SELECT '=' || word.lexeme
              FROM unnest(to_tsvector('simple', regexp_replace(
                  concat_ws(' ', customer.name, organisation.name), '[^\s<>]+@[^\s<>]+|[+]\d[\d ()/.-]{4,}\d', ' ', 'g'))) AS word))
FROM store_ticket AS t
JOIN store_customer AS customer ON customer.id = t.customer_id
LEFT JOIN store_organisation AS organisation ON organisation.id = t.organisation_id
LEFT JOIN LATERAL (
    SELECT left(string_agg(left(message.new_text, 20000), ' ' ORDER BY message.id DESC), 200000) AS text
    FROM store_message AS message
    WHERE message.ticket_id = t.id AND message.kind <> 'automatic'
) AS said ON true
LEFT JOIN LATERAL (
    SELECT left(string_agg(file.name || ' ' || translate(file.name, '._-', '   '), ' '), 20000) AS names
    FROM store_message AS message JOIN store_attachment AS file ON file.message_id = message.id
    WHERE message.ticket_id = t.id
) AS files ON true
LEFT JOIN LATERAL (
    SELECT left(string_agg(address #>> '{}', ' '), 20000) AS addresses
    FROM store_message AS message, jsonb_path_query(message.recipients, 'strict $.** ? (@.type() == "string")') AS address
    WHERE message.ticket_id = t.id AND message.kind <> 'automatic'
) AS sent ON true
WHERE t.id = ANY(%(ids)s)
ORDER BY t.id
ON CONFLICT (ticket_id) DO UPDATE SET words = EXCLUDED.words
