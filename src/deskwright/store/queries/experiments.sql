-- One row for each customer or organisation of each arm: the mean of each figure over its tickets, where there is one.
SELECT split_part(arm, '=', 1) AS experiment, split_part(arm, '=', 2) AS arm,
       coalesce(t.organisation_id, -t.customer_id) AS unit,
       count(*)::int AS tickets, min(t.created_at) AS since,
       avg(t.csat)::float8 AS csat,
       avg((t.reopen_count > 0)::int)::float8 AS reopened,
       avg((t.tier_number > 1)::int)::float8 AS escalated,
       avg(c.first_response) AS first_response, avg(c.first_response_met) AS first_response_met,
       avg(c.next_response) AS next_response, avg(c.next_response_met) AS next_response_met,
       avg(c.resolution) AS resolution, avg(c.resolution_met) AS resolution_met
FROM store_ticket AS t
CROSS JOIN LATERAL unnest(t.arms) AS arm
CROSS JOIN LATERAL (
    SELECT (avg(used_seconds) FILTER (WHERE metric = 'first_response' AND stopped_at IS NOT NULL) / 60)::float8
               AS first_response,
           (avg((breached_at IS NULL)::int) FILTER (WHERE metric = 'first_response' AND {settled}))::float8
               AS first_response_met,
           (avg(used_seconds) FILTER (WHERE metric = 'next_response' AND stopped_at IS NOT NULL) / 60)::float8
               AS next_response,
           (avg((breached_at IS NULL)::int) FILTER (WHERE metric = 'next_response' AND {settled}))::float8
               AS next_response_met,
           (avg(used_seconds) FILTER (WHERE metric = 'resolution' AND stopped_at IS NOT NULL) / 60)::float8
               AS resolution,
           (avg((breached_at IS NULL)::int) FILTER (WHERE metric = 'resolution' AND {settled}))::float8
               AS resolution_met
    FROM store_clock WHERE ticket_id = t.id AND state <> 'cancelled'
) AS c
WHERE t.arms && %(arms)s::text[] AND arm = ANY(%(arms)s)
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
