-- How chats stand for their visitors. `place` is where one waits among those nobody has answered yet, in the same queue.
WITH waiting AS (
    SELECT c.ticket_id, row_number() OVER (PARTITION BY t.queue ORDER BY c.started_at, c.id)::int AS place
    FROM store_chat AS c JOIN store_ticket AS t ON t.id = c.ticket_id
    WHERE c.ended_at IS NULL AND c.accepted_at IS NULL AND t.first_response_at IS NULL AND t.status IN ('new', 'open')
)
SELECT c.ticket_id, c.agent_seen, c.visitor_seen, c.ended_at, c.ended_by, c.by_mail_since, waiting.place, t.queue,
       (c.accepted_at IS NOT NULL OR t.first_response_at IS NOT NULL) AS met, agent.name AS agent,
       customer.email AS email,
       (SELECT s.id FROM store_survey AS s
        WHERE s.ticket_id = t.id AND s.cycle = t.reopen_count AND t.survey IS NOT NULL
          AND s.state IN ('planned', 'sent', 'answered', 'skipped') ORDER BY s.id DESC LIMIT 1) AS survey
FROM store_chat AS c
JOIN store_ticket AS t ON t.id = c.ticket_id
JOIN store_customer AS customer ON customer.id = t.customer_id
LEFT JOIN store_agent AS agent ON agent.id = coalesce(t.last_agent_id, c.accepted_by_id, t.assignee_id)
LEFT JOIN waiting ON waiting.ticket_id = c.ticket_id
WHERE c.ticket_id = ANY(%(tickets)s)
