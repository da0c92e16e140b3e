-- Claim pending raw input for the length of a lease; an owner that dies leaves it to the next.
UPDATE store_rawinput AS raw
SET attempts = raw.attempts + 1, due_at = %(lease)s
FROM (
    SELECT id FROM store_rawinput
    WHERE state = 'pending' AND due_at <= %(now)s
    ORDER BY due_at, id
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
) AS claimed
WHERE raw.id = claimed.id
RETURNING raw.id, raw.channel, raw.received_at, raw.envelope, raw.body, raw.attempts
