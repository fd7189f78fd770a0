-- Spark only: the helpers that the other files call. prelude.duckdb.sql holds the same names for DuckDB.
SET TIME ZONE 'UTC';

-- The columns of all three tables, so that a record of another table can be told apart. A missing one is null.
CREATE OR REPLACE TEMPORARY FUNCTION parse_record(value STRING)
RETURNS STRUCT<index: STRING, unique_id: STRING, title: STRING, description: STRING, poster_name: STRING,
  follower_count: STRING, tag_list: STRING, is_image_or_video: STRING, image_src: STRING,
  downloaded: STRING, save_location: STRING, category: STRING,
  ind: STRING, timestamp: STRING, latitude: STRING, longitude: STRING, country: STRING,
  first_name: STRING, last_name: STRING, age: STRING, date_joined: STRING>
RETURN from_json(value, 'index STRING, unique_id STRING, title STRING, description STRING, poster_name STRING,
  follower_count STRING, tag_list STRING, is_image_or_video STRING, image_src STRING,
  downloaded STRING, save_location STRING, category STRING,
  ind STRING, timestamp STRING, latitude STRING, longitude STRING, country STRING,
  first_name STRING, last_name STRING, age STRING, date_joined STRING');

CREATE OR REPLACE TEMPORARY FUNCTION is_json(value STRING) RETURNS BOOLEAN
RETURN value IS NOT NULL AND try_parse_json(value) IS NOT NULL;

-- Unicode's White_Space off both ends. What is then blank is null (rule 1).
CREATE OR REPLACE TEMPORARY FUNCTION text_or_null(value STRING) RETURNS STRING
RETURN nullif(regexp_replace(value, '^[\\t-\\r\\x{85}\\pZ]+|[\\t-\\r\\x{85}\\pZ]+$', ''), '');

-- A whole number, also when written 5.0. Null when it is none or outside int32.
CREATE OR REPLACE TEMPORARY FUNCTION to_int(value STRING) RETURNS INT RETURN CASE
  WHEN regexp_like(value, '^[+-]?[0-9]+([.]0*)?$')
  THEN try_cast(regexp_extract(value, '^[+]?(-?[0-9]+)', 1) AS INT) END;

CREATE OR REPLACE TEMPORARY FUNCTION to_double(value STRING) RETURNS DOUBLE RETURN CASE
  WHEN regexp_like(value, '^[+-]?[0-9]+([.][0-9]*)?([eE][+-]?[0-9]+)?$') THEN try_cast(value AS DOUBLE) END;

-- Takes `YYYY-MM-DD HH:MM:SS`, then nothing (UTC) or a zone as `+HH:MM`. Null for a day that no calendar has.
CREATE OR REPLACE TEMPORARY FUNCTION utc_timestamp(value STRING) RETURNS TIMESTAMP RETURN try_cast(value AS TIMESTAMP);

CREATE OR REPLACE TEMPORARY FUNCTION double_array(first DOUBLE, second DOUBLE) RETURNS ARRAY<DOUBLE>
RETURN array(first, second);

-- 64 bits that tell equal copies from differing ones.
CREATE OR REPLACE TEMPORARY FUNCTION fingerprint(value STRING) RETURNS BIGINT RETURN xxhash64(value);

-- What most likely spoilt a rejected record, or null. Read from the text alone, so that both engines agree.
CREATE OR REPLACE TEMPORARY FUNCTION likely_cause(value STRING) RETURNS STRING RETURN CASE
  WHEN regexp_like(value, '^[ \t\r\n]*"[ ]*[{]') THEN 'JSON inside JSON: the producer called json.dumps on Data'
  WHEN regexp_like(value, '^"?(e[wy]|Int)[A-Za-z0-9+/]{12,}={0,2}"?$') THEN 'base64 twice: the producer encoded Data, and so does the mapping template'
  WHEN regexp_like(value, '^[{][A-Za-z_]+=') THEN 'an object written as {key=value}: the mapping template needs $input.json, or Data as text' END;
