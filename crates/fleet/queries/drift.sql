-- Images on an older version of a base image that the fleet has.
-- parameter: base = ''  repository of the base image; empty: every image that others are built on
WITH bases AS (
  SELECT repository, reference, digest, chain, created,
    row_number() OVER (PARTITION BY registry, repository ORDER BY created DESC NULLS LAST, reference DESC) AS age
  FROM images
  WHERE {{base}} = '' OR repository = {{base}}
), built AS (
  SELECT i.reference, i.project, b.repository AS base, b.reference AS built_on, b.created AS built_on_created,
    b.chain, i.layers - l.position - 1 AS layers_above,
    row_number() OVER (
      PARTITION BY i.reference, b.repository ORDER BY l.position DESC, b.created DESC NULLS LAST, b.reference DESC
    ) AS nearest
  FROM images i
  JOIN image_layers l ON l.digest = i.digest AND l.position < i.layers - 1
  JOIN bases b ON b.chain = l.chain
  WHERE i.repository <> b.repository
)
SELECT u.reference, u.project, u.base, u.built_on, n.reference AS newest, u.built_on_created, n.created AS newest_created,
  u.layers_above
FROM built u JOIN bases n ON n.repository = u.base AND n.age = 1
WHERE u.nearest = 1 AND u.chain <> n.chain
ORDER BY u.base, u.reference
