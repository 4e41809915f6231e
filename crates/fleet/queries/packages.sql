-- Packages that cost most: over all images, and with each layer counted once.
-- parameter: limit = 100  most rows
WITH per_layer AS (
  SELECT diff_id, ecosystem, name, version, max(bytes) AS bytes FROM packages
  GROUP BY diff_id, ecosystem, name, version
), stored AS (
  SELECT ecosystem, name, CAST(sum(bytes) AS BIGINT) AS stored_bytes FROM per_layer GROUP BY ecosystem, name
), in_images AS (
  SELECT ecosystem, name, count(DISTINCT version) AS versions, count(DISTINCT digest) AS images,
    CAST(sum(bytes) AS BIGINT) AS image_bytes
  FROM packages GROUP BY ecosystem, name
)
SELECT i.ecosystem, i.name, i.versions, i.images, i.image_bytes, s.stored_bytes
FROM in_images i JOIN stored s ON s.ecosystem = i.ecosystem AND s.name = i.name
ORDER BY i.image_bytes DESC, i.ecosystem, i.name
LIMIT {{limit}}
