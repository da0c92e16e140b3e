-- Tickets that pass, by {key}, among the next {walked} of an index; all of those that `handle` leads to where they are few.
-- `end_key` and `end_id` say where looking ended before the page was full.
WITH few AS MATERIALIZED (
    SELECT t.id FROM store_ticket AS t WHERE {handle} LIMIT {few} + 1
), found AS MATERIALIZED (
    (SELECT t.id, {key} AS key FROM store_ticket AS t JOIN few USING (id)
     WHERE (SELECT count(*) FROM few) BETWEEN 1 AND {few} AND ({asked}) AND {visible} AND {place}
     ORDER BY {key} DESC, t.id DESC LIMIT %(limit)s)
    UNION ALL
    (SELECT t.id, {key} FROM (
        SELECT t.* FROM store_ticket AS t
        WHERE {driver} AND {place} AND {many}
        ORDER BY {key} DESC, t.id DESC LIMIT {walked}
     ) AS t WHERE ({asked}) AND {visible} LIMIT %(limit)s)
), rest AS MATERIALIZED (
    SELECT {key} AS key, t.id FROM store_ticket AS t
    WHERE {driver} AND {place} AND {many} AND (SELECT count(*) FROM found) < %(limit)s
    ORDER BY {key} DESC, t.id DESC OFFSET {walked} - 1 LIMIT 1
)
SELECT found.id, found.key, rest.key AS end_key, rest.id AS end_id
FROM (SELECT) AS page LEFT JOIN found ON true LEFT JOIN rest ON true
ORDER BY found.key DESC NULLS LAST, found.id DESC
