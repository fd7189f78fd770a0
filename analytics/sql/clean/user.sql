-- raw_user (object_key, topic, partition, offset, value) -> one row a record, cleaned by PIPELINE_FACTS section 4.
-- rejected: why rule 11 quarantines it, else null. *_nulled: a value that is not blank was unusable.
-- fingerprint: equal for records whose clean columns are equal.
WITH parsed AS (
  SELECT r.object_key, r.topic, r.partition, r.offset, r.value,
         is_json(r.value) AS is_json,
         CASE WHEN is_json(r.value) THEN parse_record(r.value) END AS f
  FROM raw_user r
),
trimmed AS (
  SELECT p.object_key, p.topic, p.partition, p.offset, p.value, p.is_json,
         coalesce(p.f.first_name, p.f.last_name, p.f.age, p.f.date_joined) IS NULL
           AND coalesce(p.f.unique_id, p.f.title, p.f.description, p.f.poster_name, p.f.follower_count, p.f.tag_list,
                        p.f.is_image_or_video, p.f.image_src, p.f.downloaded, p.f.save_location, p.f.category,
                        p.f.timestamp, p.f.latitude, p.f.longitude, p.f.country) IS NOT NULL AS is_of_another_table,
         to_int(text_or_null(p.f.ind)) AS ind,
         text_or_null(p.f.first_name) AS first_name,
         text_or_null(p.f.last_name) AS last_name,
         text_or_null(p.f.age) AS age_text,
         to_int(text_or_null(p.f.age)) AS years,
         text_or_null(p.f.date_joined) AS joined_text
  FROM parsed p
),
timed AS (
  SELECT t.*,
         -- ISO date and time. A fraction is dropped, a zone applied
         CASE WHEN regexp_like(t.joined_text, '^[0-9]{4}-[01][0-9]-[0-3][0-9][T ]([01][0-9]|2[0-3])(:[0-5][0-9]){2}([.][0-9]+)?(Z|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)?$')
              THEN utc_timestamp(substring(t.joined_text, 1, 10) || ' ' || substring(t.joined_text, 12, 8)
                || regexp_extract(t.joined_text, '([+-][0-9]{2})(:?[0-9]{2})?$', 1)
                || CASE WHEN regexp_like(t.joined_text, '[+-][0-9]{2}$') THEN ':00'
                        WHEN regexp_like(t.joined_text, '[+-][0-9]{4}$') THEN ':' || substring(t.joined_text, length(t.joined_text) - 1)
                        WHEN regexp_like(t.joined_text, '[+-][0-9]{2}:[0-9]{2}$') THEN substring(t.joined_text, length(t.joined_text) - 2)
                        ELSE '' END)
         END AS date_joined
  FROM trimmed t
),
cleaned AS (
  SELECT t.object_key, t.topic, t.partition, t.offset, t.value,
         CASE WHEN NOT t.is_json THEN 'not JSON'
              WHEN t.is_of_another_table THEN 'a record of another table'
              WHEN t.ind IS NULL THEN 'no ind' END AS rejected,
         t.ind,
         CASE WHEN t.first_name IS NULL THEN t.last_name
              WHEN t.last_name IS NULL THEN t.first_name
              ELSE t.first_name || ' ' || t.last_name END AS user_name,
         CASE WHEN t.years BETWEEN 0 AND 130 THEN t.years END AS age,
         t.date_joined, t.age_text, t.joined_text
  FROM timed t
)
SELECT c.object_key, c.topic, c.partition, c.offset,
       CASE WHEN c.rejected IS NOT NULL THEN c.value END AS rejected_value,
       c.rejected, c.ind, c.user_name, c.age, c.date_joined,
       c.age_text IS NOT NULL AND c.age IS NULL AS age_nulled,
       c.joined_text IS NOT NULL AND c.date_joined IS NULL AS date_joined_nulled,
       fingerprint(coalesce(c.user_name, '-') || chr(31) || coalesce(CAST(c.age AS STRING), '-') || chr(31)
         || coalesce(CAST(c.date_joined AS STRING), '-')) AS fingerprint
FROM cleaned c
