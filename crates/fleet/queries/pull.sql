-- Predicted time of a pull, in seconds, over 100 Mbit/s and 1 Gbit/s.
-- parameter: limit = 100  most rows
SELECT reference, stored_bytes, image_bytes, pull_seconds_100m, pull_seconds_1g
FROM images
ORDER BY pull_seconds_100m DESC, reference
LIMIT {{limit}}
