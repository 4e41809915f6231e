-- Images that are larger than a budget.
-- parameter: budget = 1000000000  bytes of an image
SELECT reference, project, image_bytes, CAST(image_bytes - {{budget}} AS BIGINT) AS over_bytes, hidden_bytes, saving_bytes
FROM images
WHERE image_bytes > {{budget}}
ORDER BY image_bytes DESC, reference
