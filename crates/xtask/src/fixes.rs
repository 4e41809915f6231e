//! `cargo xtask fixes`: builds images, fixes each finding alone and all together, and runs the results.
//!
//! A case is a directory of `tests/fixes`: `context/` with its `Dockerfile`, `probe`, a shell script that succeeds if
//! `$PLIMSOLL_IMAGE` works, and, if the context has large or made files, `prepare`, a shell script that makes them there.
//! Documents and contexts stay in `target/fixes/cases`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clap::Args;
use serde_json::Value;

use crate::engine;
use crate::error::Result;
use crate::step::{run as start, step};
use crate::workspace::{cargo, root, target};

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
    /// Write the table to this file
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// The difference between promised and saved bytes that is accepted, in percent.
const TOLERANCE: f64 = 2.0;
/// The same in bytes: below it a percentage says nothing, because a line of `.dockerignore` is in the image, too.
const TOLERATED: u64 = 4096;

/// A case whose image comes from another Dockerfile than the one that is fixed has it under this name.
const BUILT: &str = "Dockerfile.built";

const BUILD: &str = "docker build --network host -t \"$PLIMSOLL_IMAGE\" -f \"$PLIMSOLL_DOCKERFILE\" .";

/// One fix, or all fixes of a case.
struct Row {
    case: String,
    fix: String,
    outcome: Outcome,
}

enum Outcome {
    /// It was applied, built and run.
    Works { promised: i64, saved: i64 },
    /// The build or the probe fails with it.
    Fails { step: String, partly: Option<(i64, i64)> },
    /// It is refused, for this reason.
    Refused(String),
    /// The case itself does not work.
    Broken(String),
}

pub(crate) fn run(arguments: &Arguments) -> Result {
    let place = target().join("fixes");
    fs::create_dir_all(&place)?;
    step("program", || start(&mut cargo(&["build", "--quiet", "--locked", "--package", "plimsoll-cli"])))?;
    let host = step("engine", || engine::ensure(&place.join("engine")))?;
    step("base images", || engine::ensure_bases(&host, &place.join("bases")))?;
    let bench = Bench { program: target().join("debug/plimsoll"), host, place };
    let mut rows = Vec::new();
    for case in cases(&arguments.cases)? {
        let name = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let outcome = step(&name, || bench.case(&name, &case, arguments.merged));
        match outcome {
            Ok(found) => {
                found.iter().for_each(|row| print!("  {}", line(row)));
                rows.extend(found);
            }
            Err(error) => rows.push(Row {
                case: name,
                fix: "–".to_owned(),
                outcome: Outcome::Broken(error.to_string()),
            }),
        }
    }
    let table = table(&rows);
    let path = arguments.output.clone().unwrap_or_else(|| target().join("fixes.md"));
    fs::write(&path, &table)?;
    println!("\n{table}\nWritten to {}", path.display());
    let failed =
        rows.iter().filter(|row| matches!(row.outcome, Outcome::Fails { .. } | Outcome::Broken(_))).count();
    if failed == 0 { Ok(()) } else { Err(format!("{failed} builds or runs failed").into()) }
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
    place: PathBuf,
}

impl Bench {
    fn case(&self, name: &str, case: &Path, only_merged: bool) -> Result<Vec<Row>> {
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
        let image = format!("plimsoll-fixes:{name}");
        let mut build = Command::new("sh");
        build.args(["-c", BUILD]).current_dir(&context);
        let built = if context.join(BUILT).is_file() { BUILT } else { "Dockerfile" };
        build.env("PLIMSOLL_IMAGE", &image).env("PLIMSOLL_DOCKERFILE", built);
        self.quietly(&mut build, "build")?;
        let mut probe = Command::new("sh");
        probe.arg(case.join("probe")).current_dir(&context).env("PLIMSOLL_IMAGE", &image);
        self.quietly(&mut probe, "probe")?;
        let (archive, snapshot) = (place.join("before.tar"), place.join("before.plimsoll"));
        let mut save = Command::new("docker");
        self.quietly(save.arg("save").arg("-o").arg(&archive).arg(&image), "save")?;
        let mut snapshots = Command::new(&self.program);
        snapshots.arg("snapshot").arg(format!("app={}", archive.display())).arg("-o").arg(&snapshot);
        self.quietly(
            snapshots.arg("--dockerfile").arg(format!("app={}", context.join("Dockerfile").display())),
            "snapshot",
        )?;
        fs::remove_file(&archive)?;

        let plan = match self.fix(&snapshot, &context, case, &["--dry-run"]) {
            Ok(plan) => plan,
            // The program has to notice it.
            Err(refusal) if built == BUILT => {
                let outcome = Outcome::Refused(refusal.to_string());
                return Ok(vec![Row { case: name.to_owned(), fix: "–".to_owned(), outcome }]);
            }
            Err(error) => return Err(error),
        };
        let mut rows = Vec::new();
        let mut push = |fix: &str, outcome| {
            rows.push(Row { case: name.to_owned(), fix: fix.to_owned(), outcome });
        };
        let fixed = listed(&plan, "fixed");
        let rules: BTreeSet<String> = fixed.iter().map(|fix| text(fix, "rule")).collect();
        for rule in &rules {
            if !only_merged && rules.len() > 1 {
                let alone = self.fix(&snapshot, &context, case, &["--rule", rule]);
                push(rule, outcome(&alone?));
            }
        }
        if !rules.is_empty() {
            let merged = outcome(&self.fix(&snapshot, &context, case, &[])?);
            push(&format!("all: {}", rules.iter().cloned().collect::<Vec<_>>().join(", ")), merged);
        }
        for refused in listed(&plan, "not_fixed") {
            let kind = text(&refused["reason"], "kind");
            if !matches!(kind.as_str(), "by_hand" | "uncertain" | "not_in_dockerfile") {
                push(&text(&refused, "rule"), Outcome::Refused(text(&refused["reason"], "text")));
            }
        }
        Ok(rows)
    }

    /// Fixes an image: the document that the program prints.
    fn fix(&self, snapshot: &Path, context: &Path, case: &Path, options: &[&str]) -> Result<Value> {
        let mut command = Command::new(&self.program);
        command.arg("fix").arg(snapshot).arg("--dockerfile").arg(context.join("Dockerfile"));
        command.args(["--format", "json", "--timeout", "10m", "--build", BUILD, "--probe"]);
        command.arg(format!("sh {}", case.join("probe").display())).args(options);
        let document = self.quietly(&mut command, "fix")?;
        // To look at after a failure.
        let name = options.last().unwrap_or(&"all").trim_start_matches('-');
        fs::write(context.with_file_name(format!("{name}.json")), &document)?;
        Ok(serde_json::from_slice(&document)?)
    }

    /// Runs a program: what it prints. An error has the end of its messages.
    fn quietly(&self, command: &mut Command, name: &str) -> Result<Vec<u8>> {
        command.env("DOCKER_HOST", &self.host).env("DOCKER_BUILDKIT", "1").stdin(Stdio::null());
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
        None => Outcome::Refused("nothing to change".to_owned()),
    }
}

/// The difference in percent of what was promised.
fn difference(promised: i64, saved: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a percentage needs no more digits")]
    let (promised, saved) = (promised as f64, saved as f64);
    if promised == 0.0 { 0.0 } else { (saved - promised) / promised * 100.0 }
}

fn line(row: &Row) -> String {
    let Row { case, fix, outcome } = row;
    match outcome {
        Outcome::Works { promised, saved } => {
            let difference = difference(*promised, *saved);
            format!("| {case} | {fix} | yes | yes | yes | {promised} | {saved} | {difference:+.2} |\n")
        }
        Outcome::Fails { step, partly } => {
            let (promised, saved) = partly.unwrap_or_default();
            let built = if step.contains("build of") { "**no**" } else { "yes" };
            format!("| {case} | {fix} | yes | {built} | **no**: {step} | {promised} | {saved} | – |\n")
        }
        Outcome::Refused(reason) => format!("| {case} | {fix} | no: {reason} | – | – | – | – | – |\n"),
        Outcome::Broken(error) => format!("| {case} | {fix} | **{error}** | – | – | – | – | – |\n"),
    }
}

fn table(rows: &[Row]) -> String {
    let mut table = String::from(
        "| Case | Fix | Applied | Built | Ran | Promised bytes | Saved bytes | Difference % |\n|---|---|---|---|---|---:|---:|---:|\n",
    );
    rows.iter().for_each(|row| table.push_str(&line(row)));
    let names: BTreeSet<&str> = rows.iter().map(|row| row.case.as_str()).collect();
    let (mut applied, mut built, mut ran, mut close) = (0, 0, 0, 0);
    for row in rows {
        match &row.outcome {
            Outcome::Works { promised, saved } => {
                (applied, built, ran) = (applied + 1, built + 1, ran + 1);
                let is_small = promised.abs_diff(*saved) <= TOLERATED;
                close += usize::from(is_small || difference(*promised, *saved).abs() <= TOLERANCE);
            }
            Outcome::Fails { step, .. } => {
                applied += 1;
                built += usize::from(!step.contains("build of"));
            }
            Outcome::Refused(_) | Outcome::Broken(_) => {}
        }
    }
    let _ = writeln!(
        table,
        "\n{} cases; {applied} fixes applied, {built} built, {ran} ran, {close} saved what they promised within {TOLERANCE} %.",
        names.len()
    );
    table
}
