//! The tasks of this workspace: `cargo xtask build`, `demo`, `docs`, `bench`, `dist`, `sbom`, `site`, `fuzz`, `fixes`, `fleet`, `lint`, `test`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a task speaks to the person who started it")]

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod bench;
mod browsers;
mod build;
mod bundle;
mod demo;
mod dist;
mod docs;
mod engine;
mod error;
mod fixes;
mod fleet;
mod fuzz;
mod lint;
mod reorder;
mod site;
mod step;
mod supply;
mod test;
mod tools;
mod viewer;
mod workspace;

/// The tasks of this workspace
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the viewer and the program
    Build,
    /// Build the viewer alone: `dist/viewer.html`
    Viewer(viewer::Arguments),
    /// Build, then write the demo reports
    Demo,
    /// Generate the rule pages in `docs/findings`, the table of limits, and the JSON Schemas
    Docs,
    /// Benchmark the program and its peers; arguments after `--` go to the benchmark
    Bench {
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Write the documents as a website that works from disk, and check their links
    Site,
    /// Write the bills of materials of the program and the page (CycloneDX)
    Sbom,
    Dist(dist::Arguments),
    /// Check formatting, lints, licences and advisories
    Lint,
    Test(test::Arguments),
    /// Fuzz the readers; needs nightly Rust
    Fuzz(fuzz::Arguments),
    Fixes(fixes::Arguments),
    Fleet(fleet::Arguments),
    /// Bundle the output of trunk into one file; trunk runs this as a hook
    #[command(hide = true)]
    Bundle,
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().task {
        Task::Build => build::run(),
        Task::Viewer(arguments) => viewer::run_with(&arguments),
        Task::Demo => demo::run(),
        Task::Docs => docs::run(),
        Task::Bench { arguments } => bench::run(&arguments),
        Task::Site => site::run(),
        Task::Sbom => supply::sbom(),
        Task::Dist(arguments) => dist::run(&arguments),
        Task::Lint => lint::run(),
        Task::Test(arguments) => test::run(&arguments),
        Task::Fuzz(arguments) => fuzz::run(&arguments),
        Task::Fixes(arguments) => fixes::run(&arguments),
        Task::Fleet(arguments) => fleet::run(&arguments),
        Task::Bundle => bundle::run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
