//! The comments of a target file, in Spanish.

use crate::language::TemplateWords;

pub(super) const TEMPLATE: TemplateWords = TemplateWords {
    head: r#"# Objetivos de este stack: `plimsoll check ANTES DESPUÉS` los comprueba. Todas las claves están en `docs/targets.md` de Plimsoll.
# Un valor solo es el mínimo: si no se alcanza, la comprobación falla. { minimum = …, ideal = … } indica ambos.
version = 1

[stack]
# Todas las imágenes, las capas compartidas una vez, en comparación con antes.
reduction = { minimum = "50 %", ideal = "60 %" }
"#,
    limits_of_compose: "Los límites del archivo de Compose suman esto. La memoria es binaria, como en Compose: 1 GB = 1024 MB.",
    limits: "No más que esto, cuando cada servicio tenga un límite. La memoria es binaria, como en Compose: 1 GB = 1024 MB.",
    stack: r#"# La suma de los límites cabe en la memoria del host.
fits_host = true
# Memoria que todos los servicios usan a la vez bajo carga (percentil 95).
# memory_under_load = "2 GB"
# Desde el primer arranque hasta que pasan todas las comprobaciones de salud.
start_up = { minimum = "2 min", ideal = "90 s" }
"#,
    each: r#"
# Cada servicio, salvo que su propia tabla diga otra cosa.
[services."*"]
image_built = true
runs = true
healthy = true
limit_respected = true
no_swap = true
no_oom = true
logs = true
# Si un servicio es PostgreSQL: la memoria que permite su configuración cabe en su límite.
postgres = { fits = true }
# Archivos que una construcción envía al motor, medidos con `plimsoll snapshot --context SERVICIO=DIRECTORIO`.
# context = "50 MB"
# El kernel termina tarde las bases de datos (-500) y pronto lo que se puede volver a arrancar (300).
# oom_score_adj = 300
# Ninguna capa crece más que esto respecto a la que sustituye.
layer_growth = "5 %"
# Lo que la imagen añade a su imagen base crece como máximo esto: un porcentaje o bytes. Una actualización de la base no cuenta.
# own_growth = "10 MB"
# layers = 30
# Hallazgos no permitidos: reglas, o una gravedad y las superiores (`docs/findings/README.md`).
# findings_not_allowed = ["secrets", "high"]
"#,
    hidden: "Bytes que se guardan, pero que una capa posterior borra o sustituye.",
    dive: "Los límites de `.dive-ci`. dive cuenta como desperdicio cada copia de un archivo; `hidden`, solo las que nadie ve.",
    as_planned: "Como lo prevé el archivo de Compose.",
    limit_unread: "El archivo de Compose fija un límite que no se puede leer: vea `plimsoll recommend`.",
    no_limit: "El archivo de Compose no fija ningún límite: vea `plimsoll recommend`.",
    no_health_check: "Su comprobación de salud está desactivada.",
    tail: r#"
# Comprobaciones que ninguna instantánea puede mostrar: sondas (`plimsoll check --probe application=$?`) o certificadas por una persona.
[[checks]]
id = "application"
title = "La aplicación funciona"

[[checks]]
id = "backup-restore"
title = "Se restauró una copia de seguridad de la base de datos"
# attested = { by = "quién", on = "2026-01-31", passed = true, note = "restaurada en una base de datos vacía" }

# Un hallazgo que no hace falta corregir: `plimsoll findings` muestra su huella.
# [[accepted]]
# finding = "3f0c1a9be27d"
# reason = "el cargador de complementos compila al ejecutarse"
# until = "2026-12-31"

# El coste del servidor: sus precios, en su moneda.
# [cost]
# price_per_gib = 5.0
# before = "8 GB"
# reduction = { ideal = "40 %" }

# El disco del host, como lo lee `plimsoll df -o SNAPSHOT`.
# [host]
# disk = "200 GB"
# reclaimable = "20 GB"
"#,
};
