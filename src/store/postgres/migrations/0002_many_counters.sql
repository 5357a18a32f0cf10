-- What a commit of many counters costs.

-- Without STRICT, and with a body that is NULL when one of the numbers is, the server puts the body in place of the call.
CREATE OR REPLACE FUNCTION min(a BIGINT, b BIGINT) RETURNS BIGINT
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT CASE WHEN a <= b THEN a WHEN b < a THEN b END';
CREATE OR REPLACE FUNCTION max(a BIGINT, b BIGINT) RETURNS BIGINT
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT CASE WHEN a >= b THEN a WHEN b > a THEN b END';

-- Rows that are raised again and again stay on their page, and their index is left alone.
ALTER TABLE users SET (fillfactor = 60);
ALTER TABLE traffic_day SET (fillfactor = 60);
ALTER TABLE load_hour SET (fillfactor = 60);
ALTER TABLE load_day SET (fillfactor = 60);
