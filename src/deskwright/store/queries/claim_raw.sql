-- Claim pending raw input for the length of a lease, only so many bytes at once; an owner that dies leaves it to the next.
UPDATE store_rawinput AS raw
SET attempts = raw.attempts + 1, due_at = %(lease)s
FROM (
    SELECT id, due_at, sum(octet_length(body)) OVER (ORDER BY due_at, id) - octet_length(body) AS before
    FROM (
        SELECT id, due_at, body FROM store_rawinput
        WHERE state = 'pending' AND due_at <= %(now)s AND channel = ANY(%(channels)s)
        ORDER BY due_at, id
        LIMIT %(limit)s
        FOR UPDATE SKIP LOCKED
    ) AS free
) AS claimed
WHERE raw.id = claimed.id AND (claimed.before = 0 OR claimed.before + octet_length(raw.body) <= %(bytes)s)
RETURNING raw.id, raw.channel, raw.received_at, raw.envelope, raw.body, raw.attempts
