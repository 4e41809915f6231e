//! The words of the report for people who decide: in Spanish.

use plimsoll_analysis::findings::RuleId;

use crate::brief::Work;
use crate::language::BriefWords;

pub(super) const WORDS: BriefWords = BriefWords {
    title: "Para quien decide",
    money: "Dinero",
    time: "Tiempo",
    risk: "Riesgo y funcionamiento",
    done: "Qué se ha hecho",
    remaining: "Qué queda por hacer",
    targets: "Lista de comprobación",
    storage: "Almacenamiento de imágenes",
    server: "Coste del servidor",
    download: "Descarga",
    start: "Arranque de todos los servicios",
    missed: "No cumplido",
    unknown: "Sin datos",
    end_order: "orden en que terminan los servicios si falta memoria",
    attested: |by, on| format!("certificado por {by} el {on}"),
    work,
};

const fn work(rule: RuleId) -> Work {
    let (done, open) = match rule {
        RuleId::BuildTools => (
            "Se han quitado herramientas que solo hacen falta para construir",
            "Quitar herramientas que solo hacen falta para construir",
        ),
        RuleId::Bytecode => (
            "Se han quitado copias compiladas de archivos Python",
            "Quitar copias compiladas de archivos Python",
        ),
        RuleId::CacheBreakingLayers => (
            "La construcción reutiliza lo que no cambia",
            "Hacer que la construcción reutilice lo que no cambia",
        ),
        RuleId::ContextLeftovers => (
            "Se han quitado archivos de la copia de trabajo de los desarrolladores",
            "Quitar archivos de la copia de trabajo de los desarrolladores",
        ),
        RuleId::CudaLibraries => (
            "Se han quitado bibliotecas de GPU que el servicio no usa",
            "Quitar bibliotecas de GPU que el servicio no usa",
        ),
        RuleId::DebugSymbols => (
            "Se han quitado datos de depuración de los programas",
            "Quitar datos de depuración de los programas",
        ),
        RuleId::Documentation => {
            ("Se han quitado manuales y documentación", "Quitar manuales y documentación")
        }
        RuleId::DuplicateFiles => ("Se han quitado archivos duplicados", "Quitar archivos duplicados"),
        RuleId::DuplicateModels => {
            ("Se han quitado segundas copias de modelos de IA", "Quitar segundas copias de modelos de IA")
        }
        RuleId::HeavyPackages => (
            "Se han sustituido componentes pesados por otros más ligeros",
            "Sustituir componentes pesados por otros más ligeros",
        ),
        RuleId::Locales => (
            "Se han quitado traducciones que el servicio no usa",
            "Quitar traducciones que el servicio no usa",
        ),
        RuleId::LogFiles => {
            ("Se han quitado registros de la construcción", "Quitar registros de la construcción")
        }
        RuleId::MissingHealthCheck => (
            "Se ha añadido una comprobación que detecta si el servicio se bloquea",
            "Añadir una comprobación que detecte si el servicio se bloquea",
        ),
        RuleId::ModelWeights => {
            ("Se han sacado los modelos de IA de la imagen", "Sacar los modelos de IA de la imagen")
        }
        RuleId::NpmDevDependencies => (
            "Se han quitado componentes que solo necesitan los desarrolladores",
            "Quitar componentes que solo necesitan los desarrolladores",
        ),
        RuleId::PackageManagerCache => (
            "Se han quitado descargas sobrantes de la instalación",
            "Quitar descargas sobrantes de la instalación",
        ),
        RuleId::PackagingTools => (
            "Se han quitado instaladores que el servicio no necesita",
            "Quitar instaladores que el servicio no necesita",
        ),
        RuleId::RecommendedPackages => (
            "Se han quitado componentes opcionales que se instalaban por defecto",
            "Quitar componentes opcionales que se instalan por defecto",
        ),
        RuleId::RewrittenFiles => (
            "Ya no se guardan los mismos archivos dos veces",
            "Dejar de guardar los mismos archivos dos veces",
        ),
        RuleId::RootUser => (
            "El servicio ya no se ejecuta con permisos de administrador",
            "Dejar de ejecutar el servicio con permisos de administrador",
        ),
        RuleId::Secrets => (
            "Se han quitado contraseñas o claves",
            "Quitar contraseñas o claves y cambiarlas: están expuestas",
        ),
        RuleId::SetuidFiles => (
            "Se han quitado programas que dan permisos de administrador",
            "Quitar programas que dan permisos de administrador",
        ),
        RuleId::SeveralVersions => (
            "Se han quitado segundas versiones de un mismo componente",
            "Quitar segundas versiones de un mismo componente",
        ),
        RuleId::SharedFatImage => {
            ("Cada servicio lleva solo lo que necesita", "Dar a cada servicio solo lo que necesita")
        }
        RuleId::ShippedTests => (
            "Se han quitado pruebas que venían con los componentes",
            "Quitar pruebas que vienen con los componentes",
        ),
        RuleId::StaticLibraries => (
            "Se han quitado bibliotecas que solo hacen falta para construir",
            "Quitar bibliotecas que solo hacen falta para construir",
        ),
        RuleId::BuildLeftovers => (
            "Se han quitado fuentes y objetos que dejaba la construcción",
            "Quitar fuentes y objetos que deja la construcción",
        ),
        RuleId::TemporaryFiles => ("Se han quitado archivos temporales", "Quitar archivos temporales"),
        RuleId::TestTools => ("Se han quitado herramientas de prueba", "Quitar herramientas de prueba"),
        RuleId::UnpinnedBase => {
            ("Se ha fijado la versión del sistema base", "Fijar la versión del sistema base")
        }
        RuleId::UnusedPackages => {
            ("Se han quitado componentes que el servicio no usa", "Quitar componentes que el servicio no usa")
        }
    };
    Work { done, open }
}
