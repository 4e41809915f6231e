-- Contents of files that waste most: stored in several layers, or several times in one.
-- parameter: limit = 100  most rows
WITH used AS (
  SELECT DISTINCT diff_id FROM image_layers
)
SELECT c.hash, c.size, count(*) AS layers, CAST(sum(c.files) AS BIGINT) AS copies,
  CAST(c.size * (sum(c.files) - 1) AS BIGINT) AS duplicate_bytes, min(c.path) AS example
FROM contents c JOIN used u ON u.diff_id = c.diff_id
GROUP BY c.p, c.hash, c.size
HAVING sum(c.files) > 1
ORDER BY duplicate_bytes DESC, c.size DESC, c.hash
LIMIT {{limit}}
