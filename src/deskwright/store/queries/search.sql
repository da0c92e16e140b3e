-- Tickets that hold the words, ranked; a number or an address comes before them.
-- A frequent word is met again and again among the newest documents, so those are looked through first; only when
-- they hold too few is the index asked for every match. Either way the work is bounded by what is rare.
WITH exact AS (
    SELECT t.id FROM store_ticket AS t WHERE t.id = %(number)s AND {visible}
    UNION
    SELECT theirs.id
    FROM store_identity AS identity
    JOIN LATERAL (
        SELECT t.id FROM store_ticket AS t
        WHERE t.customer_id = identity.customer_id AND {visible}
        ORDER BY t.created_at DESC LIMIT %(limit)s
    ) AS theirs ON true
    WHERE identity.kind = 'email' AND identity.value = %(address)s
), recent AS MATERIALIZED (
    SELECT document.ticket_id AS id, document.words
    FROM (SELECT ticket_id, words FROM store_searchdocument ORDER BY ticket_id DESC LIMIT 1500) AS document
    JOIN store_ticket AS t ON t.id = document.ticket_id
    WHERE document.words @@ {tsquery} AND {visible}
    LIMIT %(enough)s
), every AS MATERIALIZED (
    SELECT document.ticket_id AS id, document.words
    FROM store_searchdocument AS document
    WHERE document.words @@ {tsquery} AND (SELECT count(*) FROM recent) < %(enough)s
), newest AS (
    SELECT id, words FROM recent WHERE (SELECT count(*) FROM recent) >= %(enough)s
    UNION ALL
    (SELECT every.id, every.words FROM every
     JOIN store_ticket AS t ON t.id = every.id
     WHERE {visible}
     ORDER BY every.id DESC LIMIT %(enough)s)
), ranked AS (
    SELECT id, 1000.0::real AS rank FROM exact
    UNION ALL
    SELECT id, ts_rank(words, {tsquery}) FROM newest WHERE id NOT IN (SELECT id FROM exact)
), page_rows AS (
    SELECT id, rank FROM ranked ORDER BY rank DESC, id DESC LIMIT %(limit)s
)
{rows}
ORDER BY page_rows.rank DESC, t.id DESC
