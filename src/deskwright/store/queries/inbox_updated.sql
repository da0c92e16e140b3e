-- A page of tickets, the latest touched first.
WITH page_rows AS (
    SELECT t.id
    FROM store_ticket AS t
    WHERE {view} AND {visible} AND (t.updated_at, t.id) < (%(before)s::timestamptz, %(before_id)s::bigint)
    ORDER BY t.updated_at DESC, t.id DESC
    LIMIT %(limit)s
)
{rows}
ORDER BY t.updated_at DESC, t.id DESC
