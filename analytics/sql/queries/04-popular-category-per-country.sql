-- Task 4: the category with most posts in each country. Every tied winner is a row.
WITH counted AS (
  SELECT g.country, p.category, count(*) AS category_count
  FROM pin p JOIN geo g ON g.ind = p.ind
  WHERE g.country IS NOT NULL AND p.category IS NOT NULL
  GROUP BY g.country, p.category
),
ranked AS (
  SELECT c.country, c.category, c.category_count,
         rank() OVER (PARTITION BY c.country ORDER BY c.category_count DESC) AS place
  FROM counted c
)
SELECT r.country, r.category, r.category_count
FROM ranked r
WHERE r.place = 1
ORDER BY r.country, r.category
