-- What is done on a ticket beside writing: its checklist and the time spent, each as a list in order.
SELECT
    (SELECT coalesce(json_agg(json_build_object(
                'id', item.id, 'text', item.text, 'done_at', item.done_at, 'done_by', agent.name
            ) ORDER BY item.place, item.id), '[]')
     FROM store_checklistitem AS item LEFT JOIN store_agent AS agent ON agent.id = item.done_by_id
     WHERE item.ticket_id = %(ticket)s) AS checklist,
    (SELECT coalesce(json_agg(json_build_object(
                'id', entry.id, 'agent_id', entry.agent_id, 'agent', agent.name, 'started_at', entry.started_at,
                'ended_at', entry.ended_at, 'minutes', entry.minutes, 'billable', entry.billable, 'note', entry.note,
                'corrected', entry.corrected_at IS NOT NULL
            ) ORDER BY entry.id), '[]')
     FROM store_timeentry AS entry JOIN store_agent AS agent ON agent.id = entry.agent_id
     WHERE entry.ticket_id = %(ticket)s AND entry.removed_at IS NULL) AS entries
