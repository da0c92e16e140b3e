-- For each word that nobody has written here, the words that share the most runs of three letters with it.
SELECT typed, near.word
FROM unnest(%(words)s::text[]) AS typed
CROSS JOIN LATERAL (
    SELECT known.word
    FROM store_searchword AS known, deskwright_grams(typed) AS own (grams)
    WHERE known.grams && own.grams AND length(known.word) BETWEEN length(typed) - 2 AND length(typed) + 3
    ORDER BY cardinality(ARRAY(SELECT unnest(known.grams) INTERSECT SELECT unnest(own.grams))) DESC,
             abs(length(known.word) - length(typed)), known.word
    LIMIT 8
) AS near
WHERE NOT EXISTS (SELECT FROM store_searchword AS known WHERE known.word = typed)
