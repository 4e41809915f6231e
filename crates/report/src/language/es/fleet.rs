//! Spanish: a fleet of images.

use crate::language::{FleetWords, Noun};

pub(super) const WORDS: FleetWords = FleetWords {
    title: "Flota",
    headline: |images, projects, stored| format!("{images} de {projects} ocupan {stored}"),
    sharing: |unshared, stored| {
        format!("Sin capas compartidas, estas imágenes ocuparían {unshared}; ocupan {stored}.")
    },
    duplicates: |duplicate, share| {
        format!(
            "Las capas contienen {duplicate} de archivos que también están en otras: el {share} de los bytes."
        )
    },
    hidden: |hidden| {
        format!(
            "Las capas contienen {hidden} que una capa posterior borra o reemplaza, pero que se descargan."
        )
    },
    failed: |failed| {
        format!("El último escaneo no pudo leer {failed}: `plimsoll fleet query errors` los enumera.")
    },
    steps: "Por dónde empezar",
    steps_lead: "Los ahorros son estimaciones y pueden solaparse. El dinero es de un mes de almacenamiento, con la compresión actual.",
    step: "paso",
    saves: "ahorra hasta",
    money: "al mes",
    fix_hidden: |instruction, pairs| {
        format!("Borre los archivos en la instrucción que los crea: {pairs}, primero `{instruction}`")
    },
    share_files: |example| match example {
        Some(example) => {
            format!(
                "Ponga los archivos repetidos en una capa que compartan las imágenes: primero `{example}`"
            )
        }
        None => "Ponga los archivos repetidos en una capa que compartan las imágenes".to_owned(),
    },
    share_models: |example, models| {
        format!(
            "Guarde los modelos una sola vez, en una capa común o un volumen: {models}, primero `{example}`"
        )
    },
    one_compression: |layers| format!("Publique con un solo constructor: {layers} con varias compresiones"),
    fix_findings: |project, images| format!("Corrija los hallazgos del proyecto `{project}`: {images}"),
    projects: "Proyectos",
    projects_lead: "El área es lo que solo un proyecto ocupa: borrarlo liberaría eso. Los blobs compartidos no son de ninguno.",
    project: "proyecto",
    images: "imágenes",
    unshared: "sin compartir",
    stored: "ocupado",
    unique: "exclusivo",
    storage_cost: "almacenamiento al mes",
    pull_cost: "descargas al mes",
    packages: "Paquetes más pesados",
    packages_lead: "En imágenes: la suma de todas las imágenes, como se descargan. En capas: cada capa una vez, como se guardan.",
    package: "paquete",
    versions: "versiones",
    in_images: "en imágenes",
    in_layers: "en capas",
    contents: "Archivos guardados más de una vez",
    contents_lead: "Archivos con el mismo contenido, en cualquier capa y con cualquier nombre.",
    content: "archivo",
    small_file: "un archivo de menos de 1 MB",
    size: "tamaño",
    layers: "capas",
    copies: "copias",
    duplicate: "todas las copias menos una",
    bases: "Bases antiguas",
    bases_lead: "Imágenes cuyas capas inferiores son una imagen de un repositorio más antigua que la última.",
    base: "base",
    newest: "última",
    behind: "imágenes atrasadas",
    built_on: |image, base| format!("{image} se basa en {base}"),
    rules: "Hallazgos",
    rules_lead: "Lo que ahorran los hallazgos de confianza media y alta, en cada imagen que los tiene.",
    rule: "regla",
    all_images: "Imágenes",
    all_images_lead: "Primero el mayor ahorro.",
    image: "imagen",
    image_size: "tamaño de imagen",
    hidden_bytes: "oculto",
    saving: "ahorran los hallazgos",
    pull: "descarga a 100 Mbit/s",
    filter: "Filtrar",
    more: |more| format!("y {more} más"),
    prices: |storage, pull, pulls| {
        format!(
            "Precios: {storage} por GB y mes, {pull} por GB descargado, {pulls} descargas de cada nombre al mes."
        )
    },
    nothing: "ninguno",
    contents_list: "Contenido",
    image_noun: Noun { one: "imagen", more: "imágenes" },
    project_noun: Noun { one: "proyecto", more: "proyectos" },
    pair: Noun { one: "par de capas", more: "pares de capas" },
    model: Noun { one: "modelo", more: "modelos" },
    thing: Noun { one: "elemento", more: "elementos" },
};
