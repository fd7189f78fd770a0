-- The clean tables: rule 10 holds. Over these views run the queries. (An outer join, as a NOT EXISTS takes four times as
-- long in DuckDB.)
CREATE OR REPLACE TEMPORARY VIEW pin AS
SELECT r.ind, r.unique_id, r.title, r.description, r.follower_count, r.poster_name, r.tag_list, r.is_image_or_video,
       r.image_src, r.save_location, r.category
FROM pin_records r
LEFT JOIN superseded s ON s.entity = 'pin' AND s.object_key = r.object_key AND s.offset = r.offset
WHERE r.rejected IS NULL AND s.entity IS NULL;

CREATE OR REPLACE TEMPORARY VIEW geo AS
SELECT r.ind, r.country, r.coordinates, r.timestamp
FROM geo_records r
LEFT JOIN superseded s ON s.entity = 'geo' AND s.object_key = r.object_key AND s.offset = r.offset
WHERE r.rejected IS NULL AND s.entity IS NULL;

CREATE OR REPLACE TEMPORARY VIEW users AS
SELECT r.ind, r.user_name, r.age, r.date_joined
FROM user_records r
LEFT JOIN superseded s ON s.entity = 'user' AND s.object_key = r.object_key AND s.offset = r.offset
WHERE r.rejected IS NULL AND s.entity IS NULL;

-- What task 9 counts.
CREATE OR REPLACE TEMPORARY VIEW joined AS
SELECT DISTINCT u.user_name, u.age, u.date_joined FROM users u
