//! Spanish: what runs were seen to use.

use plimsoll_analysis::packages::Contradiction;

use crate::language::{Noun, ObservedWords};

pub(super) const WORDS: ObservedWords = ObservedWords {
    mounted_code: |places| {
        format!("Otra cosa está montada sobre el código en {places}: la imagen no indica qué se usa ahí.")
    },
    opened_head: "Abierto",
    never_opened_head: "Nunca abierto",
    opened: |files, of, runs, of_runs| format!("{files} de {of} archivos, {runs} de {of_runs} grabaciones"),
    imported: |runs, of_runs| format!("importado, {runs} de {of_runs} grabaciones"),
    never: "nunca",
    contradictions: "El uso estático y el observado difieren:",
    contradiction: |contradiction| match contradiction {
        Contradiction::UsedButNotNamed => "sin uso visible en el código, pero una grabación lo usó",
        Contradiction::NamedButNotUsed => "usado según el código, pero ninguna grabación lo abrió",
    },
    runs: "Grabaciones de archivos abiertos",
    load_of: |load| format!("carga: {load}"),
    no_load: "sin etiqueta de carga",
    without_start: "sin el arranque",
    run: |opened, outside, failed| {
        format!(
            "{opened} archivos de la imagen abiertos, {outside} fuera de ella, {failed} intentos fallidos"
        )
    },
    incomplete: |lost, unplaced| format!("{lost} eventos perdidos, {unplaced} aperturas sin ruta completa"),
    directories: "Directorios con más bytes que nunca se abrieron",
    directory: "Directorio",
    memory: |processes| format!("Memoria por paquete: {processes}"),
    proportional: "Proporcional",
    resident: "Residente",
    private: "Privada",
    total: "total",
    other_files: "otros archivos de la imagen",
    outside: "archivos fuera de la imagen",
    heap: "heap",
    stacks: "pilas",
    anonymous: "otra memoria anónima",
    start_up: |total, modules| format!("Arranque por paquete: {total} para importar {modules}"),
    interleaved: "Las líneas de varios procesos están mezcladas: se desconoce el tiempo con dependencias.",
    own_time: "Tiempo propio",
    cumulative: "Con dependencias",
    modules: "Módulos",
    no_package: "aplicación y biblioteca estándar",
    kept: |service, opened, tree, files, of| {
        format!("{service}: lo abierto pesa {opened} de {tree} ({files} de {of} archivos)")
    },
    kept_warning: "Es una cota inferior: ninguna ejecución lo ejercita todo. Pueden faltar importaciones tardías, páginas de \
        error, locales, certificados y shells de depuración.",
    kept_unknown: |service| format!("{service}: no hay ninguna grabación de archivos abiertos"),
    process: Noun { one: "proceso", more: "procesos" },
    module: Noun { one: "módulo", more: "módulos" },
};
