//! `cargo xtask demo`: the reports that show what Plimsoll does.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Result;
use crate::step::{run as start, step};
use crate::workspace::{program, root, target};

/// One call of the program.
struct Call {
    /// What it shows.
    name: &'static str,
    /// What the program is given, started in the root of the workspace. `OUT/name` lies in the directory of the
    /// demo, where a later call finds it.
    arguments: &'static [&'static str],
    /// The report it writes, as `OUT/name`; nothing for a call that prepares another.
    report: Option<&'static str>,
}

/// In the order in which they run, and in which the reports are best read.
const CALLS: &[Call] = &[
    Call {
        name: "snapshot of one fat image that two services run",
        arguments: &[
            "snapshot",
            "backend=docker-archive:tests/images/docker-26.1.5-graphdriver/micro3.save.tar.gz:agente/micro-before",
            "frontend=docker-archive:tests/images/docker-26.1.5-graphdriver/micro3.save.tar.gz:agente/micro-before",
            "-o",
            "OUT/micro-before.plimsoll",
        ],
        report: None,
    },
    Call {
        name: "snapshot of the two images it was split into",
        arguments: &[
            "snapshot",
            "backend=docker-archive:tests/images/docker-26.1.5-graphdriver/micro3.save.tar.gz:agente/micro-backend:after",
            "frontend=docker-archive:tests/images/docker-26.1.5-graphdriver/micro3.save.tar.gz:agente/micro-frontend:after",
            "-o",
            "OUT/micro-after.plimsoll",
        ],
        report: None,
    },
    Call {
        name: "two small services, read from their archives just now",
        arguments: &[
            "report",
            "OUT/micro-before.plimsoll",
            "OUT/micro-after.plimsoll",
            "-o",
            "OUT/micro.html",
        ],
        report: Some("OUT/micro.html"),
    },
    Call {
        name: "a RAG agent of three services, 6.79 GB before, from the snapshots in examples/",
        arguments: &[
            "report",
            "examples/agente-before.plimsoll",
            "examples/agente-after.plimsoll",
            "--targets",
            "examples/plimsoll.toml",
            "-o",
            "OUT/agente.html",
        ],
        report: Some("OUT/agente.html"),
    },
];

/// Builds the program and writes every report.
pub(crate) fn run() -> Result {
    announce();
    crate::build::run()?;
    let directory = target().join("demo");
    fs::create_dir_all(&directory)?;
    for call in CALLS {
        step(call.name, || {
            let arguments = call.arguments.iter().map(|argument| placed(argument, &directory));
            start(Command::new(program()).args(arguments).current_dir(root()))?;
            match call.report.map(|report| placed(report, &directory)) {
                Some(report) if !report.is_file() => {
                    Err(format!("`{}` was not written", report.display()).into())
                }
                _ => Ok(()),
            }
        })?;
    }
    println!("\nOpen these reports in any browser:");
    for call in CALLS {
        if let Some(report) = call.report {
            println!("  {}: {}", placed(report, &directory).display(), call.name);
        }
    }
    Ok(())
}

/// Tells what is going to happen before it does: a first build is long.
fn announce() {
    println!("This builds the page and the program, and writes reports of real images.");
    if !program().is_file() {
        println!("The first build takes about 10 minutes on two cores; later ones take seconds.");
    }
    let missing = crate::tools::missing();
    if !missing.is_empty() {
        println!("It installs {}.", missing.join(", "));
    }
    println!(
        "Everything goes below `{}`, except what cargo and rustup keep for all projects.\n",
        target().display()
    );
}

fn placed(argument: &str, directory: &Path) -> PathBuf {
    argument.strip_prefix("OUT/").map_or_else(|| PathBuf::from(argument), |name| directory.join(name))
}
