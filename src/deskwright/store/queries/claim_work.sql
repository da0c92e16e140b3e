-- Due rows of one kind, locked; the attempts bound matches the partial index `due_work_next`.
SELECT work.id, work.kind, work.subject, work.attempts
FROM store_duework AS work
WHERE work.kind = %(kind)s AND work.due_at <= %(now)s AND work.attempts < 20
ORDER BY work.due_at, work.id
LIMIT %(limit)s
FOR UPDATE SKIP LOCKED
