//! The words for what could be read only in part.

use plimsoll_snapshot::Warning;

use super::Language;
use crate::format::count;

impl Language {
    /// A warning as text.
    #[must_use]
    pub fn warning(self, warning: &Warning) -> String {
        match self {
            Self::English => warning.to_string(),
            Self::Spanish => spanish(warning),
        }
    }
}

fn spanish(warning: &Warning) -> String {
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
        Warning::SkippedManifest { digest, reason } => format!("se saltó el manifiesto {digest}: {reason}"),
        Warning::OtherPlatforms { chosen, others } => {
            format!("esta es la imagen para {chosen}; también hay para {}", others.join(", "))
        }
        Warning::UnreadableMetadata { layer, path, reason } => format!("capa {layer}: `{path}`: {reason}"),
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
