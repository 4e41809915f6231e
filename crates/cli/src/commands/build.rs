//! `--dockerfile` and `--dockerignore`: what an image was built from.

use std::path::{Path, PathBuf};

use plimsoll_collect::{MAX_BUILD_FILE_BYTES, read_dockerfile, read_dockerignore};
use plimsoll_snapshot::{BuildFile, Service, Snapshot};

use crate::error::{Error, Result};
use crate::files;
use crate::printer::Printer;

/// What images were built from.
#[derive(clap::Args)]
#[command(next_help_heading = "Build")]
pub(crate) struct BuildArgs {
    /// The Dockerfile the image of a service was built from. A `.dockerignore` beside it is found by itself
    #[arg(long, value_name = "[SERVICE=]PATH")]
    dockerfile: Vec<String>,
    /// The `.dockerignore` it was built with, if it lies elsewhere
    #[arg(long, value_name = "[SERVICE=]PATH")]
    dockerignore: Vec<String>,
}

impl BuildArgs {
    /// Reads the files and adds them to the services.
    pub(crate) fn add_to(&self, snapshot: &mut Snapshot, printer: &Printer) -> Result<()> {
        for text in &self.dockerfile {
            let (service, path) = find(text, "--dockerfile", snapshot)?;
            let name =
                path.file_name().map_or_else(Default::default, |name| name.to_string_lossy().into_owned());
            let (mut build, problem) = read_dockerfile(&name, &read(&path)?);
            if let Some(problem) = problem {
                printer.note(&format!("note: {problem}; what follows is not read"));
            }
            build.ignore = beside(&path)?;
            service.build = Some(build);
        }
        for text in &self.dockerignore {
            let (service, path) = find(text, "--dockerignore", snapshot)?;
            let ignore = read_dockerignore(&read(&path)?);
            service.build.get_or_insert_with(BuildFile::default).ignore = Some(ignore);
        }
        Ok(())
    }
}

/// The service and the path that `[SERVICE=]PATH` names.
fn find<'a>(text: &str, flag: &str, snapshot: &'a mut Snapshot) -> Result<(&'a mut Service, PathBuf)> {
    let named = text.split_once('=').and_then(|(name, path)| {
        let index = snapshot.services.iter().position(|service| service.name == name)?;
        Some((index, path))
    });
    let (index, path) = match named {
        Some(named) => named,
        None if snapshot.services.len() == 1 => (0, text),
        None => {
            let names: Vec<_> =
                snapshot.services.iter().map(|service| format!("`{}`", service.name)).collect();
            return Err(Error::usage(
                format!("`{flag} {text}` does not say which service it is of"),
                format!("write `{flag} SERVICE=PATH` with {}", names.join(" or ")),
            ));
        }
    };
    Ok((&mut snapshot.services[index], PathBuf::from(path)))
}

/// The patterns of `NAME.dockerignore`, or else of `.dockerignore`, beside a Dockerfile (BuildKit prefers them so).
fn beside(dockerfile: &Path) -> Result<Option<Vec<String>>> {
    let mut own = dockerfile.as_os_str().to_owned();
    own.push(".dockerignore");
    for path in [PathBuf::from(own), dockerfile.with_file_name(".dockerignore")] {
        if path.is_file() {
            return Ok(Some(read_dockerignore(&read(&path)?)));
        }
    }
    Ok(None)
}

/// A text file; what is not UTF-8 in it is replaced.
fn read(path: &Path) -> Result<String> {
    let bytes = files::read_given(path, MAX_BUILD_FILE_BYTES).map_err(|error| Error::read(path, error))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
