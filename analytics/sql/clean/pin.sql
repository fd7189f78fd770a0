-- raw_pin (object_key, topic, partition, offset, value) -> one row a record, cleaned by PIPELINE_FACTS section 4.
-- rejected: why rule 11 quarantines it, else null. *_nulled: a value that is neither blank nor a marker was unusable.
-- fingerprint: equal for records whose clean columns are equal.
WITH parsed AS (
  SELECT r.object_key, r.topic, r.partition, r.offset, r.value,
         is_json(r.value) AS is_json,
         CASE WHEN is_json(r.value) THEN parse_record(r.value) END AS f
  FROM raw_pin r
),
trimmed AS (
  SELECT p.object_key, p.topic, p.partition, p.offset, p.value, p.is_json,
         coalesce(p.f.unique_id, p.f.title, p.f.description, p.f.poster_name, p.f.follower_count, p.f.tag_list,
                  p.f.is_image_or_video, p.f.image_src, p.f.downloaded, p.f.save_location, p.f.category) IS NULL
           AND coalesce(p.f.timestamp, p.f.latitude, p.f.longitude, p.f.country,
                        p.f.first_name, p.f.last_name, p.f.age, p.f.date_joined) IS NOT NULL AS is_of_another_table,
         to_int(text_or_null(p.f.index)) AS ind,
         text_or_null(p.f.unique_id) AS unique_id,
         text_or_null(p.f.title) AS title,
         text_or_null(p.f.description) AS description,
         text_or_null(p.f.poster_name) AS poster_name,
         text_or_null(p.f.follower_count) AS follower_text,
         text_or_null(p.f.tag_list) AS tag_list,
         text_or_null(p.f.is_image_or_video) AS is_image_or_video,
         text_or_null(p.f.image_src) AS image_src,
         text_or_null(p.f.save_location) AS save_location,
         text_or_null(p.f.category) AS category
  FROM parsed p
),
split AS (
  SELECT t.*,
         replace(t.follower_text, ',', '') AS follower_figure,
         regexp_extract(replace(t.follower_text, ',', ''), '^[0-9]+([.][0-9]+)?', 0) AS follower_digits
  FROM trimmed t
),
counted AS (
  SELECT s.*,
         CASE WHEN s.follower_digits <> ''
              THEN round(CAST(s.follower_digits AS DOUBLE)
                * CASE coalesce(text_or_null(substring(s.follower_figure, length(s.follower_digits) + 1)), '')
                    WHEN '' THEN 1 WHEN 'k' THEN 1000 WHEN 'K' THEN 1000 WHEN 'm' THEN 1000000
                    WHEN 'M' THEN 1000000 WHEN 'b' THEN 1000000000 WHEN 'B' THEN 1000000000 END)
         END AS followers
  FROM split s
),
cleaned AS (
  SELECT c.object_key, c.topic, c.partition, c.offset, c.value,
         CASE WHEN NOT c.is_json THEN 'not JSON'
              WHEN c.is_of_another_table THEN 'a record of another table'
              WHEN c.ind IS NULL THEN 'no ind' END AS rejected,
         c.ind,
         c.unique_id,
         CASE WHEN c.title IN ('No Title Data Available') THEN NULL ELSE c.title END AS title,
         CASE WHEN c.description IN ('No description available Story format', 'No description available', 'Untitled')
              THEN NULL ELSE c.description END AS description,
         CASE WHEN c.followers <= 2147483647 THEN CAST(c.followers AS INT) END AS follower_count,
         CASE WHEN c.poster_name IN ('User Info Error') THEN NULL ELSE c.poster_name END AS poster_name,
         CASE WHEN c.tag_list IN ('N,o, ,T,a,g,s, ,A,v,a,i,l,a,b,l,e') THEN NULL ELSE c.tag_list END AS tag_list,
         c.is_image_or_video,
         CASE WHEN c.image_src IN ('Image src error.', 'Image src error') THEN NULL ELSE c.image_src END AS image_src,
         CASE WHEN c.save_location LIKE 'Local save in %' THEN text_or_null(substring(c.save_location, 15)) END
           AS save_location,
         c.category,
         coalesce(c.follower_text <> 'User Info Error', false) AND coalesce(c.followers > 2147483647, true)
           AS follower_count_nulled
  FROM counted c
)
SELECT c.object_key, c.topic, c.partition, c.offset,
       CASE WHEN c.rejected IS NOT NULL THEN c.value END AS rejected_value,
       c.rejected, c.ind, c.unique_id, c.title, c.description, c.follower_count, c.poster_name, c.tag_list,
       c.is_image_or_video, c.image_src, c.save_location, c.category, c.follower_count_nulled,
       fingerprint(coalesce(c.unique_id, '-') || chr(31) || coalesce(c.title, '-') || chr(31)
         || coalesce(c.description, '-') || chr(31) || coalesce(CAST(c.follower_count AS STRING), '-') || chr(31)
         || coalesce(c.poster_name, '-') || chr(31) || coalesce(c.tag_list, '-') || chr(31)
         || coalesce(c.is_image_or_video, '-') || chr(31) || coalesce(c.image_src, '-') || chr(31)
         || coalesce(c.save_location, '-') || chr(31) || coalesce(c.category, '-')) AS fingerprint
FROM cleaned c
