//! Reads what an engine says of its disk: the answers of `/system/df`, `/images/json`, `/containers/json?all=1&size=1`,
//! `/images/ID/json` and `/images/ID/history` (Docker Engine API; Podman's compatible API).
//!
//! The engine gives the size of an image and of each step of its history, and names its layers in another answer without a
//! size. Both are joined here, so that layers which images share can be counted once.

mod answers;

use std::collections::HashMap;
use std::collections::btree_map::{BTreeMap, Entry};

use plimsoll_snapshot::runtime::{Engine, EngineKind, Time};
use plimsoll_snapshot::{
    Bytes, CacheRecord, Digest, Disk, DiskContainer, DiskImage, DiskLayer, DiskStore, DiskVolume, Order as _,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::Digest as _;

use answers::{Cache, ContainerSummary, ImageInspect, ImageSummary, Step, SystemDf, Volume, is_whole_name};

use crate::memory::{Quota, container_status, time_in_json};
use crate::redact;

/// The most bytes of a saved answer.
pub const MAX_ANSWER_BYTES: u64 = 64 << 20;
/// What an answer may take in memory: it has more values than bytes, if it is hostile.
const QUOTA: usize = 1 << 30;

/// Why an answer cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DiskError {
    /// It is no JSON, or not of the expected shape.
    #[error("not an answer of an engine about its disk: {0}")]
    Invalid(String),
    /// It is JSON of something else.
    #[error("not an answer of an engine about its disk")]
    Unknown,
    /// It is what a client prints, whose sizes are rounded.
    #[error("this is the output of `docker system df`, whose sizes are rounded")]
    Printed,
}

/// The answers of an engine, as they come in.
#[derive(Debug, Default)]
pub struct DiskAnswers {
    engine: Option<Engine>,
    observed: Option<Time>,
    store: DiskStore,
    layers_bytes: Option<Bytes>,
    images: BTreeMap<String, ImageSummary>,
    containers: BTreeMap<String, ContainerSummary>,
    volumes: Option<Vec<Volume>>,
    cache: Option<Vec<Cache>>,
    inspected: HashMap<String, ImageInspect>,
    histories: HashMap<String, Vec<Step>>,
    logs: HashMap<String, Bytes>,
    has_images: bool,
    /// Whether `containers` has stopped ones too: a list of the running ones alone does not say what is unused.
    has_all_containers: bool,
    copies_layers: bool,
    is_podman: bool,
}

/// What an answer is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum DiskAnswer {
    Usage,
    Images,
    Containers,
    ImageInspect,
    History,
    Info,
    /// A list without entries, of images or of containers.
    Nothing,
}

impl DiskAnswers {
    /// When, and of which engine, the answers are.
    pub fn asked(&mut self, engine: Engine, observed: Time) {
        self.is_podman |= engine.kind == EngineKind::Podman;
        self.engine = Some(engine);
        self.observed = Some(observed);
    }

    /// Reads an answer, whose kind is detected from its content.
    ///
    /// # Errors
    ///
    /// If it is none of those that tell something about a disk.
    pub fn read(&mut self, text: &[u8]) -> Result<DiskAnswer, DiskError> {
        let text = str::from_utf8(text).map_err(|error| DiskError::Invalid(error.to_string()))?;
        let value = Quota::new(QUOTA).value(text);
        let value = value.map_err(|error| DiskError::Invalid(redact::message(&error.to_string())))?;
        let first = match &value {
            Value::Array(list) => list.first(),
            object => Some(object),
        };
        let Some(first) = first else {
            return Ok(DiskAnswer::Nothing);
        };
        let has = |key: &str| first.get(key).is_some();
        let is_list = value.is_array();
        Ok(if !is_list && has("LayersSize") {
            self.usage(from(value)?);
            DiskAnswer::Usage
        } else if has("BuildCache") || has("VirtualSize") && first["VirtualSize"].is_string() {
            return Err(DiskError::Printed);
        } else if has("RootFS") {
            let images: Vec<ImageInspect> = if is_list { from(value)? } else { vec![from(value)?] };
            images.into_iter().for_each(|image| self.inspected(image));
            DiskAnswer::ImageInspect
        } else if is_list && has("CreatedBy") {
            self.history(from(value)?);
            DiskAnswer::History
        } else if is_list && has("ImageID") && has("State") {
            self.containers(from(value)?);
            DiskAnswer::Containers
        } else if is_list && has("Id") && has("Size") {
            self.images(from(value)?);
            DiskAnswer::Images
        } else if !is_list && has("DriverStatus") {
            self.info(&value);
            DiskAnswer::Info
        } else {
            return Err(DiskError::Unknown);
        })
    }

    /// The list of containers that was read, perhaps an empty one, has stopped ones too.
    pub fn has_all_containers(&mut self) {
        self.has_all_containers = true;
    }

    /// Whether containers were listed, but perhaps the running ones alone.
    #[must_use]
    pub fn lacks_containers(&self) -> bool {
        !self.has_all_containers && !self.containers.is_empty()
    }

    /// The log files of a container, if they could be measured.
    pub fn log(&mut self, container: &str, bytes: Bytes) {
        self.logs.insert(container.to_owned(), bytes);
    }

    /// The images and the containers that answers about single ones are wanted of.
    pub fn ids(&self) -> (Vec<String>, Vec<String>) {
        let images = self.images.values().map(|image| image.id.clone());
        (images.collect(), self.containers.keys().cloned().collect())
    }

    /// Whether an engine said what it has: other answers alone are of no use.
    #[must_use]
    pub const fn has_images(&self) -> bool {
        self.has_images
    }

    fn usage(&mut self, usage: SystemDf) {
        // Podman 4 answers zero whatever it stores.
        let is_said =
            usage.layers_size != Some(0) || usage.images.iter().flatten().all(|image| image.size == 0);
        self.layers_bytes = usage.layers_size.filter(|_| is_said).and_then(known);
        if let Some(images) = usage.images {
            self.is_podman |= images.iter().any(|image| !image.id.is_empty() && !image.id.contains(':'));
            self.images(images);
        }
        // An engine that lists all kinds writes no list for a cache without records.
        let has_lists = usage.containers.is_some() && usage.volumes.is_some();
        self.cache = usage.build_cache.or_else(|| has_lists.then(Vec::new));
        self.volumes = usage.volumes;
        if let Some(mut containers) = usage.containers {
            self.has_all_containers = true;
            for container in &mut containers {
                // The sizes are always measured here; a zero is omitted.
                container.size_rw = container.size_rw.or(Some(0));
            }
            self.containers(containers);
        }
    }

    fn images(&mut self, images: Vec<ImageSummary>) {
        self.has_images = true;
        for image in images.into_iter().filter(|image| !image.id.is_empty()) {
            match self.images.entry(whole_id(&image.id)) {
                Entry::Vacant(place) => drop(place.insert(image)),
                Entry::Occupied(mut known) => known.get_mut().join(image),
            }
        }
    }

    fn containers(&mut self, containers: Vec<ContainerSummary>) {
        for container in containers.into_iter().filter(|container| !container.id.is_empty()) {
            // Engines list stopped containers only if all are asked for.
            self.has_all_containers |=
                !matches!(container.state.as_str(), "running" | "paused" | "restarting");
            match self.containers.entry(container.id.clone()) {
                Entry::Vacant(place) => drop(place.insert(container)),
                Entry::Occupied(mut known) => known.get_mut().join(container),
            }
        }
    }

    fn inspected(&mut self, image: ImageInspect) {
        self.inspected.insert(whole_id(&image.id), image);
    }

    fn history(&mut self, steps: Vec<Step>) {
        // The newest step comes first and has the ID of the image.
        if let Some(id) = steps.first().map(|step| whole_id(&step.id)) {
            self.histories.insert(id, steps);
        }
    }

    fn info(&mut self, info: &Value) {
        let status = info.get("DriverStatus").and_then(Value::as_array).into_iter().flatten();
        let is_containerd = status
            .filter_map(|pair| pair.get(1)?.as_str())
            .any(|value| value.starts_with("io.containerd.snapshotter"));
        self.copies_layers = info.get("Driver").and_then(Value::as_str) == Some("vfs");
        self.store = if is_containerd { DiskStore::Containerd } else { DiskStore::Unpacked };
    }

    /// Everything, joined and in order.
    #[must_use]
    pub fn finish(self) -> Disk {
        let mut layers: Vec<DiskLayer> = Vec::new();
        let mut chains: HashMap<Digest, usize> = HashMap::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut images = Vec::with_capacity(self.images.len());
        for (id, image) in &self.images {
            let inspected = self.inspected.get(id);
            let sized = inspected
                .and_then(|inspected| sized(inspected.root_fs.layers.as_deref()?, self.histories.get(id)?));
            let indices = sized.map(|sized| {
                let index = |layer: DiskLayer| {
                    *chains.entry(layer.chain.clone()).or_insert_with(|| {
                        layers.push(layer);
                        layers.len() - 1
                    })
                };
                sized.into_iter().map(index).collect()
            });
            places.insert(id.clone(), images.len());
            let is_named = |text: &&String| !text.is_empty() && !text.starts_with("<none>");
            let digests = image.repo_digests.iter().flatten().filter(is_named).count();
            let is_containerd = self.store == DiskStore::Containerd;
            let names = || image.repo_tags.iter().flatten().filter(is_named);
            let has_names = names().any(|name| is_whole_name(name));
            images.push(DiskImage {
                id: image.id.clone(),
                tags: names().filter(|_| has_names).map(|name| cleaned(name)).collect(),
                has_unknown_names: !has_names && names().next().is_some(),
                listed_containers: image.containers.and_then(|number| u64::try_from(number).ok()),
                // Both give every image a digest, also one that was built here.
                is_in_registry: (!is_containerd && !self.is_podman).then_some(digests > 0),
                created: time_in_json(&image.created),
                listed_bytes: known(image.size).unwrap_or_default(),
                listed_shared_bytes: image.shared_size.and_then(known),
                content_bytes: inspected
                    .filter(|_| is_containerd)
                    .and_then(|inspected| known(inspected.size)),
                layers: indices,
            });
        }
        let containers = self.containers.into_iter().map(|(id, container)| {
            let writable_bytes = container.written().and_then(known);
            let volumes = container.mounts.map(|mounts| {
                let volumes =
                    mounts.iter().filter(|mount| mount.r#type == "volume" && !mount.name.is_empty());
                volumes.map(|mount| cleaned(&mount.name)).collect()
            });
            let name = container.names.iter().flatten().next().map(|name| name.trim_start_matches('/'));
            DiskContainer {
                name: cleaned(name.unwrap_or_default()),
                image: places.get(&whole_id(&container.image_id)).copied(),
                status: container_status(&container.state),
                writable_bytes,
                log_bytes: self.logs.get(&id).copied(),
                volumes,
                id,
            }
        });
        let volumes = self.volumes.map(|volumes| {
            let mut volumes: Vec<DiskVolume> = volumes.iter().map(volume).collect();
            volumes.order_by_key(|volume| volume.name.clone());
            volumes
        });
        let cache = self.cache.map(|records| {
            let mut records: Vec<CacheRecord> = records.into_iter().map(record).collect();
            records.order_by_key(|record| record.id.clone());
            records
        });
        Disk {
            engine: self.engine.or_else(|| {
                let unknown = String::new;
                self.is_podman.then(|| Engine {
                    kind: EngineKind::Podman,
                    version: unknown(),
                    api_version: unknown(),
                })
            }),
            observed: self.observed,
            store: self.store,
            copies_layers: self.copies_layers,
            layers_bytes: self.layers_bytes,
            containers: self.has_all_containers.then(|| containers.collect()),
            layers,
            images,
            volumes,
            cache,
        }
    }
}

fn volume(volume: &Volume) -> DiskVolume {
    let is_made_up = volume.name.len() == 64 && volume.name.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_labelled = volume.labels.iter().flatten().any(|(label, _)| label == "com.docker.volume.anonymous");
    let usage = volume.usage_data.as_ref();
    DiskVolume {
        name: cleaned(&volume.name),
        bytes: usage.and_then(|usage| known(usage.size?)),
        listed_containers: usage.and_then(|usage| u64::try_from(usage.ref_count?).ok()),
        // Podman names no driver here.
        is_local: matches!(volume.driver.as_str(), "local" | ""),
        is_anonymous: is_labelled || is_made_up,
    }
}

fn record(record: Cache) -> CacheRecord {
    let parents = record.parents.into_iter().flatten().chain(record.parent).filter(|id| !id.is_empty());
    CacheRecord {
        parents: parents.map(|id| cleaned(&id)).collect(),
        kind: cleaned(&record.r#type),
        bytes: known(record.size).unwrap_or_default(),
        in_use: record.in_use,
        is_shared: record.shared,
        last_used: time_in_json(&record.last_used_at).or_else(|| time_in_json(&record.created_at)),
        id: cleaned(&record.id),
    }
}

/// An engine gives −1 where it does not know.
fn known(bytes: i64) -> Option<Bytes> {
    u64::try_from(bytes).ok().map(Bytes)
}

fn cleaned(text: &str) -> String {
    redact::credentials(text).into_owned()
}

/// Podman leaves the algorithm away.
fn whole_id(id: &str) -> String {
    id.strip_prefix("sha256:").unwrap_or(id).to_owned()
}

fn from<T: DeserializeOwned>(value: Value) -> Result<T, DiskError> {
    serde_json::from_value(value).map_err(|error| DiskError::Invalid(redact::message(&error.to_string())))
}

/// The layers of an image with their sizes; `None` if the history does not say which steps made them.
fn sized(diff_ids: &[String], newest_first: &[Step]) -> Option<Vec<DiskLayer>> {
    let steps = || newest_first.iter().rev();
    // The API does not say which steps made a layer. Those with bytes did, and so did `RUN`, `COPY` and `ADD`. `WORKDIR` makes
    // an empty one with BuildKit alone.
    let with_bytes = |step: &&Step| step.size > 0;
    let with_files = |step: &&Step| step.size > 0 || makes_layer(&step.created_by, &["RUN", "COPY", "ADD"]);
    let with_directories =
        |step: &&Step| step.size > 0 || makes_layer(&step.created_by, &["RUN", "COPY", "ADD", "WORKDIR"]);
    let fitting: Vec<&Step> = [
        steps().filter(with_files).collect::<Vec<_>>(),
        steps().filter(with_directories).collect(),
        steps().filter(with_bytes).collect(),
    ]
    .into_iter()
    .find(|made| made.len() == diff_ids.len())?;
    let mut chain: Option<Digest> = None;
    let mut layers = Vec::with_capacity(diff_ids.len());
    for (diff_id, step) in diff_ids.iter().zip(fitting) {
        let diff_id = Digest::parse(diff_id).ok()?;
        let next = match chain {
            None => diff_id,
            Some(below) => {
                Digest::sha256(sha2::Sha256::digest(format!("{below} {diff_id}").as_bytes()).into())
            }
        };
        layers.push(DiskLayer {
            chain: next.clone(),
            bytes: known(step.size)?,
            by_buildkit: step.comment.starts_with("buildkit") || step.created_by.ends_with("# buildkit"),
        });
        chain = Some(next);
    }
    Some(layers)
}

/// Whether a step of a history is one of these instructions. What is none that is known ran a command.
fn makes_layer(created_by: &str, making: &[&str]) -> bool {
    const SETTINGS: [&str; 14] = [
        "ENV",
        "ARG",
        "CMD",
        "ENTRYPOINT",
        "LABEL",
        "EXPOSE",
        "USER",
        "VOLUME",
        "STOPSIGNAL",
        "HEALTHCHECK",
        "SHELL",
        "ONBUILD",
        "MAINTAINER",
        "WORKDIR",
    ];
    let text = created_by.trim_start();
    let text = text.strip_prefix("/bin/sh -c #(nop)").unwrap_or(text).trim_start();
    let keyword = text.split_whitespace().next().unwrap_or_default();
    making.contains(&keyword) || !keyword.is_empty() && !SETTINGS.contains(&keyword)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn diff_id(number: u8) -> String {
        Digest::sha256([number; 32]).to_string()
    }

    fn step(id: &str, created_by: &str, size: i64) -> Value {
        json!({"Id": id, "CreatedBy": created_by, "Size": size, "Comment": "", "Tags": null})
    }

    /// Two images on one base, and a container of the second.
    fn answers() -> DiskAnswers {
        let mut answers = DiskAnswers::default();
        let mut read = |value: Value| answers.read(value.to_string().as_bytes()).unwrap();
        let usage = json!({
            "LayersSize": 1234, "BuildCache": [
                {"ID": "a", "Parent": "", "Type": "regular", "InUse": false, "Shared": true, "Size": 5,
                    "CreatedAt": "2026-11-29T20:31:19Z", "LastUsedAt": null}],
            "Images": [
                {"Id": "sha256:one", "RepoTags": ["app:1"], "RepoDigests": ["app@sha256:0"], "Size": 30, "SharedSize": 10},
                {"Id": "sha256:two", "RepoTags": ["<none>:<none>"], "RepoDigests": ["<none>@<none>"], "Size": 15,
                    "SharedSize": -1, "Created": 1_795_984_281}],
            "Containers": [{"Id": "c", "Names": ["/web"], "ImageID": "sha256:two", "State": "exited", "SizeRw": 7,
                "Mounts": [{"Type": "volume", "Name": "data"}, {"Type": "bind", "Source": "/home/someone"}]}],
            "Volumes": [{"Name": "data", "Driver": "local", "Labels": null, "UsageData": {"RefCount": 1, "Size": -1}}]});
        assert_eq!(read(usage), DiskAnswer::Usage);
        assert_eq!(
            read(json!([{"Id": "sha256:one", "Size": 30, "RootFS": {"Layers": [diff_id(1), diff_id(2)]}}])),
            DiskAnswer::ImageInspect
        );
        read(
            json!({"Id": "sha256:two", "Size": 15, "RootFS": {"Layers": [diff_id(1), diff_id(3), diff_id(4)]}}),
        );
        let base = step("<missing>", "/bin/sh -c #(nop) ADD file:0 in / ", 10);
        assert_eq!(
            read(json!([
                step("sha256:one", "CMD [\"a\"]", 0),
                step("<missing>", "RUN make # buildkit", 20),
                base
            ])),
            DiskAnswer::History
        );
        read(json!([
            step("sha256:two", "RUN true", 0),
            step("<missing>", "WORKDIR /app", 0),
            step("<missing>", "ENV A=1", 0),
            base
        ]));
        answers
    }

    #[test]
    fn layers_get_their_sizes_and_are_shared() {
        let mut answers = answers();
        answers.log("c", Bytes(99));
        let disk = answers.finish();
        assert!(!format!("{disk:?}").contains("someone"));
        let layers: Vec<_> = disk.images.iter().map(|image| image.layers.clone()).collect();
        assert_eq!(layers, [Some(vec![0, 1]), Some(vec![0, 2, 3])]);
        let bytes: Vec<_> = disk.layers.iter().map(|layer| (layer.bytes.0, layer.by_buildkit)).collect();
        assert_eq!(bytes, [(10, false), (20, true), (0, false), (0, false)]);
        assert_eq!(disk.images[0].tags, ["app:1"]);
        assert_eq!(disk.images[0].is_in_registry, Some(true));
        assert_eq!((disk.images[1].tags.len(), disk.images[1].is_in_registry), (0, Some(false)));
        let container = &disk.containers.unwrap()[0];
        assert_eq!(
            (container.image, container.writable_bytes, container.log_bytes),
            (Some(1), Some(Bytes(7)), Some(Bytes(99)))
        );
        assert_eq!(container.volumes.as_deref(), Some(&["data".to_owned()][..]));
        let volume = &disk.volumes.unwrap()[0];
        assert_eq!((volume.bytes, volume.listed_containers), (None, Some(1)));
        assert!(disk.cache.unwrap()[0].last_used.is_some());
    }

    #[test]
    fn the_same_image_in_two_answers_keeps_its_names() {
        let names = |answers: [Value; 2]| {
            let mut all = DiskAnswers::default();
            for answer in answers {
                all.read(answer.to_string().as_bytes()).unwrap();
            }
            let image = all.finish().images.remove(0);
            (image.tags, image.listed_shared_bytes, image.is_in_registry)
        };
        let df = json!({"LayersSize": 5, "Images": [{"Id": "sha256:a", "RepoTags": ["latest"], "Size": 5, "SharedSize": 2}]});
        let list = json!([{"Id": "sha256:a", "RepoTags": ["localhost/app:latest"], "RepoDigests": ["x@sha256:0"], "Size": 5, "SharedSize": -1}]);
        let expected = (vec!["localhost/app:latest".to_owned()], Some(Bytes(2)), Some(true));
        assert_eq!(names([df.clone(), list.clone()]), expected);
        assert_eq!(names([list, df]), expected);
    }

    fn read(documents: &[Value]) -> Disk {
        let mut answers = DiskAnswers::default();
        for document in documents {
            answers.read(document.to_string().as_bytes()).unwrap();
        }
        answers.finish()
    }

    /// Podman 4.3.1: no `sha256:`, tags instead of names, no sum of the layers, no mounts, no driver.
    fn podman() -> Value {
        json!({
            "LayersSize": 0, "BuildCache": [],
            "Images": [{"Id": "48", "RepoTags": ["latest"], "RepoDigests": null, "Size": 279, "SharedSize": 0, "Containers": 1}],
            "Containers": [{"Id": "9d", "Names": ["pc"], "ImageID": "48", "State": "created", "SizeRootFs": 248, "Mounts": null}],
            "Volumes": [{"Name": "pv", "Driver": "", "Labels": {}, "UsageData": {"RefCount": 1, "Size": 3}}]})
    }

    #[test]
    fn an_image_of_podman_is_one_image_in_two_answers() {
        let list = json!([{"Id": "sha256:48", "RepoTags": ["docker.io/a/micro:latest"], "Size": 280, "SharedSize": 0, "Containers": 0}]);
        for documents in [[podman(), list.clone()], [list, podman()]] {
            let disk = read(&documents);
            let [image] = &disk.images[..] else { panic!("{:?}", disk.images) };
            assert_eq!((image.id.as_str(), image.has_unknown_names), ("sha256:48", false));
            assert_eq!(image.tags, ["docker.io/a/micro:latest"]);
            assert_eq!((image.listed_containers, image.is_in_registry), (Some(1), None));
            assert_eq!(disk.containers.unwrap()[0].image, Some(0));
        }
        let alone = read(&[podman()]);
        assert_eq!((alone.images[0].tags.len(), alone.images[0].has_unknown_names), (0, true));
        assert_eq!(alone.layers_bytes, None);
    }

    #[test]
    fn mounts_come_from_the_answer_that_has_them() {
        let disk = read(&[podman()]);
        let containers = disk.containers.unwrap();
        assert_eq!((&containers[0].volumes, containers[0].writable_bytes), (&None, Some(Bytes(0))));
        let volume = &disk.volumes.unwrap()[0];
        assert_eq!((volume.listed_containers, volume.is_local), (Some(1), true));
        let list = json!([{"Id": "9d", "ImageID": "sha256:48", "State": "created",
            "Mounts": [{"Type": "volume", "Name": "pv"}]}]);
        let containers = read(&[podman(), list]).containers.unwrap();
        assert_eq!((containers.len(), &containers[0].volumes), (1, &Some(vec!["pv".to_owned()])));
    }

    #[test]
    fn what_no_answer_lists_is_unknown() {
        let images =
            json!([{"Id": "sha256:a", "RepoTags": ["a:1"], "Size": 5, "SharedSize": -1, "Containers": -1}]);
        let disk = read(std::slice::from_ref(&images));
        assert_eq!((disk.containers, disk.volumes, disk.cache), (None, None, None));
        assert_eq!((disk.images[0].listed_shared_bytes, disk.images[0].listed_containers), (None, None));
        // Without `all=1`, an engine lists no stopped container.
        let container = |state: &str| json!([{"Id": "c", "ImageID": "sha256:a", "State": state}]);
        assert_eq!(read(&[images.clone(), container("running")]).containers, None);
        let containers = read(&[images, container("exited")]).containers.unwrap();
        assert_eq!((&containers[0].volumes, containers[0].writable_bytes), (&None, None));
        let df = json!({"LayersSize": 0, "Images": [], "Containers": [], "Volumes": [], "BuildCache": null});
        assert_eq!(read(&[df]).cache, Some(Vec::new()));
        let of_one_kind =
            json!({"LayersSize": 0, "Images": [], "Containers": null, "Volumes": null, "BuildCache": null});
        let disk = read(&[of_one_kind]);
        assert_eq!((disk.containers, disk.volumes, disk.cache), (None, None, None));
    }

    #[test]
    fn a_history_that_does_not_fit_leaves_the_layers_unknown() {
        let steps = |texts: &[(&str, i64)]| {
            texts
                .iter()
                .map(|&(created_by, size)| Step { created_by: created_by.into(), size, ..Step::default() })
                .collect::<Vec<_>>()
        };
        assert_eq!(sized(&[diff_id(1)], &steps(&[("RUN a", 1), ("RUN b", 1)])), None);
        assert_eq!(sized(&["x".into()], &steps(&[("RUN a", 1)])), None);
        assert_eq!(sized(&[diff_id(1)], &steps(&[("RUN a", -1)])), None);
        assert_eq!(sized(&[], &[]).map(|layers| layers.len()), Some(0));
    }

    #[test]
    fn other_documents_are_refused() {
        let check = |text: &str| DiskAnswers::default().read(text.as_bytes()).is_err();
        for bad in [
            "",
            "7",
            "{}",
            "[7]",
            "{\"LayersSize\": \"x\"}",
            "[{\"Id\": 7, \"Size\": 1}]",
            "[{\"ID\": \"a\", \"VirtualSize\": \"1MB\"}]",
        ] {
            assert!(check(bad), "{bad}");
        }
        let printed = DiskAnswers::default().read(br#"{"Images": [], "BuildCache": []}"#);
        assert!(matches!(printed, Err(DiskError::Printed)));
        assert!(!check("[]"));
    }
}
