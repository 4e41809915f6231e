-- What the last scan could not read.
SELECT stage, unit, message
FROM errors
WHERE run = (SELECT max(run) FROM runs)
ORDER BY stage, unit
