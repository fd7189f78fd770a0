-- pin_records, geo_records, user_records -> the copies that rule 10 drops: one row a table and ind is kept, the last in
-- (offset, partition). Offsets of two partitions compare as numbers, so that the choice does not hang on the reading.
-- copy: equal (to the kept one, in every clean column) or differing.
WITH records AS (
  SELECT 'pin' AS entity, r.ind, r.object_key, r.partition, r.offset, r.fingerprint FROM pin_records r WHERE r.rejected IS NULL
  UNION ALL
  SELECT 'geo' AS entity, r.ind, r.object_key, r.partition, r.offset, r.fingerprint FROM geo_records r WHERE r.rejected IS NULL
  UNION ALL
  SELECT 'user' AS entity, r.ind, r.object_key, r.partition, r.offset, r.fingerprint FROM user_records r WHERE r.rejected IS NULL
),
repeated AS (
  SELECT r.entity, r.ind FROM records r GROUP BY r.entity, r.ind HAVING count(*) > 1
),
copies AS (
  SELECT r.entity, r.object_key, r.offset, r.fingerprint,
         row_number() OVER newest_first AS place,
         first_value(r.fingerprint) OVER newest_first AS kept_fingerprint
  FROM records r JOIN repeated d ON d.entity = r.entity AND d.ind = r.ind
  WINDOW newest_first AS (PARTITION BY r.entity, r.ind ORDER BY r.offset DESC, r.partition DESC, r.object_key DESC)
)
SELECT c.entity, c.object_key, c.offset, CASE WHEN c.fingerprint = c.kept_fingerprint THEN 'equal' ELSE 'differing' END AS copy
FROM copies c
WHERE c.place > 1
