-- Findings by rule: how many images have them, and what they would save.
SELECT rule, count(DISTINCT digest) AS images, count(*) AS findings, CAST(sum(saving_bytes) AS BIGINT) AS saving_bytes,
  CAST(sum(CASE WHEN confidence = 'low' THEN 0 ELSE saving_bytes END) AS BIGINT) AS certain_saving_bytes
FROM findings
GROUP BY rule
ORDER BY certain_saving_bytes DESC, saving_bytes DESC, rule
