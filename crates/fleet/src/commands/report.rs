//! `plimsoll-fleet report`: a fleet as one page, Markdown or JSON.

use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;
use plimsoll_report::fleet;
use plimsoll_report::language::Language;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::overview::overview;
use crate::printer::Printer;
use crate::questions::Parameter;
use crate::store::{self, Store};

/// Write what a fleet stores, shares and wastes, and what to do first
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Folder of the fleet
    #[arg(value_name = "DIR", default_value = "fleet")]
    input: PathBuf,
    /// File to write; `-` is standard output
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Format; default: that of the ending of the file
    #[arg(long, value_name = "FORMAT", value_enum)]
    format: Option<Format>,
    /// Output language; JSON is always in English
    #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = language)]
    language: Language,
    /// Price, as for `query cost`: `storage_price`, `pull_price` or `pulls`
    #[arg(long = "set", value_name = "NAME=VALUE")]
    prices: Vec<Parameter>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One page that needs no network
    Html,
    /// Markdown
    Markdown,
    /// JSON
    Json,
}

const EXAMPLES: &str = "\
Examples:
  plimsoll-fleet report fleet -o fleet.html
  plimsoll-fleet report fleet -o fleet.md --set storage_price=0.023";

fn language(tag: &str) -> std::result::Result<Language, String> {
    let tags: Vec<&str> = Language::ALL.iter().map(|language| language.tag()).collect();
    Language::of_tag(tag).ok_or_else(|| format!("expected one of: {}", tags.join(", ")))
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<ExitCode> {
    let format = match args.format {
        Some(format) => format,
        None => of_ending(&args.output)?,
    };
    let report = overview(&Engine::open(&Store::open(&args.input)?)?, &args.prices)?;
    let write = |out: &mut dyn std::io::Write| match format {
        Format::Html => fleet::html(&report, args.language, out),
        Format::Markdown => out.write_all(fleet::markdown(&report, args.language).as_bytes()),
        Format::Json => fleet::json(&report, out),
    };
    if args.output == Path::new("-") {
        printer.stream(write)?;
        return Ok(ExitCode::SUCCESS);
    }
    store::replace(&args.output, |file| {
        let mut out = BufWriter::new(file);
        write(&mut out)?;
        out.flush()
    })?;
    printer.note(&format!("note: `{}` is written", args.output.display()));
    Ok(ExitCode::SUCCESS)
}

fn of_ending(path: &Path) -> Result<Format> {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("html" | "htm") => Ok(Format::Html),
        Some("md" | "markdown") => Ok(Format::Markdown),
        Some("json") => Ok(Format::Json),
        _ => Err(Error::usage(
            format!("`{}` has no ending that says what to write", path.display()),
            "write to a file that ends in `.html`, `.md` or `.json`, or add `--format`",
        )),
    }
}
