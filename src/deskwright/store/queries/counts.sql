-- How many tickets each view holds, each counted up to a limit ("999+" says enough), and the unread notices.
SELECT 'mine' AS view, NULL AS queue, (SELECT count(*) FROM (
    SELECT FROM store_ticket AS t WHERE {live} AND t.assignee_id = %(agent)s LIMIT %(limit)s) AS counted) AS number, true AS whole
UNION ALL
SELECT 'unassigned', NULL, (SELECT count(*) FROM (
    SELECT FROM store_ticket AS t WHERE {live} AND t.assignee_id IS NULL AND {visible} LIMIT %(limit)s) AS counted), true
UNION ALL
SELECT 'at_risk', NULL, (SELECT count(*) FROM (
    SELECT FROM store_ticket AS t WHERE {at_risk} AND {visible} LIMIT %(limit)s) AS counted), true
UNION ALL
SELECT 'all_open', NULL, (SELECT count(*) FROM (
    SELECT FROM store_ticket AS t WHERE {live} AND {visible} LIMIT %(limit)s) AS counted), true
UNION ALL
SELECT 'snoozed', NULL, (SELECT count(*) FROM (
    SELECT FROM store_ticket AS t WHERE t.snoozed_since IS NOT NULL AND {visible} LIMIT %(limit)s) AS counted), true
UNION ALL
SELECT 'chats', NULL, (SELECT count(*) FROM (
    SELECT FROM store_chat AS c JOIN store_ticket AS t ON t.id = c.ticket_id
    WHERE c.ended_at IS NULL AND {live} AND t.unanswered_since IS NOT NULL
      AND (t.assignee_id IS NULL OR t.assignee_id = %(agent)s) AND {visible} LIMIT %(limit)s) AS counted), true
UNION ALL
SELECT 'mentions', NULL, (SELECT count(DISTINCT n.ticket_id) FROM store_notice AS n
    WHERE n.agent_id = %(agent)s AND n.read_at IS NULL AND n.key LIKE 'mention:%%'), true
UNION ALL
SELECT 'queue', shown.name, (SELECT count(*) FROM (
    SELECT FROM store_ticket AS t WHERE {live} AND t.queue = shown.name LIMIT %(limit)s) AS counted), true
FROM unnest(%(queues)s::text[]) AS shown (name)
UNION ALL
SELECT 'notices', NULL, (SELECT count(*) FROM (
    SELECT FROM store_notice AS n WHERE n.agent_id = %(agent)s AND n.read_at IS NULL LIMIT %(limit)s) AS counted), true
