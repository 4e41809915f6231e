-- Layers that are stored more than once: compressed in several ways.
-- parameter: limit = 100  most rows
WITH blobs AS (
  SELECT DISTINCT diff_id, blob, stored_bytes FROM image_layers
), images_of AS (
  SELECT diff_id, count(DISTINCT digest) AS images FROM image_layers GROUP BY diff_id
), stored AS (
  SELECT diff_id, count(*) AS blobs, CAST(sum(stored_bytes) AS BIGINT) AS stored_bytes,
    CAST(sum(stored_bytes) - max(stored_bytes) AS BIGINT) AS duplicate_bytes
  FROM blobs GROUP BY diff_id HAVING count(*) > 1
)
SELECT s.diff_id, i.images, s.blobs, s.stored_bytes, s.duplicate_bytes
FROM stored s JOIN images_of i ON i.diff_id = s.diff_id
ORDER BY s.duplicate_bytes DESC, s.diff_id
LIMIT {{limit}}
