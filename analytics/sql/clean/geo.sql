-- raw_geo (object_key, topic, partition, offset, value) -> one row a record, cleaned by PIPELINE_FACTS section 4.
-- rejected: why rule 11 quarantines it, else null. *_nulled: a value that is not blank was unusable.
-- fingerprint: equal for records whose clean columns are equal.
WITH parsed AS (
  SELECT r.object_key, r.topic, r.partition, r.offset, r.value,
         is_json(r.value) AS is_json,
         CASE WHEN is_json(r.value) THEN parse_record(r.value) END AS f
  FROM raw_geo r
),
trimmed AS (
  SELECT p.object_key, p.topic, p.partition, p.offset, p.value, p.is_json,
         coalesce(p.f.timestamp, p.f.latitude, p.f.longitude, p.f.country) IS NULL
           AND coalesce(p.f.unique_id, p.f.title, p.f.description, p.f.poster_name, p.f.follower_count, p.f.tag_list,
                        p.f.is_image_or_video, p.f.image_src, p.f.downloaded, p.f.save_location, p.f.category,
                        p.f.first_name, p.f.last_name, p.f.age, p.f.date_joined) IS NOT NULL AS is_of_another_table,
         to_int(text_or_null(p.f.ind)) AS ind,
         text_or_null(p.f.country) AS country,
         text_or_null(p.f.latitude) AS latitude_text,
         text_or_null(p.f.longitude) AS longitude_text,
         to_double(text_or_null(p.f.latitude)) AS latitude,
         to_double(text_or_null(p.f.longitude)) AS longitude,
         text_or_null(p.f.timestamp) AS time_text
  FROM parsed p
),
timed AS (
  SELECT t.*,
         -- ISO date and time. A fraction is dropped, a zone applied
         CASE WHEN regexp_like(t.time_text, '^[0-9]{4}-[01][0-9]-[0-3][0-9][T ]([01][0-9]|2[0-3])(:[0-5][0-9]){2}([.][0-9]+)?(Z|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)?$')
              THEN utc_timestamp(substring(t.time_text, 1, 10) || ' ' || substring(t.time_text, 12, 8)
                || regexp_extract(t.time_text, '([+-][0-9]{2})(:?[0-9]{2})?$', 1)
                || CASE WHEN regexp_like(t.time_text, '[+-][0-9]{2}$') THEN ':00'
                        WHEN regexp_like(t.time_text, '[+-][0-9]{4}$') THEN ':' || substring(t.time_text, length(t.time_text) - 1)
                        WHEN regexp_like(t.time_text, '[+-][0-9]{2}:[0-9]{2}$') THEN substring(t.time_text, length(t.time_text) - 2)
                        ELSE '' END)
         END AS timestamp
  FROM trimmed t
),
cleaned AS (
  SELECT t.object_key, t.topic, t.partition, t.offset, t.value,
         CASE WHEN NOT t.is_json THEN 'not JSON'
              WHEN t.is_of_another_table THEN 'a record of another table'
              WHEN t.ind IS NULL THEN 'no ind' END AS rejected,
         t.ind,
         t.country,
         t.latitude BETWEEN -90 AND 90 AND t.longitude BETWEEN -180 AND 180 AS has_place,
         t.latitude, t.longitude, t.latitude_text, t.longitude_text, t.timestamp, t.time_text
  FROM timed t
)
SELECT c.object_key, c.topic, c.partition, c.offset,
       CASE WHEN c.rejected IS NOT NULL THEN c.value END AS rejected_value,
       c.rejected, c.ind, c.country,
       CASE WHEN c.has_place THEN double_array(c.latitude, c.longitude) END AS coordinates,
       c.timestamp,
       coalesce(c.latitude_text, c.longitude_text) IS NOT NULL AND NOT coalesce(c.has_place, false)
         AS coordinates_nulled,
       c.time_text IS NOT NULL AND c.timestamp IS NULL AS timestamp_nulled,
       fingerprint(coalesce(c.country, '-') || chr(31) || CASE WHEN c.has_place THEN CAST(c.latitude AS STRING)
         || chr(31) || CAST(c.longitude AS STRING) ELSE '-' END || chr(31)
         || coalesce(CAST(c.timestamp AS STRING), '-')) AS fingerprint
FROM cleaned c
