-- Task 11: exact median of the known follower counts over the posts of each age group, youngest first, and joining
-- year, 2015 to 2020.
SELECT a.age_group, extract(YEAR FROM a.date_joined) AS post_year, median(p.follower_count) AS median_follower_count
FROM pin p JOIN age_groups a ON a.ind = p.ind
WHERE p.follower_count IS NOT NULL AND extract(YEAR FROM a.date_joined) BETWEEN 2015 AND 2020
GROUP BY a.age_group, a.youngest, extract(YEAR FROM a.date_joined)
ORDER BY a.youngest, post_year
