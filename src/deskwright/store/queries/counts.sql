-- How many tickets each view holds, and the unread notices. One pass over all live tickets: in `ticket_queue` alone,
-- which carries what the views ask of them, where what is visible asks for no more and a vacuum came by since; else the
-- tickets themselves are read too.
WITH live AS MATERIALIZED (
    SELECT t.queue, t.assignee_id = %(agent)s AS mine, t.assignee_id IS NULL AS free, t.snoozed_since IS NULL AS open,
           count(*) AS number, count(*) FILTER (WHERE t.at_risk_at <= %(now)s AND t.next_due_at IS NOT NULL) AS at_risk
    FROM store_ticket AS t WHERE {live} AND {visible}
    GROUP BY 1, 2, 3, 4
)
SELECT counted.view, NULL AS queue, coalesce(counted.number, 0)::bigint AS number, true AS whole
FROM (
    SELECT sum(number) FILTER (WHERE open AND mine) AS mine, sum(number) FILTER (WHERE open AND free) AS free,
           sum(at_risk) AS at_risk, sum(number) FILTER (WHERE open) AS open, sum(number) FILTER (WHERE NOT open) AS snoozed
    FROM live
) AS total, LATERAL (VALUES
    ('mine', total.mine), ('unassigned', total.free), ('at_risk', total.at_risk), ('all_open', total.open),
    ('snoozed', total.snoozed)
) AS counted (view, number)
UNION ALL
SELECT 'queue', shown.name, coalesce(sum(live.number), 0)::bigint, true
FROM unnest(%(queues)s::text[]) AS shown (name) LEFT JOIN live ON live.queue = shown.name AND live.open
GROUP BY shown.name
UNION ALL
SELECT 'chats', NULL, count(*), true
FROM store_chat AS c JOIN store_ticket AS t ON t.id = c.ticket_id
WHERE c.ended_at IS NULL AND {open} AND t.unanswered_since IS NOT NULL
  AND (t.assignee_id IS NULL OR t.assignee_id = %(agent)s) AND {visible}
UNION ALL
SELECT 'mentions', NULL, count(DISTINCT n.ticket_id), true
FROM store_notice AS n WHERE n.agent_id = %(agent)s AND n.read_at IS NULL AND n.key LIKE 'mention:%%'
UNION ALL
SELECT 'notices', NULL, (SELECT count(*) FROM (
    SELECT FROM store_notice AS n WHERE n.agent_id = %(agent)s AND n.read_at IS NULL LIMIT %(limit)s) AS counted), true
