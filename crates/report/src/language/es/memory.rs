//! What the memory of services does: in Spanish.

use plimsoll_analysis::memory::compare::{ChangeReason, Gate, GateDetail, GateKind, GateValue, UnknownSide};
use plimsoll_analysis::memory::{
    AtOnce, Coverage, CrashLoop, CrashSign, KillEvidence, Limit, LimitReason, LimitRefusal, LogReason, Over,
    PointUnit, StartUp, Totals, TrendReason,
};
use plimsoll_snapshot::Bytes;
use plimsoll_snapshot::runtime::Regime;

use crate::language::{Language, Noun};
use crate::memory::{Line, ServiceLine};

const ES: Language = Language::Spanish;
pub(super) const WINDOW: Noun = Noun { one: "ventana", more: "ventanas" };
const SAMPLE: Noun = Noun { one: "muestra", more: "muestras" };
const KILL: Noun = Noun { one: "terminación", more: "terminaciones" };
const EVENT: Noun = Noun { one: "evento", more: "eventos" };
const END: Noun = Noun { one: "salida", more: "salidas" };
const FILE: Noun = Noun { one: "archivo", more: "archivos" };

pub(super) fn memory(bytes: Bytes) -> String {
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
        ServiceLine::PostgresNow { worst_case, limit } => {
            let limit = limit.map(|limit| format!(" de {}", memory(limit))).unwrap_or_default();
            format!("PostgreSQL ahora: peor caso {}{limit}", memory(*worst_case))
        }
        ServiceLine::Postgres(reasons) => {
            format!("PostgreSQL, sugerido: {}", join(reasons.iter().map(super::settings::postgres).collect()))
        }
    }
}
