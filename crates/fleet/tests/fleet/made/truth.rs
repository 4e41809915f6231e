//! What is true of a made fleet, counted from its plan.

use std::collections::{BTreeMap, BTreeSet};

use super::disk::Written;
use super::{Content, Made, MadeImage, MadePackage};

/// The bytes of the files of a layer.
pub fn layer_bytes(made: &Made, layer: usize) -> u64 {
    made.layers[layer].files.values().map(Content::len).sum()
}

/// The final tree and the hidden bytes of an image.
pub fn tree_and_hidden(made: &Made, image: &MadeImage) -> (u64, u64) {
    let mut tree: BTreeMap<&str, u64> = BTreeMap::new();
    let mut hidden = 0;
    for &layer in &image.layers {
        for path in &made.layers[layer].deleted {
            hidden += tree.remove(path.as_str()).unwrap_or(0);
        }
        for (path, content) in &made.layers[layer].files {
            hidden += tree.insert(path, content.len()).unwrap_or(0);
        }
    }
    (tree.values().sum(), hidden)
}

/// The layers that images use.
pub fn used(made: &Made) -> BTreeSet<usize> {
    made.images.iter().flat_map(|image| image.layers.iter().copied()).collect()
}

/// Every content with bytes: its size, the layers that have it, and the copies in all of them.
pub fn contents(made: &Made) -> BTreeMap<Content, (u64, u64, u64)> {
    let mut all: BTreeMap<Content, (u64, BTreeSet<usize>, u64)> = BTreeMap::new();
    for layer in used(made) {
        for content in made.layers[layer].files.values().filter(|content| content.len() > 0) {
            let known = all.entry(content.clone()).or_default();
            known.0 = content.len();
            known.1.insert(layer);
            known.2 += 1;
        }
    }
    all.into_iter()
        .map(|(content, (size, layers, copies))| (content, (size, layers.len() as u64, copies)))
        .collect()
}

/// The blobs of each image, and their sizes.
pub fn blobs(written: &Written, image: usize) -> Vec<(&str, u64)> {
    written.layers[image].iter().map(|layer| (layer.blob.as_str(), layer.bytes)).collect()
}

/// Images, stored bytes without sharing, stored bytes, and unique bytes of each project.
pub fn projects(made: &Made, written: &Written) -> BTreeMap<String, [u64; 4]> {
    let mut of_project: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
    let mut projects: BTreeMap<String, [u64; 4]> = BTreeMap::new();
    for (index, image) in made.images.iter().enumerate() {
        let row = projects.entry(image.project().to_owned()).or_default();
        row[0] += 1;
        for (blob, bytes) in blobs(written, index) {
            row[1] += bytes;
            of_project.entry(image.project()).or_default().insert(blob, bytes);
        }
    }
    for (project, blobs) in &of_project {
        let is_elsewhere =
            |blob: &str| of_project.iter().any(|(other, blobs)| other != project && blobs.contains_key(blob));
        let row = projects.get_mut(*project).unwrap();
        row[2] = blobs.values().sum();
        row[3] = blobs.iter().filter(|(blob, _)| !is_elsewhere(blob)).map(|(_, bytes)| bytes).sum();
    }
    projects
}

/// The versions, images, bytes over all images, and bytes over all layers of each package.
pub fn packages(made: &Made) -> BTreeMap<(String, String), (BTreeSet<String>, u64, u64, u64)> {
    let mut all: BTreeMap<(String, String), (BTreeSet<String>, u64, u64, u64)> = BTreeMap::new();
    let key = |package: &MadePackage| (package.ecosystem.to_owned(), package.name.clone());
    for image in &made.images {
        for package in image.layers.iter().flat_map(|&layer| &made.layers[layer].packages) {
            let known = all.entry(key(package)).or_default();
            known.0.insert(package.version.clone());
            known.1 += 1;
            known.2 += package.bytes;
        }
    }
    for layer in used(made) {
        for package in &made.layers[layer].packages {
            all.get_mut(&key(package)).unwrap().3 += package.bytes;
        }
    }
    all
}

/// Images with a package in one of these versions.
pub fn with_package(made: &Made, name: &str, is_meant: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let has = |image: &&MadeImage| {
        let packages = image.layers.iter().flat_map(|&layer| &made.layers[layer].packages);
        packages.into_iter().any(|package| package.name == name && is_meant(&package.version))
    };
    made.images.iter().filter(has).map(|image| format!("{}:{}", image.repository, image.tag)).collect()
}

/// Images that are built on an older image of a repository of bases: image, base, and the newest base.
pub fn drift(made: &Made) -> BTreeSet<(String, String, String)> {
    let mut found = BTreeSet::new();
    let repositories: BTreeSet<&str> = made.images.iter().map(|image| image.repository.as_str()).collect();
    for repository in repositories {
        let bases: Vec<&MadeImage> =
            made.images.iter().filter(|image| image.repository == repository).collect();
        let newest = bases.iter().max_by_key(|image| &image.created).unwrap();
        for image in made.images.iter().filter(|image| image.repository != repository) {
            let below = bases.iter().filter(|base| {
                base.layers.len() < image.layers.len() && image.layers.starts_with(&base.layers)
            });
            if let Some(base) = below.max_by_key(|base| base.layers.len())
                && base.layers != newest.layers
            {
                let name = |image: &MadeImage| format!("{}:{}", image.repository, image.tag);
                found.insert((name(image), name(base), name(newest)));
            }
        }
    }
    found
}
