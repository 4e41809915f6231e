//! Who needs whom, what would stay, and what leaves with a package.
//!
//! The graph has an edge from each installed package to the installed package that meets each of its needs. Without
//! what it *needs* a package breaks; what it *wants* it works without, and package managers install some of it along,
//! so that it is there for its sake. A *root* is a package that is there for its own sake: asked for by name, part of the base image, or needed by no known package.
//! What leaves with a package is what no root reaches any more without it: the packages it dominates.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_snapshot::{Ecosystem, Image, Order as _, Snapshot, path};

use super::dominators::immediate_dominators;
use super::facts::{Found, facts, path_of};
use super::package::{DependencyKind, Package, PackageId, Root, Want};
use super::requirements::Resolver;
use super::shared::{Shared, Sum};
use crate::squash::Squashed;

/// The needs of the installed packages of an image.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// For each package those it does not work without.
    needs: Vec<Vec<PackageId>>,
    /// For each package those it makes use of, and works without.
    wants: Vec<Vec<Want>>,
    /// For each package those that are there while it is: what it needs, what package managers install along with it,
    /// and what nothing but its extras and options explains.
    keeps: Vec<Vec<PackageId>>,
    roots: Vec<PackageId>,
}

/// Links the installed packages, and computes what each retains.
pub(super) fn link(
    snapshot: &Snapshot,
    image: &Image,
    squashed: &Squashed<'_>,
    found: &Found<'_>,
    shared: &[Shared],
    packages: &mut [Package],
) -> Graph {
    let resolver = Resolver::new(image, found);
    let resolved = resolver.resolve(snapshot, image);
    let mut graph = Graph { needs: resolved.needs, wants: resolved.wants, ..Graph::default() };
    graph.needs.resize(packages.len(), Vec::new());
    graph.wants.resize(packages.len(), Vec::new());
    for package in packages.iter_mut() {
        if let Some(missing) = resolved.missing.get(package.id.index()) {
            package.missing.clone_from(missing);
        }
    }
    for package in packages.iter().filter(|package| package.installed) {
        if let Some(holder) = package.part_of {
            graph.needs[holder.index()].push(package.id);
        }
    }
    for (needs, wants) in graph.needs.iter_mut().zip(&mut graph.wants) {
        needs.order();
        needs.dedup();
        // Of several reasons the strongest counts.
        wants.order();
        wants.dedup_by_key(|want| want.package);
        wants.retain(|want| needs.binary_search(&want.package).is_err());
    }
    asked_for(snapshot, image, squashed, found, &resolver, packages);
    graph.find_roots(packages);
    graph.write_to(packages);
    graph.retain(shared, packages);
    graph
}

/// Notes which packages were requested, and which were installed as dependencies.
fn asked_for(
    snapshot: &Snapshot,
    image: &Image,
    squashed: &Squashed<'_>,
    found: &Found<'_>,
    resolver: &Resolver<'_>,
    packages: &mut [Package],
) {
    let mut automatic: BTreeSet<(Ecosystem, &str)> = BTreeSet::new();
    // A world that says what came along says of all others that they were asked for.
    let mut tells = BTreeSet::new();
    let mut manual: Vec<(PackageId, String)> = Vec::new();
    for (layer, facts) in facts(snapshot, image) {
        for selection in &facts.selections {
            if !squashed.names.is_alive(layer, selection.entry) {
                continue;
            }
            let by = path::escape(path_of(snapshot, image, layer, selection.entry)).into_owned();
            if !selection.automatic.is_empty() {
                tells.insert(selection.ecosystem);
            }
            automatic.extend(selection.automatic.iter().map(|name| (selection.ecosystem, name.as_str())));
            for requirement in &selection.manual {
                let place = path_of(snapshot, image, layer, selection.entry);
                for name in &requirement.any_of {
                    if let Some(id) = resolver.package(selection.ecosystem, name, place) {
                        manual.push((id, by.clone()));
                    }
                }
            }
        }
    }
    let lowest = found.described.iter().map(|package| package.all[0].0).min().unwrap_or(0);
    for (id, package) in found.installed() {
        let fact = package.fact;
        let by = || path::escape(package.path).into_owned();
        let root = match fact.ecosystem {
            Ecosystem::Dpkg if fact.essential => Some(Root::Base),
            Ecosystem::Dpkg if automatic.contains(&(fact.ecosystem, &fact.name)) => None,
            // What the lowest layer brings is the base image. Its author chose its packages.
            Ecosystem::Dpkg if package.all[0].0 == lowest => Some(Root::Base),
            Ecosystem::Dpkg if tells.contains(&fact.ecosystem) => Some(Root::Requested { by: by() }),
            _ => (fact.requested == Some(true)).then(|| Root::Requested { by: by() }),
        };
        packages[id.index()].root = root;
    }
    for (id, by) in manual {
        packages[id.index()].root.get_or_insert(Root::Requested { by });
    }
    for package in
        packages.iter_mut().filter(|package| package.installed && package.ecosystem == Ecosystem::Model)
    {
        package.root = Some(Root::Unneeded);
    }
}

impl Graph {
    /// The packages that a package does not work without.
    #[must_use]
    pub fn needs(&self, id: PackageId) -> &[PackageId] {
        &self.needs[id.index()]
    }

    /// Whether a package keeps another there, directly or through others.
    #[must_use]
    pub fn keeps_in_turn(&self, from: PackageId, to: PackageId) -> bool {
        let mut seen: BTreeSet<PackageId> = BTreeSet::new();
        let mut pending = vec![from];
        while let Some(id) = pending.pop() {
            if id == to {
                return true;
            }
            if seen.insert(id) {
                pending.extend(&self.keeps[id.index()]);
            }
        }
        false
    }

    /// The packages that a package makes use of, and works without.
    #[must_use]
    pub fn wants(&self, id: PackageId) -> &[Want] {
        &self.wants[id.index()]
    }

    /// How much a package needs another; `None` if nothing is known of that.
    #[must_use]
    pub fn kind(&self, id: PackageId, of: PackageId) -> Option<DependencyKind> {
        if self.needs(id).binary_search(&of).is_ok() {
            return Some(DependencyKind::Required);
        }
        let wants = self.wants(id);
        let at = wants.binary_search_by_key(&of, |want| want.package).ok()?;
        Some(wants[at].kind)
    }

    /// The packages that are there for their own sake.
    #[must_use]
    pub fn roots(&self) -> &[PackageId] {
        &self.roots
    }

    /// Whether each package is reached from a root on a way that leads through none of `without`.
    #[must_use]
    pub fn reached(&self, without: &[PackageId]) -> Vec<bool> {
        let mut reached = vec![false; self.keeps.len()];
        let mut closed = reached.clone();
        without.iter().for_each(|id| closed[id.index()] = true);
        self.reach(&mut reached, &closed, self.roots.iter().copied());
        reached
    }

    /// Follows what packages keep there from some of them, and gives those that were not reached before.
    fn reach(
        &self,
        reached: &mut [bool],
        closed: &[bool],
        from: impl Iterator<Item = PackageId>,
    ) -> Vec<PackageId> {
        let mut pending: Vec<_> = from.collect();
        let mut new = Vec::new();
        while let Some(id) = pending.pop() {
            if !closed[id.index()] && !std::mem::replace(&mut reached[id.index()], true) {
                pending.extend(&self.keeps[id.index()]);
                new.push(id);
            }
        }
        new
    }

    /// The shortest ways from a root to a package, at most `most` of them, each from the root to the package.
    #[must_use]
    pub fn why(&self, id: PackageId, most: usize) -> Vec<Vec<PackageId>> {
        const FAR: u32 = u32::MAX;
        let mut distance = vec![FAR; self.needs.len()];
        let mut level = self.roots.clone();
        level.iter().for_each(|root| distance[root.index()] = 0);
        let mut steps = 0;
        while distance[id.index()] == FAR && !level.is_empty() {
            steps += 1;
            let mut next = Vec::new();
            for need in level.iter().flat_map(|package| &self.keeps[package.index()]) {
                if distance[need.index()] == FAR {
                    distance[need.index()] = steps;
                    next.push(*need);
                }
            }
            level = next;
        }
        if distance[id.index()] == FAR {
            return Vec::new();
        }
        // Backwards along ever shorter distances: every way that is begun ends at a root.
        let mut ways = vec![vec![id]];
        for _ in 0..distance[id.index()] {
            let mut longer = Vec::new();
            for way in ways {
                let last = way[way.len() - 1];
                let before = (0..self.needs.len()).map(PackageId::new).filter(|before| {
                    distance[before.index()] != FAR
                        && distance[before.index()] + 1 == distance[last.index()]
                        && self.keeps[before.index()].binary_search(&last).is_ok()
                });
                longer.extend(before.take(most).map(|before| [&way[..], &[before]].concat()));
                if longer.len() >= most {
                    longer.truncate(most);
                    break;
                }
            }
            ways = longer;
        }
        ways.iter_mut().for_each(|way| way.reverse());
        ways
    }

    /// Whatever nothing reaches gets a root: first what came along as an option of something, then what no package keeps,
    /// then one of each circle.
    fn find_roots(&mut self, packages: &mut [Package]) {
        self.keeps.clone_from(&self.needs);
        for (keeps, wants) in self.keeps.iter_mut().zip(&self.wants) {
            keeps.extend(
                wants.iter().filter(|want| want.kind < DependencyKind::Optional).map(|want| want.package),
            );
        }
        let asked = packages.iter().filter(|package| package.installed && package.root.is_some());
        self.roots = asked.map(|package| package.id).collect();
        let mut reached = self.reached(&[]);
        let explained = reached.clone();
        let open = vec![false; reached.len()];
        // What only an option explains came along with whatever has it.
        let mut pending: Vec<PackageId> =
            (0..reached.len()).rev().filter(|&at| reached[at]).map(PackageId::new).collect();
        while let Some(from) = pending.pop() {
            for at in 0..self.wants[from.index()].len() {
                let Want { package: to, kind } = self.wants[from.index()][at];
                if kind == DependencyKind::Optional
                    && !explained[to.index()]
                    && packages[to.index()].installed
                {
                    self.keeps[from.index()].push(to);
                    pending.extend(self.reach(&mut reached, &open, [to].into_iter()));
                }
            }
        }
        let mut kept = vec![false; reached.len()];
        self.keeps.iter().flatten().for_each(|id| kept[id.index()] = true);
        for circles in [false, true] {
            for package in packages.iter_mut().filter(|package| package.installed) {
                let at = package.id.index();
                if !reached[at] && (circles || !kept[at]) {
                    package.root = Some(Root::Unneeded);
                    self.roots.push(package.id);
                    self.reach(&mut reached, &open, [package.id].into_iter());
                }
            }
        }
        self.roots.order();
        for keeps in &mut self.keeps {
            keeps.order();
            keeps.dedup();
        }
    }

    fn write_to(&self, packages: &mut [Package]) {
        for (at, (needs, wants)) in self.needs.iter().zip(&self.wants).enumerate() {
            let id = PackageId::new(at);
            packages[at].needs.clone_from(needs);
            packages[at].wants.clone_from(wants);
            for need in needs {
                packages[need.index()].needed_by.push(id);
            }
            for want in wants {
                packages[want.package.index()].wanted_by.push(Want { package: id, kind: want.kind });
            }
        }
    }

    /// Sums what each package dominates. An inode that several packages hold is a node below all of them, so that it
    /// leaves with whatever dominates every one.
    fn retain(&self, shared: &[Shared], packages: &mut [Package]) {
        let count = packages.len();
        let mut sums: Vec<Sum> = packages
            .iter()
            .map(|package| Sum {
                tree: package.tree_bytes,
                image: package.image_bytes,
                packages: u64::from(package.installed),
            })
            .collect();
        let mut groups: BTreeMap<(bool, &[PackageId]), Sum> = BTreeMap::new();
        for one in shared {
            let bytes = one.sum();
            sums[one.owner.index()].take(bytes);
            groups.entry((one.is_held, &one.holders)).or_default().add(bytes);
        }
        let top = count + groups.len();
        let mut next: Vec<Vec<usize>> =
            self.keeps.iter().map(|keeps| keeps.iter().map(|kept| kept.index()).collect()).collect();
        next.resize(top, Vec::new());
        next.push(self.roots.iter().map(|root| root.index()).collect());
        for (group, ((is_held, holders), bytes)) in (count..).zip(groups) {
            holders.iter().for_each(|holder| next[holder.index()].push(group));
            if is_held {
                next[top].push(group);
            }
            sums.push(bytes);
        }
        let above: Vec<Option<usize>> = immediate_dominators(&next, top)
            .into_iter()
            .take(top)
            .map(|above| above.filter(|&above| above != top))
            .collect();
        // From the leaves of the tree of dominators upwards: a package is added when all below it were.
        let mut waiting = vec![0_usize; above.len()];
        above.iter().flatten().for_each(|&parent| waiting[parent] += 1);
        let mut ready: Vec<usize> = (0..above.len()).filter(|&at| waiting[at] == 0).collect();
        while let Some(at) = ready.pop() {
            if let Some(parent) = above[at] {
                let sum = sums[at];
                sums[parent].add(sum);
                waiting[parent] -= 1;
                if waiting[parent] == 0 {
                    ready.push(parent);
                }
            }
        }
        for (package, sum) in packages.iter_mut().zip(sums) {
            (package.retained_tree_bytes, package.retained_image_bytes) = (sum.tree, sum.image);
            package.retained_packages = sum.packages;
        }
    }
}
