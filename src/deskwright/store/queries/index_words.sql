-- The words of these tickets that the desk has not met before. In order, so that two workers never wait for each other.
INSERT INTO store_searchword (word, grams)
SELECT fresh.word, deskwright_grams(fresh.word)
FROM (
    SELECT DISTINCT lexeme COLLATE "C" AS word
    FROM store_searchdocument AS document, unnest(document.words) AS found (lexeme, positions, weights)
    WHERE document.ticket_id = ANY(%(ids)s) AND length(lexeme) BETWEEN 4 AND 24 AND lexeme ~ '^[[:alpha:]]+$'
) AS fresh
WHERE NOT EXISTS (SELECT FROM store_searchword AS known WHERE known.word = fresh.word)
ORDER BY fresh.word
ON CONFLICT DO NOTHING
