//! Yarn Plug'n'Play: applications that run from the archives of Yarn's cache (yarnpkg.com, "Plug'n'Play").

use std::collections::BTreeMap;

use plimsoll_snapshot::{Image, Snapshot, path};

use super::areas::cache_directory;
use super::package::CacheKind;
use crate::squash::Squashed;

/// The files that tell Node where packages lie, beside the application.
const MANIFESTS: [&[u8]; 3] = [b".pnp.cjs", b".pnp.js", b".pnp.data.json"];

/// The caches that applications run from.
pub(super) struct PlugNPlay<'s> {
    /// The directories of the applications, each with whether it has its own cache.
    projects: BTreeMap<&'s [u8], bool>,
    /// Whether one of them has none, and runs from that of the user.
    shares_cache: bool,
}

impl<'s> PlugNPlay<'s> {
    pub(super) fn new(snapshot: &'s Snapshot, image: &Image, squashed: &Squashed<'_>) -> Self {
        let mut projects = BTreeMap::new();
        for (layer, index) in image.layers.iter().zip(0..) {
            let Some(contents) = &snapshot.layers[layer.layer].contents else { continue };
            for (entry, at) in contents.entries.iter().zip(0..) {
                if MANIFESTS.contains(&path::name(entry.path)) && squashed.names.is_alive(index, at) {
                    projects.insert(path::parent(entry.path), false);
                }
            }
        }
        if !projects.is_empty() {
            for (layer, index) in image.layers.iter().zip(0..) {
                let Some(contents) = &snapshot.layers[layer.layer].contents else { continue };
                for (project, has_cache) in &mut projects {
                    let cache = within(project, b".yarn/cache");
                    let from = contents.entries.lower_bound(&cache);
                    let entries = (from..contents.entries.len()).map(|at| (at, contents.entries.path(at)));
                    let mut inside = entries.take_while(|(_, path)| path.starts_with(&cache));
                    *has_cache |= inside.any(|(at, path)| {
                        let at = u32::try_from(at).unwrap_or(u32::MAX);
                        is_archive(path) && squashed.names.is_alive(index, at)
                    });
                }
            }
        }
        let shares_cache = projects.values().any(|has_cache| !has_cache);
        Self { projects, shares_cache }
    }

    /// Whether an application runs from an archive of Yarn's cache: from its own cache or, without one, from the
    /// cache of the user.
    pub(super) fn runs_from(&self, archive: &[u8]) -> bool {
        let Some((CacheKind::Yarn, cache)) = cache_directory(archive) else { return false };
        match cache.strip_suffix(b".yarn/cache") {
            Some(project) => self.projects.contains_key(project.strip_suffix(b"/").unwrap_or(project)),
            None => self.shares_cache,
        }
    }
}

/// Whether a file is an archive of Yarn's cache.
pub(super) fn is_archive(path: &[u8]) -> bool {
    path.ends_with(b".zip")
}

fn within(directory: &[u8], path: &[u8]) -> Vec<u8> {
    if directory.is_empty() { path.to_vec() } else { [directory, b"/", path].concat() }
}
