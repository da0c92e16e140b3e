-- Tickets that hold the words, ranked within a block of the newest matches; a number or an address comes before them.
-- The newest documents are looked through one by one, for a frequent word is met there again and again. Older ones are
-- asked of the index, stretch by stretch and only as far as needed, until the block is full or {looked} were met.
WITH asked AS (
    SELECT {words} AS words, {indexed} AS indexed
), exact AS (
    SELECT t.id FROM store_ticket AS t WHERE t.id = %(number)s::bigint AND {visible}
    UNION
    SELECT theirs.id
    FROM store_identity AS identity
    JOIN LATERAL (
        SELECT t.id FROM store_ticket AS t
        WHERE t.customer_id = identity.customer_id AND {visible}
        ORDER BY t.created_at DESC LIMIT %(limit)s
    ) AS theirs ON true
    WHERE identity.kind = 'email' AND identity.value = %(address)s::text
), newest AS MATERIALIZED (
    SELECT ticket_id AS id, words FROM store_searchdocument WHERE ticket_id < %(upper)s
    ORDER BY ticket_id DESC LIMIT %(newest)s
), edge AS MATERIALIZED (
    SELECT min(id) AS id, min(id) / {stretch} AS stretch FROM newest
), recent AS MATERIALIZED (
    SELECT newest.id FROM newest JOIN LATERAL (
        SELECT FROM store_ticket AS t WHERE t.id = newest.id AND ({asked}) AND {visible} LIMIT 1
    ) AS may_be_found ON true
    WHERE newest.words @@ (SELECT words FROM asked)
    LIMIT %(block)s
), older AS (
    SELECT document.id
    FROM generate_series(0, ((SELECT stretch FROM edge) / 8 + 3)::int) AS step
    CROSS JOIN LATERAL (
        SELECT id FROM (
            SELECT ticket_id AS id FROM store_searchdocument
            WHERE words @@ (SELECT indexed FROM asked) AND ARRAY[ticket_id / {stretch}] && ARRAY(
                SELECT (SELECT stretch FROM edge) - generate_series(first, first + (1 << least(step, 3)) - 1)
                FROM (SELECT CASE WHEN step < 3 THEN (1 << step) - 1 ELSE 8 * step - 17 END AS first) AS begun)
            OFFSET 0
        ) AS holding WHERE id < (SELECT id FROM edge) ORDER BY id DESC
    ) AS document
    WHERE (SELECT count(*) FROM recent) < %(block)s
    LIMIT {looked}
), block AS MATERIALIZED (
    SELECT id FROM (
        SELECT id FROM recent
        UNION ALL
        SELECT older.id FROM older JOIN LATERAL (
            SELECT FROM store_ticket AS t WHERE t.id = older.id AND ({asked}) AND {visible} LIMIT 1
        ) AS may_be_found ON true
    ) AS found LIMIT %(block)s
), ranked AS (
    SELECT id, 1000.0::float8 AS rank FROM exact
    UNION ALL
    SELECT block.id, ts_rank('{{0.2, 0.4, 0.7, 1.0}}', document.words, (SELECT words FROM asked))::float8
    FROM block JOIN store_searchdocument AS document ON document.ticket_id = block.id
    WHERE block.id NOT IN (SELECT id FROM exact)
)
SELECT ranked.id, ranked.rank,
       CASE WHEN (SELECT count(*) FROM block) >= %(block)s THEN (SELECT min(id) FROM block)
            WHEN (SELECT count(*) FROM older) >= {looked} THEN (SELECT min(id) FROM older) END AS floor,
       (SELECT count(*) FROM block) AS met
FROM (SELECT) AS page LEFT JOIN ranked ON (rank, id) < (%(after_rank)s::float8, %(after_id)s::bigint)
ORDER BY rank DESC NULLS LAST, id DESC
LIMIT %(limit)s
