-- Tickets that hold the words, the newest matches first, ranked among themselves; a number or an address comes before them.
WITH asked AS (
    SELECT {tsquery} AS words
), exact AS (
    SELECT t.id FROM store_ticket AS t WHERE t.id = %(number)s AND {visible}
    UNION
    (SELECT t.id FROM store_identity AS identity
     JOIN store_ticket AS t ON t.customer_id = identity.customer_id
     WHERE identity.kind = 'email' AND identity.value = %(address)s AND {visible}
     ORDER BY t.id DESC LIMIT %(limit)s)
), newest AS (
    SELECT document.ticket_id AS id, document.words
    FROM store_searchdocument AS document
    JOIN store_ticket AS t ON t.id = document.ticket_id
    WHERE document.words @@ {tsquery} AND {visible}
    ORDER BY document.ticket_id DESC
    LIMIT 200
), ranked AS (
    SELECT id, 1000.0 AS rank FROM exact
    UNION ALL
    SELECT newest.id, ts_rank(newest.words, asked.words) FROM newest, asked
    WHERE newest.id NOT IN (SELECT id FROM exact)
), page_rows AS (
    SELECT id, rank FROM ranked ORDER BY rank DESC, id DESC LIMIT %(limit)s
)
{rows}
ORDER BY page_rows.rank DESC, t.id DESC
