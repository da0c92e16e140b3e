-- Articles without a question: by category and title.
SELECT a.id, a.title, left(a.body, 2000) AS body, a.language, a.audience, a.state, a.category, a.review_by, a.updated_at,
       a.published_at, a.helped, a.did_not_help, author.name AS author
FROM store_article AS a
LEFT JOIN store_agent AS author ON author.id = a.author_id
WHERE {visible}
ORDER BY a.category = '', a.category, a.title, a.id
LIMIT %(limit)s
