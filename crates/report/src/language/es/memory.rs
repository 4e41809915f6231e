//! What the memory of services does, and what should be set: in Spanish.

use plimsoll_analysis::memory::compare::{ChangeReason, Gate, GateDetail, GateKind, GateValue, UnknownSide};
use plimsoll_analysis::memory::recommend::{Exceeded, Open, SettingReason, Sum};
use plimsoll_analysis::memory::{
    AtOnce, CommandRefusal, Coverage, CrashLoop, CrashSign, InsideSetting, KillEvidence, Limit, LimitReason,
    LimitRefusal, LogReason, Over, ParameterReason, PointUnit, PostgresReason, StartUp, Storage, Totals,
    TrendReason,
};
use plimsoll_snapshot::Bytes;
use plimsoll_snapshot::runtime::Regime;

use crate::language::{Language, Noun};
use crate::memory::{Line, ServiceLine};

const ES: Language = Language::Spanish;
const WINDOW: Noun = Noun { one: "ventana", more: "ventanas" };
const SAMPLE: Noun = Noun { one: "muestra", more: "muestras" };
const KILL: Noun = Noun { one: "terminación", more: "terminaciones" };
const EVENT: Noun = Noun { one: "evento", more: "eventos" };
const END: Noun = Noun { one: "salida", more: "salidas" };
const FILE: Noun = Noun { one: "archivo", more: "archivos" };

fn memory(bytes: Bytes) -> String {
    ES.memory(bytes)
}

fn over(over: Over) -> String {
    let time = ES.duration(over.duration_ms);
    match over.unit {
        PointUnit::Window => format!("en {time}, {} de 60 s", ES.many(over.points, &WINDOW)),
        PointUnit::Sample => format!("en {time}, {}", ES.many(over.points, &SAMPLE)),
    }
}

pub(super) fn trend(reason: &TrendReason) -> String {
    match *reason {
        TrendReason::TooFewSamples { least } => format!("menos de {least} muestras con hora"),
        TrendReason::Step { from, to, after_ms, over: points } => format!(
            "salta de {} a {} a los {} y ahí se queda, {}",
            memory(from),
            memory(to),
            ES.duration(after_ms),
            over(points)
        ),
        TrendReason::Rise { by, p, over: points } => format!(
            "sube {} {} ({}); si la carga no creció, parece una fuga",
            memory(by),
            over(points),
            ES.p_value(p, 4)
        ),
        TrendReason::HigherAtEnd { from, to, over: points } => format!(
            "empieza en {} y acaba en {} {}, y puede seguir subiendo",
            memory(from),
            memory(to),
            over(points)
        ),
        TrendReason::SlowRise { by, over: points } => format!(
            "sube despacio, {} {}: una grabación más larga muestra si hay una fuga",
            memory(by),
            over(points)
        ),
        TrendReason::NoRise { by, over: points } => {
            format!("sin subida más allá del azar {} ({})", over(points), memory(by))
        }
        TrendReason::Fall { by, over: points } => format!("baja {} {}", memory(by), over(points)),
    }
}

pub(super) fn crash_loop(crash: &CrashLoop) -> String {
    let sign = match crash.sign {
        CrashSign::FailedEnds { count } => {
            format!("falla repetidamente: {} con un error y sin petición de parada", ES.many(count, &END))
        }
        CrashSign::Restarting => "falla repetidamente: se está reiniciando".to_owned(),
        CrashSign::ShortLives { count } => {
            format!("arranca repetidamente: {count} ejecuciones de menos de un minuto")
        }
    };
    match crash.longest_life_ms {
        Some(longest) => format!("{sign}; la ejecución más larga grabada dura {}", ES.duration(longest)),
        None => sign,
    }
}

pub(super) fn kill(evidence: &KillEvidence) -> String {
    match *evidence {
        KillEvidence::KernelCounted { kills } => {
            format!("el kernel contó {} (`oom_kill`)", ES.many(kills, &KILL))
        }
        KillEvidence::EngineReported { events } => {
            format!("el motor avisó de {} (`oom`)", ES.many(events, &EVENT))
        }
        KillEvidence::FlagSet => "la marca `OOMKilled` del motor está activada".to_owned(),
        KillEvidence::EndsWithoutStop { ends } => {
            format!("{} con código 137 y sin petición de parada", ES.many(ends, &END))
        }
        KillEvidence::UnexplainedEnds { ends } => {
            format!("{} con código 137 que ninguna petición de parada explica", ES.many(ends, &END))
        }
        KillEvidence::WaitedForMemory { events } => format!(
            "{} `oom`, pero `oom_kill_disable` está activado: sus procesos esperaron memoria",
            ES.many(events, &EVENT)
        ),
        KillEvidence::CounterAtZero => "el contador `oom_kill` del kernel se quedó en 0".to_owned(),
        KillEvidence::EventsHeard { without_oom: true } => {
            "se registraron los eventos todo el tiempo, sin ningún `oom`".to_owned()
        }
        KillEvidence::EventsHeard { without_oom: false } => {
            "se registraron los eventos todo el tiempo".to_owned()
        }
        KillEvidence::OnlyFlag => {
            "solo se conoce la marca `OOMKilled: false`, que los motores borran en cada arranque".to_owned()
        }
        KillEvidence::Nothing => "los datos no muestran si hubo terminaciones por OOM".to_owned(),
    }
}

pub(super) fn log(reason: &LogReason) -> String {
    match reason {
        LogReason::NotLooked => "no se inspeccionó su controlador de registro".to_owned(),
        LogReason::EngineDefault => {
            "usa el controlador de registro predeterminado del motor, que no se conoce".to_owned()
        }
        LogReason::NoMaxSize { driver } => format!("`{driver}` sin `max-size` crece sin límite"),
        LogReason::MaxSize { files: 1 } => "un archivo de `max-size`".to_owned(),
        LogReason::MaxSize { files } => format!("{} de `max-size`", ES.many(*files, &FILE)),
        LogReason::LocalDefault => "`local` limita sus archivos: 5 de 20 MB por defecto".to_owned(),
        LogReason::Journal => "lo limita el journal del host".to_owned(),
        LogReason::NotKept => "no se guarda ningún registro".to_owned(),
        LogReason::Unbounded => "`max-size` no fija ningún límite".to_owned(),
        LogReason::SentElsewhere { driver } => format!("`{driver}` lo envía a otro destino"),
    }
}

pub(super) fn limit_reason(reason: &LimitReason) -> String {
    match reason {
        LimitReason::Killed { evidence, added, had } => format!(
            "{}: el límite de {} con el que se terminó, más {} o un 20 %, lo que sea mayor (la regla del VPA de Kubernetes)",
            evidence.as_ref().map_or_else(|| "terminación por OOM".to_owned(), kill),
            memory(*had),
            memory(*added)
        ),
        LimitReason::LeakDelayed { trend: reason } => {
            format!("posible fuga, que un límite mayor solo retrasa: {}", trend(reason))
        }
        LimitReason::Crashes { crash } => crash_loop(crash),
        LimitReason::LargestWindow { windows, largest, margin_percent, independent, coverage } => format!(
            "la mayor de {} de 60 s es {}, más el {margin_percent} %: equivalen a {independent} ventanas \
             independientes, {}",
            ES.many(*windows, &WINDOW),
            memory(*largest),
            match coverage {
                Coverage::P99 => "así que su máximo cubre el percentil 99 con un 95 % de confianza",
                Coverage::P95 => "así que su máximo cubre el percentil 95 con un 95 % de confianza",
                Coverage::Less => "menos de las 59 que cubrirían el percentil 95: confianza baja",
                Coverage::StillRising => "pero al final usa más que al principio: confianza baja",
            }
        ),
        LimitReason::Risen { trend: reason } => trend(reason),
        LimitReason::AtLimit { took, limit } => format!(
            "llegó a {} de su límite de {}, así que pudo necesitar más: es un mínimo",
            memory(*took),
            memory(*limit)
        ),
    }
}

pub(super) fn limit_refusal(refusal: &LimitRefusal) -> String {
    match refusal {
        LimitRefusal::NothingRecorded => "no se grabó".to_owned(),
        LimitRefusal::NoTimes => {
            "una grabación no tiene marcas de tiempo, así que no se puede dividir en ventanas".to_owned()
        }
        LimitRefusal::TooFewWindows { windows, least } => {
            let grabadas = if *windows == 1 { "grabada" } else { "grabadas" };
            format!("{} de 60 s {grabadas}; hacen falta al menos {least}", ES.many(*windows, &WINDOW))
        }
        LimitRefusal::StartNotRecorded => {
            "no se grabó su arranque, y un arranque puede necesitar más memoria".to_owned()
        }
        LimitRefusal::NoLoad => {
            "la grabación no tiene etiqueta de carga: el servicio pudo estar inactivo".to_owned()
        }
        LimitRefusal::ProcessesOnly => {
            "Podman 4.9 a 5.5 cuenta solo la memoria de los procesos, menos de lo que cuenta el límite"
                .to_owned()
        }
        LimitRefusal::Crashes { crash } => crash_loop(crash),
        LimitRefusal::PossibleLeak { trend: reason } => {
            format!("posible fuga, sin dimensionar: {}", trend(reason))
        }
    }
}

pub(super) fn postgres(reason: &PostgresReason) -> String {
    match *reason {
        PostgresReason::WorstCase {
            shared_buffers,
            connections,
            work_mem,
            vacuum_workers,
            maintenance_work_mem,
            total,
            limit,
        } => format!(
            "peor caso: {} de `shared_buffers` + {connections} conexiones × {} + {vacuum_workers} procesos de \
             autovacuum × {} = {} de {}",
            memory(shared_buffers),
            memory(work_mem),
            memory(maintenance_work_mem),
            memory(total),
            memory(limit)
        ),
        PostgresReason::Pooler { connections, would_take, fitting } => format!(
            "{connections} conexiones usarían {}: para más de {fitting}, ponga delante un pooler (PgBouncer)",
            memory(would_take)
        ),
        PostgresReason::HashMultiplier => {
            "desde la versión 15 un hash puede usar el doble de `work_mem` (`hash_mem_multiplier = 2`), y una consulta puede usar varios"
                .to_owned()
        }
        PostgresReason::SeveralTimes => {
            "una consulta puede usar `work_mem` varias veces, una por cada ordenación o hash".to_owned()
        }
        PostgresReason::TooLittle { limit } => {
            format!("{} es poco para PostgreSQL: ni siquiera estos ajustes caben", memory(limit))
        }
    }
}

fn parameter_reason(why: ParameterReason) -> String {
    match why {
        ParameterReason::Share { percent } => format!("un {percent} % del límite"),
        ParameterReason::Cache => "lo que el planificador puede suponer en caché; no reserva nada".to_owned(),
        ParameterReason::WorkMem => "memoria para cada ordenación o hash, al menos 4 MB".to_owned(),
        ParameterReason::Connections => "tantas como caben en el peor caso".to_owned(),
        ParameterReason::HugePages => {
            "las páginas grandes ayudan desde 2 GB de búferes compartidos".to_owned()
        }
        ParameterReason::WalBuffers => "un 3 % de los búferes compartidos, como máximo 16 MB".to_owned(),
        ParameterReason::WalSpace => "espacio en disco entre puntos de control, no memoria".to_owned(),
        ParameterReason::SpreadCheckpoints => {
            "las escrituras se reparten en el tiempo entre puntos de control".to_owned()
        }
        ParameterReason::Statistics => {
            "la muestra del planificador; mayor para un almacén de datos".to_owned()
        }
        ParameterReason::RandomReads { storage } => {
            format!("coste de una lectura aleatoria en {}", storage_name(storage))
        }
        ParameterReason::ConcurrentReads { storage } => {
            format!("lecturas a la vez en {}", storage_name(storage))
        }
        ParameterReason::Workers { cpus } => format!("para {cpus} CPU"),
        ParameterReason::VacuumWorkers { cpus } => format!("procesos de vacuum para {cpus} CPU"),
        ParameterReason::VacuumMemory => "varios procesos de vacuum trabajan a la vez".to_owned(),
        ParameterReason::NoJit => "compilar consultas cortas cuesta más de lo que ahorra".to_owned(),
        ParameterReason::WalCompression => "escribe menos por poca CPU".to_owned(),
        ParameterReason::IoWorkers { cpus } => {
            format!("para {cpus} CPU; los motores de contenedores rechazan `io_uring`")
        }
        ParameterReason::NoReplication => "nada replica la base de datos de un desarrollador".to_owned(),
    }
}

const fn storage_name(storage: Storage) -> &'static str {
    match storage {
        Storage::Ssd => "una unidad SSD",
        Storage::Nvme => "una unidad NVMe",
        Storage::San => "almacenamiento en red",
        Storage::Hdd => "un disco duro",
    }
}

fn inside(setting: &InsideSetting) -> String {
    match *setting {
        InsideSetting::Jvm { percent, heap, rest } => format!(
            "un {percent} % del límite como montículo, {}; quedan {} para clases, código compilado e hilos. Por defecto es \
             un 25 %. Una JVM ve su límite desde 8u191 y 10; con cgroup v2, desde 8u372, 11.0.16 y 15",
            memory(heap),
            memory(rest)
        ),
        InsideSetting::Node { old_space, rest } => format!(
            "{} de espacio antiguo; quedan {} para búferes, código compilado e hilos",
            memory(old_space),
            memory(rest)
        ),
        InsideSetting::Workers { workers, each, now, for_cpus, worst_case } => format!(
            "procesos: {workers}; {now} usaron como máximo {} cada uno; las CPU pueden con {for_cpus}; peor caso {}",
            memory(each),
            memory(worst_case)
        ),
        InsideSetting::Redis { data, rest } => format!(
            "`maxmemory` de {}; quedan {} para la copia que hace al guardar y para la fragmentación",
            memory(data),
            memory(rest)
        ),
        InsideSetting::Arenas { threads, by_default } => format!(
            "2 arenas de glibc en vez de hasta {by_default}: {threads} hilos retienen en arenas separadas la memoria que liberan"
        ),
    }
}

pub(super) fn start_up(start: &StartUp) -> String {
    let most = ES.duration(start.at_most_ms);
    if start.at_least_ms == 0 {
        format!("como máximo {most}")
    } else {
        format!("entre {} y {most}", ES.duration(start.at_least_ms))
    }
}

pub(super) const fn gate(gate: GateKind) -> &'static str {
    match gate {
        GateKind::HostMemory => "memoria del host",
        GateKind::Kernel => "kernel",
        GateKind::CgroupVersion => "versión de cgroup",
        GateKind::WorkingSet => "definición del conjunto de trabajo",
        GateKind::Load => "carga",
        GateKind::Duration => "duración",
        GateKind::Received => "bytes recibidos",
        GateKind::Cpu => "CPU",
    }
}

fn gate_value(value: &GateValue) -> String {
    match value {
        GateValue::Memory(bytes) => memory(*bytes),
        GateValue::Text(text) => text.clone(),
        GateValue::Number(number) => number.to_string(),
        GateValue::WorkingSet(regime) => match regime {
            Regime::UsageMinusInactiveFile => "uso − caché inactiva",
            Regime::UsageMinusCache => "uso − caché",
            Regime::Usage => "uso",
            Regime::Anon => "memoria anónima",
            Regime::PrivateWorkingSet => "conjunto de trabajo privado",
            Regime::Unknown => "desconocido",
        }
        .to_owned(),
        GateValue::Duration(milliseconds) => ES.duration(*milliseconds),
        GateValue::Rate(bytes) => format!("{}/s", memory(*bytes)),
        GateValue::Cpus(cpus) => ES.decimal(format!("{cpus:.2} CPU")),
    }
}

pub(super) fn gate_detail(detail: &GateDetail) -> String {
    let side = |values: &[GateValue]| values.iter().map(gate_value).collect::<Vec<_>>().join(", ");
    match detail {
        GateDetail::Unknown { side: UnknownSide::Before } => "desconocido antes".to_owned(),
        GateDetail::Unknown { side: UnknownSide::After } => "desconocido después".to_owned(),
        GateDetail::Unknown { side: UnknownSide::Both } => "desconocido en ambos lados".to_owned(),
        GateDetail::Unknown { side: UnknownSide::Either } => "desconocido en uno de los lados".to_owned(),
        GateDetail::Values { before, after, tolerance_percent: Some(percent) } => {
            format!("{} / {} (± {percent} %)", side(before), side(after))
        }
        GateDetail::Values { before, after, .. } if before == after && before.len() == 1 => side(before),
        GateDetail::Values { before, after, .. } => format!("{} / {}", side(before), side(after)),
    }
}

pub(super) fn change(reason: &ChangeReason) -> String {
    match reason {
        ChangeReason::Unlike { gate: Gate { name, detail, .. } } => {
            format!("{}: {}", gate(*name), gate_detail(detail))
        }
        ChangeReason::Restarted { after } => {
            let side = if *after { "después" } else { "antes" };
            format!("se reinició durante la grabación de {side}, lo que restablece su memoria")
        }
        ChangeReason::TooFewRuns { before, after, least } => {
            format!("{before} y {after} grabaciones: un veredicto necesita {least} por lado")
        }
        ChangeReason::Shift { by, p, drift } => {
            let drift =
                if *drift { ", pero las grabaciones no se alternan: la máquina pudo cambiar" } else { "" };
            let (shift, p) = (ES.memory_delta(*by), ES.p_value(*p, 3));
            format!("los picos cambiaron {shift} (Mann-Whitney exacto: {p}){drift}")
        }
    }
}

pub(super) fn setting_reason(reason: &SettingReason) -> String {
    match reason {
        SettingReason::Demanded => "lo exigen los objetivos".to_owned(),
        SettingReason::DemandedAbove { suggested } => {
            format!("lo exigen los objetivos; bastarían {}", memory(*suggested))
        }
        SettingReason::DemandTooLow { demanded } => {
            format!("los objetivos exigen {}, que es demasiado poco", memory(*demanded))
        }
        SettingReason::DemandedUnmeasured => "lo exigen los objetivos, sin medir".to_owned(),
        SettingReason::AsItIs => "como está: se sabe demasiado poco para cambiarlo".to_owned(),
        SettingReason::Limit { reason } => limit_reason(reason),
        SettingReason::NotSuggested { reason } => limit_refusal(reason),
        SettingReason::Took { most } => format!("usó como máximo {}", memory(*most)),
        SettingReason::LargestUse {
            resource,
            largest,
            windows,
            independent,
            margin_percent,
            confidence,
            at_least,
        } => format!(
            "la mayor de {} de 60 s es {}, más un {margin_percent} %: equivale a {independent} ventanas independientes, {}{}",
            ES.many(*windows, &WINDOW),
            ES.amount(*resource, *largest),
            (super::running::WORDS.confidence)(*confidence),
            if *at_least { "; un límite lo frenó, así que es un mínimo" } else { "" }
        ),
        SettingReason::Parameter { parameter } => {
            let now = parameter.now.as_ref().map(|now| format!(" (ahora: {now})")).unwrap_or_default();
            format!("{} = {}: {}{now}", parameter.name, parameter.value, parameter_reason(parameter.why))
        }
        SettingReason::Inside { setting } => inside(setting),
        SettingReason::Median => "mediana: no usa más durante la mitad del tiempo".to_owned(),
        SettingReason::NoSwap { default_total } => format!(
            "sin swap: por defecto un motor permite tanto swap como memoria, {} en total",
            memory(*default_total)
        ),
        SettingReason::DatabaseKilledLate => {
            "el kernel termina la base de datos en último lugar, porque se perdería más que una petición; borre esta línea en \
             un motor rootless, que quizá no pueda bajar el valor"
                .to_owned()
        }
        SettingReason::KilledEarly { before_database } => {
            let whom = if *before_database { "la base de datos" } else { "otros programas del host" };
            format!("el kernel lo termina antes que a {whom}; borre esta línea si el servicio guarda datos")
        }
        SettingReason::SharedMemory { now } => {
            let now = now.map_or_else(|| "64 MiB por defecto".to_owned(), memory);
            format!(
                "las consultas paralelas usan esta memoria compartida; tiene {now}, y el uso cuenta para el límite"
            )
        }
        SettingReason::PostgresNow { worst_case, limit } => {
            format!("ahora: peor caso {} de {}", memory(*worst_case), memory(*limit))
        }
        SettingReason::CommandWins => {
            "el comando tiene prioridad sobre su archivo de configuración".to_owned()
        }
        SettingReason::Postgres { reason } => postgres(reason),
        SettingReason::Log { now, megabytes } => {
            let now = now.as_ref().map_or_else(|| "los objetivos exigen menos".to_owned(), log);
            format!("{now}: en su lugar, {megabytes} MB por contenedor")
        }
        SettingReason::BusyCheck { check_ms, interval_ms, seconds_per_day } => format!(
            "una comprobación tarda {} y se ejecuta cada {}: {seconds_per_day} s al día",
            ES.duration(*check_ms),
            ES.duration(*interval_ms)
        ),
        SettingReason::NoDatabaseCheck => {
            "no tiene ninguna, así que nada muestra cuándo está lista la base de datos".to_owned()
        }
    }
}

pub(super) fn open(open: &Open) -> String {
    match open {
        Open::NoLimit { refused, limit_unknown } => {
            let mut why: Vec<String> = refused.iter().map(limit_refusal).collect();
            if *limit_unknown {
                why.push("no se conoce su límite actual".to_owned());
            }
            format!("no se puede sugerir un límite: {}", why.join("; "))
        }
        Open::NoSwapWithoutLimit => {
            "los objetivos exigen que no use swap, lo que requiere un límite de memoria".to_owned()
        }
        Open::ReservationAboveLimit { demanded } => {
            format!("los objetivos exigen una reserva de {}, mayor que el límite", memory(*demanded))
        }
        Open::UnclearServer => {
            "su imagen es de una base de datos, pero no se entiende su comando: no se fija `oom_score_adj`"
                .to_owned()
        }
        Open::HealthCheckOff => "su comprobación de salud está desactivada".to_owned(),
        Open::NoHealthCheck => "no tiene comprobación de salud".to_owned(),
        Open::LogTooSmall => {
            "los objetivos exigen un registro de menos de 1 MB, que ningún controlador admite".to_owned()
        }
        Open::PostgresFits { worst_case, limit } => format!(
            "sus ajustes de PostgreSQL caben: peor caso {} de {}",
            memory(*worst_case),
            memory(*limit)
        ),
        Open::CommandKept { why, settings } => {
            format!("{}; ajustes que caben: {settings}", command(*why))
        }
        Open::SetAlready { setting, by } => {
            format!("ya lo decide `{by}`; para este límite: {}", inside(setting))
        }
        Open::Reason { reason } => setting_reason(reason),
    }
}

const fn command(why: CommandRefusal) -> &'static str {
    match why {
        CommandRefusal::Redacted => "una parte de su comando no se grabó porque puede ser un secreto",
        CommandRefusal::TooLong => "su comando es demasiado largo para grabarlo entero",
        CommandRefusal::NotUnderstood => {
            "su comando no es un comando de PostgreSQL, así que no se debe sustituir"
        }
        CommandRefusal::EntrypointUnknown => "no se puede distinguir su entrypoint de su comando",
        CommandRefusal::Variables => "su comando contiene variables",
        CommandRefusal::Unwritable => {
            "su comando contiene caracteres que no se pueden escribir en un archivo"
        }
        CommandRefusal::Unknown => "los datos no muestran su comando, y no se conoce el de su imagen",
    }
}

pub(super) fn exceeded(exceeded: &Exceeded) -> String {
    let what = match exceeded.sum {
        Sum::Limits => "estos límites",
        Sum::Reservations => "estas reservas",
    };
    format!(
        "{what} suman {}, y los objetivos exigen como máximo {}",
        memory(exceeded.total),
        memory(exceeded.demanded)
    )
}

/// The sum of all limits, or what is known of it where some service has none.
fn sum(totals: &Totals) -> String {
    let missing = |services: &[String], what: &str| {
        let services = services.join(", ");
        match totals.limited {
            Bytes::ZERO => format!("{what} ({services})"),
            limited => format!("{what} para {services}, los demás {}", memory(limited)),
        }
    };
    match totals.limits {
        Limit::Limited(bytes) => memory(bytes),
        Limit::Unlimited => missing(&totals.unlimited, "ninguno"),
        Limit::Unknown if totals.unknown.is_empty() => "desconocidos".to_owned(),
        Limit::Unknown => missing(&totals.unknown, "desconocido"),
    }
}

pub(super) fn line(line: &Line<'_>) -> String {
    match line {
        Line::Totals(totals) => format!(
            "todos los límites: {}, con swap {}; reservas {}{}",
            sum(totals),
            match (totals.limits, totals.limits_with_swap) {
                (Limit::Limited(_), Limit::Unlimited) => "sin límite".to_owned(),
                (_, Limit::Limited(bytes)) => memory(bytes),
                (_, Limit::Unlimited) => "ninguno".to_owned(),
                (_, Limit::Unknown) => "desconocido".to_owned(),
            },
            memory(totals.reservations),
            totals.host.map(|host| format!(", el host tiene {}", memory(host))).unwrap_or_default()
        ),
        Line::LeastHeadroom { service, taken, limit } => format!(
            "menor margen: {} del límite de {service}, con un máximo de {} de {}",
            Language::Spanish.share(Bytes(limit.0.saturating_sub(taken.0)), *limit),
            memory(*taken),
            memory(*limit)
        ),
        Line::AtOnce(AtOnce { loaded: Some(loaded), all, .. }) => {
            format!("todos a la vez: p95 {} con carga, máximo {}", memory(loaded.p95), memory(all.max))
        }
        Line::AtOnce(AtOnce { loaded: None, all, .. }) => {
            format!("todos a la vez: máximo {} (sin etiqueta de carga)", memory(all.max))
        }
        Line::StackHealthy { start, without_check: [] } => {
            format!("arranque del stack hasta estar sano: {}", start_up(start))
        }
        Line::StackHealthy { start, without_check } => format!(
            "arranque del stack hasta estar sano: {}; sin comprobación de salud: {}",
            start_up(start),
            without_check.join(", ")
        ),
        Line::NotCounted(containers) => {
            format!("sin contar, porque no pertenecen a ningún servicio: {}", containers.join(", "))
        }
        Line::Of { service, line } => format!("{service}: {}", service_line(line)),
        Line::NotSuggested { services, refused } => {
            let why: Vec<String> = refused.iter().map(limit_refusal).collect();
            // More time under a load is all that these lack.
            let is_short = refused.iter().all(|refusal| {
                matches!(
                    refusal,
                    LimitRefusal::TooFewWindows { .. }
                        | LimitRefusal::StartNotRecorded
                        | LimitRefusal::NoLoad
                )
            });
            let next = is_short.then_some(super::running::WORDS.record_longer);
            let why: Vec<String> = why.into_iter().chain(next.map(str::to_owned)).collect();
            format!("{}: no se sugiere ningún límite: {}", services.join(", "), why.join("; "))
        }
        Line::Compared { services, reason } => {
            let next = match reason {
                ChangeReason::TooFewRuns { least, .. } => {
                    format!("; {}", (super::running::WORDS.record_runs)(&least.to_string()))
                }
                _ => String::new(),
            };
            format!("{}: {}{next}", services.join(", "), change(reason))
        }
        Line::Unlike(Gate { name, detail, .. }) => {
            format!("distinto: {} ({})", gate(*name), gate_detail(detail))
        }
        Line::MaybeUnlike(gates) => {
            let gates: Vec<_> = gates.iter().map(|name| gate(*name)).collect();
            format!("no se sabe si coinciden: {}", gates.join(", "))
        }
    }
}

fn service_line(line: &ServiceLine<'_>) -> String {
    let join = |texts: Vec<String>| texts.join("; ");
    match line {
        ServiceLine::Killed(evidence) => join(evidence.iter().map(kill).collect()),
        ServiceLine::Restarted(times) => format!("reinicios por el motor hasta ahora: {times}"),
        ServiceLine::FailedEnds(ends) => {
            format!("terminaciones con un error y sin petición de parada: {ends}")
        }
        ServiceLine::Crashes(crash) => crash_loop(crash),
        ServiceLine::Trend(reason) => trend(reason),
        ServiceLine::Suggested(reason) => limit_reason(reason),
        ServiceLine::Checks { per_day, check_ms, busy_seconds } => format!(
            "{per_day} comprobaciones de salud al día, de {} cada una: {} al día",
            ES.duration(*check_ms),
            ES.duration(busy_seconds.saturating_mul(1000))
        ),
        ServiceLine::Postgres(reasons) => {
            format!("PostgreSQL, {}", join(reasons.iter().map(postgres).collect()))
        }
    }
}
