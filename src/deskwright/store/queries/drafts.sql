-- Who is writing on the ticket, the latest first; the words only of the agent who asks.
SELECT draft.agent_id, agent.name AS agent, draft.kind, draft.returned, draft.updated_at,
       CASE WHEN draft.agent_id = %(agent)s THEN draft.text END AS text,
       CASE WHEN draft.agent_id = %(agent)s THEN draft.recipients END AS recipients,
       CASE WHEN draft.agent_id = %(agent)s THEN draft.by END AS by
FROM store_draft AS draft
JOIN store_agent AS agent ON agent.id = draft.agent_id
WHERE draft.ticket_id = %(ticket)s
ORDER BY draft.updated_at DESC, draft.id
