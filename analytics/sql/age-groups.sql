-- users -> the users of tasks 7, 8 and 11. Under 18 or of unknown age belongs to no group. youngest: orders the groups.
SELECT u.ind, u.date_joined,
       CASE WHEN u.age <= 24 THEN '18-24' WHEN u.age <= 35 THEN '25-35' WHEN u.age <= 50 THEN '36-50' ELSE '+50' END AS age_group,
       CASE WHEN u.age <= 24 THEN 18 WHEN u.age <= 35 THEN 25 WHEN u.age <= 50 THEN 36 ELSE 51 END AS youngest
FROM users u
WHERE u.age >= 18
