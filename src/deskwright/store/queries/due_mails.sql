-- Mails that may leave now: those whose domain and our server are ready, the domains by turns, the longest due first.
-- Who is not ready is passed over, so that a long queue to one domain holds nobody up. The domains are walked along the
-- index, and only the heads of their queues are read: what a claim costs does not grow with the length of the queues.
WITH RECURSIVE walk AS (
    SELECT (SELECT min(d.domain) FROM store_delivery AS d WHERE d.channel = 'email' AND d.due_at IS NOT NULL) AS domain
    WHERE NOT EXISTS (SELECT 1 FROM store_mailpace AS p WHERE p.key = 'by:' AND p.ready_at > %(now)s)
    UNION ALL
    SELECT (
        SELECT min(d.domain) FROM store_delivery AS d
        WHERE d.channel = 'email' AND d.due_at IS NOT NULL AND d.domain > walk.domain
    )
    FROM walk WHERE walk.domain IS NOT NULL
), turns AS (
    SELECT walk.domain
    FROM walk CROSS JOIN LATERAL (
        SELECT d.due_at, d.id
        FROM store_delivery AS d
        WHERE d.domain = walk.domain AND d.channel = 'email' AND d.due_at <= %(now)s AND d.state IN ('due', 'sending')
        ORDER BY d.due_at, d.id LIMIT 1
    ) AS head
    WHERE walk.domain IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM store_mailpace AS p WHERE p.key = 'to:' || walk.domain AND p.ready_at > %(now)s)
    ORDER BY head.due_at, head.id LIMIT %(looked)s
)
SELECT delivery.id, delivery.domain
FROM (
    SELECT queue.* FROM turns CROSS JOIN LATERAL (
        SELECT d.id, d.due_at, row_number() OVER (ORDER BY d.due_at, d.id) AS turn
        FROM store_delivery AS d
        WHERE d.domain = turns.domain AND d.channel = 'email' AND d.due_at <= %(now)s AND d.state IN ('due', 'sending')
        ORDER BY d.due_at, d.id LIMIT %(looked)s
    ) AS queue
    ORDER BY queue.turn, queue.due_at, queue.id
    LIMIT %(looked)s
) AS first
JOIN store_delivery AS delivery ON delivery.id = first.id
WHERE delivery.due_at <= %(now)s AND delivery.state IN ('due', 'sending')
ORDER BY first.turn, first.due_at, first.id
LIMIT %(limit)s
FOR UPDATE OF delivery SKIP LOCKED
