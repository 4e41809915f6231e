-- Directories that take up most, over all layers.
-- parameter: depth = 3  depth of the directories
-- parameter: limit = 100  most rows
WITH used AS (
  SELECT DISTINCT diff_id FROM image_layers
)
SELECT d.path, count(*) AS layers, CAST(sum(d.files) AS BIGINT) AS files, CAST(sum(d.bytes) AS BIGINT) AS bytes
FROM dirs d JOIN used u ON u.diff_id = d.diff_id
WHERE d.depth = {{depth}}
GROUP BY d.path
ORDER BY bytes DESC, d.path
LIMIT {{limit}}
