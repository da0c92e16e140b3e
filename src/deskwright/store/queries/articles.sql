-- Articles that hold the words asked for, ranked: the title before the category before the body.
SELECT a.id, a.title, a.body, a.language, a.audience, a.state, a.category, a.review_by, a.updated_at, a.published_at,
       a.helped, a.did_not_help, author.name AS author,
       ts_rank_cd('{{0.1, 0.3, 0.5, 1.0}}', a.words, {tsquery}) AS rank
FROM store_article AS a
LEFT JOIN store_agent AS author ON author.id = a.author_id
WHERE a.words @@ {tsquery} AND {visible}
ORDER BY rank DESC, a.title, a.id
LIMIT %(limit)s
