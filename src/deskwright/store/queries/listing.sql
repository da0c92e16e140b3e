-- A page of a ticket list; each branch reads its own stretch of an index.
WITH page AS (
    {branches}
), page_rows AS (
    SELECT id, last FROM page ORDER BY last {far}, key {walks}, id {walks} LIMIT %(limit)s
)
{rows}
ORDER BY page_rows.last, {key} {reads}, t.id {reads}
