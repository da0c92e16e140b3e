-- Claim due deliveries for the length of a lease. One whose worker died in the middle is due again when its lease is over.
UPDATE store_delivery AS delivery
SET state = 'sending', claimed_at = %(now)s, due_at = %(lease)s, attempts = delivery.attempts + 1
FROM (
    SELECT id FROM store_delivery
    WHERE due_at <= %(now)s AND state IN ('due', 'sending') AND channel = %(channel)s
    ORDER BY due_at, id
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
) AS claimed
WHERE delivery.id = claimed.id
RETURNING delivery.id, delivery.ticket_id, delivery.recipient, delivery.mail_id, delivery.content, delivery.attempts,
          delivery.claimed_at, delivery.created_at
