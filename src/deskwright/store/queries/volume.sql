-- How many tickets were opened in each hour of each local day of a zone, since an instant.
SELECT (t.created_at AT TIME ZONE %(zone)s)::date AS day,
       extract(hour FROM t.created_at AT TIME ZONE %(zone)s)::int AS hour,
       count(*)::int AS number
FROM store_ticket AS t
WHERE t.created_at >= %(since)s AND t.created_at < %(until)s
  AND (%(channels)s::text[] IS NULL OR t.channel = ANY(%(channels)s))
  AND (%(category)s::text IS NULL OR t.category = %(category)s)
  AND {visible}
GROUP BY 1, 2
ORDER BY 1, 2
