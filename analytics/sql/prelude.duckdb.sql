-- DuckDB only: the helpers that the other files call. prelude.spark.sql holds the same names for Spark.
SET TimeZone = 'UTC';

-- The columns of all three tables, so that a record of another table can be told apart. A missing one is null.
CREATE OR REPLACE TEMPORARY MACRO parse_record(value) AS from_json(value, '{
  "index": "VARCHAR", "unique_id": "VARCHAR", "title": "VARCHAR", "description": "VARCHAR", "poster_name": "VARCHAR",
  "follower_count": "VARCHAR", "tag_list": "VARCHAR", "is_image_or_video": "VARCHAR", "image_src": "VARCHAR",
  "downloaded": "VARCHAR", "save_location": "VARCHAR", "category": "VARCHAR",
  "ind": "VARCHAR", "timestamp": "VARCHAR", "latitude": "VARCHAR", "longitude": "VARCHAR", "country": "VARCHAR",
  "first_name": "VARCHAR", "last_name": "VARCHAR", "age": "VARCHAR", "date_joined": "VARCHAR"}');

CREATE OR REPLACE TEMPORARY MACRO is_json(value) AS coalesce(json_valid(value), false);

-- Unicode's White_Space off both ends. What is then blank is null (rule 1). Looking at the ends first is ten times
-- as fast as replacing in every value.
CREATE OR REPLACE TEMPORARY MACRO text_or_null(value) AS CASE
  WHEN value = '' THEN NULL
  WHEN regexp_matches(value, '^[\t-\r\x{85}\pZ]') OR regexp_matches(value, '[\t-\r\x{85}\pZ]$')
  THEN nullif(regexp_replace(value, '^[\t-\r\x{85}\pZ]+|[\t-\r\x{85}\pZ]+$', '', 'g'), '')
  ELSE value END;

CREATE OR REPLACE TEMPORARY MACRO regexp_like(value, pattern) AS regexp_matches(value, pattern);

-- A whole number, also when written 5.0. Null when it is none or outside int32.
CREATE OR REPLACE TEMPORARY MACRO to_int(value) AS CASE
  WHEN regexp_matches(value, '^[+-]?[0-9]+([.]0*)?$')
  THEN TRY_CAST(regexp_extract(value, '^[+]?(-?[0-9]+)', 1) AS INTEGER) END;

CREATE OR REPLACE TEMPORARY MACRO to_double(value) AS CASE
  WHEN regexp_matches(value, '^[+-]?[0-9]+([.][0-9]*)?([eE][+-]?[0-9]+)?$') THEN TRY_CAST(value AS DOUBLE) END;

-- Takes `YYYY-MM-DD HH:MM:SS`, then nothing (UTC) or a zone as `+HH:MM`. Null for a day that no calendar has.
CREATE OR REPLACE TEMPORARY MACRO utc_timestamp(value) AS CASE
  WHEN length(value) = 19 THEN TRY_CAST(value AS TIMESTAMP)
  ELSE timezone('UTC', TRY_CAST(value AS TIMESTAMPTZ)) END;

CREATE OR REPLACE TEMPORARY MACRO double_array(first, second) AS [first, second];

-- 64 bits that tell equal copies from differing ones.
CREATE OR REPLACE TEMPORARY MACRO fingerprint(value) AS hash(value);

-- What most likely spoilt a rejected record, or null. Read from the text alone, so that both engines agree.
CREATE OR REPLACE TEMPORARY MACRO likely_cause(value) AS CASE
  WHEN regexp_like(value, '^[ \t\r\n]*"[ ]*[{]') THEN 'JSON inside JSON: the producer called json.dumps on Data'
  WHEN regexp_like(value, '^"?(e[wy]|Int)[A-Za-z0-9+/]{12,}={0,2}"?$') THEN 'base64 twice: the producer encoded Data, and so does the mapping template'
  WHEN regexp_like(value, '^[{][A-Za-z_]+=') THEN 'an object written as {key=value}: the mapping template needs $input.json, or Data as text' END;
