-- Task 8: exact median of the known follower counts over the posts of each age group, youngest first.
SELECT a.age_group, median(p.follower_count) AS median_follower_count
FROM pin p JOIN age_groups a ON a.ind = p.ind
WHERE p.follower_count IS NOT NULL
GROUP BY a.age_group, a.youngest
ORDER BY a.youngest
