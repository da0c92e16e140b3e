-- How many tickets each view holds, each counted up to a limit ("999+" says enough), and the unread notices.
SELECT 'mine' AS view, NULL AS queue, (SELECT count(*) FROM (
    SELECT FROM store_ticket AS t WHERE {live} AND t.assignee_id = %(agent)s LIMIT %(limit)s) AS counted) AS number
UNION ALL
SELECT 'unassigned', NULL, (SELECT count(*) FROM (
    SELECT FROM store_ticket AS t WHERE {live} AND t.assignee_id IS NULL AND {visible} LIMIT %(limit)s) AS counted)
UNION ALL
SELECT 'at_risk', NULL, (SELECT count(*) FROM (
    SELECT FROM store_ticket AS t WHERE {at_risk} AND {visible} LIMIT %(limit)s) AS counted)
UNION ALL
SELECT 'all_open', NULL, (SELECT count(*) FROM (
    SELECT FROM store_ticket AS t WHERE {live} AND {visible} LIMIT %(limit)s) AS counted)
UNION ALL
SELECT 'queue', shown.name, (SELECT count(*) FROM (
    SELECT FROM store_ticket AS t WHERE {live} AND t.queue = shown.name LIMIT %(limit)s) AS counted)
FROM unnest(%(queues)s::text[]) AS shown (name)
UNION ALL
SELECT 'notices', NULL, (SELECT count(*) FROM (
    SELECT FROM store_notice AS n WHERE n.agent_id = %(agent)s AND n.read_at IS NULL LIMIT %(limit)s) AS counted)
