-- Tickets with what the API tells of each, after a place in one of two orders.
SELECT t.id, t.subject, t.description, t.channel, t.type, t.status, t.substatus, t.priority, t.impact, t.urgency, t.category,
       t.complexity, t.language, t.sentiment, t.tags, t.signals, t.fields::text AS fields, t.queue, t.assignee_id, t.rule,
       t.tier, t.csat, t.merged_into_id, t.reopen_count, t.breached, t.created_at, t.updated_at, t.first_response_at, t.solved_at, t.revision,
       t.customer_id, c.name AS customer, c.email AS customer_email, t.organisation_id,
       (SELECT json_object_agg(k.metric, k.due_at ORDER BY k.cycle)::text FROM store_clock AS k
        WHERE k.ticket_id = t.id AND k.metric <> 'tier' AND k.stopped_at IS NULL) AS due
FROM {source}
WHERE ({visible}) AND {where} AND {beyond}
ORDER BY {order} LIMIT %(limit)s
