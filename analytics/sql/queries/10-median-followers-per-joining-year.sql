-- Task 10: exact median of the known follower counts over the posts of users who joined in each year, 2015 to 2020.
SELECT extract(YEAR FROM u.date_joined) AS post_year, median(p.follower_count) AS median_follower_count
FROM pin p JOIN users u ON u.ind = p.ind
WHERE p.follower_count IS NOT NULL AND extract(YEAR FROM u.date_joined) BETWEEN 2015 AND 2020
GROUP BY extract(YEAR FROM u.date_joined)
ORDER BY post_year
