//! Settings of programs that have to fit into the limit of their container: the heap of a JVM and of Node.js, the workers
//! of a Python server, the data of Redis, the arenas of glibc.
//!
//! A program that is not told takes the wrong share: a JVM a quarter of its limit, Redis all there is.

use plimsoll_snapshot::Bytes;
use serde::Serialize;

use super::argv::Argv;
use super::stack::StackService;
use super::usage::{Resource, ResourceUsage};

const MIB: u64 = 1 << 20;
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
    let rest = (limit.0 / 4).max(192 * MIB).min(limit.0 / 2);
    let percent = ((limit.0 - rest) / (limit.0 / 100).max(1)).min(100);
    let heap = Bytes(limit.0 / 100 * percent);
    InsideSetting::Jvm { percent, heap, rest: limit - heap }
}

fn node(limit: Bytes) -> InsideSetting {
    let rest = (limit.0 / 4).max(64 * MIB).min(limit.0 / 2);
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
            Made::Variable("JAVA_TOOL_OPTIONS", format!("-XX:MaxRAMPercentage={percent}"))
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
