//! Settings of programs that have to fit into the limit of their container: the heap of a JVM and of Node.js, the workers
//! of a Python server, the data of Redis, the arenas of glibc.
//!
//! A program that is not told takes the wrong share: a JVM a quarter of its limit, Redis all there is.

use plimsoll_snapshot::Bytes;
use serde::Serialize;

use super::argv::Argv;
use super::server::image;
use super::stack::StackService;
use super::usage::{Resource, ResourceUsage};

const MIB: u64 = 1 << 20;
/// What classes, compiled code and threads of a JVM take at least, and what Node.js takes beside its old space.
const JVM_REST: u64 = 192 * MIB;
const NODE_REST: u64 = 64 * MIB;
/// Data that Redis writes while a snapshot of it is saved are there twice.
const REDIS_PERCENT: u64 = 60;
/// What workers may take of the limit.
const WORKERS_PERCENT: u64 = 90;
/// Fewer threads hardly spread over arenas.
const MANY_THREADS: u64 = 16;
/// From this limit on, arenas do not matter.
const LARGE: Bytes = Bytes(4 << 30);

/// A setting of a program, with what it comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "program", rename_all = "snake_case")]
pub enum InsideSetting {
    /// The heap of a JVM.
    Jvm {
        /// The maximum heap, as a share of the limit.
        percent: u64,
        /// The heap.
        heap: Bytes,
        /// The rest, for classes, compiled code, threads and buffers.
        rest: Bytes,
    },
    /// The old space of Node.js.
    Node {
        /// The old space.
        old_space: Bytes,
        /// The rest, for everything else.
        rest: Bytes,
    },
    /// The workers of gunicorn or uvicorn.
    Workers {
        /// The number of workers.
        workers: u64,
        /// What one takes: the most that was recorded, divided by the workers that ran.
        each: Bytes,
        /// The workers that ran.
        now: u64,
        /// The most that the CPUs can use.
        for_cpus: u64,
        /// What all of them may take.
        worst_case: Bytes,
    },
    /// The data of Redis.
    Redis {
        /// The maximum memory for data.
        data: Bytes,
        /// What saving may copy meanwhile, and fragmentation.
        rest: Bytes,
    },
    /// The arenas of glibc's allocator.
    Arenas {
        /// The most threads that were recorded.
        threads: u64,
        /// How many arenas glibc would use.
        by_default: u64,
    },
}

/// How a setting is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Made {
    /// By a variable of the environment.
    Variable(&'static str, String),
    /// By words at the end of the command.
    Words(Vec<String>),
    /// It is made already, by this variable or argument.
    Already(String),
}

/// A program, by its name in a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Program {
    Jvm,
    Node,
    Gunicorn,
    Uvicorn,
    Redis,
}

impl InsideSetting {
    /// What the container used, if the setting leaves less for it.
    pub(crate) fn cuts(&self, most: Option<Bytes>) -> Option<Bytes> {
        let holds = match self {
            Self::Jvm { heap, .. } => *heap,
            Self::Node { old_space, .. } => *old_space,
            Self::Redis { data, .. } => *data,
            Self::Workers { .. } | Self::Arenas { .. } => return None,
        };
        most.filter(|most| *most > holds)
    }
}

/// The limit that a program needs for what it holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ProgramRoom {
    /// The setting that would be made has to hold what the container used.
    Share { least: Bytes, used: Bytes },
    /// An argument allows that much.
    Allowed { least: Bytes, by: String, bytes: Bytes },
}

/// The least limit that leaves a program room for what it used, or for what its own arguments allow.
pub(crate) fn room(service: &StackService<'_>, used: Option<Bytes>) -> Option<ProgramRoom> {
    let argv = Argv::running(service).or_else(|| Argv::planned(service))?;
    let words: Vec<&str> = argv.words().into_iter().flat_map(str::split_whitespace).collect();
    let (program, arguments) = program(&words)?;
    if let Some((by, bytes)) = allowed(program, arguments) {
        return Some(ProgramRoom::Allowed { least: program.limit_for(bytes), by, bytes });
    }
    let probe = match program {
        Program::Jvm => jvm(LARGE),
        Program::Node => node(LARGE),
        Program::Redis => redis(LARGE),
        Program::Gunicorn | Program::Uvicorn => return None,
    };
    // What a variable or a file sets is not known.
    let is_made = !matches!(made(&probe, &argv, arguments, &environment(service)), Made::Already(_));
    let used = used.filter(|_| is_made)?;
    Some(ProgramRoom::Share { least: program.limit_for(used), used })
}

impl Program {
    /// The limit of which a heap, an old space or the data of Redis take that much.
    fn limit_for(self, inner: Bytes) -> Bytes {
        let three_quarters = inner.0.saturating_mul(4).div_ceil(3);
        Bytes(match self {
            // A step more, since a share is a whole percent.
            Self::Jvm => three_quarters.max(inner.0.saturating_add(JVM_REST)).saturating_add(inner.0 / 64),
            Self::Node => three_quarters.max(inner.0.saturating_add(NODE_REST)).saturating_add(MIB),
            Self::Redis => (inner.0.saturating_mul(100) / REDIS_PERCENT).saturating_add(2 * MIB),
            Self::Gunicorn | Self::Uvicorn => inner.0,
        })
    }
}

/// What the arguments of a program allow it to hold.
fn allowed(program: Program, arguments: &[&str]) -> Option<(String, Bytes)> {
    let attached = |names: &[&str]| {
        // The last one counts.
        let mut found = arguments.iter().rev();
        found.find_map(|argument| {
            let value = names.iter().find_map(|name| argument.strip_prefix(name))?;
            Some(((*argument).to_owned(), size(value.strip_prefix('=').unwrap_or(value))?))
        })
    };
    match program {
        Program::Jvm => attached(&["-Xmx", "-XX:MaxHeapSize="]),
        Program::Node => {
            let (by, mebibytes) = attached(&["--max-old-space-size=", "--max_old_space_size="])?;
            Some((by, Bytes(mebibytes.0.saturating_mul(MIB))))
        }
        Program::Redis => {
            let value = option(arguments, &["--maxmemory"])?;
            // Zero is no limit at all.
            let bytes = size(value).filter(|bytes| !bytes.is_zero())?;
            Some((format!("--maxmemory {value}"), bytes))
        }
        Program::Gunicorn | Program::Uvicorn => None,
    }
}

/// A size in the notation of a JVM or of Redis: `3g`, `512mb`, `1024`. Redis counts `3g` as 3 × 10⁹; here it is 3 GiB, as for a JVM.
fn size(text: &str) -> Option<Bytes> {
    let text = text.trim_matches(['"', '\'']).to_ascii_lowercase();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let factor = match unit {
        "" | "b" => 1,
        "k" | "kb" => 1 << 10,
        "m" | "mb" => MIB,
        "g" | "gb" => 1 << 30,
        "t" | "tb" => 1 << 40,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(factor).map(Bytes)
}

/// Whether an image has a Java of before 8u191, which does not know `MaxRAMPercentage`.
fn is_old_java(reference: &str) -> bool {
    let Some((path, tag)) = reference.rsplit('/').next().and_then(|name| name.split_once(':')) else {
        return false;
    };
    if !["java", "jdk", "jre", "temurin", "corretto", "zulu", "semeru"].iter().any(|name| path.contains(name))
    {
        return false;
    }
    let number = |text: &str| {
        let digits: String = text.chars().take_while(char::is_ascii_digit).take(4).collect();
        digits.parse::<u32>().ok()
    };
    match (number(tag), tag.split_once('u').and_then(|(_, update)| number(update))) {
        (Some(major), _) if major < 8 => true,
        (Some(8), Some(update)) => update < 191,
        _ => false,
    }
}

/// The settings that fit a limit.
pub(crate) fn inside(
    service: &StackService<'_>,
    limit: Bytes,
    most: Option<Bytes>,
    cpus: Option<u64>,
    usage: &[ResourceUsage],
) -> Vec<(InsideSetting, Made)> {
    let Some(argv) = Argv::running(service).or_else(|| Argv::planned(service)) else { return Vec::new() };
    let words: Vec<&str> = argv.words().into_iter().flat_map(str::split_whitespace).collect();
    let Some((program, arguments)) = program(&words) else { return Vec::new() };
    let names = environment(service);
    let mut found = Vec::new();
    let setting = match program {
        Program::Jvm if image(service).is_some_and(is_old_java) => None,
        Program::Jvm => Some(jvm(limit)),
        Program::Node => Some(node(limit)),
        Program::Gunicorn | Program::Uvicorn => {
            most.and_then(|most| workers(program, limit, most, cpus, arguments))
        }
        Program::Redis => Some(redis(limit)),
    };
    if let Some(setting) = setting {
        let made = made(&setting, &argv, arguments, &names);
        found.push((setting, made));
    }
    let threads = usage.iter().find(|usage| usage.resource == Resource::Pids).map_or(0, |pids| pids.max);
    if program != Program::Redis && threads >= MANY_THREADS && limit < LARGE {
        let by_default = threads.min(cpus.unwrap_or(1).saturating_mul(8));
        let setting = InsideSetting::Arenas { threads, by_default };
        let made = made(&setting, &argv, arguments, &names);
        found.push((setting, made));
    }
    found
}

/// The names of the variables that it runs with.
fn environment<'a>(service: &'a StackService<'_>) -> Vec<&'a str> {
    let running = service.containers.iter().flat_map(|(_, container)| &container.env_names);
    let planned = service.plan.iter().flat_map(|plan| &plan.env_names);
    running.chain(planned).map(String::as_str).collect()
}

/// What runs, and what it is given. Only what starts the rest of the line may come before.
fn program<'a>(words: &'a [&'a str]) -> Option<(Program, &'a [&'a str])> {
    for (at, word) in words.iter().enumerate() {
        let word = word.trim_matches(['"', '\'']);
        let name = word.rsplit('/').next().unwrap_or(word);
        let program = match name {
            "java" => Program::Jvm,
            "node" | "nodejs" => Program::Node,
            "gunicorn" => Program::Gunicorn,
            "uvicorn" => Program::Uvicorn,
            "redis-server" | "valkey-server" => Program::Redis,
            "sh"
            | "bash"
            | "ash"
            | "dash"
            | "exec"
            | "env"
            | "tini"
            | "dumb-init"
            | "docker-init"
            | "nice"
            | "gosu"
            | "su-exec"
            | "docker-entrypoint.sh" => continue,
            _ if name.starts_with("python") || word.starts_with('-') || word.contains('=') => continue,
            _ => return None,
        };
        return Some((program, &words[at + 1..]));
    }
    None
}

fn jvm(limit: Bytes) -> InsideSetting {
    // Classes, compiled code and threads take some 200 MB however small the heap is.
    let rest = (limit.0 / 4).max(JVM_REST).min(limit.0 / 2);
    let percent = ((limit.0 - rest) / (limit.0 / 100).max(1)).min(100);
    let heap = Bytes(limit.0 / 100 * percent);
    InsideSetting::Jvm { percent, heap, rest: limit - heap }
}

fn node(limit: Bytes) -> InsideSetting {
    let rest = (limit.0 / 4).max(NODE_REST).min(limit.0 / 2);
    let old_space = Bytes((limit.0 - rest) / MIB * MIB);
    InsideSetting::Node { old_space, rest: limit - old_space }
}

fn redis(limit: Bytes) -> InsideSetting {
    let data = Bytes(limit.0 / 100 * REDIS_PERCENT / MIB * MIB);
    InsideSetting::Redis { data, rest: limit - data }
}

fn workers(
    program: Program,
    limit: Bytes,
    most: Bytes,
    cpus: Option<u64>,
    arguments: &[&str],
) -> Option<InsideSetting> {
    let now = option(arguments, &["-w", "--workers"]).map_or(Some(1), |value| value.parse().ok())?;
    let each = Bytes(most.0.checked_div(now)?);
    let cpus = cpus?;
    // What the documentation of each advises.
    let for_cpus = if program == Program::Gunicorn { cpus.saturating_mul(2) + 1 } else { cpus };
    let fitting = (limit.0 / 100 * WORKERS_PERCENT).checked_div(each.0)?;
    let workers = for_cpus.min(fitting).max(1);
    if workers == now {
        return None;
    }
    let worst_case = Bytes(each.0.saturating_mul(workers));
    Some(InsideSetting::Workers { workers, each, now, for_cpus, worst_case })
}

/// The value of an option: `-w 4`, `-w4`, `--workers=4`.
fn option<'a>(arguments: &[&'a str], names: &[&str]) -> Option<&'a str> {
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        for name in names {
            let Some(attached) = argument.strip_prefix(name) else { continue };
            match attached.strip_prefix('=') {
                Some(value) => return Some(value),
                None if attached.is_empty() => return rest.next().copied(),
                None if !name.starts_with("--") => return Some(attached),
                None => {}
            }
        }
    }
    None
}

fn made(setting: &InsideSetting, argv: &Argv, arguments: &[&str], names: &[&str]) -> Made {
    let argument = |starts: &[&str]| {
        let found = arguments.iter().find(|argument| starts.iter().any(|start| argument.starts_with(start)));
        found.map(|argument| Made::Already((*argument).to_owned()))
    };
    let variable = |known: &[&str]| {
        let found = known.iter().find(|name| names.contains(name));
        found.map(|name| Made::Already(format!("${name}")))
    };
    let already = match setting {
        InsideSetting::Jvm { .. } => argument(&["-Xmx", "-XX:MaxRAM", "-XX:MaxHeapSize"])
            .or_else(|| variable(&["JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "JAVA_OPTS", "_JAVA_OPTIONS"])),
        InsideSetting::Node { .. } => argument(&["--max-old-space-size", "--max_old_space_size"])
            .or_else(|| variable(&["NODE_OPTIONS"])),
        // The argument wins over the variable.
        InsideSetting::Workers { .. } => option(arguments, &["-w", "--workers"])
            .map(|value| Made::Already(format!("--workers {value}")))
            .or_else(|| variable(&["WEB_CONCURRENCY", "GUNICORN_CMD_ARGS"])),
        InsideSetting::Redis { .. } => option(arguments, &["--maxmemory"])
            .map(|value| Made::Already(format!("--maxmemory {value}")))
            // A file may set it.
            .or_else(|| {
                let file = arguments.first().filter(|argument| !argument.starts_with('-'));
                file.map(|file| Made::Already((*file).to_owned()))
            }),
        InsideSetting::Arenas { .. } => variable(&["MALLOC_ARENA_MAX", "GLIBC_TUNABLES", "LD_PRELOAD"]),
    };
    already.unwrap_or_else(|| match setting {
        InsideSetting::Jvm { percent, .. } => {
            // Java 8 takes no whole number.
            Made::Variable("JAVA_TOOL_OPTIONS", format!("-XX:MaxRAMPercentage={percent}.0"))
        }
        InsideSetting::Node { old_space, .. } => {
            Made::Variable("NODE_OPTIONS", format!("--max-old-space-size={}", old_space.0 / MIB))
        }
        InsideSetting::Workers { workers, .. } => Made::Variable("WEB_CONCURRENCY", workers.to_string()),
        InsideSetting::Redis { data, .. } => {
            let words = ["--maxmemory".to_owned(), format!("{}mb", data.0 / MIB)];
            // A command without its entrypoint, or with variables, must not be written again.
            let is_known = argv.entrypoint.is_some()
                && !argv.command.iter().any(|word| word.contains(['$', '…']) || word.contains("exec "));
            if is_known && !argv.command.is_empty() {
                Made::Words(argv.command.iter().cloned().chain(words).collect())
            } else {
                Made::Already(argv.words().join(" "))
            }
        }
        InsideSetting::Arenas { .. } => Made::Variable("MALLOC_ARENA_MAX", "2".to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Option<Program> {
        let words: Vec<&str> = line.split(' ').collect();
        program(&words).map(|(program, _)| program)
    }

    #[test]
    fn programs_are_known_by_what_runs() {
        assert_eq!(of("tini -- java -jar app.jar"), Some(Program::Jvm));
        assert_eq!(of("/opt/java/bin/java -Xmx1g -jar app.jar"), Some(Program::Jvm));
        assert_eq!(of("docker-entrypoint.sh node server.js"), Some(Program::Node));
        assert_eq!(of("python3 -m uvicorn app:app"), Some(Program::Uvicorn));
        assert_eq!(of("sh -c exec gunicorn -w 4 app:app"), Some(Program::Gunicorn));
        assert_eq!(of("docker-entrypoint.sh redis-server --save 60 1"), Some(Program::Redis));
        for other in ["npm start", "cat java", "wait-for-it.sh db -- node x.js", "redis-cli monitor", ""] {
            assert_eq!(of(other), None, "{other}");
        }
    }

    #[test]
    fn a_heap_leaves_room_for_the_rest() {
        let percent = |mib: u64| match jvm(Bytes(mib * MIB)) {
            InsideSetting::Jvm { percent, heap, rest } => {
                assert_eq!(heap + rest, Bytes(mib * MIB));
                percent
            }
            other => panic!("{other:?}"),
        };
        assert_eq!([256, 512, 1024, 8192].map(percent), [50, 62, 75, 75]);
        assert!(
            matches!(node(Bytes(512 * MIB)), InsideSetting::Node { old_space, .. } if old_space == Bytes(384 * MIB))
        );
        for limit in [0, 1, u64::MAX] {
            let _ = (jvm(Bytes(limit)), node(Bytes(limit)), redis(Bytes(limit)));
        }
    }

    #[test]
    fn a_limit_leaves_room_for_what_was_used() {
        for mib in [64, 300, 1000, 5000] {
            let used = Bytes(mib * MIB);
            assert_eq!(jvm(Program::Jvm.limit_for(used)).cuts(Some(used)), None, "{mib}");
            assert_eq!(node(Program::Node.limit_for(used)).cuts(Some(used)), None, "{mib}");
            assert_eq!(redis(Program::Redis.limit_for(used)).cuts(Some(used)), None, "{mib}");
        }
        let allows = |line: &str| {
            let words: Vec<&str> = line.split(' ').collect();
            let (program, arguments) = program(&words)?;
            allowed(program, arguments).map(|(_, bytes)| bytes.0 / MIB)
        };
        assert_eq!(allows("java -Xms1g -Xmx512m -Xmx3g -jar a.jar"), Some(3072));
        assert_eq!(allows("node --max-old-space-size=2048 server.js"), Some(2048));
        assert_eq!(allows("redis-server --maxmemory 1gb"), Some(1024));
        for other in
            ["redis-server --maxmemory 0", "java -Xmx$HEAP -jar a.jar", "java -jar a.jar", "gunicorn -w 4 a"]
        {
            assert_eq!(allows(other), None, "{other}");
        }
    }

    #[test]
    fn old_versions_of_java_are_known_by_their_tags() {
        for old in
            ["openjdk:7", "openjdk:8u151-jre", "docker.io/library/openjdk:6-jdk", "azul/zulu-openjdk:7u352"]
        {
            assert!(is_old_java(old), "{old}");
        }
        for new in [
            "openjdk:8",
            "eclipse-temurin:8u392-b08-jre",
            "eclipse-temurin:17",
            "app:1",
            "openjdk",
            "amazoncorretto:21",
        ] {
            assert!(!is_old_java(new), "{new}");
        }
    }

    #[test]
    fn workers_fit_the_limit_and_the_cpus() {
        let count = |line: &str, program, limit: u64| {
            let arguments: Vec<&str> = line.split(' ').collect();
            match workers(program, Bytes(limit * MIB), Bytes(400 * MIB), Some(4), &arguments) {
                Some(InsideSetting::Workers { workers, each, .. }) => Some((workers, each.0 / MIB)),
                _ => None,
            }
        };
        assert_eq!(count("app:app", Program::Uvicorn, 1024), Some((2, 400)));
        assert_eq!(count("-w 4 app:app", Program::Gunicorn, 4096), Some((9, 100)));
        assert_eq!(count("--workers=2 app:app", Program::Uvicorn, 300), Some((1, 200)));
        assert_eq!(count("app:app", Program::Uvicorn, 500), None, "as it is");
        assert_eq!(count("-w 0 app:app", Program::Gunicorn, 300), None);
        assert_eq!(count("-w many app:app", Program::Gunicorn, 300), None);
    }
}
