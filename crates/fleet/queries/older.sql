-- Images with a package below a version.
-- parameter: ecosystem = 'dpkg'  dpkg, python, npm, …
-- parameter: package = 'openssl'  name of the package
-- parameter: version = '3.0.15-1'  first version that is new enough
SELECT DISTINCT i.reference, i.project, p.name, p.version, i.digest
FROM packages p JOIN images i ON i.digest = p.digest
WHERE p.ecosystem = {{ecosystem}} AND p.name = {{package}} AND p.installed AND p.version_key < {{version_key}}
ORDER BY i.reference, p.version
