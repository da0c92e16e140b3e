-- Tickets opened since, each with the five places it passes: channel, rule, queue, tier, outcome; '' where there is none.
SELECT t.id, t.subject, t.priority, t.status, t.created_at, t.channel,
       coalesce(t.rule, '') AS rule, coalesce(t.queue, '') AS queue, coalesce(t.tier, '') AS tier, t.tier_number,
       CASE WHEN t.merged_into_id IS NOT NULL THEN 'merged'
            WHEN t.status IN ('solved', 'closed') THEN CASE WHEN late.late THEN 'solved_late' ELSE 'solved' END
            ELSE CASE WHEN late.late THEN 'open_late' ELSE 'open' END END AS outcome
FROM store_ticket AS t
CROSS JOIN LATERAL (
    SELECT EXISTS (
        SELECT FROM store_clock AS c
        WHERE c.ticket_id = t.id AND c.breached_at IS NOT NULL AND c.metric <> 'tier' AND c.state <> 'cancelled'
    ) AS late
) AS late
WHERE t.created_at >= %(since)s AND {visible}
