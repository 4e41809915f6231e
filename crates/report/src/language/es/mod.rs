//! Spanish.

pub(super) mod findings;
mod memory;
pub(super) mod regressions;
mod running;
mod targets;
mod terminal;

use plimsoll_analysis::Cause;
use plimsoll_analysis::compare::{FileChange, LayerMatch};
use plimsoll_analysis::findings::{Confidence, FixKind, Severity};

use super::{Messages, Noun, Words};
use crate::sizes::{self, SizeDefinition};

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
    new: "nuevo",
    gone: "retirado",
    unchanged: "sin cambios",
    got_worse: "Qué ha empeorado",

    cause,
    packages_of: |ecosystem| format!("paquetes {ecosystem}"),
    models: "modelos",
    unpackaged: "programas sin paquete",
    application: "aplicación",
    caches: "cachés",
    unowned: "archivos de ningún paquete",
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
    largest_files: "Mayores cambios de archivos sueltos",
    details: "Detalles",
    left_out: "El resto se omite para que quepa en un comentario; el informe lo contiene todo.",

    most_of_it: |cause, delta, share| {
        format!("Sobre todo: {cause}, {delta} ({share} de todo lo que se movió).")
    },
    against_it: |cause, delta| format!("En contra: {cause}, {delta}."),
    largest_file: |path, delta| format!("El mayor cambio de un solo archivo es {path}, {delta}."),
    hidden_now: |before, after| {
        format!(
            "Los bytes ocultos, que viajan en cada descarga y que ninguna ruta alcanza, pasaron de {before} a {after}."
        )
    },
    why_lead: |name, tree, hidden| {
        format!(
            "{name}: archivos que ve un contenedor {} → {}, bytes ocultos {} → {}. Cada byte de la diferencia, por causa.",
            tree[0], tree[1], hidden[0], hidden[1]
        )
    },
    other_causes: "otras causas",

    skip: "Saltar al informe",
    absent: "no está",
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
    size_before: |size| format!("{size} antes"),
    files_by_change: |added, removed, modified| {
        format!("{added} añadidos · {removed} eliminados · {modified} modificados")
    },

    services: "Servicios",
    services_lead: "Tamaño de imagen, sin comprimir, en una misma escala. Elija un servicio para ver abajo de qué se compone.",
    smaller: "más pequeño",
    larger: "más grande",
    copy_row: |name| format!("Copiar la fila de {name} como Markdown"),

    why: "Por qué cambió",
    why_table: "Lo mismo en bytes",
    why_not: "El tamaño es el mismo en ambos lados, y también cada una de sus partes.",

    layers: "Capas",
    layers_lead: "Alineadas por contenido, la más baja primero. Los bytes ocultos viajan en cada descarga y ninguna ruta los alcanza.",
    no_instruction: "(sin instrucción registrada)",
    match_head: "Relación",
    compressed: "Comprimida",
    was: "antes:",
    diff_id: "Diff ID",
    tar: "Tar",
    compressed_to: |size| format!(", comprimida {size}"),
    holds: "Contiene",
    not_included: "no está en el origen: no se conocen sus archivos",
    no_layers: "Ningún lado tiene capas.",
    in_files_by: |files, cause| format!(" en {files}, {cause} por "),
    base: |layers, size| match layers {
        1 => format!("La capa más baja, {size}, es la misma."),
        layers => format!("Las {layers} capas más bajas, {size}, son las mismas."),
    },
    stacks: "Capas de ambos lados en una misma escala",

    settings: "Ajustes",
    settings_lead: "Lo que difiere en cómo se ejecuta la imagen. De las variables de entorno solo se conocen los nombres.",
    is_set: "definido",

    remove: "Quitar",
    remove_held: |name| format!("Quitar {name} de la página"),

    find: "Buscar",
    find_long: "Buscar archivos, paquetes, capas y hallazgos (tecla /)",
    find_placeholder: "Archivos, paquetes, capas, hallazgos",
    find_help: "Parte de un nombre o de una ruta: lib/python. Las flechas eligen, Intro lleva allí.",
    find_nothing: "Nada se llama así.",
    find_reading: "Aún se leen nombres.",
    find_found: |number| format!("{number} encontrados. Las flechas eligen, Intro lleva allí."),
    find_left: |services| format!("Los archivos de {services} son demasiados y quedaron fuera."),

    files: "Archivos",
    files_lead: "Ambos sistemas de archivos en un solo árbol, como los ve un contenedor. Los directorios suman los archivos mostrados.",
    search: "Buscar rutas",
    filter: "Mostrar",
    all: "todos",
    tree: "Archivos de ambos lados",
    name: "Nombre",
    no_files: "Ningún archivo coincide.",
    moved: |files, size| {
        format!("{files}, {size}, solo cambiaron de sitio: el mismo contenido está en otra ruta.")
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
    map_nothing: "Aquí nada tiene área.",
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
    chart_tools: |chart| format!("{chart}: como imagen"),

    choose: "Instantáneas",
    choose_open: "Comparar otras…",
    choose_empty: "Comparar imágenes de contenedor",
    choose_lead: "Suelte archivos en cualquier parte de esta página o elíjalos aquí: instantáneas escritas por plimsoll \
        (.plimsoll, .json) o las propias imágenes, como las escriben docker save, podman save y skopeo (archivos docker u \
        OCI, sin comprimir o con gzip, zstd, bzip2 o xz). Se leen en esta página; nada sale de este equipo.",
    choose_next: "Ahora suelte o elija en qué se convirtió.",
    held: "En esta página",
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
    found_text: "es un texto de otra clase",
    found_binary: "es un archivo binario de otra clase",
    found_packed: "está comprimido, y lo que contiene no es ni un tar ni una instantánea",
    found_json: "es JSON sin `schema_version`, así que no es una instantánea",
    versions: |program, format| {
        format!("Esta página es {program} y lee instantáneas hasta el formato {format}.")
    },
    not_read: |name, found| {
        format!(
            "`{name}` no sirve: {found}. Se leen instantáneas (.plimsoll, .json) e imágenes en un solo archivo (docker \
             save, archivo OCI), con o sin compresión."
        )
    },
    too_new: |name, format| format!("`{name}` no sirve: tiene el formato {format}."),
    too_new_by: |name, format, program| {
        format!("`{name}` no sirve: tiene el formato {format}, escrito por {program}.")
    },
    open_newer: "Ábralo con una más reciente.",
    damaged: |name, reason| format!("`{name}` no se puede leer: {reason}."),
    too_large: |what, place, limit| {
        format!(
            "{what} en {place} supera lo que una página guarda en memoria ({limit}): `plimsoll snapshot` lee más"
        )
    },
    not_saved: |reason| format!("No se puede guardar la comparación: {reason}."),
    same_name: |name| format!("dos de sus imágenes se llaman `{name}`"),

    packages: "Paquetes",
    packages_rows: "Paquetes, uno por fila",
    packages_lead: "Lo que trajeron los gestores de paquetes, la aplicación y los modelos, en ambos lados. Un paquete retiene \
        todo lo que se iría con él. Desmarque paquetes para ver cuánto pesaría la imagen sin ellos y qué dejaría de funcionar.",
    packages_incomplete: "Algunas capas no se examinaron: lo que falta aquí puede estar de todos modos.",
    package: Noun { one: "paquete", more: "paquetes" },
    package_head: "Paquete",
    version: "Versión",
    own: "Propio",
    retained: "Se va con él",
    why_head: "Por qué está",
    use_head: "Uso",
    kept: "Se queda",
    search_packages: "Buscar paquetes",
    changed_packages: "cambiados",
    unused_packages: "sin uso visto",
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
    recommended_by: |name| format!("recomendado por {name}"),
    extra_of: |name| format!("un extra de {name}"),
    unused: "sin uso visto",
    keeps: |name| format!("Conservar {name}"),
    untick: "Sin algunos paquetes",
    untick_help: "Desmarque paquetes para ver cuánto pesaría la imagen sin ellos, qué se iría con ellos y qué se rompería.",
    unticked: |size, instead, delta| {
        format!("Sin lo desmarcado, la imagen pesa {size} en lugar de {instead} ({delta}).")
    },
    unticked_goes: |packages, names| format!("Se irían {packages}: {names}."),
    nothing_breaks: "No se conoce nada de lo que se queda que los necesite.",
    breaks: "Qué deja de funcionar:",
    works_without: "Qué funciona sin ellos:",
    package_needs: |package, needs| format!("{package} necesita {needs}"),
    application_needs: |needs, evidence| format!("la aplicación necesita {needs}: {evidence}"),
    reset: "Marcar todo de nuevo",
    choose_package: "Elija un paquete para ver por qué está y qué lo usa.",
    purl: "URL de paquete",
    license: "Licencia",
    described_by: "Descrito en",
    installed_by: "Instalado por",
    by_layer_number: |layer, instruction| format!("capa {layer}: {instruction}"),
    all_layers: "Todas las capas",
    with_packages: |size, packages| format!("{size}, {packages}"),
    ways: "Caminos más cortos",
    needs: "Necesita",
    needed_by_head: "Lo necesitan",
    extra: "extra",
    recommended: "recomendado",
    optional: "opcional",
    wants_head: "Dependencias opcionales",
    wanted_by_head: "Dependencia opcional de",
    missing: "Necesita y no está",
    owners: "De quién son los bytes",
    owner: "Dueño",
    final_tree: "Árbol final",
    largest_packages: "Mayores cambios de paquetes",
    packages_empty: "Este informe no enumera paquetes. Lo que ocupan está en los archivos, más abajo.",
    memory: "Memoria y límites",
    findings: "Hallazgos",
    findings_lead: |service| {
        format!(
            "Lo que {service} tiene sin necesidad, primero lo más seguro y lo mayor. Un archivo que nombran varios hallazgos cuenta \
             una vez en la suma."
        )
    },
    finding: Noun { one: "hallazgo", more: "hallazgos" },
    findings_sum: |findings, saving, possible| {
        if saving == possible {
            return format!("{findings}: se pueden ahorrar {saving}.");
        }
        format!(
            "{findings}: se pueden ahorrar {saving}, o {possible} si también sobra lo que puede ser intencionado."
        )
    },
    findings_clean: "No se halló nada de lo que pueda prescindir.",
    findings_saved: |saved, promised| {
        format!("De los {promised} que prometían los hallazgos de antes, se ahorraron de verdad {saved}.")
    },
    findings_remaining: "Pendientes",
    findings_done: "Hechos, del todo o en parte",
    findings_stack: "Todos los servicios juntos",
    severity: |severity| match severity {
        Severity::Low => "baja",
        Severity::Medium => "media",
        Severity::High => "alta",
    },
    confidence: |confidence| match confidence {
        Confidence::Low => "puede ser intencionado",
        Confidence::Medium => "probable",
        Confidence::High => "seguro",
    },
    saved_of: |saved, promised| format!("{saved} de {promised}"),
    is_done: "hecho",
    is_part: "en parte",
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
        FixKind::Compose => "archivo compose",
        FixKind::Requirements => "lista de requisitos",
        FixKind::Command => "orden",
    },
    replaces: "en lugar de",
    copy: "Copiar",
    why_it_matters: "Por qué importa",
    rule_limits: "Lo que la regla no ve",
    rule: "Regla",
    findings_empty: "Este informe se hizo sin reglas: dice qué cambió y deja el consejo a quien lo lee.",
    checklist: "Lista de control y objetivos",
    services_empty: "Ningún lado tiene servicios. Un informe se hace con dos instantáneas:",

    running: running::WORDS,
    terminal: terminal::WORDS,
    messages: Messages {
        trend: memory::trend,
        crash_loop: memory::crash_loop,
        kill: memory::kill,
        log: memory::log,
        limit_reason: memory::limit_reason,
        limit_refusal: memory::limit_refusal,
        postgres: memory::postgres,
        start_up: memory::start_up,
        gate: memory::gate,
        gate_detail: memory::gate_detail,
        change: memory::change,
        line: memory::line,
        setting_reason: memory::setting_reason,
        open: memory::open,
        exceeded: memory::exceeded,
        title: targets::title,
        reason: targets::reason,
        measure: targets::measure,
        bound: targets::bound,
        demanded: targets::demanded,
        margin: targets::margin,
    },

    method: "Método y procedencia",
    method_lead: "Los tamaños de imagen son decimales: 1 MB son 1\u{202f}000\u{202f}000 bytes. Un tamaño solo se compara con otro de su clase.",
    term: "Tamaño",
    counts_what: "Qué cuenta",
    shown_by: "Dónde más se muestra",
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
    glossary_terms: &[
        (
            "Capa",
            "Lo que una instrucción de la construcción añadió, cambió o borró. Una imagen es una pila de capas.",
        ),
        (
            "Whiteout",
            "La marca con la que una capa borra un archivo de otra inferior. El archivo se sigue enviando.",
        ),
        ("Diff ID", "El resumen criptográfico de una capa sin comprimir: los mismos archivos dan el mismo."),
        ("Instrucción", "La línea del Dockerfile que hizo una capa, tal como la anotó el constructor."),
    ],
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
        FileChange::Attributes => "dueño o permisos",
    }
}

/// The settings that the analysis names with more than the word of the config.
fn setting(name: &str) -> Option<&'static str> {
    Some(match name {
        "platform" => "plataforma",
        "user" => "usuario",
        "command" => "orden",
        "working directory" => "directorio de trabajo",
        "stop signal" => "señal de parada",
        "health check" => "control de salud",
        "port" => "puerto",
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
        definition: "los que una ruta de un contenedor todavía alcanza",
        shown_by: "aproximadamente `docker export | wc -c`",
        ..sizes::FINAL_TREE
    },
    SizeDefinition {
        name: "ocultos",
        definition: "los que ya no alcanza ninguna ruta: tamaño de imagen = árbol final + ocultos",
        shown_by: "ningún motor",
        ..sizes::HIDDEN
    },
    SizeDefinition {
        name: "tamaño único",
        definition: "los tamaños de imagen de todos los servicios con cada capa compartida contada una vez",
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
        definition: "bytes del árbol final cuyo contenido ya tiene otro archivo suyo",
        shown_by: "ningún motor",
        ..sizes::DUPLICATE
    },
    SizeDefinition {
        name: "eficiencia de dive",
        definition: "para cada ruta, su tamaño menor frente a la suma de sus tamaños en todas las capas, como la entiende dive",
        shown_by: "`dive`",
        ..sizes::DIVE_EFFICIENCY
    },
];
