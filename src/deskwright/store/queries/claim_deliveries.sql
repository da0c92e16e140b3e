-- Claim these deliveries for the length of a lease. One whose worker died in the middle is due again when its lease is over.
UPDATE store_delivery AS delivery
SET state = 'sending', claimed_at = %(now)s, due_at = %(lease)s, attempts = delivery.attempts + 1
WHERE delivery.id = ANY(%(ids)s)
RETURNING delivery.id, delivery.channel, delivery.ticket_id, delivery.recipient, delivery.mail_id, delivery.content, delivery.attempts,
          delivery.message_id, delivery.claimed_at, delivery.created_at,
          (SELECT agent_id FROM store_message AS message WHERE message.id = delivery.message_id AND kind = 'agent') AS author
