-- What became of the records: (entity, name, count), over the views of variants/right.sql. joined: rows whose ind is in all
-- three tables.
SELECT 'pin' AS entity, 'records' AS name, count(*) AS count FROM pin_records
UNION ALL SELECT 'geo', 'records', count(*) FROM geo_records
UNION ALL SELECT 'user', 'records', count(*) FROM user_records
UNION ALL SELECT 'pin', 'rejected', count(*) FROM pin_records r WHERE r.rejected IS NOT NULL
UNION ALL SELECT 'geo', 'rejected', count(*) FROM geo_records r WHERE r.rejected IS NOT NULL
UNION ALL SELECT 'user', 'rejected', count(*) FROM user_records r WHERE r.rejected IS NOT NULL
UNION ALL SELECT s.entity, s.copy, count(*) FROM superseded s GROUP BY s.entity, s.copy
UNION ALL SELECT 'pin', 'rows', count(*) FROM pin
UNION ALL SELECT 'geo', 'rows', count(*) FROM geo
UNION ALL SELECT 'user', 'rows', count(*) FROM users
UNION ALL SELECT e.entity, 'joined', c.joined
  FROM (SELECT count(*) AS joined FROM pin p JOIN geo g ON g.ind = p.ind JOIN users u ON u.ind = p.ind) c
  CROSS JOIN (SELECT 'pin' AS entity UNION ALL SELECT 'geo' UNION ALL SELECT 'user') e
UNION ALL SELECT 'pin', 'follower_count_nulled', count(*) FROM pin_records r WHERE r.rejected IS NULL AND r.follower_count_nulled
UNION ALL SELECT 'geo', 'coordinates_nulled', count(*) FROM geo_records r WHERE r.rejected IS NULL AND r.coordinates_nulled
UNION ALL SELECT 'geo', 'timestamp_nulled', count(*) FROM geo_records r WHERE r.rejected IS NULL AND r.timestamp_nulled
UNION ALL SELECT 'user', 'age_nulled', count(*) FROM user_records r WHERE r.rejected IS NULL AND r.age_nulled
UNION ALL SELECT 'user', 'date_joined_nulled', count(*) FROM user_records r WHERE r.rejected IS NULL AND r.date_joined_nulled
UNION ALL SELECT 'user', 'under_18', count(*) FROM users u WHERE u.age < 18
UNION ALL SELECT 'user', 'age_unknown', count(*) FROM users u WHERE u.age IS NULL
