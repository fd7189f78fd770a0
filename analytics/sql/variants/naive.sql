-- What most published answers do: every record is a row, so a row sent k times joins k * k times. For comparison only.
CREATE OR REPLACE TEMPORARY VIEW pin AS
SELECT r.ind, r.unique_id, r.title, r.description, r.follower_count, r.poster_name, r.tag_list, r.is_image_or_video,
       r.image_src, r.save_location, r.category
FROM pin_records r
WHERE r.rejected IS NULL;

CREATE OR REPLACE TEMPORARY VIEW geo AS
SELECT r.ind, r.country, r.coordinates, r.timestamp
FROM geo_records r
WHERE r.rejected IS NULL;

CREATE OR REPLACE TEMPORARY VIEW users AS
SELECT r.ind, r.user_name, r.age, r.date_joined
FROM user_records r
WHERE r.rejected IS NULL;

-- What task 9 counts.
CREATE OR REPLACE TEMPORARY VIEW joined AS
SELECT u.user_name, u.age, u.date_joined FROM users u
