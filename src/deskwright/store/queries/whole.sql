-- The ticket that {ticket} is part of, at any depth; itself when it is merged into none. A circle ends.
WITH RECURSIVE up AS (
    SELECT {ticket} AS id, 0 AS far
    UNION ALL
    SELECT part.merged_into_id, up.far + 1 FROM up JOIN store_ticket AS part ON part.id = up.id
    WHERE part.merged_into_id IS NOT NULL AND up.far < 40
)
SELECT id FROM up ORDER BY far DESC LIMIT 1
