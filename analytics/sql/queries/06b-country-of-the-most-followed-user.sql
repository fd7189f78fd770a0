-- Task 6, step 2: the country of the user with most followers of all. Every tied country is a row, once.
WITH followed AS (
  SELECT g.country, max(p.follower_count) AS follower_count
  FROM pin p JOIN geo g ON g.ind = p.ind JOIN users u ON u.ind = p.ind
  WHERE g.country IS NOT NULL AND u.user_name IS NOT NULL AND p.follower_count IS NOT NULL
  GROUP BY g.country
),
ranked AS (
  SELECT f.country, f.follower_count, rank() OVER (ORDER BY f.follower_count DESC) AS place
  FROM followed f
)
SELECT r.country, r.follower_count
FROM ranked r
WHERE r.place = 1
ORDER BY r.country
