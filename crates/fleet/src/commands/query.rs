//! `plimsoll-fleet query`: asks the tables of a fleet.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueEnum;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::input;
use crate::printer::Printer;
use crate::questions::{self, Answer, Parameter};
use crate::store::Store;

/// Ask a question about all images
///
/// A question is one of `--list`, SQL, or a file of SQL. docs/fleet.md describes the tables.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Name of a question, or SQL
    #[arg(value_name = "NAME|SQL", required_unless_present_any = ["file", "list"])]
    question: Option<String>,
    /// File of SQL
    #[arg(short, long, value_name = "FILE", conflicts_with = "question")]
    file: Option<PathBuf>,
    /// Folder of the fleet
    #[arg(short, long, value_name = "DIR", default_value = "fleet")]
    input: PathBuf,
    /// Value for a parameter of the question
    #[arg(long = "set", value_name = "NAME=VALUE")]
    parameters: Vec<Parameter>,
    /// Output format
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,
    /// Print the SQL with its values, for another engine, instead of asking
    #[arg(long)]
    sql: bool,
    /// List the questions and their parameters
    #[arg(long)]
    list: bool,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// Aligned columns
    #[default]
    Table,
    /// One object a row
    Json,
    /// Comma-separated values
    Csv,
}

const EXAMPLES: &str = "\
Examples:
  plimsoll-fleet query projects
  plimsoll-fleet query older --set package=openssl --set version=3.0.15-1 --format csv
  plimsoll-fleet query 'SELECT count(*) FROM layers' -i fleet";

/// The longest file of SQL.
const LONGEST: u64 = 1 << 20;

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<ExitCode> {
    if args.list {
        printer.data(&questions::list())?;
        return Ok(ExitCode::SUCCESS);
    }
    let text = match (&args.question, &args.file) {
        (_, Some(file)) => {
            let bytes = input::read(file, LONGEST).map_err(|error| Error::read(file, error))?;
            String::from_utf8(bytes).map_err(|_| {
                Error::usage(format!("`{}` is not text", file.display()), "give a file of SQL")
            })?
        }
        (Some(question), None) => questions::text(question)?,
        (None, None) => return Err(Error::usage("there is no question", "`--list` lists questions")),
    };
    let sql = questions::with_parameters(&text, &args.parameters)?;
    if args.sql {
        printer.data(&format!("{}\n", sql.trim_end()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let answer = Answer::of(&Engine::open(&Store::open(&args.input)?)?.rows(&sql)?)?;
    printer.data(&match args.format {
        Format::Table => answer.table(),
        Format::Json => answer.json(),
        Format::Csv => answer.csv(),
    })?;
    Ok(ExitCode::SUCCESS)
}
