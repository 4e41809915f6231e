//! Joins snapshots into one, as the jobs of a build matrix make them: one for each image.

use std::collections::HashMap;

use plimsoll_snapshot::{DiffId, Image, Layer, Snapshot};

use crate::memory::RuntimeBuilder;

/// Takes another snapshot in: its services, with their images and layers, and what runs. What both hold is held once.
///
/// The error is the name of a service that stands for different images.
pub fn merge(into: &mut Snapshot, other: Snapshot) -> Result<(), String> {
    let mut place = Place { known: layers_of(into), into };
    for mut service in other.services {
        let image = &other.images[service.image];
        let Some(at) = place.into.services.iter().position(|known| known.name == service.name) else {
            service.image = place.image(image, &other.layers);
            place.into.services.push(service);
            continue;
        };
        let known = &mut place.into.services[at];
        let same_image = place.into.images[known.image].id == image.id;
        let same_build = known.build.is_none() || service.build.is_none() || known.build == service.build;
        if !same_image || !same_build {
            return Err(service.name);
        }
        known.build = known.build.take().or(service.build);
    }
    into.lacks_mentions |= other.lacks_mentions;
    into.runtime = match (into.runtime.take(), other.runtime) {
        (Some(one), Some(other)) if one != other => {
            let mut builder = RuntimeBuilder::new();
            builder.add_runtime(one);
            builder.add_runtime(other);
            Some(builder.finish())
        }
        (one, other) => one.or(other),
    };
    // A snapshot has one host: the state that was read last.
    into.disk = match (into.disk.take(), other.disk) {
        (Some(one), Some(other)) if one.observed < other.observed => Some(other),
        (one, other) => one.or(other),
    };
    Ok(())
}

/// A snapshot that takes images in, and where its layers are.
struct Place<'a> {
    into: &'a mut Snapshot,
    known: HashMap<DiffId, usize>,
}

fn layers_of(snapshot: &Snapshot) -> HashMap<DiffId, usize> {
    snapshot.layers.iter().enumerate().map(|(index, layer)| (layer.diff_id.clone(), index)).collect()
}

impl Place<'_> {
    /// The index of an image of another snapshot, with its layers.
    fn image(&mut self, image: &Image, layers: &[Layer]) -> usize {
        let mut image = image.clone();
        for layer in &mut image.layers {
            let whole = &layers[layer.layer];
            let index = *self.known.entry(whole.diff_id.clone()).or_insert(self.into.layers.len());
            match self.into.layers.get_mut(index) {
                None => self.into.layers.push(whole.clone()),
                // One may have read the layer that the other only names.
                Some(layer) if knows_more(whole, layer) => layer.contents.clone_from(&whole.contents),
                Some(_) => {}
            }
            layer.layer = index;
        }
        let known = self.into.images.iter().position(|known| *known == image);
        known.unwrap_or_else(|| {
            self.into.images.push(image);
            self.into.images.len() - 1
        })
    }
}

fn knows_more(left: &Layer, right: &Layer) -> bool {
    let known = |layer: &Layer| layer.contents.as_ref().map(|contents| contents.facts.is_some());
    known(left) > known(right)
}

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::runtime::{Container, Recording, Series, Time};
    use plimsoll_snapshot::{
        Compression, Config, Digest, Disk, ImageLayer, Platform, Runtime, Service, Source, Transport,
    };

    use super::*;

    /// A snapshot of one service, whose image has the layers of these numbers, above layers that are not used.
    fn snapshot(name: &str, id: u8, layers: &[u8]) -> Snapshot {
        let image_layers = layers.iter().enumerate().map(|(index, _)| ImageLayer {
            layer: index,
            digest: None,
            compression: Compression::None,
            blob_bytes: plimsoll_snapshot::Bytes(1),
            history: None,
        });
        let image = Image {
            reference: None,
            tags: Vec::new(),
            source: Source { transport: Transport::Oci, name: name.to_owned() },
            id: Digest::sha256([id; 32]),
            manifest_digest: None,
            platform: Platform::default(),
            created: None,
            config: Config::default(),
            history: Vec::new(),
            layers: image_layers.collect(),
            warnings: Vec::new(),
        };
        let layer =
            |&number: &u8| Layer { diff_id: DiffId::new(Digest::sha256([number; 32])), contents: None };
        Snapshot {
            services: vec![Service { name: name.to_owned(), image: 0, build: None }],
            images: vec![image],
            layers: layers.iter().map(layer).collect(),
            ..Snapshot::default()
        }
    }

    #[test]
    fn services_are_joined_and_shared_layers_held_once() {
        let mut all = snapshot("a", 1, &[10, 11]);
        merge(&mut all, snapshot("b", 2, &[10, 12])).unwrap();
        let names: Vec<_> =
            all.services.iter().map(|service| (service.name.as_str(), service.image)).collect();
        assert_eq!(names, [("a", 0), ("b", 1)]);
        assert_eq!(all.layers.len(), 3);
        let layers: Vec<_> = all.images[1].layers.iter().map(|layer| layer.layer).collect();
        assert_eq!(layers, [0, 2]);
    }

    #[test]
    fn the_disk_that_was_read_last_is_kept() {
        let disk = |time| {
            let disk = Disk { observed: Some(Time(time)), ..Disk::default() };
            Snapshot { disk: Some(disk), ..Snapshot::default() }
        };
        let mut all = Snapshot::default();
        for time in [1, 3, 2] {
            merge(&mut all, disk(time)).unwrap();
        }
        assert_eq!(all.disk.unwrap().observed, Some(Time(3)));
    }

    #[test]
    fn a_name_stands_for_one_image() {
        let mut all = snapshot("a", 1, &[10]);
        merge(&mut all, snapshot("a", 1, &[10])).unwrap();
        assert_eq!((all.services.len(), all.images.len()), (1, 1));
        assert_eq!(merge(&mut all, snapshot("a", 2, &[10])), Err("a".to_owned()));
    }

    #[test]
    fn what_runs_is_joined_and_never_doubled() {
        let running = |service: &str| {
            let container = Container {
                service: Some(service.to_owned()),
                name: Some(service.to_owned()),
                ..Container::default()
            };
            let recording = Recording { series: vec![Series::default()], ..Recording::default() };
            let runtime =
                Runtime { containers: vec![container], recordings: vec![recording], ..Runtime::default() };
            Snapshot { runtime: Some(runtime), ..Snapshot::default() }
        };
        let mut all = running("a");
        merge(&mut all, running("a")).unwrap();
        assert_eq!(all, running("a"));
        merge(&mut all, running("b")).unwrap();
        let runtime = all.runtime.as_ref().unwrap();
        assert_eq!((runtime.containers.len(), runtime.recordings.len()), (2, 2));
        merge(&mut all, running("b")).unwrap();
        let runtime = all.runtime.as_ref().unwrap();
        assert_eq!((runtime.containers.len(), runtime.recordings.len()), (2, 2));
    }
}
