-- Claim due messages to active webhooks for the length of a lease; of each ticket only the first that has not ended.
UPDATE store_webhookdelivery AS delivery
SET state = 'sending', claimed_at = %(now)s, due_at = %(lease)s, attempts = delivery.attempts + 1
FROM (
    SELECT d.id, w.name, w.url, w.secret, w.previous_secret, w.previous_until
    FROM store_webhookdelivery AS d
    JOIN store_webhook AS w ON w.id = d.webhook_id
    WHERE d.due_at <= %(now)s AND w.active
      AND NOT EXISTS (
          SELECT FROM store_webhookdelivery AS earlier
          WHERE earlier.webhook_id = d.webhook_id AND earlier.ticket_id = d.ticket_id AND earlier.id < d.id
            AND earlier.due_at IS NOT NULL)
    ORDER BY d.due_at, d.id
    LIMIT %(limit)s
    FOR UPDATE OF d SKIP LOCKED
) AS claimed
WHERE delivery.id = claimed.id
RETURNING delivery.id, delivery.webhook_id, delivery.event_id, delivery.body, delivery.attempts, delivery.claimed_at,
          claimed.name, claimed.url, claimed.secret, claimed.previous_secret, claimed.previous_until
