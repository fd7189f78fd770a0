-- Task 5: the category with most posts in each year from 2018 to 2022. Every tied winner is a row.
WITH counted AS (
  SELECT extract(YEAR FROM g.timestamp) AS post_year, p.category, count(*) AS category_count
  FROM pin p JOIN geo g ON g.ind = p.ind
  WHERE extract(YEAR FROM g.timestamp) BETWEEN 2018 AND 2022 AND p.category IS NOT NULL
  GROUP BY extract(YEAR FROM g.timestamp), p.category
),
ranked AS (
  SELECT c.post_year, c.category, c.category_count,
         rank() OVER (PARTITION BY c.post_year ORDER BY c.category_count DESC) AS place
  FROM counted c
)
SELECT r.post_year, r.category, r.category_count
FROM ranked r
WHERE r.place = 1
ORDER BY r.post_year, r.category
