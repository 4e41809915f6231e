-- Weights of models that are stored more than once.
WITH used AS (
  SELECT DISTINCT diff_id FROM image_layers
), weights AS (
  SELECT c.p, c.hash, c.size, c.diff_id, c.files, c.path
  FROM contents c JOIN used u ON u.diff_id = c.diff_id
  WHERE c.path LIKE '%.safetensors' OR c.path LIKE '%.gguf' OR c.path LIKE '%.ggml' OR c.path LIKE '%.onnx'
    OR c.path LIKE '%.tflite' OR c.path LIKE '%.pt' OR c.path LIKE '%.pth' OR c.path LIKE '%pytorch_model%.bin'
    OR c.path LIKE '%/models--%/blobs/%'
), images_of AS (
  SELECT w.p, w.hash, w.size, count(DISTINCT l.digest) AS images
  FROM weights w JOIN image_layers l ON l.diff_id = w.diff_id
  GROUP BY w.p, w.hash, w.size
), copies AS (
  SELECT p, hash, size, min(path) AS example, count(*) AS layers, CAST(sum(files) AS BIGINT) AS copies
  FROM weights GROUP BY p, hash, size
  HAVING sum(files) > 1
)
SELECT c.example, c.size, c.layers, c.copies, i.images, CAST(c.size * (c.copies - 1) AS BIGINT) AS duplicate_bytes
FROM copies c JOIN images_of i ON i.p = c.p AND i.hash = c.hash AND i.size = c.size
ORDER BY duplicate_bytes DESC, c.example
