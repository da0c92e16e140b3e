-- Held replies whose customer has written since.
SELECT held.id FROM store_heldreply AS held
WHERE EXISTS (
    SELECT FROM store_message AS message
    WHERE message.ticket_id = held.ticket_id AND message.kind = 'customer' AND message.id > held.seen
)
ORDER BY held.id
LIMIT %(limit)s
