-- The fleet in one row.
WITH distinct_images AS (
  SELECT DISTINCT digest, image_bytes, tree_bytes, hidden_bytes, stored_bytes, saving_bytes FROM images
), blobs AS (
  SELECT DISTINCT blob, stored_bytes FROM image_layers
), used AS (
  SELECT DISTINCT diff_id FROM image_layers
)
SELECT
  (SELECT count(*) FROM images) AS names,
  (SELECT count(*) FROM distinct_images) AS images,
  (SELECT count(DISTINCT project) FROM images) AS projects,
  (SELECT count(*) FROM used) AS layers,
  (SELECT CAST(sum(stored_bytes) AS BIGINT) FROM distinct_images) AS unshared_bytes,
  (SELECT CAST(sum(stored_bytes) AS BIGINT) FROM blobs) AS stored_bytes,
  (SELECT CAST(sum(l.file_bytes) AS BIGINT) FROM layers l JOIN used u ON u.diff_id = l.diff_id) AS file_bytes,
  (SELECT CAST(sum(l.files) AS BIGINT) FROM layers l JOIN used u ON u.diff_id = l.diff_id) AS files,
  (SELECT CAST(sum(image_bytes) AS BIGINT) FROM distinct_images) AS image_bytes,
  (SELECT CAST(sum(hidden_bytes) AS BIGINT) FROM distinct_images) AS hidden_bytes,
  (SELECT CAST(sum(saving_bytes) AS BIGINT) FROM distinct_images) AS saving_bytes
