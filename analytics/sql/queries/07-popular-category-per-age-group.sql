-- Task 7: the category with most posts in each age group, youngest first. Every tied winner is a row.
WITH counted AS (
  SELECT a.age_group, a.youngest, p.category, count(*) AS category_count
  FROM pin p JOIN age_groups a ON a.ind = p.ind
  WHERE p.category IS NOT NULL
  GROUP BY a.age_group, a.youngest, p.category
),
ranked AS (
  SELECT c.age_group, c.youngest, c.category, c.category_count,
         rank() OVER (PARTITION BY c.age_group ORDER BY c.category_count DESC) AS place
  FROM counted c
)
SELECT r.age_group, r.category, r.category_count
FROM ranked r
WHERE r.place = 1
ORDER BY r.youngest, r.category
