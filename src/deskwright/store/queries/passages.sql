-- For each of these tickets the newest passage, or the file's name, in which one of the words stands.
SELECT wanted.id, coalesce(said.text, file.text) AS text
FROM unnest(%(ids)s::bigint[]) AS wanted (id)
LEFT JOIN LATERAL (
    SELECT CASE WHEN message.at > 31
                THEN '… ' || regexp_replace(substr(message.text, message.at - 30, 240), '^\S*\s+', '')
                ELSE left(message.text, 240) END AS text
    FROM (
        SELECT latest.id, latest.text,
               (SELECT min(nullif(position(word IN lower(latest.text)), 0)) FROM unnest(%(words)s::text[]) AS word) AS at
        FROM (SELECT id, left(new_text, 8000) AS text FROM store_message
              WHERE ticket_id = wanted.id AND kind <> 'automatic' ORDER BY created_at DESC, id DESC LIMIT 10) AS latest
    ) AS message
    WHERE message.at IS NOT NULL
    ORDER BY message.id DESC
    LIMIT 1
) AS said ON true
LEFT JOIN LATERAL (
    SELECT attachment.name AS text
    FROM store_message AS message JOIN store_attachment AS attachment ON attachment.message_id = message.id
    WHERE message.ticket_id = wanted.id AND said.text IS NULL
      AND EXISTS (SELECT FROM unnest(%(words)s::text[]) AS word WHERE position(word IN lower(attachment.name)) > 0)
    LIMIT 1
) AS file ON true
WHERE coalesce(said.text, file.text) IS NOT NULL
