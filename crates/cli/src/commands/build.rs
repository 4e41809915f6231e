//! `--dockerfile`, `--dockerignore` and `--context`: what an image was built from.

use std::path::{Component, Path, PathBuf};

use plimsoll_analysis::dockerignore::left_out_sources;
use plimsoll_collect::{MAX_BUILD_FILE_BYTES, read_dockerfile, read_dockerignore};
use plimsoll_report::format::one_line;
use plimsoll_snapshot::{BuildFile, Service, Snapshot};

use crate::error::{Error, Result};
use crate::input;
use crate::printer::Printer;
use crate::sources::context::measured;

/// The Dockerfiles and build contexts of images.
#[derive(Clone, Default, clap::Args)]
#[command(next_help_heading = "Build options")]
pub(crate) struct BuildArgs {
    /// Dockerfile of a service
    ///
    /// Findings quote its lines. Its `.dockerignore` is read too: `NAME.dockerignore` beside the Dockerfile, else the one in
    /// the build context.
    #[arg(long, value_name = "[SERVICE=]PATH")]
    dockerfile: Vec<String>,
    /// `.dockerignore` of a service, if it is in another place
    #[arg(long, value_name = "[SERVICE=]PATH")]
    dockerignore: Vec<String>,
    /// Build context of a service: measure its files
    ///
    /// Files that `.dockerignore` excludes are counted separately.
    #[arg(long, value_name = "[SERVICE=]DIRECTORY")]
    context: Vec<String>,
}

impl BuildArgs {
    fn is_given(&self) -> bool {
        !self.dockerfile.is_empty() || !self.dockerignore.is_empty() || !self.context.is_empty()
    }

    /// The path of the Dockerfile of a service, as it was given.
    pub(super) fn dockerfile_of(&self, service: &str, is_only: bool) -> Option<&str> {
        of_service(&self.dockerfile, service, is_only)
    }

    /// The Dockerfile of a service, and its context where one is given.
    pub(super) fn files_of(&self, service: &str, is_only: bool) -> Option<(PathBuf, Option<PathBuf>)> {
        let dockerfile = self.dockerfile_of(service, is_only)?;
        let context = of_service(&self.context, service, is_only);
        Some((PathBuf::from(dockerfile), context.map(PathBuf::from)))
    }

    /// The paths of the Dockerfiles of a snapshot's services, relative to the directory that the program runs in: where it
    /// lies in the checkout of a pipeline.
    pub(super) fn places<'s>(&'s self, snapshot: &'s Snapshot) -> impl Fn(&str) -> Option<String> + 's {
        let is_only = snapshot.services.len() == 1;
        let here = std::env::current_dir().unwrap_or_default();
        let name = |service: &'s Service| Some((&*service.name, &*service.build.as_ref()?.name));
        let names: Vec<(&str, &str)> = snapshot.services.iter().filter_map(name).collect();
        move |service| {
            // A snapshot knows the name of its Dockerfile, and not the directory.
            let known = || Some(names.iter().find(|(name, _)| *name == service)?.1);
            let path = Path::new(self.dockerfile_of(service, is_only).or_else(known)?);
            let path = path.strip_prefix(&here).unwrap_or(path);
            let path: PathBuf = path.components().filter(|part| *part != Component::CurDir).collect();
            Some(path.to_string_lossy().replace('\\', "/"))
        }
    }

    /// Adds the Dockerfile of a service that has none yet.
    pub(super) fn add_dockerfile(&mut self, service: &str, path: &str) {
        if self.dockerfile_of(service, false).is_none() {
            self.dockerfile.push(format!("{service}={path}"));
        }
    }

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
            build.ignore = ignore_patterns(&path)?;
            service.build = Some(build);
        }
        for text in &self.dockerignore {
            let (service, path) = find(text, "--dockerignore", snapshot)?;
            let ignore = read_dockerignore(&read(&path)?);
            service.build.get_or_insert_with(BuildFile::default).ignore = Some(ignore);
        }
        for text in &self.context {
            let (service, path) = find(text, "--context", snapshot)?;
            let build = service.build.get_or_insert_with(BuildFile::default);
            if build.ignore.is_none() {
                build.ignore = ignore_patterns(&path.join("Dockerfile"))?;
            }
            build.context = Some(measured(&path, build.ignore.as_deref().unwrap_or_default())?);
        }
        for build in
            snapshot.services.iter().filter_map(|service| service.build.as_ref()).filter(|_| self.is_given())
        {
            for (line, path) in left_out_sources(build) {
                printer.note(&format!(
                    "note: `{}`, line {line}: it copies `{}`, which `.dockerignore` leaves out of the context",
                    one_line(&build.name),
                    one_line(&path)
                ));
            }
        }
        Ok(())
    }
}

/// The path of a service among `[SERVICE=]PATH`. One without a name is that of the only service.
fn of_service<'a>(texts: &'a [String], service: &str, is_only: bool) -> Option<&'a str> {
    let named = texts.iter().find_map(|text| {
        let (name, path) = text.split_once('=')?;
        (name == service).then_some(path)
    });
    named.or_else(|| texts.first().filter(|_| is_only).map(String::as_str))
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
                format!("`{flag} {text}` must name a service"),
                format!("write `{flag} SERVICE=PATH` with {}", names.join(" or ")),
            ));
        }
    };
    Ok((&mut snapshot.services[index], PathBuf::from(path)))
}

/// `NAME.dockerignore` beside a Dockerfile, which BuildKit prefers, or else the `.dockerignore` of the context: beside the
/// Dockerfile, or in a directory above it down to the one that we run in, since contexts hold their Dockerfiles.
pub(super) fn ignore_file(dockerfile: &Path) -> Option<PathBuf> {
    let mut own = dockerfile.as_os_str().to_owned();
    own.push(".dockerignore");
    let is_below =
        dockerfile.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    let above = dockerfile.ancestors().skip(1).take(if is_below { usize::MAX } else { 1 });
    let of_context = above.map(|directory| directory.join(".dockerignore"));
    std::iter::once(PathBuf::from(own)).chain(of_context).find(|path| path.is_file())
}

/// The patterns of that file, if there is one.
fn ignore_patterns(dockerfile: &Path) -> Result<Option<Vec<String>>> {
    ignore_file(dockerfile).map(|file| Ok(read_dockerignore(&read(&file)?))).transpose()
}

/// A text file; what is not UTF-8 in it is replaced.
fn read(path: &Path) -> Result<String> {
    let bytes = input::read(path, MAX_BUILD_FILE_BYTES).map_err(|error| Error::read(path, error))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ignore_file_of_a_dockerfile_goes_before_that_of_the_context() {
        let directory = tempfile::tempdir().unwrap();
        let at = |path: &str| directory.path().join(path);
        std::fs::create_dir(at("docker")).unwrap();
        std::fs::write(at(".dockerignore"), "a").unwrap();
        // Where a whole path is given, only its directory is certain to be the context.
        assert_eq!(ignore_file(&at("docker/Dockerfile")), None);
        assert_eq!(ignore_file(&at("Dockerfile")), Some(at(".dockerignore")));
        std::fs::write(at("Dockerfile.dockerignore"), "b").unwrap();
        assert_eq!(ignore_file(&at("Dockerfile")), Some(at("Dockerfile.dockerignore")));
    }
}
