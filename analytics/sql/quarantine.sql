-- Every rejected record with where it lies and why (rule 11), and what most likely spoilt it.
SELECT r.object_key, r.offset, r.topic, r.rejected AS reason,
       likely_cause(r.rejected_value) AS likely_cause, r.rejected_value AS value
FROM pin_records r WHERE r.rejected IS NOT NULL
UNION ALL
SELECT r.object_key, r.offset, r.topic, r.rejected AS reason,
       likely_cause(r.rejected_value) AS likely_cause, r.rejected_value AS value
FROM geo_records r WHERE r.rejected IS NOT NULL
UNION ALL
SELECT r.object_key, r.offset, r.topic, r.rejected AS reason,
       likely_cause(r.rejected_value) AS likely_cause, r.rejected_value AS value
FROM user_records r WHERE r.rejected IS NOT NULL
