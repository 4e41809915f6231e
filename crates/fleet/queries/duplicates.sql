-- Bytes of files that are stored more than once: in the same layer, and in several layers.
WITH used AS (
  SELECT DISTINCT diff_id FROM image_layers
), by_layer AS (
  SELECT c.p, c.hash, c.size, c.diff_id, c.files FROM contents c JOIN used u ON u.diff_id = c.diff_id
), by_content AS (
  SELECT p, hash, size, count(*) AS layers, sum(files) AS copies FROM by_layer GROUP BY p, hash, size
)
SELECT
  CAST(sum(size * copies) AS BIGINT) AS file_bytes,
  CAST(sum(size) AS BIGINT) AS distinct_bytes,
  CAST(sum(size * (layers - 1)) AS BIGINT) AS duplicate_bytes_across_layers,
  CAST(sum(size * (copies - layers)) AS BIGINT) AS duplicate_bytes_within_layers
FROM by_content
