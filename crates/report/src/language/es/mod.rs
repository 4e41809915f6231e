//! Spanish.

mod brief;
mod browse;
mod disk;
mod dockerfile;
mod findings;
mod fix;
mod fleet;
mod improvements;
mod limits;
mod memory;
mod observed;
mod page;
mod pull;
mod regressions;
mod review;
mod rules;
mod running;
mod series;
mod settings;
mod targets;
mod template;
mod terminal;
mod warnings;
mod watch;

use plimsoll_analysis::Cause;
use plimsoll_analysis::compare::{FileChange, LayerMatch};
use plimsoll_analysis::findings::{Confidence, FixKind, Severity};

use super::{Messages, Noun, Words};
use crate::sizes::{self, SizeDefinition};

pub(super) static FLEET: super::FleetWords = fleet::WORDS;

pub(super) static WORDS: Words = Words {
    nothing_to_compare: "No hay nada que comparar: ningún lado tiene servicios.",
    most_taken: |services| format!("Memoria máxima de cada servicio: {services}."),
    stack_of: |services| format!("El conjunto de {services} servicios"),
    fell: |from, to| format!("bajó de {from} a {to}"),
    grew: |from, to| format!("creció de {from} a {to}"),
    stayed: |at| format!("sigue en {at}"),
    is_new: |name, size| format!("{name} es nuevo, con {size}"),
    weighs: |name, size| format!("{name} pesa {size}"),
    is_gone: |name, size| format!("{name} ya no está; tenía {size}"),
    and_more: |number| format!("{number} más"),
    more_of_this_kind: |number| format!("y {number} más de este tipo"),
    new: "nuevo",
    gone: "retirado",
    unchanged: "sin cambios",
    got_worse: "Qué ha empeorado",
    got_better: "Qué ha mejorado",

    cause,
    packages_of: |ecosystem| format!("paquetes {ecosystem}"),
    models: "modelos",
    unpackaged: "programas sin paquete",
    application: "aplicación",
    caches: "cachés",
    unowned: "archivos sin paquete",
    files_removed: "archivos eliminados",
    files_added: "archivos añadidos",
    files_changed: "archivos modificados",
    hidden_bytes_by: |cause| format!("bytes ocultos: {cause}"),
    layer_match,
    file_change,
    setting,
    sizes: SIZES,

    file: Noun { one: "archivo", more: "archivos" },
    layer: Noun { one: "capa", more: "capas" },
    service_noun: Noun { one: "servicio", more: "servicios" },
    directory: Noun { one: "directorio", more: "directorios" },
    symlink: Noun { one: "enlace simbólico", more: "enlaces simbólicos" },
    hardlink: Noun { one: "enlace duro", more: "enlaces duros" },
    device: Noun { one: "dispositivo", more: "dispositivos" },
    whiteout: Noun { one: "whiteout", more: "whiteouts" },
    opaque: Noun { one: "directorio opaco", more: "directorios opacos" },
    byte: Noun { one: "byte", more: "bytes" },

    service: "Servicio",
    before: "Antes",
    after: "Después",
    change: "Cambio",
    hidden: "Ocultos",
    layer_head: "Capa",
    files_head: "Archivos",
    size_head: "Tamaño",
    meaning: "Significado",
    instruction: "Instrucción",
    setting_head: "Ajuste",
    cause_head: "Causa",
    bytes_head: "Bytes",
    from_layer: "De la capa",
    by_layer: "Por la capa",
    how: "Cómo",
    all_services: "Todos, cada capa una vez",
    no_name: "(sin nombre)",
    warning: "aviso",
    stack_line: |unique, sum| format!("**Conjunto**: {unique} con cada capa una vez, {sum} en total."),
    largest_files: "Mayores cambios de archivos individuales",
    details: "Detalles",
    left_out: "El resto se omite para que quepa en un comentario. El informe lo muestra todo.",

    most_of_it: |cause, delta, share| {
        format!("Causa principal: {cause}, {delta} ({share} de todos los cambios).")
    },
    against_it: |cause, delta| format!("En sentido contrario: {cause}, {delta}."),
    largest_file: |path, delta| format!("Mayor cambio de un solo archivo: {path}, {delta}."),
    hidden_now: |before, after| {
        format!(
            "Los bytes ocultos, que una capa posterior borró o sustituyó pero cada descarga transfiere, pasaron de {before} a {after}."
        )
    },
    why_lead: |name, tree, hidden| {
        format!(
            "{name}: árbol final {} → {}, bytes ocultos {} → {}. Cada byte de la diferencia, por causa.",
            tree[0], tree[1], hidden[0], hidden[1]
        )
    },
    other_causes: "otras causas",

    skip: "Saltar al informe",
    absent: "ausente",
    view: "Vista",
    engineer: "Ingeniería",
    stakeholder: "Dirección",
    theme: "Colores",
    theme_system: "Sistema",
    theme_light: "Claro",
    theme_dark: "Oscuro",
    language: "Idioma",
    share: "Compartir",
    copy_link: "Copiar enlace a esta vista",
    copy_markdown: "Copiar como Markdown",
    save_csv: "Guardar servicios en CSV",
    save_files_csv: "Guardar archivos cambiados en CSV",
    save_json: "Guardar en JSON",
    print_summary: "Imprimir el resumen",
    print_all: "Imprimir todo",
    copied: "Copiado.",
    not_copied: "El navegador no permitió copiar.",
    saved: "Guardado.",

    figures: "Cifras",
    contents: "Contenido",
    card_total: "Imágenes, cada capa una sola vez",
    card_hidden: "Bytes ocultos, cada imagen una vez",
    card_files: "Archivos cambiados",
    card_compressed: "Comprimido, cada capa una sola vez",
    card_service: "Mayor cambio de un servicio",
    card_savings: "Ahorro pendiente",
    card_savings_possible: |size| format!("hasta {size} con los hallazgos dudosos"),
    card_price: "Coste del servidor",
    card_price_before: |price| format!("antes {price}"),
    size_before: |size| format!("{size} antes"),
    files_by_change: |added, removed, modified| {
        format!("{added} añadidos · {removed} eliminados · {modified} modificados")
    },

    services: "Servicios",
    services_lead: "Tamaño de imagen sin comprimir, en una misma escala. Elija un servicio para ver abajo sus partes.",
    smaller: "más pequeño",
    larger: "más grande",
    copy_row: |name| format!("Copiar la fila de {name} como Markdown"),

    why: "Por qué cambió",
    why_table: "En una tabla, en bytes",
    why_not: "El tamaño y todas sus partes son iguales en ambos lados.",

    layers: "Capas",
    layers_lead: "Alineadas por contenido, la más baja primero. Una capa posterior borró o sustituyó los bytes ocultos, pero cada descarga los transfiere.",
    no_instruction: "(sin instrucción registrada)",
    match_head: "Relación",
    compressed: "Comprimida",
    was: "antes:",
    diff_id: "Diff ID",
    tar: "Tar",
    compressed_to: |size| format!(", comprimida {size}"),
    holds: "Contiene",
    not_included: "no incluida en el origen: no se conocen sus archivos",
    no_layers: "Ningún lado tiene capas.",
    in_files_by: |files, cause| format!(" en {files}, {cause} por "),
    base: |layers, size| match layers {
        1 => format!("La capa más baja ({size}) no cambia."),
        layers => format!("Las {layers} capas más bajas ({size}) no cambian."),
    },
    stacks: "Capas de ambos lados en una misma escala",

    settings: "Ajustes",
    settings_lead: "Diferencias en la configuración de ejecución. De las variables de entorno solo se registran los nombres. Los puertos, los montajes y la política de reinicio son los de un contenedor, si se registraron ambos lados.",
    is_set: "definido",

    remove: "Quitar",
    remove_held: |name| format!("Quitar {name} de la página"),

    find: "Buscar",
    find_long: "Buscar archivos, paquetes, capas y hallazgos (tecla /)",
    find_placeholder: "Archivos, paquetes, capas, hallazgos",
    find_help: "Escriba parte de un nombre o de una ruta, como lib/python. Elija con las flechas y abra con Intro.",
    find_nothing: "Sin coincidencias.",
    find_reading: "Aún se cargan los nombres.",
    find_found: |number| format!("{number} encontrados. Elija con las flechas y abra con Intro."),
    find_left: |services| format!("No se buscó, porque hay demasiados archivos: {services}."),

    files: "Archivos",
    files_lead: "Ambos sistemas de archivos en un solo árbol, como los ve un contenedor. Cada directorio suma sus archivos visibles.",
    search: "Buscar rutas",
    filter: "Mostrar",
    all: "todos",
    tree: "Archivos de ambos lados",
    name: "Nombre",
    no_files: "Ningún archivo coincide.",
    moved: |files, size| {
        format!("{files} ({size}) solo cambiaron de sitio: el mismo contenido está en otra ruta.")
    },
    shown: |files, changed| format!("{files}, {changed} cambiados"),
    state: "Estado",
    changed_inside: |number| format!("{number} cambiados"),

    map: "Mapa de los archivos",
    map_help: "Una sola disposición para ambos lados. Las flechas pasan a los vecinos, Intro abre un directorio, Retroceso vuelve arriba.",
    map_area: "Área",
    map_by_size: "tamaño",
    map_by_change: "cambio",
    map_root: "Todos los archivos",
    map_path: "Directorio mostrado",
    map_nothing: "Nada que dibujar: aquí todos los valores son cero.",
    map_summary: |files, largest| format!("Un mapa de {files}. Las partes mayores: {largest}."),
    map_rest: |number| format!("{number} más pequeños"),
    map_open: "Abrir",
    map_table: "Las partes mayores en una tabla",
    legend_smaller: "− más pequeño",
    legend_larger: "+ más grande",
    legend_removed: "eliminado",
    legend_added: "nuevo",
    legend_same: "sin cambios",

    copy_svg: "Copiar SVG",
    save_png: "Guardar PNG",
    chart_tools: |chart| format!("{chart}: exportar como imagen"),

    choose: "Instantáneas",
    choose_open: "Comparar otras instantáneas…",
    choose_empty: "Comparar imágenes de contenedor",
    choose_lead: "Suelte archivos en cualquier parte de esta página o elíjalos aquí: instantáneas escritas por plimsoll \
        (.plimsoll, .json) o imágenes escritas por docker save, podman save o skopeo (archivos Docker u OCI, sin comprimir o \
        comprimidos con gzip, zstd, bzip2 o xz). Esta página lee los archivos; nada sale de este equipo.",
    choose_next: "Ahora suelte o elija el archivo con el que compararla.",
    held: "Cargadas en esta página",
    snapshot: "Instantánea",
    nothing: "nada",
    swap: "Intercambiar",
    swap_long: "Intercambiar antes y después",
    save_report: "Guardar esta comparación en un archivo",
    close: "Cerrar",
    cancel: "Cancelar",
    dismiss: "Descartar",
    as_before: "Como antes",
    as_after: "Como después",
    as_held: "Añadir a la lista",
    in_report_before: "este informe, antes",
    in_report_after: "este informe, después",
    progress: |done, total| format!("{done} de {total}"),

    found_empty: "está vacío",
    found_zip: "es un archivo ZIP",
    found_page: "es una página web",
    found_text: "es un archivo de texto de tipo desconocido",
    found_binary: "es un archivo binario de tipo desconocido",
    found_packed: "está comprimido, pero no contiene ni un tar ni una instantánea",
    found_json: "es JSON sin `schema_version`, así que no es una instantánea",
    versions: |program, format| {
        format!("Esta página es {program} y lee instantáneas hasta el formato {format}.")
    },
    not_read: |name, found| {
        format!(
            "`{name}` no se puede usar: {found}. Archivos admitidos: instantáneas (.plimsoll, .json) e imágenes en \
             un solo archivo (docker save, archivo OCI), con o sin compresión."
        )
    },
    too_new: |name, format| format!("`{name}` no se puede usar: tiene el formato {format}."),
    too_new_by: |name, format, program| {
        format!("`{name}` no se puede usar: tiene el formato {format}, escrito por {program}.")
    },
    open_newer: "Ábralo con una versión más reciente de Plimsoll.",
    damaged: |name, reason| format!("`{name}` no se puede leer: {reason}."),
    too_large_file: |name, reason| format!("`{name}` es demasiado grande para una página: {reason}."),
    too_large: |what, place, limit| {
        format!(
            "{place} supera el límite de una página para {what} ({limit}): use `plimsoll` en la línea de comandos"
        )
    },
    content: "el contenido",
    layers_are_archives: "las capas tienen que ser archivos tar, con o sin compresión",
    not_compared: |reason| format!("Estas instantáneas no se pueden comparar: {reason}."),
    not_saved: |reason| format!("No se puede guardar la comparación: {reason}."),
    same_name: |name| format!("dos de sus imágenes se llaman `{name}`"),

    packages: "Paquetes",
    packages_rows: "Paquetes, uno por fila",
    packages_lead: "Paquetes de gestores de paquetes, aplicaciones y modelos, en ambos lados. El tamaño retenido es lo que se libera al \
        quitar un paquete, con las dependencias que nada más necesita. Desmarque paquetes para ver el tamaño de la imagen \
        sin ellos y qué dejaría de funcionar.",
    packages_incomplete: "Algunas capas no se examinaron: aquí pueden faltar paquetes.",
    package: Noun { one: "paquete", more: "paquetes" },
    package_head: "Paquete",
    version: "Versión",
    own: "Tamaño propio",
    retained: "Tamaño retenido",
    why_head: "Por qué está",
    use_head: "Uso",
    kept: "Se queda",
    search_packages: "Buscar paquetes",
    changed_packages: "cambiados",
    unused_packages: "sin uso detectado",
    no_packages: "Ningún paquete coincide.",
    packages_shown: |shown, all| format!("{shown} de {all}"),
    asked_for: "pedido",
    part_of_base: "parte de la base",
    nothing_needs_it: "nada lo necesita",
    part_of: |name| format!("parte de {name}"),
    needed_by: |name| format!("lo necesita {name}"),
    needed_by_more: |name, more| format!("lo necesitan {name} y {more} más"),
    imported_by: |file| format!("lo importa {file}"),
    imported_by_more: |file, more| format!("lo importan {file} y {more} más"),
    run_by: |setting| format!("lo ejecuta: {setting}"),
    optional_for: |name| format!("opcional para {name}"),
    plugin_of: |name| format!("complemento de {name}"),
    named_in: |place| format!("mencionado en {place}"),
    named_in_more: |place, more| format!("mencionado en {place} y {more} más"),
    recommended_by: |name| format!("recomendado por {name}"),
    extra_of: |name| format!("un extra de {name}"),
    unused: "sin uso detectado",
    keeps: |name| format!("Conservar {name}"),
    untick: "Sin algunos paquetes",
    untick_help: "Desmarque paquetes para ver el tamaño de la imagen sin ellos, qué más se quita y qué dejaría de funcionar.",
    unticked: |size, instead, delta| {
        format!("Sin los paquetes desmarcados, la imagen pesa {size} en lugar de {instead} ({delta}).")
    },
    unticked_goes: |packages, names| format!("Se quitarían {packages}: {names}."),
    nothing_breaks: "Que se sepa, nada de lo que queda los necesita.",
    breaks: "Qué deja de funcionar:",
    works_without: "Qué funciona sin ellos:",
    package_needs: |package, needs| format!("{package} necesita {needs}"),
    application_needs: |needs, evidence| format!("la aplicación necesita {needs}: {evidence}"),
    reset: "Marcar todos de nuevo",
    choose_package: "Elija un paquete para ver por qué está y qué lo usa.",
    purl: "URL de paquete",
    license: "Licencia",
    described_by: "Descrito en",
    installed_by: "Instalado por",
    by_layer_number: |layer, instruction| format!("capa {layer}: {instruction}"),
    all_layers: "Todas las capas",
    with_packages: |size, packages| format!("{size}, {packages}"),
    ways: "Rutas de dependencia más cortas",
    needs: "Necesita",
    needed_by_head: "Lo necesitan",
    extra: "extra",
    recommended: "recomendado",
    optional: "opcional",
    wants_head: "Dependencias opcionales",
    wanted_by_head: "Dependencia opcional de",
    missing: "Dependencias que faltan",
    owners: "Propietarios de los bytes",
    owner: "Propietario",
    final_tree: "Árbol final",
    largest_packages: "Mayores cambios de paquetes",
    packages_empty: "Este informe no enumera paquetes. Sus tamaños están en los archivos, más abajo.",
    memory: "Memoria y límites",
    findings: "Hallazgos",
    findings_lead: |service| {
        format!(
            "Lo que sobra en {service}, primero lo más seguro y lo mayor. Un archivo de varios hallazgos cuenta una vez en la suma."
        )
    },
    finding: Noun { one: "hallazgo", more: "hallazgos" },
    findings_sum: |findings, saving, possible| {
        if saving == possible {
            return format!("{findings}: se pueden ahorrar {saving}.");
        }
        format!("{findings}: se pueden ahorrar {saving}, o {possible} con los posiblemente intencionados.")
    },
    findings_clean: "No sobra nada.",
    findings_saved: |saved, predicted, added| {
        format!(
            "De los {predicted} que preveían los hallazgos anteriores, se ahorraron {saved}. Los archivos nuevos añaden {added}."
        )
    },
    findings_remaining: "Pendientes",
    findings_done: "Resueltos, del todo o en parte",
    findings_stack: "Todos los servicios juntos",
    severity: |severity| match severity {
        Severity::Low => "baja",
        Severity::Medium => "media",
        Severity::High => "alta",
    },
    confidence: |confidence| match confidence {
        Confidence::Low => "posiblemente intencionado",
        Confidence::Medium => "probable",
        Confidence::High => "seguro",
    },
    saved_of: |saved, predicted| format!("{saved} de {predicted}"),
    is_done: "resuelto",
    is_part: "resuelto en parte",
    evidence: "Evidencia",
    target: "Objetivo",
    found: "Encontrado",
    demanded: "Exigido",
    evidence_note: "Nota",
    evidence_layer: |layer| format!("capa {layer}"),
    evidence_line: |line| format!("línea {line} del Dockerfile"),
    fix_kind: |kind| match kind {
        FixKind::Dockerfile => "Dockerfile",
        FixKind::Dockerignore => ".dockerignore",
        FixKind::Compose => "archivo Compose",
        FixKind::Requirements => "archivo de requisitos",
        FixKind::Command => "comando",
    },
    replaces: "en lugar de",
    copy: "Copiar",
    why_it_matters: "Por qué importa",
    rule_limits: "Límites de la regla",
    rule: "Regla",
    findings_empty: "Sin hallazgos: este informe no tiene servicios.",
    checklist: "Lista de comprobación y objetivos",
    services_empty: "Ningún lado tiene servicios. Para hacer un informe, indique dos instantáneas:",

    brief: brief::WORDS,
    observed: observed::WORDS,
    browse: browse::WORDS,
    pull: pull::WORDS,
    watch: watch::WORDS,
    page: page::WORDS,
    running: running::WORDS,
    template: template::TEMPLATE,
    terminal: terminal::WORDS,
    review: review::WORDS,
    series: series::WORDS,
    fix: fix::WORDS,
    disk: disk::WORDS,
    messages: Messages {
        trend: memory::trend,
        crash_loop: memory::crash_loop,
        kill: memory::kill,
        log: memory::log,
        limit_reason: memory::limit_reason,
        limit_refusal: memory::limit_refusal,
        postgres: settings::postgres,
        start_up: memory::start_up,
        gate: memory::gate,
        gate_detail: memory::gate_detail,
        change: memory::change,
        line: memory::line,
        setting_reason: settings::setting_reason,
        open: settings::open,
        exceeded: settings::exceeded,
        title: targets::title,
        reason: targets::reason,
        measure: targets::measure,
        bound: targets::bound,
        demanded: targets::demanded,
        margin: targets::margin,
        headline: findings::headline,
        group: findings::group,
        cache: findings::cache,
        subject: findings::subject,
        note: findings::note,
        action: findings::action,
        unfit: findings::unfit,
        remark: dockerfile::remark,
        rule: rules::rule,
        regression: regressions::sentence,
        improvement: improvements::sentence,
        warning: warnings::warning,
        unusable: warnings::unusable,
        limit: limits::bounded,
    },
    findings_report: findings::WORDS,

    method: "Método y procedencia",
    method_lead: "Los tamaños de imagen son decimales: 1 MB son 1\u{202f}000\u{202f}000 bytes. Solo se comparan tamaños de la misma clase.",
    term: "Tamaño",
    counts_what: "Qué cuenta",
    shown_by: "También lo muestra",
    sources: "Orígenes",
    image_id: "ID de imagen",
    manifest: "Manifiesto",
    platform: "Plataforma",
    created: "Creada",
    source: "Leída de",
    generator: "Leído por",
    sizes_head: "Tamaños",
    warnings: "Avisos",
    duplicates: "duplicados",
    allocated_about: "asignado aprox.",
    glossary: "Glosario",
};

const fn cause(cause: Cause) -> &'static str {
    match cause {
        Cause::Deleted => "borrados",
        Cause::Opaque => "tapados por un directorio opaco",
        Cause::Overwritten => "sobrescritos",
        Cause::RewrittenSameContent => "reescritos con el mismo contenido",
        Cause::ReplacedByOtherKind => "sustituidos por otro tipo",
    }
}

const fn layer_match(kind: LayerMatch) -> &'static str {
    match kind {
        LayerMatch::Kept => "igual",
        LayerMatch::Changed => "cambiada",
        LayerMatch::Removed => "eliminada",
        LayerMatch::Added => "nueva",
    }
}

const fn file_change(change: FileChange) -> &'static str {
    match change {
        FileChange::Unchanged => "sin cambios",
        FileChange::Added => "añadido",
        FileChange::Removed => "eliminado",
        FileChange::Modified => "modificado",
        FileChange::Attributes => "propietario o permisos",
    }
}

/// The settings that the analysis names with more than the word of the config.
fn setting(name: &str) -> Option<&'static str> {
    Some(match name {
        "platform" => "plataforma",
        "user" => "usuario",
        "command" => "comando",
        "working directory" => "directorio de trabajo",
        "stop signal" => "señal de parada",
        "health check" => "comprobación de salud",
        "port" => "puerto",
        "published port" => "puerto publicado",
        "mount" => "montaje",
        "restart policy" => "política de reinicio",
        "volume" => "volumen",
        "label" => "etiqueta",
        "set" => "definido",
        _ => return None,
    })
}

const SIZES: [SizeDefinition; sizes::ALL.len()] = [
    SizeDefinition {
        name: "tamaño de imagen",
        definition: "los bytes de los archivos regulares de todas las capas",
        shown_by: "`docker image inspect -f {{.Size}}` con el controlador overlay2",
        ..sizes::IMAGE
    },
    SizeDefinition {
        name: "árbol final",
        definition: "los bytes de los archivos que ve un contenedor",
        shown_by: "aproximadamente `docker export | wc -c`",
        ..sizes::FINAL_TREE
    },
    SizeDefinition {
        name: "ocultos",
        definition: "bytes que una capa posterior borró o sustituyó: tamaño de imagen = árbol final + ocultos",
        shown_by: "ningún motor",
        ..sizes::HIDDEN
    },
    SizeDefinition {
        name: "tamaño único",
        definition: "los tamaños de imagen de todos los servicios, con cada capa compartida una vez",
        shown_by: "`docker system df -v` (SHARED SIZE, UNIQUE SIZE)",
        ..sizes::UNIQUE
    },
    SizeDefinition {
        name: "tamaño comprimido",
        definition: "los blobs de las capas como los guarda un registro: lo que transfiere una descarga",
        shown_by: "los registros; `docker images` de Docker 29 como CONTENT SIZE",
        ..sizes::COMPRESSED
    },
    SizeDefinition {
        name: "asignado (estimación)",
        definition: "las capas desempaquetadas en disco: archivos en bloques de 4096 bytes, un bloque por directorio",
        shown_by: "`du` sobre las capas desempaquetadas",
        ..sizes::ALLOCATED
    },
    SizeDefinition {
        name: "duplicados",
        definition: "bytes del árbol final que repiten el contenido de otro archivo",
        shown_by: "ningún motor",
        ..sizes::DUPLICATE
    },
    SizeDefinition {
        name: "eficiencia de dive",
        definition: "el menor tamaño de cada ruta, dividido por la suma de sus tamaños en todas las capas, como lo define dive",
        shown_by: "`dive`",
        ..sizes::DIVE_EFFICIENCY
    },
];
