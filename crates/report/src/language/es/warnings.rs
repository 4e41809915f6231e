//! Warnings of readers: in Spanish.

use plimsoll_snapshot::{
    ArtifactKind, FaultPlace, FormatError, MetadataProblem, NotAnImage, SCHEMA_VERSION, Warning,
};

use super::limits::bounded as limit;
use crate::format::count;

pub(super) fn warning(warning: &Warning) -> String {
    match warning {
        Warning::DuplicateEntries { layer, entries, bytes } => format!(
            "capa {layer}: {} entradas ({} bytes) quedan sustituidas por otra posterior de la misma ruta",
            count(*entries),
            count(bytes.0)
        ),
        Warning::DanglingHardlink { layer, path, target } => {
            format!("capa {layer}: el enlace duro `{path}` apunta a `{target}`, que no existe")
        }
        Warning::HardlinkToDeleted { layer, path, target } => format!(
            "capa {layer}: el enlace duro `{path}` apunta a `{target}` de una capa inferior, que esta capa borra"
        ),
        Warning::BelowLowerSymlink { layer, path } => format!(
            "capa {layer}: `{path}` es un enlace simbólico de una capa inferior y esta capa tiene entradas debajo: overlay2 \
             de Docker lo convierte en directorio, como se cuenta aquí; containerd y Podman siguen el enlace"
        ),
        Warning::PathOutsideImage { layer, path } => {
            format!("capa {layer}: la entrada `{path}` sale de la imagen y no se cuenta")
        }
        Warning::UnknownEntryType { layer, path, entry_type } => {
            format!(
                "capa {layer}: la entrada `{path}` es de un tipo desconocido, {entry_type}, y no se cuenta"
            )
        }
        Warning::LayerNotIncluded { digest, bytes } => {
            format!("la capa {digest} ({} bytes) no está en el archivo", count(bytes.0))
        }
        Warning::HistoryMismatch { history_layers, layers } => {
            format!("el historial nombra {history_layers} capas y la imagen tiene {layers}")
        }
        Warning::ConfigNameMismatch { name, digest } => {
            format!("el nombre de la configuración `{name}` no es su digest, {digest}")
        }
        Warning::SkippedManifest { digest, what } => {
            format!("se saltó el manifiesto {digest}: {}", not_an_image(what))
        }
        Warning::OtherPlatforms { chosen, others } => {
            format!("esta es la imagen para {chosen}; también hay para {}", others.join(", "))
        }
        Warning::UnreadableMetadata { layer, path, fault } => {
            let mut text = format!("capa {layer}: `{path}`: ");
            let _ = fault.write(&mut text, place, problem);
            text
        }
        Warning::MetadataLeftOut { layer, files } => {
            format!("capa {layer}: no se leyeron otros {files} archivos de paquetes")
        }
        Warning::DigestNotVerified { digest } => {
            format!("no se verificó el digest {digest}: solo se verifica SHA-256")
        }
        Warning::NotVerified {} => "no se verificó ningún digest: se creyó lo que dice la fuente".to_owned(),
        Warning::HeadersOnly {} => {
            "solo se leyeron las cabeceras: los archivos se tienen por iguales por ruta, tamaño \
                                    y fecha, y no se conoce ningún paquete"
                .to_owned()
        }
    }
}

fn not_an_image(what: &NotAnImage) -> String {
    match what {
        NotAnImage::Verbatim(text) => text.clone(),
        NotAnImage::Artifact { kind, tool } => {
            let kind = match kind {
                ArtifactKind::Artifact => "artefacto",
                ArtifactKind::Attestation => "atestación",
                ArtifactKind::Bundle => "paquete",
                ArtifactKind::Cache => "caché",
                ArtifactKind::Chart => "chart",
                ArtifactKind::Collection => "colección",
                ArtifactKind::Feature => "característica",
                ArtifactKind::Image => "imagen",
                ArtifactKind::Index => "índice",
                ArtifactKind::LazyIndex => "índice para la descarga diferida",
                ArtifactKind::Model => "modelo",
                ArtifactKind::Module => "módulo",
                ArtifactKind::Plugin => "plugin",
                ArtifactKind::Policy => "política",
                ArtifactKind::Project => "proyecto",
                ArtifactKind::Record => "registro",
                ArtifactKind::Sbom => "SBOM",
                ArtifactKind::ScanReport => "informe de análisis",
                ArtifactKind::Signature => "firma",
            };
            match tool {
                Some(tool) => format!("{kind} de {tool}"),
                None => kind.to_owned(),
            }
        }
        NotAnImage::ArtifactType(media_type) => format!("artefacto de tipo `{media_type}`"),
        NotAnImage::MediaType(media_type) => format!("tipo de medio `{media_type}`"),
        NotAnImage::Schema1 => "manifiesto de esquema 1, que Docker abandonó en 2017".to_owned(),
        NotAnImage::Unknown => "no es un índice ni un manifiesto".to_owned(),
    }
}

fn place(place: &FaultPlace) -> String {
    match place {
        FaultPlace::Line(line) => format!("línea {line}"),
        FaultPlace::Page(page) => format!("página {page}"),
        FaultPlace::Slot(slot) => format!("ranura {slot}"),
        FaultPlace::Named(name) => format!("`{name}`"),
    }
}

fn problem(problem: MetadataProblem) -> String {
    let text = match problem {
        MetadataProblem::TooLarge { bytes } => {
            return format!("no se leyó: {} bytes superan el límite", count(bytes.0));
        }
        MetadataProblem::LayerFull { limit } => {
            return format!("la capa tiene más de {} paquetes; el resto se omite", count(limit));
        }
        MetadataProblem::Verbatim => "",
        MetadataProblem::More => "hay más problemas como estos",
        MetadataProblem::RestTooLarge => "demasiado grande; el resto se omite",
        MetadataProblem::TooManyFiles => "demasiados archivos; el resto se omite",
        MetadataProblem::TooManyPackages => "demasiados paquetes; el resto se omite",
        MetadataProblem::TooManyRequirements => "demasiadas dependencias; el resto se omite",
        MetadataProblem::NoName => "falta el nombre del paquete",
        MetadataProblem::VersionTooLong => "versión demasiado larga",
        MetadataProblem::NotAField => "se esperaba `CLAVE: VALOR`",
        MetadataProblem::NoFieldToContinue => "línea de continuación sin campo",
        MetadataProblem::TooFewColumns => "faltan columnas",
        MetadataProblem::UnclosedQuote => "comillas sin cerrar",
        MetadataProblem::InvalidRequirement => "dependencia no válida",
        MetadataProblem::InvalidPackage => "paquete no válido",
        MetadataProblem::InvalidJson => "JSON no válido",
        MetadataProblem::InvalidToml => "TOML no válido",
        MetadataProblem::InvalidNotebook => "no es un notebook",
        MetadataProblem::InvalidZip => "no es un archivo ZIP",
        MetadataProblem::NoZipEnd => "falta el final del archivo ZIP",
        MetadataProblem::InvalidCompression => "datos comprimidos dañados",
        MetadataProblem::UnknownCompression => "compresión desconocida",
        MetadataProblem::InvalidSqlite => "no es una base de datos SQLite",
        MetadataProblem::InvalidNdb => "no es una base de datos de rpm",
        MetadataProblem::InvalidBdb => "no es una tabla hash de Berkeley DB",
        MetadataProblem::NoPackageTable => "falta la tabla de paquetes",
        MetadataProblem::InvalidPage => "página dañada",
        MetadataProblem::InvalidRow => "fila dañada",
        MetadataProblem::InvalidHeader => "cabecera de paquete dañada",
        MetadataProblem::Overlap => "comparte bytes con otra parte",
        MetadataProblem::OpenDatabase => {
            "rpm no cerró su base de datos; no se leyeron los cambios de este registro"
        }
        MetadataProblem::OldGo => "la información de compilación de Go anterior a 1.18 no se admite",
        MetadataProblem::InvalidGo => "información de compilación de Go dañada",
        MetadataProblem::CratesNotKept => {
            "no se leyó la lista de crates, que está dentro de la información de depuración"
        }
        MetadataProblem::InvalidCrates => "lista de crates dañada",
        MetadataProblem::Packed => "comprimido con UPX; su contenido se desconoce",
        MetadataProblem::InvalidSections => "la tabla de secciones sobrepasa el final del archivo",
        MetadataProblem::LinkTarget => "no se leyó: el enlace apunta fuera de esta capa",
    };
    text.to_owned()
}

pub(super) fn unusable(error: &FormatError) -> String {
    match error {
        FormatError::Io(cause) => format!("no se puede leer la instantánea: {cause}"),
        FormatError::TooLarge { limit: most } => {
            format!("la instantánea supera el límite de {} bytes", count(*most))
        }
        FormatError::TooMany { found, limit: most, which, .. } => format!(
            "la instantánea supera el límite de {} para {}: tiene {}",
            count(*most),
            limit(*which),
            count(*found)
        ),
        FormatError::NotASnapshot => {
            "no es una instantánea de Plimsoll: no tiene `schema_version`".to_owned()
        }
        FormatError::Newer { found } => format!(
            "la instantánea tiene la versión {found} del esquema y este programa lee hasta la {SCHEMA_VERSION}: \
             use un plimsoll más reciente"
        ),
        FormatError::Damaged(reason) => format!("la instantánea está dañada: {reason}"),
    }
}
