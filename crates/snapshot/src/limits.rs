//! The values of the limits, and how a snapshot is checked: a small file can stand for a lot of work.

use std::collections::{HashMap, HashSet};
use std::ops::Index;

use crate::limit::Limit;
use crate::{Contents, FormatError, Paths, Runtime, Snapshot};

/// A value for each [`Limit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadLimits {
    values: [u64; Limit::ALL.len()],
}

impl Default for ReadLimits {
    /// Those of the program.
    fn default() -> Self {
        Self { values: Limit::ALL.map(Limit::default_value) }
    }
}

impl Index<Limit> for ReadLimits {
    type Output = u64;

    fn index(&self, limit: Limit) -> &u64 {
        &self.values[limit.index()]
    }
}

impl ReadLimits {
    /// Those of the page.
    #[must_use]
    pub fn of_page() -> Self {
        Self { values: Limit::ALL.map(Limit::page_value) }
    }

    /// The same with another value of one.
    #[must_use]
    pub const fn with(mut self, limit: Limit, value: u64) -> Self {
        self.values[limit.index()] = value;
        self
    }

    /// Fails if the snapshot holds more. References are expected to be right.
    pub fn check(&self, snapshot: &Snapshot) -> Result<(), FormatError> {
        let most_layers = snapshot.images.iter().map(|image| image.layers.len() as u64).max().unwrap_or(0);
        self.within("services", Limit::Services, snapshot.services.len() as u64)?;
        self.within("layers of one image", Limit::Layers, most_layers)?;
        if let Some(runtime) = &snapshot.runtime {
            self.check_runtime(runtime)?;
        }
        let layers = snapshot.layers.iter().filter_map(|layer| layer.contents.as_deref());
        self.check_nodes(&layers.collect::<Vec<_>>())?;
        self.within("stacked entries", Limit::StackedEntries, stacked_entries(snapshot))
    }

    /// Fails if comparing two snapshots goes over more. Every pair of images that services of one name run is gone
    /// through from end to end: a large image that is paired with a thousand small ones costs a thousand times its size.
    /// Each image once on its side is always within twice the bound of a snapshot.
    pub fn check_pair(&self, before: &Snapshot, after: &Snapshot) -> Result<(), FormatError> {
        let limit = self[Limit::StackedEntries].saturating_mul(2);
        let entries = [before, after].map(entries_of_images);
        let later: HashMap<&str, usize> =
            after.services.iter().map(|service| (service.name.as_str(), service.image)).collect();
        let pairs: HashSet<(usize, usize)> = (before.services.iter())
            .filter_map(|service| Some((service.image, *later.get(service.name.as_str())?)))
            .collect();
        let of_pair = |&(old, new): &(usize, usize)| entries[0][old].saturating_add(entries[1][new]);
        let found = pairs.iter().map(of_pair).fold(0, u64::saturating_add);
        within("stacked entries of all pairs of images", Limit::StackedEntries, found, limit)
    }

    /// Fails if more runs than may run.
    pub fn check_runtime(&self, runtime: &Runtime) -> Result<(), FormatError> {
        let series = runtime.recordings.iter().map(|recording| recording.series.len()).sum();
        let (observed, settings) = (runtime.observed.len(), runtime.settings.len());
        let most = [runtime.containers.len(), runtime.planned.len(), series, observed, settings];
        let most = most.into_iter().max().unwrap_or(0);
        self.within("containers", Limit::Containers, most as u64)?;
        let seen = runtime.observed.iter().flat_map(|seen| [&seen.opened, &seen.relative]);
        let paths = seen.map(|paths| paths.len() as u64).sum();
        self.within("opened files", Limit::StackedEntries, paths)
    }

    /// Fails if the trees of these layers have more files and directories than a file of this size should have.
    pub(crate) fn check_nodes(&self, layers: &[&Contents]) -> Result<(), FormatError> {
        let limit = self[Limit::SnapshotBytes] / BYTES_OF_NODE;
        let all = || layers.iter().copied().flat_map(paths);
        // Only a snapshot of very many paths has to be looked through.
        if all().map(Paths::most_nodes).sum::<u64>() <= limit {
            return Ok(());
        }
        let nodes = all().map(Paths::nodes).sum();
        within("files and directories", Limit::SnapshotBytes, nodes, limit)
    }

    fn within(&self, what: &'static str, which: Limit, found: u64) -> Result<(), FormatError> {
        within(what, which, found, self[which])
    }
}

/// A node of a tree takes some thirty bytes of a file, but a directory that only paths name may take two.
const BYTES_OF_NODE: u64 = 128;

fn within(what: &'static str, which: Limit, found: u64, limit: u64) -> Result<(), FormatError> {
    if found <= limit { Ok(()) } else { Err(FormatError::TooMany { what, found, limit, which }) }
}

fn paths(contents: &Contents) -> [&Paths; 3] {
    [contents.entries.paths(), &contents.whiteouts, &contents.opaque]
}

/// How many files and directories the images that services run stack up, each image once.
fn stacked_entries(snapshot: &Snapshot) -> u64 {
    entries_of_images(snapshot).into_iter().fold(0, u64::saturating_add)
}

/// How many files and directories each image stacks up; none for those that no service runs.
fn entries_of_images(snapshot: &Snapshot) -> Vec<u64> {
    let mut is_run = vec![false; snapshot.images.len()];
    snapshot.services.iter().for_each(|service| is_run[service.image] = true);
    let mut nodes: Vec<Option<u64>> = vec![None; snapshot.layers.len()];
    let mut of_layer = |layer: usize| {
        let contents = snapshot.layers[layer].contents.as_deref();
        *nodes[layer].get_or_insert_with(|| contents.into_iter().flat_map(paths).map(Paths::nodes).sum())
    };
    let images = snapshot.images.iter().zip(is_run);
    images
        .map(|(image, is_run)| {
            let layers = image.layers.iter().filter(|_| is_run);
            layers.map(|layer| of_layer(layer.layer)).fold(0, u64::saturating_add)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        Bytes, Compression, Config, DiffId, Digest, Image, ImageLayer, Layer, Platform, Service, Source,
        Transport,
    };

    /// A layer of two files in one directory, and services that each run an image which names it `n` times.
    fn snapshot(services: usize, names: usize) -> Snapshot {
        let contents =
            Contents { whiteouts: [&b"d/a"[..], b"d/b"].into_iter().collect(), ..Contents::default() };
        let diff_id = DiffId::new(Digest::sha256([7; 32]));
        let layer = ImageLayer {
            layer: 0,
            digest: None,
            compression: Compression::None,
            blob_bytes: Bytes(0),
            history: None,
        };
        let image = Image {
            reference: None,
            tags: Vec::new(),
            source: Source { transport: Transport::Oci, name: "x".into() },
            id: Digest::sha256([8; 32]),
            manifest_digest: None,
            platform: Platform::default(),
            created: None,
            config: Config::default(),
            history: Vec::new(),
            layers: vec![layer; names],
            warnings: Vec::new(),
        };
        let service = |image| Service { name: format!("s{image}"), image, build: None };
        Snapshot {
            services: (0..services).map(service).collect(),
            images: vec![image; services],
            layers: vec![Layer { diff_id, contents: Some(Arc::new(contents)) }],
            ..Snapshot::default()
        }
    }

    fn check(snapshot: &Snapshot, limits: ReadLimits, expected: Option<&str>) {
        let message = limits.check(snapshot).err().map(|error| error.to_string());
        assert_eq!(message.as_deref(), expected);
    }

    #[test]
    fn each_limit_is_met_and_named() {
        let limits = ReadLimits::default();
        let two = snapshot(2, 4);
        check(
            &two,
            limits.with(Limit::Services, 2).with(Limit::Layers, 4).with(Limit::StackedEntries, 24),
            None,
        );
        let services = "the services of the snapshot exceed the limit of 1 (met: 2)";
        check(&two, limits.with(Limit::Services, 1), Some(services));
        let layers = "the layers of one image of the snapshot exceed the limit of 3 (met: 4)";
        check(&two, limits.with(Limit::Layers, 3), Some(layers));
        let stacked = "the stacked entries of the snapshot exceed the limit of 23 (met: 24)";
        check(&two, limits.with(Limit::StackedEntries, 23), Some(stacked));
        let nodes = "the files and directories of the snapshot exceed the limit of 2 (met: 3)";
        check(&two, limits.with(Limit::SnapshotBytes, 2 * BYTES_OF_NODE), Some(nodes));
    }

    #[test]
    fn an_image_counts_for_each_image_it_is_compared_with() {
        let (mut before, after) = (snapshot(4, 1), snapshot(4, 1));
        // One image on one side against four on the other: 4 × (3 + 3) nodes.
        before.services.iter_mut().for_each(|service| service.image = 0);
        let check = |stacked_entries| {
            let limits = ReadLimits::default().with(Limit::StackedEntries, stacked_entries);
            limits.check_pair(&before, &after).err().map(|error| error.to_string())
        };
        assert_eq!(check(12), None);
        let message =
            "the stacked entries of all pairs of images of the snapshot exceed the limit of 22 (met: 24)";
        assert_eq!(check(11).as_deref(), Some(message));
    }

    #[test]
    fn what_runs_is_counted() {
        let containers = vec![crate::runtime::Container::default(); 3];
        let runtime = Runtime { containers, ..Runtime::default() };
        let snapshot = Snapshot { runtime: Some(runtime), ..Snapshot::default() };
        let message = "the containers of the snapshot exceed the limit of 2 (met: 3)";
        check(&snapshot, ReadLimits::default().with(Limit::Containers, 2), Some(message));
    }

    #[test]
    fn an_image_counts_once_however_many_services_run_it() {
        let mut snapshot = snapshot(2, 4);
        snapshot.services[1].image = 0;
        check(&snapshot, ReadLimits::default().with(Limit::StackedEntries, 12), None);
    }
}
