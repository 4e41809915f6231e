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
        Limit::IndexDepth => "la profundidad de los índices anidados",
        Limit::InflatedBytes => "el tamaño descomprimido",
        Limit::Inflation => "la relación entre tamaño descomprimido y comprimido",
        Limit::WindowBytes => "la memoria de un descompresor",
        Limit::RetainedBytes => "los metadatos de todas las capas",
        Limit::MetadataBytes => "el tamaño de un archivo de metadatos de paquetes",
        Limit::MetadataFiles => "los archivos de metadatos de paquetes por capa",
        Limit::MetadataTotalBytes => "el tamaño de todos los archivos de metadatos de paquetes de una capa",
        Limit::Packages => "los paquetes por capa",
        Limit::Services => "los servicios",
        Limit::StackedEntries => "los archivos y directorios de todas las imágenes",
        Limit::Containers => "los contenedores",
        Limit::SnapshotBytes => "el tamaño de una instantánea",
        Limit::MemoryBytes => "el tamaño de un archivo de memoria",
        Limit::SlowRate => "la velocidad de transferencia",
        Limit::SlowSeconds => "el tiempo por debajo de la velocidad de transferencia",
        Limit::EngineSeconds => "el tiempo hasta que un motor empieza a enviar",
    }
}
