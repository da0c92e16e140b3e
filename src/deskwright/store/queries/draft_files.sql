-- Files on a ticket that have not left, in the order they came: the agent's own, and those of held replies.
SELECT file.id, file.agent_id, file.kind, file.held_id, file.name, file.content_type, file.content_type AS type, file.size,
       file.content_id
FROM store_draftfile AS file
JOIN store_ticket AS t ON t.id = file.ticket_id
WHERE file.ticket_id = %(ticket)s AND (file.agent_id = %(agent)s OR file.held_id IS NOT NULL) AND {visible}
ORDER BY file.id
