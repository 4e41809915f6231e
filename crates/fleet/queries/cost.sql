-- Cost of storage and pulls a month, by project. A blob that several projects share is split evenly.
-- parameter: storage_price = 0.10  price of a GB and month
-- parameter: pull_price = 0.09  price of a GB that is pulled
-- parameter: pulls = 30  pulls of each name a month
WITH named AS (
  SELECT DISTINCT project, digest FROM images
), blobs AS (
  SELECT DISTINCT n.project, l.blob, l.stored_bytes FROM named n JOIN image_layers l ON l.digest = n.digest
), owners AS (
  SELECT blob, count(*) AS projects FROM blobs GROUP BY blob
), storage AS (
  SELECT b.project, sum(CAST(b.stored_bytes AS DOUBLE) / o.projects) / 1e9 * {{storage_price}} AS storage
  FROM blobs b JOIN owners o ON o.blob = b.blob GROUP BY b.project
), pulled AS (
  SELECT project, sum(CAST(stored_bytes AS DOUBLE)) / 1e9 * {{pulls}} * {{pull_price}} AS pulls FROM images GROUP BY project
)
SELECT s.project, s.storage, p.pulls, s.storage + p.pulls AS total
FROM storage s JOIN pulled p ON p.project = s.project
ORDER BY total DESC, s.project
