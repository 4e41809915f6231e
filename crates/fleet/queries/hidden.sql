-- Instructions that hide bytes of earlier layers: deleted or replaced, but still downloaded.
-- parameter: limit = 100  most rows
WITH per_pair AS (
  SELECT diff_id, by_diff_id, cause, max(bytes) AS bytes, max(files) AS files, max(instruction) AS instruction,
    count(DISTINCT digest) AS images
  FROM hidden GROUP BY diff_id, by_diff_id, cause
)
SELECT coalesce(instruction, '') AS instruction, cause, count(*) AS layer_pairs, CAST(max(images) AS BIGINT) AS images,
  CAST(sum(files) AS BIGINT) AS files, CAST(sum(bytes) AS BIGINT) AS stored_bytes,
  CAST(sum(bytes * images) AS BIGINT) AS image_bytes
FROM per_pair
GROUP BY coalesce(instruction, ''), cause
ORDER BY stored_bytes DESC, instruction, cause
LIMIT {{limit}}
