-- What one line of a ticket list shows; follows a CTE `page_rows (id)`.
SELECT t.id, t.subject, left(t.description, 160) AS excerpt, t.channel, t.status, t.substatus, t.priority, t.category, t.queue,
       t.tags, t.signals,
       t.updated_at, t.created_at, t.solved_at, t.next_due_at, t.unanswered_since, t.tier_number, t.tier,
       t.snoozed_since, t.snoozed_until, t.assignee_id, agent.name AS assignee,
       t.customer_id, customer.name AS customer, customer.email AS customer_email,
       coalesce(customer.tier, organisation.tier) AS customer_tier,
       organisation.name AS organisation, coalesce(organisation.vip, false) AS vip,
       clock.metric, clock.cycle, clock.state, clock.started_at, clock.target, clock.calendar, clock.due_at,
       clock.used_seconds, clock.running_since, clock.stopped_at, clock.breached_at, clock.version
FROM page_rows
JOIN store_ticket AS t USING (id)
JOIN store_customer AS customer ON customer.id = t.customer_id
LEFT JOIN store_organisation AS organisation ON organisation.id = t.organisation_id
LEFT JOIN store_agent AS agent ON agent.id = t.assignee_id
LEFT JOIN LATERAL (
    SELECT * FROM store_clock AS c
    WHERE c.ticket_id = t.id AND c.stopped_at IS NULL AND c.metric <> 'tier' AND c.state <> 'cancelled'
    ORDER BY (c.running_since IS NULL), c.due_at, c.id
    LIMIT 1
) AS clock ON true
