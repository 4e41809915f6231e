//! The Compose file of the services that run an image.

use std::path::{Path, PathBuf};

use plimsoll_analysis::fix::builds;
use plimsoll_analysis::targets::Targets;
use plimsoll_snapshot::{Service, Snapshot};

use super::args::Args;
use super::project::{Project, is_same, text_of};
use crate::commands::chosen_service;
use crate::commands::target_file::TargetFile;
use crate::error::{Error, Result};
use crate::limits::MemoryLimits;
use crate::memory::MemoryArgs;
use crate::names;
use crate::printer::Printer;

/// The Compose file of the services that run an image.
pub(super) struct ComposeFile {
    pub(super) path: PathBuf,
    pub(super) text: String,
    pub(super) targets: Targets,
}

impl ComposeFile {
    pub(super) fn read(path: &Path, args: &Args, printer: &Printer) -> Result<Self> {
        if !path.is_file() {
            return Err(Error::usage(
                format!("`{}` does not exist", path.display()),
                "`--compose FILE` names the Compose file",
            ));
        }
        let text = text_of(path)?;
        let targets = match &args.targets {
            None => Targets::default(),
            Some(path) => TargetFile::read(path, args.read.options().redact, printer)?.shown,
        };
        Ok(Self { path: path.to_owned(), text, targets })
    }

    pub(super) fn directory(&self) -> &Path {
        self.path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
    }

    /// Makes each service of the file that runs the image one of the snapshot. Returns the one to fix: the one that was named, or
    /// the first one.
    pub(super) fn join(
        &self,
        snapshot: &mut Snapshot,
        project: Option<&Project>,
        args: &Args,
        printer: &Printer,
    ) -> Result<usize> {
        let file = std::slice::from_ref(&self.path);
        MemoryArgs::of_compose(file, &[], &MemoryLimits::default()).join(
            snapshot,
            &args.read.options().limits,
            printer,
        )?;
        let Some(builds) = builds(&self.text) else {
            return Err(Error::usage(
                format!("`{}` has no services that can be edited", self.path.display()),
                "name the Compose file itself, not a document of several or a list of includes",
            ));
        };
        let planned = snapshot.runtime.as_ref().map(|runtime| &runtime.planned[..]).unwrap_or_default();
        let image_of = |name: &str| planned.iter().find(|planned| planned.name == *name)?.image.clone();
        let names: Vec<String> = snapshot.services.iter().map(|service| service.name.clone()).collect();
        let is_built_here = |context: Option<&String>, dockerfile: Option<&String>| {
            let (Some(context), Some(project)) = (context, project) else { return false };
            let directory = self.directory().join(context);
            let file = directory.join(dockerfile.map_or("Dockerfile", String::as_str));
            is_same(&directory, &project.context) && is_same(&file, &project.dockerfile)
        };
        // Which image is meant: that of the named service, or the only one.
        let images: std::collections::BTreeSet<usize> =
            snapshot.services.iter().map(|service| service.image).collect();
        let wanted = match (
            args.service.as_deref().and_then(|name| names.iter().position(|one| one == name)),
            images.len(),
        ) {
            (Some(at), _) => snapshot.services[at].image,
            (None, 1) => snapshot.services[0].image,
            (None, _) => snapshot.services[chosen(snapshot, args.service.as_deref())?].image,
        };
        let image = &snapshot.images[wanted];
        let mut called: Vec<String> =
            image.tags.iter().chain(&image.reference).map(|name| whole_name(name)).collect();
        called.push(whole_name(&args.source));
        let runs: Vec<String> = builds
            .iter()
            .filter(|build| {
                let name = build.service.as_str();
                is_built_here(build.context.as_ref(), build.dockerfile.as_ref())
                    || image_of(name).is_some_and(|image| called.contains(&whole_name(&image)))
                    || snapshot.services.iter().any(|service| service.name == name && service.image == wanted)
            })
            .map(|build| build.service.clone())
            .collect();
        if runs.is_empty() {
            let all: Vec<String> = builds.into_iter().map(|build| build.service).collect();
            return Err(Error::usage(
                format!("no service of `{}` runs `{}`", self.path.display(), args.source),
                format!(
                    "its services are {}; `image:` or `build:` of one has to be this image",
                    names::list(&all)
                ),
            ));
        }
        // A source alone is named after its file.
        snapshot.services.retain(|service| service.image != wanted || runs.contains(&service.name));
        for name in &runs {
            if snapshot.services.iter().all(|service| service.name != *name) {
                snapshot.services.push(Service { name: name.clone(), image: wanted, build: None });
            }
        }
        let found = |name: &str| snapshot.services.iter().position(|service| service.name == name);
        match &args.service {
            Some(name) => found(name).ok_or_else(|| {
                Error::usage(
                    format!("no service `{name}` runs `{}`", args.source),
                    names::hint(name, "the services are", &runs),
                )
            }),
            None => Ok(found(&runs[0]).unwrap_or_default()),
        }
    }

    /// Where the image is built, as this file writes it: the context, and the Dockerfile if it has an unusual name.
    pub(super) fn place(&self, project: &Project) -> (String, Option<String>) {
        let from_here = path_from(self.directory(), &project.context);
        let file = path_from(&project.context, &project.dockerfile);
        (from_here, Some(file).filter(|file| file != "Dockerfile"))
    }
}

/// The path from one directory to another place, as far as both are below one of them; else the whole path.
fn path_from(directory: &Path, place: &Path) -> String {
    let whole = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let (directory, place) = (whole(directory), whole(place));
    let mut up = PathBuf::new();
    for above in directory.ancestors() {
        if let Ok(below) = place.strip_prefix(above) {
            let path = up.join(below);
            let text = path.to_string_lossy().into_owned();
            return if text.is_empty() { ".".to_owned() } else { text };
        }
        up.push("..");
    }
    place.to_string_lossy().into_owned()
}

/// A reference with what may be left out: `app` is `docker.io/library/app:latest`.
fn whole_name(reference: &str) -> String {
    let reference = reference.trim_start_matches("docker.io/").trim_start_matches("library/");
    let has_tag = reference.rsplit('/').next().is_some_and(|last| last.contains([':', '@']));
    if has_tag { reference.to_owned() } else { format!("{reference}:latest") }
}

/// The service that is chosen, by its position.
pub(super) fn chosen(snapshot: &Snapshot, name: Option<&str>) -> Result<usize> {
    chosen_service(snapshot, name, "`--service NAME` names the one of this Dockerfile")
}
