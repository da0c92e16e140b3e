-- What was said and what happened on all tickets of a customer or an organisation, the newest first, down to `begun`: when
-- the last of the tickets was opened that were looked at (null: all were). What is older, other tickets may have, too.
WITH latest AS MATERIALIZED (
    SELECT t.id, t.subject, t.created_at FROM store_ticket AS t
    WHERE t.{owner} = %(number)s AND {visible} AND t.created_at <= %(at)s::timestamptz
      AND (t.created_at, 0, 0) < (%(at)s::timestamptz, %(sort)s::int, %(id)s::bigint)
    ORDER BY t.created_at DESC LIMIT %(opened)s
), edge AS MATERIALIZED (
    SELECT CASE WHEN count(*) >= %(opened)s THEN min(created_at) END AS begun FROM latest
), own AS MATERIALIZED (
    SELECT id, subject FROM latest
    UNION
    SELECT t.id, t.subject FROM store_ticket AS t
    WHERE t.{owner} = %(number)s AND {visible}
      AND t.updated_at >= (SELECT begun FROM edge) AND t.created_at <= (SELECT begun FROM edge)
    UNION -- what was written before its ticket was opened: split off from another, or come late
    SELECT t.id, t.subject FROM store_ticket AS t
    WHERE t.{owner} = %(number)s AND {visible} AND t.created_at >= %(at)s::timestamptz
      AND EXISTS (SELECT FROM store_message AS m WHERE m.ticket_id = t.id AND m.created_at < t.created_at
                  AND m.created_at <= %(at)s::timestamptz)
), entry AS (
    (SELECT m.created_at AS at, 1 AS sort, m.id, m.ticket_id, m.kind, m.channel, m.agent_id, m.customer_id,
            left(coalesce(nullif(m.new_text, ''), m.text), 600) AS words, NULL::jsonb AS data
     FROM store_message AS m WHERE m.ticket_id IN (SELECT id FROM own)
       AND (m.created_at, 1, m.id) < (%(at)s::timestamptz, %(sort)s::int, %(id)s::bigint)
       AND m.created_at >= coalesce((SELECT begun FROM edge), '-infinity')
     ORDER BY m.created_at DESC, m.id DESC LIMIT %(limit)s)
    UNION ALL
    (SELECT e.at, 0, e.id, e.ticket_id, e.kind, NULL, e.agent_id, NULL, NULL, e.data - 'seen'
     FROM store_ticketevent AS e WHERE e.ticket_id IN (SELECT id FROM own)
       AND (e.at, 0, e.id) < (%(at)s::timestamptz, %(sort)s::int, %(id)s::bigint)
       AND e.at >= coalesce((SELECT begun FROM edge), '-infinity')
     ORDER BY e.at DESC, e.id DESC LIMIT %(limit)s)
)
SELECT entry.*, own.subject, agent.name AS agent, customer.name AS customer, customer.email AS customer_email, edge.begun
FROM edge
LEFT JOIN (entry JOIN own ON own.id = entry.ticket_id) ON true
LEFT JOIN store_agent AS agent ON agent.id = entry.agent_id
LEFT JOIN store_customer AS customer ON customer.id = entry.customer_id
ORDER BY entry.at DESC NULLS LAST, entry.sort DESC, entry.id DESC LIMIT %(limit)s
