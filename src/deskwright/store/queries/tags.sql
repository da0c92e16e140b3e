-- Tags in use on the latest tickets the agent sees, the most used first.
SELECT tag, count(*) AS number
FROM (
    SELECT unnest(latest.tags) AS tag
    FROM (SELECT t.tags FROM store_ticket AS t WHERE {visible} ORDER BY t.updated_at DESC, t.id DESC LIMIT 2000) AS latest
) AS used
GROUP BY tag
ORDER BY number DESC, tag
LIMIT 100
