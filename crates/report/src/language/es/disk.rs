//! Spanish: the disk of a host.

use plimsoll_analysis::disk::{Loss, SuggestionKind};
use plimsoll_snapshot::runtime::Status;

use crate::format::{one_line, shorten};
use crate::language::{DiskWords, Language, Noun};

const ES: Language = Language::Spanish;
/// The width that lists of names are cut to.
const NAMES: usize = 60;

pub(super) const WORDS: DiskWords = DiskWords {
    title: "Disco del host",
    summary: |all, is_minimum, reclaimable| {
        let all = match all {
            None => "No se sabe cuánto almacena el motor".to_owned(),
            Some(all) if is_minimum => format!("El motor almacena al menos {all}"),
            Some(all) => format!("El motor almacena {all}"),
        };
        match reclaimable {
            Some(bytes) => format!(
                "{all}. {bytes} pueden eliminarse con certeza: caché de construcción, e imágenes sin nombre que ningún contenedor usa."
            ),
            None => format!(
                "{all}. No se sabe cuánto puede eliminarse con certeza: en sus respuestas faltan capas o contenedores."
            ),
        }
    },
    engine: |name, version| format!("Motor: {name} {version}").trim_end().to_owned(),
    containerd: |content, listed, unpacked| {
        format!(
            "Los tamaños de imagen del motor suman {listed}: {content} de contenido comprimido y {unpacked} descomprimidos en disco, en bloques completos. \
             Las capas compartidas cuentan en cada imagen."
        )
    },
    unpacked: |listed, layers| {
        format!(
            "Los tamaños de imagen del motor suman {listed}, pero las capas compartidas cuentan en cada imagen: las capas ocupan {layers}. \
             Son archivos descomprimidos, sin redondear a bloques."
        )
    },
    unknown_store: |listed, layers| {
        format!(
            "Los tamaños de imagen del motor suman {listed}; con cada capa una vez, las imágenes ocupan {layers}."
        )
    },
    unknown_layers: |listed| {
        format!(
            "Los tamaños de imagen del motor suman {listed}, pero las capas compartidas cuentan en cada imagen. No se sabe cuánto ocupan las capas."
        )
    },
    copied_layers: "El controlador vfs guarda cada capa como copia completa de todo lo inferior: en disco las imágenes ocupan más.",
    kinds: "Por tipo",
    images: "Imágenes",
    containers: "Contenedores",
    logs: "Registros",
    volumes: "Volúmenes",
    cache: "Caché de construcción",
    all: "Todo junto",
    prunes: "Qué liberan y qué pierden los comandos del motor",
    safe: "Puede eliminarse con certeza",
    unsafe_: "Sin uso, pero revise antes",
    never_deletes: "Plimsoll no elimina nada. Ejecute usted los comandos.",

    kind_head: "Tipo",
    number_head: "Número",
    bytes_head: "Bytes",
    unique_head: "Exclusivo",
    shared_head: "Compartido",
    listed_head: "Según el motor",
    name_head: "Nombre",
    written_head: "Escrito",
    status_head: "Estado",
    in_images_head: "En imágenes",
    last_day_head: "Último día",
    last_week_head: "Última semana",
    older_head: "Anterior",
    frees_head: "Libera",
    command_head: "Comando",
    loses_head: "Se pierde",

    untagged: "sin nombre",
    unknown_name: "nombre desconocido",
    only_here: "solo aquí",
    unused: "sin uso",
    anonymous: "anónimo",
    engine_says: |bytes| format!("según el motor, {bytes} exclusivos"),
    nothing: "nada",
    frees: |bytes| format!(", libera {bytes}"),
    status,
    loss,
    suggestion,
};

const fn status(status: Status) -> &'static str {
    match status {
        Status::Created => "creado",
        Status::Running => "en ejecución",
        Status::Paused => "en pausa",
        Status::Restarting => "reiniciándose",
        Status::Removing => "eliminándose",
        Status::Exited => "detenido",
        Status::Dead => "muerto",
        Status::Unknown => "desconocido",
    }
}

fn loss(loss: &Loss) -> String {
    let names = |names: &[String]| shorten(&one_line(&names.join(", ")), NAMES);
    let many = |number: u64, one: &'static str, more: &'static str| ES.many(number, &Noun { one, more });
    match loss {
        Loss::Written { names: of, bytes } => {
            format!("{} que escribieron contenedores detenidos: {}", ES.bytes(*bytes), names(of))
        }
        Loss::Containers { containers } => {
            format!(
                "{} con sus registros",
                many(*containers, "contenedor detenido", "contenedores detenidos")
            )
        }
        Loss::Volumes { names: of, bytes } => {
            format!(
                "{} de datos en {}: {}",
                ES.bytes(*bytes),
                many(of.len() as u64, "volumen", "volúmenes"),
                names(of)
            )
        }
        Loss::OnlyHere { names: of } => {
            let number = many(of.len() as u64, "nombre", "nombres");
            format!("{number} de imágenes que quizá solo existen aquí: {}", names(of))
        }
        Loss::Images { images } => {
            many(*images, "imagen que descargar de nuevo", "imágenes que descargar de nuevo")
        }
        Loss::Untagged { images } => many(*images, "imagen sin nombre", "imágenes sin nombre"),
        Loss::BuildTime { records } => {
            format!("tiempo de las próximas construcciones ({})", many(*records, "entrada", "entradas"))
        }
    }
}

const fn suggestion(kind: SuggestionKind) -> &'static str {
    match kind {
        SuggestionKind::BuildCache => {
            "elimina la caché que ninguna imagen comparte: las próximas construcciones tardan más"
        }
        SuggestionKind::Untagged => "elimina imágenes sin nombre que ningún contenedor usa",
        SuggestionKind::FetchAgain => "ningún contenedor la usa; está en un registro",
        SuggestionKind::OnlyHere => "ningún contenedor la usa; puede que solo exista aquí",
        SuggestionKind::Container => "detenido: se pierde lo que escribió y sus registros",
        SuggestionKind::Volume => "ningún contenedor lo monta: se pierden sus datos",
    }
}
