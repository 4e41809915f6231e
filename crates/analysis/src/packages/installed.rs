//! Which packages an image has: the facts of its layers, joined.
//!
//! A package is known by its ecosystem, its name and the file that describes it. It is installed if that file is
//! there in the final tree. A description that a later layer replaced or removed still tells whom hidden bytes
//! belonged to.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Bound;

use plimsoll_snapshot::{Bytes, Ecosystem, Files, Image, Order as _, PackageFact, Snapshot, path};

use super::facts::{Described, Found, facts, path_of};
use super::models;
use super::ownership::Ownership;
use super::package::{Owner, Package, PackageId, Use};
use super::pnp::{self, PlugNPlay};
use super::purl;
use super::symlinks::Symlinks;
use crate::instruction;
use crate::squash::Squashed;

/// Finds the packages of an image.
pub(super) fn find<'a>(
    snapshot: &'a Snapshot,
    image: &Image,
    squashed: &Squashed<'_>,
    symlinks: &Symlinks<'_>,
    plug_n_play: &PlugNPlay<'_>,
) -> Found<'a> {
    let superseded = superseded(snapshot, image);
    let mut known: BTreeMap<(Ecosystem, &str, &[u8]), Described<'a>> = BTreeMap::new();
    for (layer, facts) in facts(snapshot, image) {
        // One database describes many packages.
        let mut last = None;
        for fact in &facts.packages {
            let path = path_of(snapshot, image, layer, fact.entry);
            if is_unpackaged(fact.ecosystem) && superseded.contains(&(layer, fact.entry)) {
                continue;
            }
            // An archive of Yarn's cache is a package only where an application runs from it.
            if fact.ecosystem == Ecosystem::Npm && pnp::is_archive(path) && !plug_n_play.runs_from(path) {
                continue;
            }
            let stands_at = match last {
                Some((entry, known)) if entry == fact.entry => known,
                _ => stands_at(snapshot, image, squashed, symlinks, (layer, fact.entry)),
            };
            last = Some((fact.entry, stands_at));
            let installed = stands_at.is_some();
            let path = stands_at.unwrap_or(path);
            let place = place(fact, path);
            let key = (fact.ecosystem, fact.name.as_str(), place);
            let package = known.entry(key).or_insert_with(|| Described {
                fact,
                layer,
                all: Vec::new(),
                since: layer,
                path,
                installed,
            });
            if package.fact.version != fact.version {
                package.since = layer;
            }
            package.all.push((layer, fact));
            (package.fact, package.layer, package.path, package.installed) = (fact, layer, path, installed);
        }
    }
    let mut described: Vec<_> = known.into_values().collect();
    described.order_by(|left, right| order(left).cmp(&order(right)));
    let models = models::find(snapshot, image, squashed);
    Found { described, models }
}

/// Where the file of a fact stands in the final tree.
fn stands_at<'a>(
    snapshot: &'a Snapshot,
    image: &Image,
    squashed: &Squashed<'_>,
    symlinks: &Symlinks<'_>,
    (layer, entry): (u32, u32),
) -> Option<&'a [u8]> {
    let path = path_of(snapshot, image, layer, entry);
    if squashed.names.is_alive(layer, entry) {
        let is_there = match squashed.inode_of(layer, entry) {
            Some(_) => true,
            // A symbolic link is as good as what it leads to.
            None => symlinks.resolve(path).is_some_and(|target| squashed.finds(snapshot, image, &target)),
        };
        return is_there.then_some(path);
    }
    // A later layer may have given the file another directory by a link, and does not describe its contents.
    let inode = squashed.inode_of(layer, entry)?;
    let mut others = squashed.names_of(inode).filter(|(other, _)| *other != layer);
    let others = others.find_map(|(layer, entry)| {
        let other = path_of(snapshot, image, layer, entry);
        (path::name(other) == path::name(path)).then_some(other)
    });
    others.filter(|_| squashed.inodes[inode as usize].hidden.is_none())
}

/// What tells a package from others of its name.
fn place<'f>(fact: &'f PackageFact, path: &'f [u8]) -> &'f [u8] {
    match fact.ecosystem {
        // The database of a system has many packages; some of them for several architectures.
        ecosystem if ecosystem.has_database() => fact.architecture.as_deref().unwrap_or_default().as_bytes(),
        // `nix/store/HASH-NAME`, whichever of its files a layer has first.
        Ecosystem::Nix => {
            let mut slashes = path.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at);
            &path[..slashes.nth(2).unwrap_or(path.len())]
        }
        // Several files tell of one: any of them may be that of a layer.
        Ecosystem::Generic | Ecosystem::Dotnet | Ecosystem::Wordpress if !fact.key.is_empty() => {
            fact.key.as_bytes()
        }
        _ => path,
    }
}

/// Whether no package manager installs what is found so.
const fn is_unpackaged(ecosystem: Ecosystem) -> bool {
    matches!(ecosystem, Ecosystem::Generic | Ecosystem::Kernel)
}

/// The programs (layer and entry) that packages of the system or of conda list: they are known by these already.
fn superseded(snapshot: &Snapshot, image: &Image) -> HashSet<(u32, u32)> {
    let is_program = |fact: &&PackageFact| is_unpackaged(fact.ecosystem);
    let programs: BTreeSet<(u32, u32)> = facts(snapshot, image)
        .flat_map(|(layer, facts)| {
            facts.packages.iter().filter(is_program).map(move |fact| (layer, fact.entry))
        })
        .collect();
    let mut superseded = HashSet::new();
    if programs.is_empty() {
        return superseded;
    }
    let paths: BTreeMap<&[u8], (u32, u32)> = programs
        .iter()
        .map(|&(layer, entry)| (path_of(snapshot, image, layer, entry), (layer, entry)))
        .collect();
    for (layer, facts) in facts(snapshot, image) {
        let is_first = |ecosystem: Ecosystem| ecosystem.is_system() || ecosystem == Ecosystem::Conda;
        let lists = facts.file_lists.iter().filter(|list| is_first(list.ecosystem)).map(|list| &list.files);
        let of_packages = facts.packages.iter().filter(|fact| is_first(fact.ecosystem));
        let listed = of_packages.clone().filter_map(|fact| match &fact.files {
            Files::Listed(list) => Some(list),
            _ => None,
        });
        for list in lists.chain(listed) {
            for (start, end) in list.ranges() {
                superseded.extend(programs.range((layer, start)..(layer, end)));
            }
            superseded.extend(list.elsewhere.iter().filter_map(|path| paths.get(path)));
        }
        for fact in of_packages {
            let Files::Below(directories) = &fact.files else { continue };
            for directory in directories.iter() {
                let inside =
                    |path: &[u8]| path.strip_prefix(directory).is_some_and(|rest| rest.starts_with(b"/"));
                let from = paths
                    .range::<[u8], _>((Bound::Included(directory), Bound::Unbounded))
                    .take_while(|(path, _)| path.starts_with(directory));
                superseded.extend(from.filter(|(path, _)| inside(path)).map(|(_, place)| *place));
            }
        }
    }
    superseded
}

fn order<'d>(package: &'d Described<'_>) -> (bool, Ecosystem, &'d str, &'d str, &'d [u8]) {
    let fact = package.fact;
    (!package.installed, fact.ecosystem, &fact.name, &fact.version, package.path)
}

/// The packages, with what belongs to each; who needs whom is not known yet.
pub(super) fn describe(
    image: &Image,
    squashed: &Squashed<'_>,
    found: &Found<'_>,
    ownership: &Ownership,
) -> Vec<Package> {
    let instruction = |layer: u32| {
        let step = image.layers[layer as usize].history?;
        Some(instruction::readable(&image.history[step].created_by).into_owned())
    };
    let mut packages: Vec<Package> = (found.described.iter().zip(0..))
        .map(|(package, id)| {
            let holder = ownership.holders[id as usize].filter(|holder| holder.0 != id);
            let distribution = package.fact.version.contains("ubuntu").then_some("ubuntu");
            Package {
                version: package.fact.version.clone(),
                purl: purl::purl(package.fact, distribution),
                license: package.fact.license.clone(),
                installed: package.installed,
                path: path::escape(package.path).into_owned(),
                part_of: holder.filter(|_| package.installed),
                instruction: instruction(package.since),
                ..empty(id, package.fact.ecosystem, &package.fact.name, package.since)
            }
        })
        .collect();
    for (model, id) in found.models.iter().zip(packages.len()..) {
        let id = PackageId::new(id).0;
        packages.push(Package {
            purl: if model.from_hub { format!("pkg:huggingface/{}", model.name) } else { String::new() },
            path: path::escape(&model.path).into_owned(),
            instruction: instruction(model.layer),
            installed: model.installed,
            ..empty(id, Ecosystem::Model, &model.name, model.layer)
        });
    }
    for (inode, owner) in squashed.inodes.iter().zip(&ownership.owners) {
        let Owner::Package(id) = owner else { continue };
        let package = &mut packages[id.index()];
        package.image_bytes += inode.size;
        if inode.hidden.is_none() {
            package.tree_bytes += inode.size;
            package.files += 1;
        }
    }
    packages
}

fn empty(id: u32, ecosystem: Ecosystem, name: &str, layer: u32) -> Package {
    Package {
        id: PackageId(id),
        ecosystem,
        name: name.to_owned(),
        version: String::new(),
        purl: String::new(),
        license: None,
        installed: true,
        path: String::new(),
        layer,
        instruction: None,
        part_of: None,
        tree_bytes: Bytes::ZERO,
        image_bytes: Bytes::ZERO,
        files: 0,
        retained_tree_bytes: Bytes::ZERO,
        retained_image_bytes: Bytes::ZERO,
        retained_packages: 0,
        root: None,
        needs: Vec::new(),
        needed_by: Vec::new(),
        wants: Vec::new(),
        wanted_by: Vec::new(),
        missing: Vec::new(),
        usage: Use::Unknown,
        observed: None,
    }
}
