-- The ticket and everything merged into it, at any depth; a circle ends.
WITH RECURSIVE family AS (
    SELECT %(ticket)s::bigint AS id
    UNION
    SELECT part.id FROM store_ticket AS part JOIN family ON part.merged_into_id = family.id
)
SELECT id FROM family
