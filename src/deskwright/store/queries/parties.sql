-- Customers, their organisations, and their recent history (at most a hundred tickets each).
SELECT c.id, c.name, c.email, c.tier, c.language, c.preferred_channel, c.fields,
       o.id AS organisation_id, o.name AS organisation, o.tier AS organisation_tier, o.vip, o.csm_id,
       o.account_manager_id, o.fields AS organisation_fields,
       h.reopened, h.escalated, h.escalated_ago, h.opened, h.last_agent, h.last_agent_at
FROM store_customer AS c
LEFT JOIN store_organisation AS o ON o.id = c.organisation_id
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE recent.reopened_at > %(since)s)::int AS reopened,
           count(*) FILTER (WHERE recent.escalated_at > %(since)s)::int AS escalated,
           array_agg(extract(epoch FROM %(now)s - recent.escalated_at)::float8 / 86400 ORDER BY recent.escalated_at DESC)
               FILTER (WHERE recent.escalated_at > %(long_since)s) AS escalated_ago,
           count(*) FILTER (WHERE recent.created_at > %(since)s)::int AS opened,
           (array_agg(recent.last_agent_id ORDER BY recent.last_agent_at DESC)
               FILTER (WHERE recent.last_agent_id IS NOT NULL))[1] AS last_agent,
           max(recent.last_agent_at) FILTER (WHERE recent.last_agent_id IS NOT NULL) AS last_agent_at
    FROM (
        SELECT t.reopened_at, t.escalated_at, t.created_at, t.last_agent_id, t.last_agent_at
        FROM store_ticket AS t
        WHERE t.customer_id = c.id
        ORDER BY t.created_at DESC
        LIMIT 100
    ) AS recent
) AS h
WHERE c.id = ANY(%(ids)s)
