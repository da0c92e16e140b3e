-- Since when somebody waits in a ticket without one of its parts: its own customers since its last answer, and those who
-- waited in other parts when they were merged, unless it was answered after that.
SELECT min(since) AS since FROM (
    SELECT min(m.created_at) AS since FROM store_message AS m
    WHERE m.ticket_id = %(ticket)s AND m.kind = 'customer'
      AND (%(answered)s::timestamptz IS NULL OR m.created_at > %(answered)s)
    UNION ALL
    SELECT min((e.data->>'waiting_since')::timestamptz)
    FROM store_ticketevent AS e
    JOIN store_ticket AS part ON part.id = (e.data->>'ticket')::bigint
    WHERE e.ticket_id = %(ticket)s AND e.kind = 'merged_in' AND part.merged_into_id = %(ticket)s
      AND part.id <> %(source)s AND (%(answered)s::timestamptz IS NULL OR e.at > %(answered)s)
) AS waiting
