-- Task 9: accounts (user_name, age, date_joined) by the year they joined in, 2015 to 2020.
SELECT extract(YEAR FROM j.date_joined) AS post_year, count(*) AS number_users_joined
FROM joined j
WHERE extract(YEAR FROM j.date_joined) BETWEEN 2015 AND 2020
GROUP BY extract(YEAR FROM j.date_joined)
ORDER BY post_year
