//! `plimsoll fleet`: hands on to `plimsoll-fleet`, a separate program because of its query engine.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::error::{Error, Result};

/// Scan registries and folders of images, and ask questions about all of them
///
/// All arguments go to `plimsoll-fleet`, a separate program: beside this one, or on `PATH`.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Command of plimsoll-fleet with its arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
    arguments: Vec<OsString>,
}

const EXAMPLES: &str = "\u{1b}[1;4mExamples:\u{1b}[0m
  Scan a registry:
      plimsoll fleet scan docker://registry.example:5000 -o fleet
  Show unique and stored bytes of each project:
      plimsoll fleet query projects -i fleet";

/// The name of the program.
const PROGRAM: &str = "plimsoll-fleet";

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let beside = env::current_exe().ok();
    let program = find(beside.as_deref(), env::var_os("PATH").as_deref()).ok_or_else(|| {
        Error::usage(
            format!("`{PROGRAM}` is not installed: it is neither beside this program nor on `PATH`"),
            "build it from the sources with `cargo xtask fleet`, and put it beside this program",
        )
    })?;
    start(&program, &args.arguments)
}

/// The program beside another one, or else the first on a search path.
fn find(beside: Option<&Path>, path: Option<&OsStr>) -> Option<PathBuf> {
    let name = Path::new(PROGRAM).with_extension(env::consts::EXE_EXTENSION);
    let beside = beside.and_then(Path::parent).map(Path::to_owned);
    let folders =
        beside.into_iter().chain(path.into_iter().flat_map(env::split_paths).filter(|one| one.is_absolute()));
    folders.map(|folder| folder.join(&name)).find(|program| program.is_file())
}

/// Becomes the program.
#[cfg(unix)]
fn start(program: &Path, arguments: &[OsString]) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt as _;
    Err(failed(program, &Command::new(program).args(arguments).exec()))
}

#[cfg(not(unix))]
fn start(program: &Path, arguments: &[OsString]) -> Result<ExitCode> {
    let status = Command::new(program).args(arguments).status().map_err(|error| failed(program, &error))?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::from(2), ExitCode::from))
}

fn failed(program: &Path, error: &std::io::Error) -> Error {
    Error::usage(
        format!("cannot start `{}`: {error}", program.display()),
        "check that it is a program for this machine: `cargo xtask fleet` builds one",
    )
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_program_beside_this_one_comes_first() {
        let folder = tempfile::tempdir().unwrap();
        let program = |folder: &Path| folder.join(PROGRAM).with_extension(env::consts::EXE_EXTENSION);
        let places = ["beside", "first", "second"].map(|name| folder.path().join(name));
        for place in &places {
            fs::create_dir(place).unwrap();
            fs::write(program(place), "").unwrap();
        }
        let [beside, first, second] = &places;
        let this = beside.join("plimsoll");
        let path = || env::join_paths([Path::new("relative"), first, second]).ok();
        assert_eq!(find(Some(&this), path().as_deref()), Some(program(beside)));
        fs::remove_file(program(beside)).unwrap();
        assert_eq!(find(Some(&this), path().as_deref()), Some(program(first)));
        fs::remove_file(program(first)).unwrap();
        assert_eq!(find(Some(&this), path().as_deref()), Some(program(second)));
        assert_eq!(find(Some(&this), None), None);
    }
}
