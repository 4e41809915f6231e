//! `cargo xtask fixes`: builds images, fixes each finding alone and all together, and runs the results.
//!
//! A case is a directory of `tests/fixes`: `context/` with its `Dockerfile`, `probe`, a shell script that succeeds if
//! `$PLIMSOLL_IMAGE` works, and, if the context has large or made files, `prepare`, a shell script that makes them there.
//! Documents and contexts stay in `target/fixes/cases`, finished rows in `target/fixes/rows`, and those of whole runs in
//! `tests/fixes/results.json`, which the pages of the rules show.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clap::Args;
use serde_json::Value;

use crate::engine;
use crate::error::Result;
use crate::step::{run as start, step};
use crate::workspace::{cargo, root, target};
use row::{Built, Outcome, Results, Row, Since};
use table::{line, table};

pub(crate) mod row;
pub(crate) mod table;

/// Build the images of `tests/fixes`, fix them and run the results
///
/// Needs root and `dockerd`, or an engine at `DOCKER_HOST`. The base images that are missing are built.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Cases: names of directories in `tests/fixes`, or paths; by default all
    cases: Vec<PathBuf>,
    /// Try no fix alone: only all of a case together
    #[arg(long)]
    merged: bool,
    /// Keep the rows of cases that an earlier run finished
    #[arg(long)]
    resume: bool,
    /// Build no case a second time without a change
    #[arg(long)]
    without_rebuild: bool,
    /// Write the table to this file
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// A case whose image comes from another Dockerfile than the one that is fixed has it under this name.
const BUILT: &str = "Dockerfile.built";

const BUILD: &str = "docker build --network host -t \"$PLIMSOLL_IMAGE\" -f \"$PLIMSOLL_DOCKERFILE\" .";
/// The same, which keeps the image and the files that say how it was built.
const BUILD_AND_KEEP: &str = "docker build --network host -t \"$PLIMSOLL_IMAGE\" -f \"$PLIMSOLL_DOCKERFILE\" . \
    && docker tag \"$PLIMSOLL_IMAGE\" \"$PLIMSOLL_KEPT_IMAGE\" \
    && cp \"$PLIMSOLL_DOCKERFILE\" \"$PLIMSOLL_KEPT/Dockerfile\" \
    && { [ ! -e .dockerignore ] || cp .dockerignore \"$PLIMSOLL_KEPT/\"; }";
/// The image before, and the one after.
const IMAGES: [&str; 2] = ["plimsoll-fixes", "plimsoll-fixed"];
const REBUILD: &str =
    "docker build --network host --no-cache -t \"$PLIMSOLL_IMAGE\" -f \"$PLIMSOLL_DOCKERFILE\" .";
/// Where the Dockerfile of the last image that was built lies.
const KEPT: &str = "kept";
/// What is left of the build cache after each case.
const KEPT_CACHE: &str = "2GB";

pub(crate) fn run(arguments: &Arguments) -> Result {
    let place = target().join("fixes");
    fs::create_dir_all(&place)?;
    step("program", || start(&mut cargo(&["build", "--quiet", "--locked", "--package", "plimsoll-cli"])))?;
    // A later build must not replace the program under a run that takes hours, and neither must another run.
    let program = place.join(format!("plimsoll-{}", std::process::id()));
    fs::copy(target().join("debug/plimsoll"), &program)?;
    let host = step("engine", || engine::ensure(&place.join("engine")))?;
    let path = engine::client(&place.join("client"))?;
    step("base images", || engine::ensure_bases(&host, &path, &place.join("bases")))?;
    let bench = Bench { program: program.clone(), host, path, place };
    let mut results = Results::new();
    for case in cases(&arguments.cases)? {
        let name = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let kept = bench.place.join("rows").join(format!("{name}.json"));
        let rows = match row::read(&kept)?.remove(&name).filter(|_| arguments.resume) {
            Some(rows) => rows,
            None => bench.rows(&name, &case, arguments)?,
        };
        rows.iter().for_each(|row| print!("  {}", line(row)));
        // A case that does not build says nothing about fixes: a registry may be out of reach.
        let is_sound = rows.iter().all(|row| !matches!(row.outcome, Outcome::Broken { .. }));
        if is_sound {
            fs::create_dir_all(bench.place.join("rows"))?;
            row::write(&kept, &Results::from([(name.clone(), rows.clone())]))?;
        }
        // Only whole results of cases that everybody has are tracked.
        if case.parent() == Some(&root().join("tests/fixes")) && arguments.is_whole() && is_sound {
            let mut tracked = row::read(&row::tracked())?;
            tracked.insert(name.clone(), rows.clone());
            row::write(&row::tracked(), &tracked)?;
        }
        results.insert(name, rows);
    }
    fs::remove_file(program)?;
    let rows: Vec<Row> = results.into_values().flatten().collect();
    let table = table(&rows);
    let path = arguments.output.clone().unwrap_or_else(|| target().join("fixes.md"));
    fs::write(&path, &table)?;
    println!("\n{table}\nWritten to {}", path.display());
    let failed = rows.iter().filter(|row| row.is_failure()).count();
    if failed == 0 { Ok(()) } else { Err(format!("{failed} builds, runs or ledgers failed").into()) }
}

impl Arguments {
    /// Whether every kind of row is made.
    const fn is_whole(&self) -> bool {
        !self.merged && !self.without_rebuild
    }
}

/// The directories of the cases, in the order of their names.
fn cases(chosen: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let all = root().join("tests/fixes");
    let is_case = |path: &Path| path.join("context/Dockerfile").is_file() && path.join("probe").is_file();
    if !chosen.is_empty() {
        let place = |case: &PathBuf| if is_case(case) { case.clone() } else { all.join(case) };
        let found: Vec<PathBuf> = chosen.iter().map(place).collect();
        return match found.iter().find(|case| !is_case(case)) {
            Some(case) => Err(format!("`{}` has no `context/Dockerfile` and `probe`", case.display()).into()),
            None => Ok(found.iter().map(fs::canonicalize).collect::<std::io::Result<_>>()?),
        };
    }
    let mut found: Vec<PathBuf> = fs::read_dir(all)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<std::io::Result<Vec<_>>>()?
        .into_iter()
        .filter(|path| is_case(path))
        .collect();
    found.sort();
    Ok(found)
}

/// What the cases are tried with.
struct Bench {
    program: PathBuf,
    host: String,
    path: OsString,
    place: PathBuf,
}

impl Bench {
    /// The rows of a case, whatever becomes of it.
    fn rows(&self, name: &str, case: &Path, arguments: &Arguments) -> Result<Vec<Row>> {
        let rows = step(name, || self.case(name, case, arguments));
        self.clean(name)?;
        Ok(rows.unwrap_or_else(|error| {
            let outcome = Outcome::Broken { error: error.to_string() };
            let (case, rules) = (name.to_owned(), Vec::new());
            vec![Row { case, build: Built::Case, rules, confidence: None, outcome, since: None }]
        }))
    }

    /// Removes the images of a case, and what the build cache has above its share.
    fn clean(&self, name: &str) -> Result {
        for image in IMAGES {
            let mut remove = Command::new("docker");
            remove.args(["image", "rm", "--force"]).arg(format!("{image}:{name}"));
            self.quietly(&mut remove, "image rm")?;
        }
        // An image that was built again under its name is left without one.
        let mut prune = Command::new("docker");
        self.quietly(prune.args(["image", "prune", "--force"]), "image prune")?;
        let mut prune = Command::new("docker");
        prune.args(["builder", "prune", "--force", "--keep-storage", KEPT_CACHE]);
        self.quietly(&mut prune, "builder prune").map(drop)
    }

    fn case(&self, name: &str, case: &Path, arguments: &Arguments) -> Result<Vec<Row>> {
        let place = self.place.join("cases").join(name);
        let context = place.join("context");
        if place.exists() {
            fs::remove_dir_all(&place)?;
        }
        fs::create_dir_all(&place)?;
        start(Command::new("cp").arg("-a").arg(case.join("context")).arg(&context))?;
        if case.join("prepare").is_file() {
            self.quietly(Command::new("sh").arg(case.join("prepare")).current_dir(&context), "prepare")?;
        }
        let image = format!("{}:{name}", IMAGES[0]);
        let built = if context.join(BUILT).is_file() { BUILT } else { "Dockerfile" };
        self.build(&image, &context, built, BUILD)?;
        let mut probe = Command::new("sh");
        probe.arg(case.join("probe")).current_dir(&context).env("PLIMSOLL_IMAGE", &image);
        self.quietly(&mut probe, "probe")?;
        let snapshot = place.join("before.plimsoll");
        self.snapshot(&image, &context, &snapshot)?;

        let plan = match self.fix(&snapshot, &context, case, &["--dry-run"]) {
            Ok(plan) => plan,
            // The program has to notice it.
            Err(refusal) if built == BUILT => {
                let outcome = Outcome::Refused { reason: refusal.to_string() };
                return Ok(vec![row(name, Built::Case, Vec::new(), None, outcome)]);
            }
            Err(error) => return Err(error),
        };
        let mut rows = Vec::new();
        let rules: BTreeSet<String> = listed(&plan, "fixed").iter().map(|fix| text(fix, "rule")).collect();
        let mut tries: Vec<(Built, Vec<String>)> = Vec::new();
        if !arguments.merged && rules.len() > 1 {
            tries.extend(rules.iter().map(|rule| (Built::One, vec![rule.clone()])));
        }
        if !rules.is_empty() {
            tries.push((Built::All, rules.into_iter().collect()));
        }
        for (built, rules) in tries {
            let options = if built == Built::One { vec!["--rule", rules[0].as_str()] } else { Vec::new() };
            let document = self.fix(&snapshot, &context, case, &options)?;
            let (outcome, confidence) = (outcome(&document), least_confidence(&document));
            let is_proven = document["proof"].is_object();
            let since = is_proven.then(|| self.since(name, &snapshot, &place.join(KEPT))).transpose()?;
            rows.push(Row { since, ..row(name, built, rules, confidence, outcome) });
        }
        for refused in listed(&plan, "not_fixed") {
            let kind = text(&refused["reason"], "kind");
            if !matches!(kind.as_str(), "by_hand" | "uncertain" | "not_in_dockerfile") {
                let outcome = Outcome::Refused { reason: text(&refused["reason"], "text") };
                rows.push(row(name, Built::One, vec![text(&refused, "rule")], None, outcome));
            }
        }
        if !arguments.without_rebuild {
            self.build(&format!("{}:{name}", IMAGES[1]), &context, "Dockerfile", REBUILD)?;
            let outcome = Outcome::Works { promised: 0, saved: 0 };
            let since = Some(self.since(name, &snapshot, &context)?);
            rows.push(Row { since, ..row(name, Built::Unchanged, Vec::new(), None, outcome) });
        }
        Ok(rows)
    }

    fn build(&self, image: &str, context: &Path, dockerfile: &str, command: &str) -> Result {
        let mut build = Command::new("sh");
        build.args(["-c", command]).current_dir(context);
        build.env("PLIMSOLL_IMAGE", image).env("PLIMSOLL_DOCKERFILE", dockerfile);
        self.quietly(&mut build, "build").map(drop)
    }

    /// Writes the snapshot of an image with the Dockerfile of a directory.
    fn snapshot(&self, image: &str, directory: &Path, snapshot: &Path) -> Result {
        let archive = snapshot.with_extension("tar");
        let mut save = Command::new("docker");
        self.quietly(save.arg("save").arg("-o").arg(&archive).arg(image), "save")?;
        let mut command = Command::new(&self.program);
        command.arg("snapshot").arg(format!("app={}", archive.display())).arg("-o").arg(snapshot);
        command.arg("--dockerfile").arg(format!("app={}", directory.join("Dockerfile").display()));
        self.quietly(&mut command, "snapshot")?;
        Ok(fs::remove_file(&archive)?)
    }

    /// Fixes an image: the document that the program prints.
    fn fix(&self, snapshot: &Path, context: &Path, case: &Path, options: &[&str]) -> Result<Value> {
        let kept = context.with_file_name(KEPT);
        if kept.exists() {
            fs::remove_dir_all(&kept)?;
        }
        fs::create_dir_all(&kept)?;
        let name = context.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
        let mut command = Command::new(&self.program);
        command.arg("fix").arg(snapshot).arg("--dockerfile").arg(context.join("Dockerfile"));
        command.args(["--format", "json", "--timeout", "10m", "--build", BUILD_AND_KEEP, "--probe"]);
        command.arg(format!("sh {}", case.join("probe").display())).args(options);
        command.env("PLIMSOLL_KEPT", &kept).env("PLIMSOLL_KEPT_IMAGE", format!("{}:{name}", IMAGES[1]));
        let document = self.quietly(&mut command, "fix")?;
        // To look at after a failure.
        let name = options.last().unwrap_or(&"all").trim_start_matches('-');
        fs::write(context.with_file_name(format!("{name}.json")), &document)?;
        Ok(serde_json::from_slice(&document)?)
    }

    /// What the program says about the image before and the one that was kept, whose Dockerfile lies in a directory.
    fn since(&self, name: &str, before: &Path, directory: &Path) -> Result<Since> {
        let after = before.with_file_name("after.plimsoll");
        self.snapshot(&format!("{}:{name}", IMAGES[1]), directory, &after)?;
        let mut command = Command::new(&self.program);
        command.arg("findings").arg(&after).arg("--since").arg(before).args(["--format", "json"]);
        let progress: Value = serde_json::from_slice(&self.quietly(&mut command, "findings --since")?)?;
        let mut command = Command::new(&self.program);
        command.arg("compare").arg(before).arg(&after).args(["--format", "json"]);
        let compared: Value = serde_json::from_slice(&self.quietly(&mut command, "compare")?)?;
        let service = &progress["services"][0];
        let number = |value: &Value| value.as_i64().ok_or("a document has no figure where one is expected");
        let lines = listed(&service["ledger"], "lines");
        let lines =
            lines.iter().map(|line| number(&line["delta"])).collect::<std::result::Result<Vec<_>, _>>()?;
        Ok(Since {
            ledger: lines.iter().sum(),
            compared: number(&compared["total"]["delta"])?,
            saved: number(&service["saved"])?,
            new: listed(service, "new").len() as u64,
        })
    }

    /// Runs a program: what it prints. An error has the end of its messages.
    fn quietly(&self, command: &mut Command, name: &str) -> Result<Vec<u8>> {
        command
            .env("DOCKER_HOST", &self.host)
            .env("PATH", &self.path)
            .env("DOCKER_BUILDKIT", "1")
            .stdin(Stdio::null());
        let output = command.output().map_err(|error| format!("{name}: {error}"))?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() {
            said.lines().filter(|line| line.contains("fails")).for_each(|line| println!("  {line}"));
            return Ok(output.stdout);
        }
        let said =
            if said.trim().is_empty() { String::from_utf8_lossy(&output.stdout).into_owned() } else { said };
        let lines: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
        Err(format!("{name} fails: {}", lines[lines.len().saturating_sub(6)..].join(" / ")).into())
    }
}

fn listed(document: &Value, name: &str) -> Vec<Value> {
    document[name].as_array().cloned().unwrap_or_default()
}

fn text(document: &Value, name: &str) -> String {
    document[name].as_str().unwrap_or_default().to_owned()
}

fn row(case: &str, build: Built, rules: Vec<String>, confidence: Option<String>, outcome: Outcome) -> Row {
    Row { case: case.to_owned(), build, rules, confidence, outcome, since: None }
}

/// The least confidence of the fixes of a document.
fn least_confidence(document: &Value) -> Option<String> {
    const LEVELS: [&str; 3] = ["low", "medium", "high"];
    let level = |fix: &Value| LEVELS.iter().position(|level| *level == text(fix, "confidence"));
    let least = listed(document, "fixed").iter().filter_map(level).min()?;
    Some(LEVELS[least].to_owned())
}

/// What became of a fix.
fn outcome(document: &Value) -> Outcome {
    let proof = &document["proof"];
    let bytes = |document: &Value, name: &str| document[name].as_i64().unwrap_or_default();
    let sizes = proof.is_object().then(|| {
        (bytes(document, "saving_bytes"), bytes(proof, "before_bytes") - bytes(proof, "after_bytes"))
    });
    let failures: Vec<String> = listed(document, "not_fixed")
        .iter()
        .filter(|refused| text(&refused["reason"], "kind") == "failed")
        .map(|refused| format!("{} of {}", text(&refused["reason"], "step"), text(refused, "rule")))
        .collect();
    match sizes {
        _ if !failures.is_empty() => Outcome::Fails { step: failures.join(", "), partly: sizes },
        Some((promised, saved)) => Outcome::Works { promised, saved },
        None => Outcome::Refused { reason: "nothing to change".to_owned() },
    }
}
