-- Bytes of each project: of its images without sharing, stored, and unique to it.
WITH named AS (
  SELECT DISTINCT project, digest, stored_bytes FROM images
), blobs AS (
  SELECT DISTINCT n.project, l.blob, l.stored_bytes FROM named n JOIN image_layers l ON l.digest = n.digest
), owners AS (
  SELECT blob, count(*) AS projects FROM blobs GROUP BY blob
), unshared AS (
  SELECT project, count(*) AS images, CAST(sum(stored_bytes) AS BIGINT) AS unshared_bytes FROM named GROUP BY project
), stored AS (
  SELECT b.project,
    CAST(sum(b.stored_bytes) AS BIGINT) AS stored_bytes,
    CAST(sum(CASE WHEN o.projects = 1 THEN b.stored_bytes ELSE 0 END) AS BIGINT) AS unique_bytes
  FROM blobs b JOIN owners o ON o.blob = b.blob
  GROUP BY b.project
)
SELECT u.project, u.images, u.unshared_bytes, s.stored_bytes, s.unique_bytes
FROM unshared u JOIN stored s ON s.project = u.project
ORDER BY s.unique_bytes DESC, u.project
