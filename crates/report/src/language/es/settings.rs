//! Why a memory setting has its value, and what stays open: in Spanish.

use plimsoll_analysis::memory::recommend::{Exceeded, Open, Room, SettingReason, Sum};
use plimsoll_analysis::memory::{CommandRefusal, InsideSetting, ParameterReason, PostgresReason, Storage};

use super::memory::{WINDOW, limit_reason, limit_refusal, log, memory};
use crate::format::count;
use crate::language::Language;

const ES: Language = Language::Spanish;

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
            "`maxmemory` de {}; quedan {} para la copia que hace al guardar y para la fragmentación; más allá, las \
             escrituras fallan salvo que `maxmemory-policy` expulse datos",
            memory(data),
            memory(rest)
        ),
        InsideSetting::Arenas { threads, by_default } => format!(
            "2 arenas de glibc en vez de hasta {by_default}: {threads} hilos retienen en arenas separadas la memoria que liberan"
        ),
    }
}

fn room(room: &Room) -> String {
    match room {
        Room::Share { used } => {
            format!("su parte del límite debe bastar para los {} que usó", memory(*used))
        }
        Room::Allowed { by, bytes } => {
            format!(
                "`{by}` le permite {}, y con un límite menor el sistema lo terminaría; para fijar menos, baje ambos",
                memory(*bytes)
            )
        }
        Room::Settings { worst_case } => format!(
            "sus ajustes pueden usar {} a la vez, y se mantienen; para fijar menos, baje ambos",
            memory(*worst_case)
        ),
        Room::Connections { connections } => {
            format!("PostgreSQL lo necesita para {} conexiones", count(*connections))
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
        SettingReason::Room { least, room: why } => format!("al menos {}: {}", memory(*least), room(why)),
        SettingReason::Processes { processes } => {
            format!("con sus ajustes puede iniciar {} procesos", count(*processes))
        }
        SettingReason::BelowUse { used } => {
            format!("es menos que los {} que usó el contenedor: compruebe que basta", memory(*used))
        }
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
        Open::LimitTooSmall { setting, used } => format!(
            "sin fijar: {}; es menos que los {} que usó, así que fallarían las escrituras o se expulsarían datos",
            inside(setting),
            memory(*used)
        ),
        Open::CpuQuota => {
            "sin `cpus`: el archivo Compose fija `cpu_quota`, y los motores rechazan ambos a la vez"
                .to_owned()
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
