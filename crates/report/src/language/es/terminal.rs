//! Spanish.

use crate::language::TerminalWords;

pub(super) const WORDS: TerminalWords = TerminalWords {
    page_title: "Comparar imágenes de contenedores",
    page_lead: "Suelte imágenes e instantáneas en esta página. Las lee con su propio programa, que necesita JavaScript y ninguna red.",

    stack: "Conjunto",
    different_images: "imágenes distintas",
    sum_of_sizes: "suma de los tamaños",
    sum_of_sizes_means: "las capas compartidas cuentan en cada imagen",
    stored: "almacenado",
    hidden_bytes: "Bytes ocultos",
    largest: "el mayor",

    history: "Pasos de construcción",
    created: "fecha",
    line: "línea",

    platform: "plataforma",
    only_this_platform: "solo esta plataforma",
    image_name: "nombre",
    digest: "digest",

    hidden_before: "ocultos antes",
    hidden_after: "ocultos después",
    no_difference: "sin diferencia de tamaño",
    why_changed: "por qué cambió",
    most_of_it: "lo principal",
    moved: |files, size| format!("movidos, con el mismo contenido: {files}, {size}"),
    base: |layers, name, size| match layers {
        1 => format!("base: la capa inferior{name}, {size}, es la misma"),
        layers => format!("base: las {layers} capas inferiores{name}, {size}, son las mismas"),
    },

    incomplete: "algunas capas no se examinaron: lea la imagen de nuevo para ver todos los paquetes",
    owner_packages: |ecosystem| format!("paquetes: {ecosystem}"),
    and_more: |number| format!("y {number} más"),
    and_more_of: |number, size| format!("y {number} más, {size}"),
    kept_with: |size, packages| format!("{size}, con {packages} que solo él retiene"),
    not_recorded: "no consta",
    not_stated: "no indicada",
    without: |service, packages| format!("{service} sin {packages}"),

    shared_by: |image, size, services| format!("{image}: {size}, la ejecutan {services}"),
    needs_alone: "solo él necesita",
    alone_weighs: "por separado pesaría",
    starts_with: "arranca con",
    at_most: |size| format!("como mucho {size}"),
    only: |service| format!("solo {service}"),
    several: "varios",
    none: "ninguno",
    nothing: "nada",

    override_written: "Escrito por `plimsoll recommend`: docker compose -f compose.yml -f compose.override.yml up",
    override_units: "La memoria es binaria: 1024M = 1 GiB. El tamaño de los logs es decimal: 10m = 10 MB.",
    override_short_form: "lo mismo en la forma corta: Compose acepta ambas solo si coinciden",
    override_without: |name| format!("omitido: Compose no acepta {name} como nombre de un servicio"),

    passed: "superada",
    failed: "no superada",
    targets_met: |met, required| format!("{met} de {required} objetivos cumplidos"),
    counted_as_missed: |number| format!("{number} desconocidos, que cuentan como no cumplidos"),
    ideal_of: |target| format!("{target} (ideal)"),
};
