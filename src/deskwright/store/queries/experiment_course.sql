-- One figure of each ticket of an experiment's arms, in the order in which the tickets were opened.
SELECT split_part(arm, '=', 2) AS arm, coalesce(t.organisation_id, -t.customer_id) AS unit, t.created_at,
       ({figure})::float8 AS value
FROM store_ticket AS t
CROSS JOIN LATERAL unnest(t.arms) AS arm
WHERE t.arms && %(arms)s::text[] AND arm = ANY(%(arms)s)
ORDER BY t.created_at, t.id
