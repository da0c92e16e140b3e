-- What happened to the ticket, oldest first. The traces are long: only asked for where they are shown.
SELECT e.id, e.at, e.kind, e.actor, e.data, e.workflow_version, e.cause, agent.name AS agent,
       CASE WHEN %(traces)s THEN e.trace END AS trace
FROM store_ticketevent AS e
LEFT JOIN store_agent AS agent ON agent.id = e.agent_id
WHERE e.ticket_id = %(ticket)s
ORDER BY e.id
