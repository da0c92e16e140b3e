-- The saved views' counts, all in one pass over the most urgent live tickets the agent sees.
SELECT 'saved', counted.view::text, counted.number, counted.whole
FROM (
    SELECT {numbers}
    FROM (
        SELECT latest.*, row_number() OVER () AS place
        FROM (SELECT t.* FROM store_ticket AS t WHERE {live} AND {visible}
              ORDER BY t.next_due_at, t.id LIMIT %(looked)s) AS latest
    ) AS t {joins}
) AS pass, (SELECT coalesce(sum(number), 0) AS number FROM live) AS everything, LATERAL (VALUES {values}) AS counted (view, number, whole)
