-- Task 6, step 1: the user with most followers in each country. Unknown counts never win. Every tied winner is a row.
WITH followed AS (
  SELECT g.country, u.user_name, max(p.follower_count) AS follower_count
  FROM pin p JOIN geo g ON g.ind = p.ind JOIN users u ON u.ind = p.ind
  WHERE g.country IS NOT NULL AND u.user_name IS NOT NULL AND p.follower_count IS NOT NULL
  GROUP BY g.country, u.user_name
),
ranked AS (
  SELECT f.country, f.user_name, f.follower_count,
         rank() OVER (PARTITION BY f.country ORDER BY f.follower_count DESC) AS place
  FROM followed f
)
SELECT r.country, r.user_name, r.follower_count
FROM ranked r
WHERE r.place = 1
ORDER BY r.country, r.user_name
