-- What was said and what happened on all tickets of a customer or an organisation, the newest first.
WITH own AS MATERIALIZED (SELECT t.id, t.subject FROM store_ticket AS t WHERE t.{owner} = %(number)s AND {visible})
SELECT entry.*, own.subject, agent.name AS agent, customer.name AS customer, customer.email AS customer_email
FROM (
    (SELECT m.created_at AS at, 1 AS sort, m.id, m.ticket_id, m.kind, m.channel, m.agent_id, m.customer_id,
            left(coalesce(nullif(m.new_text, ''), m.text), 600) AS words, NULL::jsonb AS data
     FROM store_message AS m WHERE m.ticket_id IN (SELECT id FROM own)
       AND (m.created_at, 1, m.id) < (%(at)s::timestamptz, %(sort)s::int, %(id)s::bigint)
     ORDER BY m.created_at DESC, m.id DESC LIMIT %(limit)s)
    UNION ALL
    (SELECT e.at, 0, e.id, e.ticket_id, e.kind, NULL, e.agent_id, NULL, NULL, e.data - 'seen'
     FROM store_ticketevent AS e WHERE e.ticket_id IN (SELECT id FROM own)
       AND (e.at, 0, e.id) < (%(at)s::timestamptz, %(sort)s::int, %(id)s::bigint)
     ORDER BY e.at DESC, e.id DESC LIMIT %(limit)s)
) AS entry
JOIN own ON own.id = entry.ticket_id
LEFT JOIN store_agent AS agent ON agent.id = entry.agent_id
LEFT JOIN store_customer AS customer ON customer.id = entry.customer_id
ORDER BY entry.at DESC, entry.sort DESC, entry.id DESC LIMIT %(limit)s
