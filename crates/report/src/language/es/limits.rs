//! What limits bound, in Spanish.

use plimsoll_snapshot::Limit;

pub(super) const fn bounded(limit: Limit) -> &'static str {
    match limit {
        Limit::Entries => "las entradas",
        Limit::NameBytes => "la longitud de todos los nombres",
        Limit::PathBytes => "la longitud de una ruta",
        Limit::HeaderBytes => "el tamaño de una cabecera tar",
        Limit::DocumentBytes => "el tamaño de un documento JSON",
        Limit::Layers => "las capas por imagen",
        Limit::Images => "las imágenes",
        Limit::InflatedBytes => "el tamaño descomprimido",
        Limit::Inflation => "la relación entre tamaño descomprimido y comprimido",
        Limit::WindowBytes => "la memoria de un descompresor",
        Limit::RetainedBytes => "los metadatos de todas las capas",
        Limit::MemoryBytes => "el tamaño de un archivo de memoria",
        Limit::SnapshotBytes => "el tamaño de una instantánea",
        Limit::Services => "los servicios",
        Limit::Containers => "los contenedores",
        Limit::StackedEntries => "los archivos y directorios de todas las imágenes",
    }
}
