-- One file that has not left, if it is the agent's own or of a held reply on a ticket that may be seen.
SELECT t.id AS ticket_id, file.name, file.sha256, file.content_type
FROM store_draftfile AS file
JOIN store_ticket AS t ON t.id = file.ticket_id
WHERE file.id = %(file)s AND (file.agent_id = %(agent)s OR file.held_id IS NOT NULL) AND {visible}
