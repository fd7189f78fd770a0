-- pin_records, geo_records, user_records -> the copies that rule 10 drops: one row a table and ind is kept, the last in
-- (offset, partition). Offsets of two partitions compare as numbers, so that the choice does not hang on the reading.
-- copy: equal (to the kept one, in every clean column) or differing.
WITH repeated AS (
  SELECT 'pin' AS entity, r.ind, r.object_key, r.partition, r.offset, r.fingerprint
  FROM pin_records r
  JOIN (SELECT ind FROM pin_records WHERE rejected IS NULL GROUP BY ind HAVING count(*) > 1) d ON d.ind = r.ind
  WHERE r.rejected IS NULL
  UNION ALL
  SELECT 'geo' AS entity, r.ind, r.object_key, r.partition, r.offset, r.fingerprint
  FROM geo_records r
  JOIN (SELECT ind FROM geo_records WHERE rejected IS NULL GROUP BY ind HAVING count(*) > 1) d ON d.ind = r.ind
  WHERE r.rejected IS NULL
  UNION ALL
  SELECT 'user' AS entity, r.ind, r.object_key, r.partition, r.offset, r.fingerprint
  FROM user_records r
  JOIN (SELECT ind FROM user_records WHERE rejected IS NULL GROUP BY ind HAVING count(*) > 1) d ON d.ind = r.ind
  WHERE r.rejected IS NULL
),
copies AS (
  SELECT r.entity, r.object_key, r.offset, r.fingerprint,
         row_number() OVER newest_first AS place,
         first_value(r.fingerprint) OVER newest_first AS kept_fingerprint
  FROM repeated r
  WINDOW newest_first AS (PARTITION BY r.entity, r.ind ORDER BY r.offset DESC, r.partition DESC, r.object_key DESC)
)
SELECT c.entity, c.object_key, c.offset, CASE WHEN c.fingerprint = c.kept_fingerprint THEN 'equal' ELSE 'differing' END AS copy
FROM copies c
WHERE c.place > 1
