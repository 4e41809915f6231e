//! What findings say: in Spanish.

use plimsoll_analysis::findings::{
    Action, Alternative, Confidence, Group, Headline, Note, Subject, TorchPlace,
};
use plimsoll_analysis::lines::{Unfit, ValueKind};
use plimsoll_analysis::packages::CacheKind;
use plimsoll_snapshot::SecretKind;

use crate::format::count;
use crate::language::{FindingsWords, Language, Noun};

const ES: Language = Language::Spanish;
const FILE: Noun = Noun { one: "archivo", more: "archivos" };
const DEPENDENCY: Noun = Noun { one: "dependencia", more: "dependencias" };
const OTHER: Noun = Noun { one: "otro", more: "otros" };
const RECORDING: Noun = Noun { one: "grabación", more: "grabaciones" };
const PACKAGE: Noun = Noun { one: "paquete", more: "paquetes" };

pub(super) const WORDS: FindingsWords = FindingsWords {
    none: |size| [size, ": no sobra nada"].concat(),
    saving: |size, findings, saving| [size, ": ", findings, ", ahorro de ", saving].concat(),
    possible: |saving| ["; ", saving, " con los que pueden ser intencionados"].concat(),
    severity: "gravedad",
    confidence: "confianza",
    level: |confidence| match confidence {
        Confidence::Low => "baja",
        Confidence::Medium => "media",
        Confidence::High => "alta",
    },
    line: |number| ["línea ", number].concat(),
    all_services: "Todos los servicios",
    saves_head: "ahorro",
    finding_head: "hallazgo",
    bytes_head: "bytes",
    place_head: "dónde",

    accepted: |findings| ["Aceptados: ", findings].concat(),
    until: |reason, day| [reason, " (hasta el ", day, ")"].concat(),

    followed: |predicted, saved, added| {
        [predicted, " previstos, ", saved, " ahorrados, ", added, " añadidos"].concat()
    },
    predicted_head: "previsto",
    saved_head: "ahorrado",
    remains_head: "pendiente",
    open: "sin hacer",
    shared: |bytes| [bytes, " abonados a un hallazgo anterior"].concat(),
    moved: |bytes| [bytes, " en otra ruta"].concat(),
    added: |bytes| [bytes, " nuevos"].concat(),

    size_before: "tamaño de la imagen antes",
    size_after: "tamaño de la imagen después",
    sizes: |before, after, delta| ["tamaño de la imagen ", before, " → ", after, " (", delta, ")"].concat(),
    saved_by: |finding| ["ahorrado: ", finding].concat(),
    files_removed: |group| ["también eliminado: ", group].concat(),
    files_changed: |group| ["modificado: ", group].concat(),
    files_rebuilt: "lo que cambia en cada construcción: bytecode, registros, cachés, bases de datos de gestores de paquetes",
    files_added: |group| ["añadido: ", group].concat(),
};

pub(super) fn headline(headline: &Headline) -> String {
    let text = match headline {
        Headline::RecommendedPackages => "Paquetes que solo están recomendados",
        Headline::BuildLeftovers => "Código fuente y objetos de una compilación",
        Headline::BuildTools => "Compiladores, cabeceras y otras herramientas de compilación",
        Headline::Bytecode => "Bytecode de Python",
        Headline::SourcesCopiedFirst => "Cada cambio en el código reinstala todas las dependencias",
        Headline::UpdateInSeparateLayer => {
            "Los paquetes se instalan con una lista de paquetes que sale de la caché"
        }
        Headline::ContextLeftovers => "Restos de la copia de trabajo",
        Headline::ContextArtifacts => "Archivos que compilaciones y pruebas crearon en la copia de trabajo",
        Headline::OptionalContextFiles => "Pruebas, documentos o datos de la copia de trabajo",
        Headline::IgnoredFiles => "La imagen contiene archivos que `.dockerignore` excluye",
        Headline::CudaLibraries => "Bibliotecas para GPU de NVIDIA",
        Headline::DebugSymbols => "Binarios con símbolos de depuración",
        Headline::Documentation => "Manuales y documentación",
        Headline::DocumentationPackages => "Paquetes que solo contienen documentación",
        Headline::DuplicateFiles => "El mismo contenido en varias rutas",
        Headline::ModelInSeveralFormats => "Pesos de un modelo para varios frameworks",
        Headline::ModelAtSeveralPaths => "Pesos de un modelo en varias rutas",
        Headline::HeavyPackages => "Paquetes pesados con alternativas más ligeras",
        Headline::Locales => "Traducciones de paquetes del sistema",
        Headline::LogFiles => "Registros de la construcción",
        Headline::MissingHealthCheck => "La imagen no tiene comprobación de salud",
        Headline::ModelWeights => "Pesos de modelos en la imagen",
        Headline::NpmDevDependencies => "Dependencias de desarrollo de npm",
        Headline::PackageManagerCache { cache: kind } => {
            return capitalised(&[cache(*kind), " en la imagen"].concat());
        }
        Headline::PackagingTools => "Herramientas de empaquetado de Python",
        Headline::StoredAgain { by } => {
            return because("Archivos guardados de nuevo con el mismo contenido", by.as_deref());
        }
        Headline::DeletedLater { by } => {
            return because("Archivos de capas inferiores borrados o sustituidos", by.as_deref());
        }
        Headline::RootUser => "El servicio se ejecuta como root",
        Headline::Secrets => "Secretos o claves",
        Headline::GeneratedKeys => "Claves generadas al construir: todos los contenedores tienen las mismas",
        Headline::PackagedKeys => "Claves de paquetes, probablemente para pruebas",
        Headline::SetuidFiles => "Programas setuid o setgid poco habituales",
        Headline::SeveralPythons => "Varias versiones de Python",
        Headline::PackageCopies { ecosystem } => {
            return ["Varias copias de paquetes de ", ES.ecosystem(*ecosystem)].concat();
        }
        Headline::SharedFatImage => {
            "Varios servicios comparten una imagen con paquetes que solo necesita uno de ellos"
        }
        Headline::ShippedTests => "Pruebas de paquetes",
        Headline::StaticLibraries => "Bibliotecas estáticas",
        Headline::TemporaryFiles => "Archivos temporales",
        Headline::CoreDumps => "Volcados de memoria",
        Headline::Installers => "Instaladores en directorios personales",
        Headline::TestTools => "Herramientas de pruebas y desarrollo entre los paquetes de ejecución",
        Headline::UnpinnedBase => "La imagen base no está fijada",
        Headline::UnusedPackages => "Paquetes que nada parece usar",
    };
    text.to_owned()
}

/// A title with the instruction that is the cause.
fn because(title: &str, by: Option<&str>) -> String {
    match by {
        Some(by) => [title, ": ", by].concat(),
        None => title.to_owned(),
    }
}

pub(super) const fn cache(cache: CacheKind) -> &'static str {
    match cache {
        CacheKind::AptLists => "listas de paquetes de apt",
        CacheKind::AptArchives => "paquetes descargados por apt",
        CacheKind::Apk => "caché de apk",
        CacheKind::Dnf => "caché de dnf",
        CacheKind::Zypper => "caché de zypper",
        CacheKind::Pacman => "caché de pacman",
        CacheKind::Pip => "caché de pip",
        CacheKind::Uv => "caché de uv",
        CacheKind::Poetry => "caché de Poetry",
        CacheKind::Conda => "caché de paquetes de conda",
        CacheKind::Npm => "caché de npm",
        CacheKind::Yarn => "caché de Yarn",
        CacheKind::Pnpm => "almacén de pnpm",
        CacheKind::Bun => "caché de Bun",
        CacheKind::Cargo => "caché del registro de Cargo",
        CacheKind::Go => "caché de Go",
        CacheKind::Gem => "caché de RubyGems",
        CacheKind::Maven => "repositorio de Maven",
        CacheKind::Gradle => "cachés de Gradle",
        CacheKind::Composer => "caché de Composer",
        CacheKind::Other => "otra caché",
    }
}

/// With a capital letter at its start.
fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

pub(super) fn group(group: &Group) -> String {
    match group {
        Group::Bytecode => "bytecode de Python".to_owned(),
        Group::Logs => "registros".to_owned(),
        Group::Cache { cache: kind } => cache(*kind).to_owned(),
        Group::Package { package, ecosystem, directory: None } => {
            [package, " (", ES.ecosystem(*ecosystem), ")"].concat()
        }
        Group::Package { package, directory: Some(directory), .. } => [package, " en /", directory].concat(),
        Group::Directory { path } => ["archivos en /", path].concat(),
        Group::Others { groups } => ES.many(*groups, &OTHER),
    }
}

pub(super) fn subject(subject: &Subject) -> String {
    match subject {
        Subject::Path { path: text }
        | Subject::Pattern { pattern: text }
        | Subject::Package { package: text, ecosystem: None }
        | Subject::Instruction { instruction: text }
        | Subject::Setting { setting: text }
        | Subject::Service { service: text }
        | Subject::Image { image: text } => text.clone(),
        Subject::Package { package, ecosystem: Some(ecosystem) } => [ecosystem.name(), " ", package].concat(),
        Subject::PackageAt { package, directory } => [package, " en ", directory].concat(),
        Subject::NoUser => "sin `USER`".to_owned(),
    }
}

pub(super) fn note(note: &Note) -> String {
    match note {
        Note::DeletedBy { layer } => {
            ["borrado por la capa ", &layer.to_string(), ", pero sigue guardado"].concat()
        }
        Note::ReplacedBy { layer } => {
            ["sustituido por la capa ", &layer.to_string(), ", pero sigue guardado"].concat()
        }
        Note::Files { files } => ES.many(*files, &FILE),
        Note::SameAs { path, more: 0 } => ["igual que ", path].concat(),
        Note::SameAs { path, more } => ["igual que ", path, " y ", &count(*more), " más"].concat(),
        Note::Model { name } => ["modelo ", name].concat(),
        Note::RunsAgainAfter { copy } => {
            ["se repite tras cada cambio en los archivos que copia `", copy, "`"].concat()
        }
        Note::Mode { mode } => format!("permisos {mode:04o}"),
        Note::LikelyInterpreter => "probablemente la que se ejecuta".to_owned(),
        Note::AlsoAt { package, directory } => ["también ", package, " en ", directory].concat(),
        Note::ForeignPackages { count, packages } => {
            let more = if *count > packages.len() as u64 { " …" } else { "" };
            let number = ES.many(*count, &PACKAGE);
            [&number, " que solo necesitan otros servicios: ", &packages.join(", "), more].concat()
        }
        Note::ExclusiveDependencies { packages } => {
            ["con ", &ES.many(*packages, &DEPENDENCY), " que nada más necesita"].concat()
        }
        Note::NotOpened { runs, packages: 0 } => ["no se abrió en ", &ES.many(*runs, &RECORDING)].concat(),
        Note::NotOpened { runs, packages } => {
            let dependencies = ES.many(*packages, &DEPENDENCY);
            ["con ", &dependencies, " que nada más necesita; no se abrió en ", &ES.many(*runs, &RECORDING)]
                .concat()
        }
        Note::Secret { secret: kind, hidden: true } => {
            [secret(*kind), "; oculto por una capa posterior, pero sigue guardado"].concat()
        }
        Note::Secret { secret: kind, hidden: false } => secret(*kind).to_owned(),
        Note::Lighter { alternative: kind } => alternative(*kind).to_owned(),
    }
}

const fn secret(kind: SecretKind) -> &'static str {
    match kind {
        SecretKind::PrivateKey => "clave privada",
        SecretKind::EncryptedPrivateKey => "clave privada con contraseña",
        SecretKind::CloudCredentials => "credenciales de una nube",
        SecretKind::RegistryLogin => "credenciales de un registro de imágenes",
        SecretKind::PackageRegistryToken => "credenciales o token de un registro de paquetes",
        SecretKind::HostLogin => "credenciales de un host",
        SecretKind::DatabasePassword => "contraseña de una base de datos",
        SecretKind::ClusterAccess => "acceso a un clúster",
        SecretKind::EnvironmentFile => "archivo de entorno con un secreto",
        SecretKind::Token => "token",
    }
}

const fn alternative(alternative: Alternative) -> &'static str {
    match alternative {
        Alternative::OnnxOrEmbeddingApi => {
            "onnxruntime o fastembed ejecutan los mismos modelos sin torch; una API también puede dar los embeddings"
        }
        Alternative::OnnxWithTokenizers => "onnxruntime con tokenizers ejecuta modelos exportados",
        Alternative::OnnxForInference => {
            "onnxruntime ejecuta modelos exportados; torch solo hace falta para entrenar"
        }
        Alternative::TfliteOrOnnx => "tflite-runtime u onnxruntime ejecutan modelos convertidos",
        Alternative::HeadlessOpencv => {
            "opencv-python-headless no incluye ventanas, que un contenedor no necesita"
        }
        Alternative::HeadlessOpencvContrib => {
            "opencv-contrib-python-headless no incluye ventanas, que un contenedor no necesita"
        }
        Alternative::SmallSpacyModel => "puede bastar un pipeline vacío o un modelo pequeño",
        Alternative::SingleAwsClient => {
            "casi todo describe servicios a los que nunca se llama; el cliente de un solo servicio es pequeño"
        }
        Alternative::SingleGoogleClient => "la biblioteca cliente de un solo servicio es pequeña",
        Alternative::OnnxExport => "onnxruntime ejecuta modelos entrenados que se exportan a ONNX",
        Alternative::SeparateBrowser => {
            "un navegador en una imagen aparte puede dar servicio a muchos servicios"
        }
        Alternative::Boto3OrSidecar => {
            "una herramienta de línea de comandos para personas: en un servicio, use boto3 o un sidecar"
        }
        Alternative::FewerProviders => "se pueden omitir los proveedores que no se usan",
        Alternative::NoNotebook => "un servicio no necesita un servidor de cuadernos",
        Alternative::PurePsycopg => "psycopg, en Python puro, usa la libpq del sistema",
        Alternative::ModularAwsSdk => "la versión 3 tiene un paquete por cliente: @aws-sdk/client-…",
        Alternative::PuppeteerCore => "puppeteer-core usa un navegador en una imagen aparte",
        Alternative::CompiledOutput => "el código compilado no lo necesita en ejecución",
        Alternative::ModularGoogleapis => "hay un paquete por cliente: @googleapis/…",
        Alternative::NoDesktop => "en un contenedor no sirve de nada",
    }
}

pub(super) const fn action(action: Action) -> &'static str {
    match action {
        Action::InstallRuntimeOnly => "instale solo los paquetes necesarios en ejecución",
        Action::InstallWithoutRecommended => "instalar sin los paquetes recomendados",
        Action::BuildInSeparateStage => {
            "compile en una etapa aparte; `base` es la etapa con lo que hace falta en ejecución"
        }
        Action::EndWithSlimBase => {
            "las herramientas vienen con la imagen base: compile en ella y termine con su variante slim"
        }
        Action::InstallWithoutBytecode => "instale sin compilar",
        Action::DeleteInInstallStage => "bórrelos como último paso de la etapa que instala los paquetes",
        Action::DeleteInSameInstruction => "bórrelos en la instrucción que los crea",
        Action::CopySourcesLast => "copie el código después de instalar las dependencias",
        Action::UpdateAndInstall => "actualice e instale en una sola instrucción",
        Action::Exclude => "exclúyalos del contexto de construcción",
        Action::ExcludeIfUnneeded => {
            "exclúyalos del contexto de construcción, salvo que la construcción los necesite"
        }
        Action::Rebuild => "vuelva a construir la imagen con este `.dockerignore`",
        Action::InstallCpuTorch { place } => match place {
            TorchPlace::Instruction => "instale PyTorch sin CUDA",
            TorchPlace::Pyproject => "en `pyproject.toml`, instale PyTorch sin CUDA",
            TorchPlace::BeforeRequirements => "antes de los demás requisitos, instale PyTorch sin CUDA",
        },
        Action::InstallCpuPackage => "instale el paquete para CPU",
        Action::StripInCargo => "en `Cargo.toml`, compile sin símbolos de depuración",
        Action::BuildWithoutSymbols => "compile sin símbolos de depuración",
        Action::StripInSameInstruction => "ejecute `strip` en la instrucción que los crea",
        Action::StripInBuildStage => "ejecute `strip` en la etapa que los compila",
        Action::InstallWithoutDocs => "instale sin documentación",
        Action::ExcludeInDpkg => "exclúyalos antes del primer `apt-get install`",
        Action::LinkLargest => "sustituya la copia mayor por un enlace",
        Action::DownloadOneFormat => "descargue un solo formato",
        Action::InstallLighter => "instale el paquete más ligero",
        Action::AddHealthCheck => "consulte el servicio; adapte la ruta",
        Action::MountVolumes => "móntelos desde volúmenes que se llenan una vez",
        Action::MountCache => {
            "monte la caché: así queda fuera de la capa y acelera la siguiente construcción"
        }
        Action::ClearCache => "o borre la caché en la instrucción que la llena",
        Action::UninstallInSameInstruction => "desinstálelos en la instrucción que los usa",
        Action::UninstallInInstallStage => {
            "desinstálelos como último paso de la etapa que instala los paquetes"
        }
        Action::SetWhileCopying => "fije el propietario o los permisos al copiar",
        Action::SetInSameInstruction => {
            "fije el propietario o los permisos en la instrucción que crea los archivos"
        }
        Action::ChangeDirectoryOnly => "cambie solo el directorio",
        Action::BindMount => "monte los archivos para la instrucción que los necesita",
        Action::UseExistingUser => "ejecute el servicio con el usuario que ya existe",
        Action::CreateUser => "antes de `CMD`, cree un usuario y ejecute el servicio con él",
        Action::MountSecret => {
            "monte el secreto para la única instrucción que lo necesita, que sustituye a `true`"
        }
        Action::ClearSetuid => "quite el bit en la instrucción que crea los archivos",
        Action::NoNewPrivileges => "deje el bit sin efecto",
        Action::ShowPythonUsers => "muestre qué paquetes necesitan el Python de la distribución",
        Action::Dedupe => "combine las copias en el archivo de bloqueo",
        Action::SeparateStages => {
            "dé a cada servicio su propia etapa; `common` es la etapa con lo que todos necesitan"
        }
        Action::BuildFromStages => "construya cada servicio desde su etapa",
        Action::PinBase => "fije la base con la que se construyó esta imagen",
        Action::ShowBaseDigest => "muestre el digest de la imagen base, para añadirlo a su nombre en `FROM`",
        Action::LinkInsteadOfCopy => "enlace las copias",
        Action::ShowWithout => "muestre la imagen sin ellos",
        Action::InstallWithout => "instale sin ellos",
        Action::RemoveRequirements => "quítelos de la lista de requisitos",
    }
}

pub(super) fn unfit(unfit: &Unfit) -> String {
    let why = match unfit.what {
        ValueKind::Path => "la ruta no se puede entrecomillar de forma segura",
        ValueKind::Pattern => "un `.dockerignore` no puede nombrarlo",
        ValueKind::PythonPackage => "no es un nombre válido de paquete de Python",
        ValueKind::PythonVersion => "no es una versión válida de paquete de Python",
        ValueKind::NpmPackage => "no es un nombre válido de paquete de npm",
        ValueKind::SystemPackage => "no es un nombre válido de paquete del sistema",
        ValueKind::Model => "no es un nombre válido de modelo",
        ValueKind::Image => "no es una referencia válida de imagen",
        ValueKind::Digest => "no es un digest válido",
        ValueKind::Service => "no es un nombre válido de servicio",
        ValueKind::Stage => "no es un nombre válido de etapa de construcción",
        ValueKind::User => "no es un nombre válido de usuario",
        ValueKind::Instruction => "la instrucción no se puede repetir de forma segura",
        ValueKind::Index => "la dirección de un índice es `https://…` sin caracteres que lea una shell",
    };
    ["no se sugiere ninguna línea para `", &unfit.value, "`: ", why].concat()
}
