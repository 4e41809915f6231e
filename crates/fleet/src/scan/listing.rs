//! What sources hold: files, layouts and references, before any of them is opened.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::input;
use crate::options::Options;
use crate::printer::Printer;
use crate::said::said;
use crate::sources::reference::{Reference, Version};
use crate::sources::registry::Repository;

/// Something that holds images.
#[derive(Clone)]
pub(crate) enum Item {
    /// A snapshot or an archive, and what its images are called if they have no name.
    File { path: PathBuf, name: String },
    /// An OCI layout, or what `skopeo copy … dir:` writes.
    Layout { path: PathBuf, name: String },
    /// An image of a registry.
    Tag { repository: Arc<Repository<'static>>, reference: Reference },
}

impl Item {
    /// What it is called in the store and in messages.
    pub(crate) fn key(&self) -> String {
        match self {
            Self::File { path, .. } | Self::Layout { path, .. } => path.display().to_string(),
            Self::Tag { reference, .. } => format!("docker://{reference}"),
        }
    }
}

/// What could be listed, and what could not.
#[derive(Default)]
pub(crate) struct Listing {
    pub(crate) items: Vec<Item>,
    /// A place, and why it cannot be listed.
    pub(crate) failures: Vec<(String, String)>,
}

/// The endings of files that a folder is searched for.
const ENDINGS: [&str; 11] = [
    ".plimsoll",
    ".tar",
    ".tar.gz",
    ".tgz",
    ".tar.zst",
    ".tar.xz",
    ".tar.bz2",
    ".oci",
    ".docker",
    ".tar.gzip",
    ".tzst",
];

/// How deep lists of references may name other lists.
const DEPTH: usize = 4;

/// Lists sources.
pub(crate) struct Lister {
    options: &'static Options,
    printer: &'static Printer,
    repositories: BTreeMap<(String, String), Arc<Repository<'static>>>,
}

impl Lister {
    pub(crate) fn new(options: &'static Options, printer: &'static Printer) -> Self {
        Self { options, printer, repositories: BTreeMap::new() }
    }

    /// Lists one source: `docker://…`, a file, a folder, or a list of sources.
    ///
    /// # Errors
    /// If the source does not exist, or none of its images can be listed.
    pub(crate) fn list(&mut self, source: &str) -> Result<Listing> {
        let mut listing = Listing::default();
        self.add(source, &mut listing, DEPTH)?;
        Ok(listing)
    }

    fn add(&mut self, source: &str, listing: &mut Listing, depth: usize) -> Result<()> {
        if let Some(name) = source.strip_prefix("docker://") {
            return self.registry(name, listing);
        }
        let path = Path::new(source);
        let metadata = std::fs::metadata(path).map_err(|error| Error::read(path, error))?;
        let stem = stem(path);
        if metadata.is_dir() {
            return folder(path, &stem, true, listing);
        }
        if path.extension().is_some_and(|extension| extension == "txt" || extension == "list") {
            return self.references(path, listing, depth);
        }
        listing.items.push(Item::File { path: path.to_owned(), name: stem });
        Ok(())
    }

    /// A file with one source a line.
    fn references(&mut self, path: &Path, listing: &mut Listing, depth: usize) -> Result<()> {
        let Some(depth) = depth.checked_sub(1) else {
            return Err(Error::usage(
                format!("`{}` is in lists of lists that are nested too deep", path.display()),
                "name the sources in one list",
            ));
        };
        let bytes = input::read(path, 64 << 20).map_err(|error| Error::read(path, error))?;
        let text = String::from_utf8(bytes).map_err(|_| {
            Error::usage(format!("`{}` is no list of sources: it is not text", path.display()), HINT)
        })?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        for line in lines {
            // A path is relative to the list.
            let source = match line.contains("://") {
                true => line.to_owned(),
                false => path.parent().unwrap_or(Path::new("")).join(line).display().to_string(),
            };
            if let Err(error) = self.add(&source, listing, depth) {
                listing.failures.push((line.to_owned(), said(&error)));
            }
        }
        Ok(())
    }

    /// `HOST`, `HOST/REPOSITORY` or an image.
    fn registry(&mut self, name: &str, listing: &mut Listing) -> Result<()> {
        let name = name.trim_end_matches('/');
        let is_host = !name.contains('/') && (name.starts_with("localhost") || name.contains(['.', ':']));
        if is_host {
            // Any repository leads to the list of all.
            let registry = self.repository(&format!("{name}/any").parse()?)?;
            let found = registry.client.repositories(true).map_err(|failure| {
                Error::usage(
                    format!("cannot list the repositories of registry `{name}`: {failure}"),
                    format!(
                        "name them: `docker://{name}/REPOSITORY`, or a list of references in a `.txt` file"
                    ),
                )
            })?;
            for repository in found {
                let reference: Reference = format!("{name}/{repository}").parse()?;
                if let Err(error) = self.tags(&reference, listing) {
                    listing.failures.push((format!("docker://{name}/{repository}"), said(&error)));
                }
            }
            return Ok(());
        }
        let reference: Reference = name.parse()?;
        let last = name.rsplit('/').next().unwrap_or(name);
        if last.contains([':', '@']) {
            let repository = self.repository(&reference)?;
            listing.items.push(Item::Tag { repository, reference });
            return Ok(());
        }
        self.tags(&reference, listing)
    }

    fn tags(&mut self, reference: &Reference, listing: &mut Listing) -> Result<()> {
        let repository = self.repository(reference)?;
        let mut tags = repository.tags()?;
        tags.sort();
        tags.dedup();
        listing.items.extend(tags.into_iter().map(|tag| Item::Tag {
            repository: Arc::clone(&repository),
            reference: Reference { version: Version::Tag(tag), ..reference.clone() },
        }));
        Ok(())
    }

    fn repository(&mut self, reference: &Reference) -> Result<Arc<Repository<'static>>> {
        let key = (reference.host.clone(), reference.repository.clone());
        if let Some(known) = self.repositories.get(&key) {
            return Ok(Arc::clone(known));
        }
        let repository = Arc::new(Repository::connect(reference, self.options, self.printer)?);
        self.repositories.insert(key, Arc::clone(&repository));
        Ok(repository)
    }
}

const HINT: &str = "write one source a line: `docker://HOST/REPOSITORY[:TAG]`, or a path";

/// The name of a file without the endings of archives.
fn stem(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let ending = ENDINGS.iter().filter(|ending| name.ends_with(*ending)).max_by_key(|ending| ending.len());
    ending.and_then(|ending| name.strip_suffix(ending)).unwrap_or(&name).to_owned()
}

/// A layout, or a folder of snapshots, archives and layouts. Names of images have the path below the folder.
fn folder(path: &Path, name: &str, is_first: bool, listing: &mut Listing) -> Result<()> {
    let is_layout = ["index.json", "manifest.json"].iter().any(|file| path.join(file).is_file());
    if is_layout {
        listing.items.push(Item::Layout { path: path.to_owned(), name: name.to_owned() });
        return Ok(());
    }
    let children = input::children(path).map_err(|error| Error::read(path, error))?;
    for child in children {
        let below = if is_first { stem(&child) } else { format!("{name}/{}", stem(&child)) };
        if child.is_dir() {
            // A link may lead back up.
            if !child.is_symlink()
                && let Err(error) = folder(&child, &below, false, listing)
            {
                listing.failures.push((child.display().to_string(), said(&error)));
            }
        } else if ENDINGS.iter().any(|ending| child.to_string_lossy().ends_with(ending)) {
            listing.items.push(Item::File { path: child, name: below });
        }
    }
    Ok(())
}
