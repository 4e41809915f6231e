//! What is demanded and what was found: in Spanish.

use plimsoll_analysis::findings::Severity;
use plimsoll_analysis::targets::{
    Demanded, Good, LevelOutcome, Measure, Reason, ServerBasis, Status, TakenWhen, Title, When,
};
use plimsoll_snapshot::Bytes;

use super::memory::{kill, log, start_up};
use crate::language::{Language, Noun};

const ES: Language = Language::Spanish;
const TIME: Noun = Noun { one: "vez", more: "veces" };
const END: Noun = Noun { one: "salida", more: "salidas" };
const FILE: Noun = Noun { one: "archivo", more: "archivos" };
const FINDING: Noun = Noun { one: "hallazgo", more: "hallazgos" };
const SAMPLE: Noun = Noun { one: "muestra", more: "muestras" };

fn memory(bytes: Bytes) -> String {
    ES.memory(bytes)
}

pub(super) fn title(title: &Title) -> String {
    match title {
        Title::ImageBuilt => "la imagen se construyó y es la que se ejecuta",
        Title::ImageSize { compressed: false } => "tamaño de la imagen",
        Title::ImageSize { compressed: true } => "tamaño de la imagen, comprimida",
        Title::ImageSmaller => "la imagen es menor que antes",
        Title::ImageNotGrown => "la imagen no creció",
        Title::NoLayerGrown => "ninguna capa creció",
        Title::OwnNotGrown => "lo que la imagen añade a su imagen base no creció",
        Title::FewHiddenBytes => "pocos bytes ocultos",
        Title::SmallHiddenShare => "bytes ocultos respecto a lo que la imagen añade a su imagen base",
        Title::Efficient => "eficiencia, como la calcula dive",
        Title::FewLayers => "número de capas",
        Title::NoFindingOf { rule } => return format!("ningún hallazgo de la regla `{rule}`"),
        Title::NoFindingAbove { severity: Severity::Low } => "ningún hallazgo",
        Title::NoFindingAbove { severity } => {
            return format!("ningún hallazgo de gravedad {} o superior", (ES.words().severity)(*severity));
        }
        Title::StackSize { shared_once: true } => "todas las imágenes, capas compartidas una vez",
        Title::StackSize { shared_once: false } => "todas las imágenes, sumadas",
        Title::StackSmaller { shared_once: true } => {
            "todas las imágenes, capas compartidas una vez: menores que antes"
        }
        Title::StackSmaller { shared_once: false } => "todas las imágenes, sumadas: menores que antes",
        Title::StackNotGrown => "las imágenes en conjunto no crecieron",
        Title::SmallContext => "el contexto de construcción es pequeño",
        Title::SmallDisk => "el motor almacena poco",
        Title::LittleReclaimable => "poco de lo que almacena el motor puede eliminarse",
        Title::PackageAbsent { package } => return format!("`{package}` no está en la imagen"),
        Title::Runs => "sus contenedores arrancan y siguen en marcha",
        Title::Healthy => "su comprobación de salud pasa",
        Title::StackStartUp => "todos los servicios están sanos poco después del primer arranque",
        Title::StartUp => "está sano poco después de arrancar",
        Title::SumOfLimits => "suma de todos los límites",
        Title::SumOfLimitsWithSwap => "suma de todos los límites, RAM y swap",
        Title::SumOfReservations => "suma de todas las reservas",
        Title::FitsHost => "todos los límites juntos caben en el host",
        Title::LimitRespected => "tiene el límite planeado y no lo supera",
        Title::NoSwap => "no puede usar swap",
        Title::Limit { demand } => return format!("su límite es {}", demanded(demand)),
        Title::Reservation { demand } => return format!("su reserva es {}", demanded(demand)),
        Title::OomScore { score } => return format!("su `oom_score_adj` es {score}"),
        Title::PostgresFits => "los ajustes de PostgreSQL caben en su límite",
        Title::PostgresMemory { setting, demand } => return format!("`{setting}` es {}", demanded(demand)),
        Title::PostgresConnections { connections } => return format!("`max_connections` es {connections}"),
        Title::NoKill => "ninguna terminación por OOM con carga",
        Title::StackUnderLoad => "memoria de todos los servicios con carga",
        Title::UnderLoad => "memoria con carga",
        Title::LogBounded => "su registro se puede leer y tiene límite",
        Title::SmallLog => "tamaño del registro por contenedor",
        Title::Price => "precio del servidor",
        Title::Cheaper => "el servidor es más barato que antes",
        Title::Check { title } => title,
    }
    .to_owned()
}

pub(super) fn reason(reason: &Reason) -> String {
    let sizes =
        |before: Bytes, after: Bytes| format!("{} antes, {} después", ES.bytes(before), ES.bytes(after));
    match reason {
        Reason::NothingRuns => {
            "la instantánea no contiene datos de memoria: vea `plimsoll record` y `plimsoll snapshot --memory`"
                .to_owned()
        }
        Reason::ServiceNotSeen => "los datos de memoria no incluyen este servicio".to_owned(),
        Reason::NothingToCompare => "no hay con qué comparar".to_owned(),
        Reason::NoImage => "la instantánea no contiene ninguna imagen de él".to_owned(),
        Reason::ImageNotWhole { service } => format!("la imagen de `{service}` se leyó solo en parte"),
        Reason::NotCompressed => "el origen no guarda comprimidas todas las capas".to_owned(),
        Reason::CompressedImageByImage => {
            "los tamaños comprimidos solo se conocen imagen a imagen: use `size_sum`".to_owned()
        }
        Reason::Of { side: When::Before, reason } => format!("antes: {}", self::reason(reason)),
        Reason::Of { side: When::After, reason } => format!("después: {}", self::reason(reason)),
        Reason::NothingBefore => "antes no había nada".to_owned(),
        Reason::NotOnBothSides => "solo existe en un lado".to_owned(),
        Reason::Sizes { before, after } => sizes(*before, *after),
        Reason::OwnAndBase { own, base } => format!(
            "propio {} ({}), imagen base {} ({})",
            ES.delta(own.delta),
            sizes(own.before, own.after),
            ES.delta(base.delta),
            sizes(base.before, base.after)
        ),
        Reason::NoBaseRecognised => {
            "no se reconoce ninguna imagen base, así que cuenta la imagen entera: `--dockerfile` muestra dónde acaba"
                .to_owned()
        }
        Reason::Hidden { bytes } => format!("{} ocultos", ES.bytes(*bytes)),
        Reason::FindingAccepted { finding, reason } => {
            let headline = (ES.words().messages.headline)(&finding.headline);
            format!("aceptado: {headline} ({}): {reason}", finding.rule)
        }
        Reason::FindingFound { finding } => {
            format!("{} ({})", (ES.words().messages.headline)(&finding.headline), finding.rule)
        }
        Reason::MoreFindings { findings } => format!("{} más", ES.many(*findings, &FINDING)),
        Reason::LayerGrown { instruction: Some(instruction), before, after } => {
            format!("`{instruction}`: {}", sizes(*before, *after))
        }
        Reason::LayerGrown { instruction: None, before, after } => {
            format!("una capa: {}", sizes(*before, *after))
        }
        Reason::NoNewVersion => "ninguna capa es versión nueva de otra anterior".to_owned(),
        Reason::MostHidden { bytes, layer, file } => {
            let file = file.as_ref().map(|file| format!(", por ejemplo `{file}`")).unwrap_or_default();
            format!("casi todo, {}, está en la capa {layer}{file}", ES.bytes(*bytes))
        }
        Reason::DiskNotRead => "no se leyó el disco del host: vea `plimsoll df --output`".to_owned(),
        Reason::DiskPartlyKnown => {
            "el motor no lo dijo todo sobre el disco del host: ejecute `plimsoll df` en él".to_owned()
        }
        Reason::Disk { images, containers, volumes, cache } => format!(
            "imágenes {}, contenedores y registros {}, volúmenes {}, caché de construcción {}",
            ES.bytes(*images),
            ES.bytes(*containers),
            ES.bytes(*volumes),
            ES.bytes(*cache)
        ),
        Reason::ContextNotMeasured => {
            "no se midió su contexto de construcción: vea `plimsoll snapshot --context`".to_owned()
        }
        Reason::Context { files, ignored } => {
            format!("{}; `.dockerignore` deja fuera {}", ES.many(*files, &FILE), ES.bytes(*ignored))
        }
        Reason::PackagesUnknown => "no se conocen los paquetes de la imagen".to_owned(),
        Reason::PackagesIncomplete => "no se buscaron paquetes en todas las capas".to_owned(),
        Reason::PackageFound { name, version, ecosystem } => {
            format!("{name} {version} ({})", ecosystem.name())
        }
        Reason::PackageNotFound { packages } => format!("no está entre {packages} paquetes"),
        Reason::SameImage { image } => format!("imagen {image} en la instantánea y en cada contenedor"),
        Reason::NoContainerImage { image } => {
            format!("la imagen es {image}, pero ningún contenedor inspeccionado nombra la suya")
        }
        Reason::OtherImage { running, image } => {
            format!("un contenedor ejecuta {running}, la instantánea contiene {image}")
        }
        Reason::Running => "en marcha, sin reinicios".to_owned(),
        Reason::Restarted { times } => format!("reiniciado {}", ES.many(*times, &TIME)),
        Reason::Ended { exit_code: Some(code) } => format!("terminó, con código {code}"),
        Reason::Ended { exit_code: None } => "terminó, con código desconocido".to_owned(),
        Reason::Restarting => "se está reiniciando".to_owned(),
        Reason::Paused => "está en pausa".to_owned(),
        Reason::NeverStarted => "se creó y nunca arrancó".to_owned(),
        Reason::FailedEnds { ends } => {
            format!("{} con un error y sin petición de parada", ES.many(*ends, &END))
        }
        Reason::NotInspected => "no se inspeccionó ningún contenedor de él".to_owned(),
        Reason::Healthy => "sano en cada comprobación".to_owned(),
        Reason::WentUnhealthy { times } => format!("no sano {}", ES.many(*times, &TIME)),
        Reason::Unhealthy => "no está sano".to_owned(),
        Reason::NoProbeYet => "aún no se ejecutó ninguna comprobación".to_owned(),
        Reason::NoHealthCheck => "no tiene comprobación de salud".to_owned(),
        Reason::HealthUnknown => "los datos no muestran si está sano".to_owned(),
        Reason::NoHealthyStart { services } if services.is_empty() => {
            "no se grabó ningún arranque hasta una comprobación sana".to_owned()
        }
        Reason::NoHealthyStart { services } => {
            format!("no se grabó ningún arranque sano de {}", services.join(", "))
        }
        Reason::WithoutHealthCheck { services, others } => format!(
            "{}: sin comprobación de salud, así que nada muestra cuándo está listo (los demás: {})",
            services.join(", "),
            start_up(others)
        ),
        Reason::FirstStartToLastProbe => {
            "del primer arranque hasta que el último servicio está sano".to_owned()
        }
        Reason::SetTo { found, wanted: None } => format!("vale {}", ES.figure(*found)),
        Reason::SetTo { found, wanted: Some(wanted) } => {
            format!("vale {}, no {}", ES.figure(*found), ES.figure(*wanted))
        }
        Reason::SetToNumber { found, wanted: None } => format!("vale {found}"),
        Reason::SetToNumber { found, wanted: Some(wanted) } => format!("vale {found}, no {wanted}"),
        Reason::NoneSet => "no hay ninguno".to_owned(),
        Reason::NotKnown => "no se conoce".to_owned(),
        Reason::LimitUnknown => "no se conoce su límite".to_owned(),
        Reason::SwapUnknown => "no se conoce su límite de swap".to_owned(),
        Reason::NoLimit => "no tiene límite".to_owned(),
        Reason::Limit { limit } => format!("el límite es {}", memory(*limit)),
        Reason::NotAsPlanned { limit, planned: Some(planned) } => {
            format!("el límite es {}, pero lo planeado es {}", memory(*limit), memory(*planned))
        }
        Reason::NotAsPlanned { limit, planned: None } => {
            format!("el límite es {}, pero no se planeó ninguno", memory(*limit))
        }
        Reason::KilledAtLimit { evidence } => {
            let evidence: Vec<_> = evidence.iter().map(kill).collect();
            format!("se terminó al alcanzar su límite: {}", evidence.join(", "))
        }
        Reason::LimitReached { times } => format!("límite alcanzado {}, sin terminaciones", ES.many(*times, &TIME)),
        Reason::UsageNotRecorded => "no se grabó su memoria".to_owned(),
        Reason::Took { most } => format!("usó como máximo {}", memory(*most)),
        Reason::TookMore { bytes } => format!("usó {}", memory(*bytes)),
        Reason::SwapLimited { bytes } => format!("RAM y swap juntas están limitadas a {}", memory(*bytes)),
        Reason::SwapAllowed { bytes } => format!("RAM y swap juntas pueden llegar a {}", memory(*bytes)),
        Reason::SwapUnlimited => "el swap no está limitado".to_owned(),
        Reason::WithoutLimit { services } => format!("sin límite: {}", services.join(", ")),
        Reason::LimitUnknownOf { services } => format!("límite desconocido: {}", services.join(", ")),
        Reason::ReservationUnknownOf { services } => format!("reserva desconocida: {}", services.join(", ")),
        Reason::Parts { parts } => {
            let parts = parts.iter().map(|part| {
                let times = if part.replicas > 1 { format!(" × {}", part.replicas) } else { String::new() };
                format!("{} {}{times}", part.service, memory(part.bytes))
            });
            parts.collect::<Vec<_>>().join(" + ")
        }
        Reason::OfHost { limits, host } => {
            let host = host.map_or_else(|| "un host de memoria desconocida".to_owned(), memory);
            limits.map_or_else(|| host.clone(), |limits| format!("{} de {host}", memory(limits)))
        }
        Reason::Kills { evidence } => kill(evidence),
        Reason::MayHaveIdled => {
            "pero la grabación no tiene etiqueta de carga, así que pudo estar inactivo".to_owned()
        }
        Reason::NoLoad => {
            "la grabación no tiene etiqueta de carga, y un stack inactivo no muestra la memoria con carga".to_owned()
        }
        Reason::NothingRecorded => "no se grabó nada".to_owned(),
        Reason::Taken { when, distribution } => format!(
            "{}: mediana {}, p95 {}, máximo {} de {}",
            match when {
                TakenWhen::Loaded => "con carga",
                TakenWhen::LoadedAtOnce => "la suma a la vez con carga",
                TakenWhen::IdleOrUnlabelled => "inactivo o sin etiqueta",
            },
            memory(distribution.p50),
            memory(distribution.p95),
            memory(distribution.max),
            ES.many(distribution.count, &SAMPLE)
        ),
        Reason::LogDriver { driver } => format!("controlador `{driver}`"),
        Reason::Log { reason } => log(reason),
        Reason::LogBound { bytes } => format!("como máximo {} por contenedor", ES.bytes(*bytes)),
        Reason::NotPostgres => "los datos no muestran que sea PostgreSQL".to_owned(),
        Reason::CommandUnknown => "no se conoce su comando".to_owned(),
        Reason::ConfigFileUnread => "no se leyó su archivo de configuración".to_owned(),
        Reason::PostgresWorstCase { worst_case, limit } => {
            format!("peor caso {} de {}", memory(*worst_case), memory(*limit))
        }
        Reason::ProbeEnded { exit_code } => format!("su sonda terminó con {exit_code}"),
        Reason::AttestedByNobody => "está certificado sin nombre ni fecha".to_owned(),
        Reason::Attested { by, on, note } => {
            let note = note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
            format!("lo certifica {by}, {on}{note}")
        }
        Reason::NoProbe { check } => {
            format!("no se ejecutó ninguna sonda (`--probe {check}=EXIT_CODE`) y no está certificado")
        }
        Reason::CostNothing => "antes no costaba nada".to_owned(),
        Reason::NothingKnown => "no hay datos de memoria".to_owned(),
        Reason::ServerUnknown { because } => {
            format!("{}, y no se conoce la memoria de su servidor: fije `cost.before`", self::reason(because))
        }
        Reason::NoServerSize { memory: needed, basis } => {
            format!("ningún tamaño de servidor tiene {} ({})", memory(*needed), server(*basis))
        }
        Reason::ServerPrice { price, memory: needed, basis, size } => {
            let size = size.as_ref().map(|name| format!(", `{name}`")).unwrap_or_default();
            let price = ES.decimal(format!("{price:.2}"));
            format!("{price} por {} ({}){size}", memory(*needed), server(*basis))
        }
    }
}

fn server(basis: ServerBasis) -> String {
    match basis {
        ServerBasis::Limits { limits, host, free_percent } => {
            let free =
                if free_percent > 0.0 { format!(", {free_percent:.0} % libre") } else { String::new() };
            format!("límites {} + host {}{free}", memory(limits), memory(host))
        }
        ServerBasis::Targets => "según los objetivos".to_owned(),
        ServerBasis::WholeHost => "sin límites, todo su host".to_owned(),
    }
}

pub(super) fn measure(measure: &Measure) -> String {
    match *measure {
        Measure::Exactly { figure } => ES.figure(figure),
        Measure::AtMost { figure } => format!("como máximo {}", ES.figure(figure)),
        Measure::Between { low, high } => format!("entre {} y {}", ES.figure(low), ES.figure(high)),
        Measure::Unbounded => "sin límite".to_owned(),
        Measure::Times { factor } => ES.decimal(format!("×{factor:.1}")),
        Measure::Number { number } => number.to_string(),
    }
}

pub(super) const fn bound(good: Good) -> &'static str {
    match good {
        Good::AtMost => "como máximo",
        Good::Below => "menos de",
        Good::AtLeast => "como mínimo",
    }
}

pub(super) fn demanded(demand: &Demanded) -> String {
    let about = if demand.about { "unos " } else { "" };
    format!("{about}{}", ES.figure(demand.figure))
}

pub(super) fn margin(level: &LevelOutcome) -> Option<String> {
    let margin = level.margin?;
    let side = match (margin < 0.0, level.status) {
        // The other end of the interval meets it.
        (true, Status::Unknown) => "en el peor caso, incumplido por",
        (true, _) => "incumplido por",
        (false, _) => "margen:",
    };
    Some(format!("{side} {}", ES.distance(level.demand.figure.with(margin.abs()))))
}
