-- How each queue answers first: who waits now, how many were answered in the last day, and the business seconds of the
-- recent ones. Only the tickets changed last are looked at for the answers, so the work is bounded.
WITH answers AS (
    SELECT recent.queue,
           count(*) FILTER (WHERE answer.stopped_at > %(now)s - interval '1 day')::int AS answered,
           array_agg(answer.used_seconds::float8) AS seconds
    FROM (
        SELECT t.id, t.queue FROM store_ticket AS t
        WHERE t.updated_at > %(since)s
        ORDER BY t.updated_at DESC LIMIT %(most)s
    ) AS recent
    JOIN store_clock AS answer ON answer.ticket_id = recent.id
    WHERE answer.metric = 'first_response' AND answer.cycle = 1 AND answer.stopped_at > %(since)s
      AND answer.state IN ('met', 'breached')
    GROUP BY recent.queue
), waiting AS (
    SELECT t.queue, count(*)::int AS waiting
    FROM store_ticket AS t
    WHERE t.status IN ('new', 'open') AND t.first_response_at IS NULL AND t.unanswered_since IS NOT NULL
    GROUP BY t.queue
)
SELECT waiting.queue, waiting.waiting, coalesce(answers.answered, 0) AS answered, answers.seconds
FROM waiting LEFT JOIN answers ON answers.queue = waiting.queue
WHERE waiting.queue IS NOT NULL
