//! What each image of a snapshot weighs, and where hidden bytes come from.
//!
//! The structures here are the documents `plimsoll inspect --format json` prints: see `docs/inspect-format.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use plimsoll_snapshot::{
    BuildFile, ByteDelta, Bytes, Compression, ContentHash, Contents, DiffId, Digest, Entry, EntryKind, Image,
    Layer, Node, Order as _, Snapshot, Source, Warning, filled, path,
};
use serde::Serialize;

use crate::dockerfile::instructions_of_steps;
use crate::squash::{Cause, Squashed, squash};
use crate::{dive, instruction};

/// The block size that the estimate of allocated bytes rounds up to: that of ext4 and xfs.
const BLOCK: u64 = 4096;

/// A snapshot inspected.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Inspection {
    /// The images, one a service, in the order of the services.
    pub images: Vec<ImageInspection>,
    /// The images taken together.
    pub stack: StackSize,
}

/// What a set of images weighs together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StackSize {
    /// The number of services.
    pub services: u64,
    /// The number of different images.
    pub images: u64,
    /// The image sizes added up over services, layers counted as often as they are used.
    pub sum_bytes: Bytes,
    /// The image size of all services with every layer counted once.
    pub unique_bytes: Bytes,
}

/// One image inspected. What services that run the same image have in common is stored once.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImageInspection {
    /// The name of the service that runs the image.
    pub service: String,
    /// The name the image was asked by, or its first tag.
    pub reference: Option<String>,
    /// The image ID: the digest of the config.
    pub id: Digest,
    /// What it runs on, as `linux/amd64`.
    pub platform: String,
    /// Where it was read from.
    pub source: Source,
    /// When it was built (RFC 3339).
    pub created: Option<String>,
    /// Image size: the bytes of the regular files of all layers.
    pub size_bytes: Bytes,
    /// The bytes that a name in the final tree reaches.
    pub final_tree_bytes: Bytes,
    /// The bytes that no name reaches any more. `size_bytes = final_tree_bytes + hidden_bytes`.
    pub hidden_bytes: Bytes,
    /// Bytes of the final tree that another file of the same content already holds.
    pub duplicate_bytes: Bytes,
    /// The bytes of the compressed layer blobs; absent where the source does not store all of them compressed.
    pub compressed_bytes: Option<Bytes>,
    /// What the unpacked layers take up on disk, estimated with blocks of 4096 bytes and one block a directory.
    pub allocated_estimate_bytes: Bytes,
    /// The score that dive computes, from 0 to 1; absent for an image without files.
    pub dive_efficiency: Option<f64>,
    /// The files of the final tree, hard links included.
    pub files: u64,
    /// Hidden bytes by cause and by the layers that stored and hid them, largest first.
    pub hidden: Arc<[Hidden]>,
    /// The layers, lowest first.
    pub layers: Arc<[LayerInspection]>,
    /// Every step of the build, oldest first, steps without a layer included; empty where the source keeps no history.
    pub history: Arc<[HistoryStep]>,
    /// What has to be known of the figures.
    pub warnings: Arc<[WarningMessage]>,
}

/// One step of the build, as `docker history` has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HistoryStep {
    /// When (RFC 3339).
    pub created: Option<String>,
    /// The instruction, readable.
    pub instruction: String,
    /// The build step as the builder recorded it, without values that may be secret.
    pub created_by: String,
    /// Index into the layers: the one that the step made.
    pub layer: Option<u32>,
    /// The bytes of the regular files of that layer.
    pub file_bytes: Bytes,
    /// The first and the last line of the instruction in the Dockerfile, if one was given and has it.
    pub lines: Option<[u32; 2]>,
}

/// Bytes of one layer that one other layer hides in one way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Hidden {
    /// How they were hidden.
    pub cause: Cause,
    /// The hidden bytes of this cause and these layers.
    pub bytes: Bytes,
    /// The number of files, hard links to one file counted once.
    pub files: u64,
    /// Index into the layers: the one that stores the bytes.
    pub from_layer: u32,
    /// Index into the layers: the one that hides them.
    pub by_layer: u32,
    /// The instruction that hides them.
    pub by_instruction: Option<String>,
    /// The largest of the files, at most [`Hidden::EXAMPLES`].
    pub examples: Vec<HiddenFile>,
}

impl Hidden {
    /// The number of files that are named.
    pub const EXAMPLES: usize = 5;
}

/// A hidden file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HiddenFile {
    /// Where it lay, escaped.
    pub path: String,
    /// The size of the file.
    pub bytes: Bytes,
}

/// One layer inspected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LayerInspection {
    /// The digest of the uncompressed tar.
    pub diff_id: DiffId,
    /// The digest of the blob, where the source names it.
    pub digest: Option<Digest>,
    /// How the blob is compressed.
    pub compression: Compression,
    /// The size of the blob as it is stored.
    pub blob_bytes: Bytes,
    /// The size of the compressed blob; absent where it is stored uncompressed.
    pub compressed_bytes: Option<Bytes>,
    /// The size of the uncompressed tar; absent if the layer is not included.
    pub tar_bytes: Option<Bytes>,
    /// The bytes of its regular files.
    pub file_bytes: Bytes,
    /// How much of `file_bytes` later layers hide.
    pub hidden_bytes: Bytes,
    /// How many regular files it stores.
    pub files: u64,
    /// How many directories it has entries for.
    pub directories: u64,
    /// How many symbolic links.
    pub symlinks: u64,
    /// How many hard links.
    pub hardlinks: u64,
    /// How many devices and named pipes.
    pub devices: u64,
    /// How many paths of lower layers it deletes.
    pub whiteouts: u64,
    /// How many directories it makes opaque.
    pub opaque: u64,
    /// The instruction that made it, readable.
    pub instruction: Option<String>,
    /// The build step as the builder recorded it, without values that may be secret.
    pub created_by: Option<String>,
}

/// A warning with its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WarningMessage {
    /// The warning in plain words.
    pub message: String,
    /// The warning, with its values.
    #[serde(flatten)]
    pub warning: Warning,
}

/// Warnings of one kind: the first of them, and how many more there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WarningGroup<'a> {
    /// The first ones.
    pub first: Vec<&'a Warning>,
    /// How many follow.
    pub more: u64,
}

/// The warnings that a person reads: a few of each kind, in the order in which the kinds first come. A layer may have
/// thousands that say the same of other paths.
#[must_use]
pub fn warning_groups(warnings: &[WarningMessage]) -> Vec<WarningGroup<'_>> {
    const FIRST: usize = 5;
    let mut groups: Vec<WarningGroup<'_>> = Vec::new();
    for WarningMessage { warning, .. } in warnings {
        let kind = std::mem::discriminant(warning);
        match groups.iter_mut().find(|group| std::mem::discriminant(group.first[0]) == kind) {
            Some(group) if group.first.len() < FIRST => group.first.push(warning),
            Some(group) => group.more += 1,
            None => groups.push(WarningGroup { first: vec![warning], more: 0 }),
        }
    }
    groups
}

/// Inspects every service of a snapshot. An image is inspected once, however many services run it.
#[must_use]
pub fn inspect(snapshot: &Snapshot) -> Inspection {
    let mut inspected: BTreeMap<usize, ImageInspection> = BTreeMap::new();
    let images = snapshot
        .services
        .iter()
        .map(|service| {
            let image = &snapshot.images[service.image];
            let first = inspected
                .entry(service.image)
                .or_insert_with(|| inspect_image(snapshot, &service.name, image, &squash(snapshot, image)));
            let mut inspection = first.of_service(&service.name);
            if let Some(build) = &service.build {
                inspection.history = with_lines(&inspection.history, image, build);
            }
            inspection
        })
        .collect();
    Inspection { images, stack: stack_size(snapshot) }
}

impl ImageInspection {
    /// This inspection under the name of another service that runs the same image.
    pub(crate) fn of_service(&self, service: &str) -> Self {
        Self { service: service.to_owned(), ..self.clone() }
    }
}

/// The steps of an image with the lines of the Dockerfile that made them.
fn with_lines(steps: &[HistoryStep], image: &Image, build: &BuildFile) -> Arc<[HistoryStep]> {
    let instructions = instructions_of_steps(image, build);
    let lines = instructions.into_iter().map(|found| {
        let instruction = &build.instructions[found?];
        Some([instruction.line, instruction.end_line])
    });
    steps.iter().cloned().zip(lines).map(|(step, lines)| HistoryStep { lines, ..step }).collect()
}

/// What the services of a snapshot weigh together. Reads no trees, so it is quick.
#[must_use]
pub fn stack_size(snapshot: &Snapshot) -> StackSize {
    let layer_bytes: Vec<Bytes> = snapshot
        .layers
        .iter()
        .map(|layer| layer.contents.as_deref().map_or(Bytes::ZERO, file_bytes))
        .collect();
    let mut used: BTreeMap<usize, u64> = BTreeMap::new();
    for service in &snapshot.services {
        *used.entry(service.image).or_default() += 1;
    }
    let layers = |image: usize| snapshot.images[image].layers.iter().map(|layer| layer.layer);
    let unique: BTreeSet<usize> = filled(used.keys().flat_map(|&image| layers(image)));
    let size = |image: usize| layers(image).map(|layer| layer_bytes[layer]).sum::<Bytes>();
    StackSize {
        services: snapshot.services.len() as u64,
        images: used.len() as u64,
        sum_bytes: used.iter().map(|(&image, &services)| Bytes(size(image).0.saturating_mul(services))).sum(),
        unique_bytes: unique.into_iter().map(|layer| layer_bytes[layer]).sum(),
    }
}

/// Inspects an image that was squashed already.
#[must_use]
pub fn inspect_image(
    snapshot: &Snapshot,
    service: &str,
    image: &Image,
    squashed: &Squashed<'_>,
) -> ImageInspection {
    let size_bytes = squashed.inodes.iter().map(|inode| inode.size).sum();
    let mut layers: Vec<_> = image.layers.iter().map(|layer| inspect_layer(snapshot, image, layer)).collect();
    for inode in squashed.inodes.iter().filter(|inode| inode.hidden.is_some()) {
        layers[inode.layer as usize].hidden_bytes += inode.size;
    }
    ImageInspection {
        service: service.to_owned(),
        reference: image.reference.clone(),
        id: image.id.clone(),
        platform: image.platform.to_string(),
        source: image.source.clone(),
        created: image.created.clone(),
        size_bytes,
        final_tree_bytes: squashed.tree.root().bytes,
        hidden_bytes: layers.iter().map(|layer| layer.hidden_bytes).sum(),
        duplicate_bytes: duplicate_bytes(squashed),
        compressed_bytes: layers
            .iter()
            .map(|layer| layer.compressed_bytes)
            .sum::<Option<Bytes>>()
            .filter(|_| !layers.is_empty()),
        allocated_estimate_bytes: allocated_estimate(snapshot, image),
        dive_efficiency: dive::efficiency(snapshot, image, squashed),
        files: squashed.tree.root().files,
        hidden: hidden(snapshot, image, squashed, &layers).into(),
        history: history(image, &layers),
        warnings: warnings(snapshot, image, squashed).into(),
        layers: layers.into(),
    }
}

fn inspect_layer(
    snapshot: &Snapshot,
    image: &Image,
    layer: &plimsoll_snapshot::ImageLayer,
) -> LayerInspection {
    let shared = &snapshot.layers[layer.layer];
    let created_by = layer.history.map(|step| image.history[step].created_by.clone());
    let mut inspection = LayerInspection {
        diff_id: shared.diff_id.clone(),
        digest: layer.digest.clone(),
        compression: layer.compression,
        blob_bytes: layer.blob_bytes,
        compressed_bytes: (layer.compression != Compression::None).then_some(layer.blob_bytes),
        tar_bytes: None,
        file_bytes: Bytes::ZERO,
        hidden_bytes: Bytes::ZERO,
        files: 0,
        directories: 0,
        symlinks: 0,
        hardlinks: 0,
        devices: 0,
        whiteouts: 0,
        opaque: 0,
        instruction: created_by.as_deref().map(|text| instruction::readable(text).into_owned()),
        created_by,
    };
    if let Some(contents) = &shared.contents {
        inspection.tar_bytes = Some(contents.tar_bytes);
        inspection.file_bytes = file_bytes(contents);
        inspection.whiteouts = contents.whiteouts.len() as u64;
        inspection.opaque = contents.opaque.len() as u64;
        for entry in contents.entries.iter() {
            *match entry.node.kind() {
                EntryKind::File => &mut inspection.files,
                EntryKind::Directory => &mut inspection.directories,
                EntryKind::Symlink => &mut inspection.symlinks,
                EntryKind::Hardlink => &mut inspection.hardlinks,
                EntryKind::CharDevice | EntryKind::BlockDevice | EntryKind::Fifo => &mut inspection.devices,
            } += 1;
        }
    }
    inspection
}

fn history(image: &Image, layers: &[LayerInspection]) -> Arc<[HistoryStep]> {
    let mut made = vec![None; image.history.len()];
    for (index, layer) in image.layers.iter().enumerate() {
        if let Some(step) = layer.history {
            made[step] = Some(index);
        }
    }
    let steps = image.history.iter().zip(made).map(|(step, layer)| HistoryStep {
        created: step.created.clone(),
        instruction: instruction::readable(&step.created_by).into_owned(),
        created_by: step.created_by.clone(),
        layer: layer.and_then(|layer| u32::try_from(layer).ok()),
        file_bytes: layer.map_or(Bytes::ZERO, |layer| layers[layer].file_bytes),
        lines: None,
    });
    steps.collect()
}

/// The bytes of the regular files of a layer.
pub(crate) fn file_bytes(contents: &Contents) -> Bytes {
    contents
        .entries
        .iter()
        .map(|entry| match entry.node {
            Node::File { size, .. } => size,
            _ => Bytes::ZERO,
        })
        .sum()
}

fn hidden(
    snapshot: &Snapshot,
    image: &Image,
    squashed: &Squashed<'_>,
    layers: &[LayerInspection],
) -> Vec<Hidden> {
    let mut groups: BTreeMap<(Cause, u32, u32), Vec<(Bytes, u32)>> = BTreeMap::new();
    for inode in &squashed.inodes {
        if let Some((by, cause)) = inode.hidden {
            groups.entry((cause, inode.layer, by)).or_default().push((inode.size, inode.entry));
        }
    }
    let mut hidden: Vec<_> = groups
        .into_iter()
        .map(|((cause, from_layer, by_layer), mut files)| {
            files.sort_by_key(|&(size, entry)| (std::cmp::Reverse(size), entry));
            let contents = snapshot.layers[image.layers[from_layer as usize].layer].contents.as_ref();
            let examples = files.iter().take(Hidden::EXAMPLES).filter_map(|&(bytes, entry)| {
                let path = contents?.entries.get(entry as usize).path;
                Some(HiddenFile { path: path::escape(path).into_owned(), bytes })
            });
            Hidden {
                cause,
                bytes: files.iter().map(|&(size, _)| size).sum(),
                files: files.len() as u64,
                from_layer,
                by_layer,
                by_instruction: layers[by_layer as usize].instruction.clone(),
                examples: examples.collect(),
            }
        })
        .collect();
    hidden.order_by_key(|group| std::cmp::Reverse(group.bytes));
    hidden
}

/// Of each content that several inodes of the final tree hold, all copies but one.
fn duplicate_bytes(squashed: &Squashed<'_>) -> Bytes {
    let mut contents: Vec<(Bytes, ContentHash)> = (squashed.inodes.iter())
        .filter(|inode| inode.hidden.is_none() && inode.size > Bytes::ZERO)
        .map(|inode| (inode.size, inode.content))
        .collect();
    contents.sort_unstable();
    contents.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0].0).sum()
}

fn allocated_estimate(snapshot: &Snapshot, image: &Image) -> Bytes {
    let contents = image.layers.iter().filter_map(|layer| snapshot.layers[layer.layer].contents.as_ref());
    contents
        .flat_map(|contents| contents.entries.iter())
        .map(|entry| match entry.node {
            Node::File { size, .. } => Bytes(size.0.div_ceil(BLOCK).saturating_mul(BLOCK)),
            Node::Directory => Bytes(BLOCK),
            _ => Bytes::ZERO,
        })
        .sum()
}

fn warnings(snapshot: &Snapshot, image: &Image, squashed: &Squashed<'_>) -> Vec<WarningMessage> {
    let layers = || image.layers.iter().map(|layer| &snapshot.layers[layer.layer]);
    let of_layers = layers()
        .filter_map(|layer| layer.contents.as_ref())
        .flat_map(|contents| contents.warnings.iter().cloned());
    let dangling = squashed.dangling.iter().filter_map(|&(layer, entry)| {
        let (layer, entry) = entry_of(snapshot, image, layer, entry)?;
        let Node::Hardlink { target } = entry.node else { return None };
        let (path, target) = (escaped(entry.path), escaped(target));
        Some(Warning::DanglingHardlink { layer: layer.diff_id.clone(), path, target })
    });
    let to_deleted = squashed.to_deleted.iter().filter_map(|&(layer, entry)| {
        let (layer, entry) = entry_of(snapshot, image, layer, entry)?;
        let Node::Hardlink { target } = entry.node else { return None };
        let (path, target) = (escaped(entry.path), escaped(target));
        Some(Warning::HardlinkToDeleted { layer: layer.diff_id.clone(), path, target })
    });
    let below_symlinks = squashed.below_symlinks.iter().filter_map(|&(layer, lower, entry)| {
        let (_, entry) = entry_of(snapshot, image, lower, entry)?;
        let layer = &snapshot.layers[image.layers[layer as usize].layer];
        Some(Warning::BelowLowerSymlink { layer: layer.diff_id.clone(), path: escaped(entry.path) })
    });
    let of_stack = dangling.chain(to_deleted).chain(below_symlinks);
    let all = image.warnings.iter().cloned().chain(of_layers).chain(of_stack);
    all.map(|warning| WarningMessage { message: warning.to_string(), warning }).collect()
}

/// An entry of a layer of an image.
fn entry_of<'a>(
    snapshot: &'a Snapshot,
    image: &Image,
    layer: u32,
    entry: u32,
) -> Option<(&'a Layer, Entry<'a>)> {
    let layer = &snapshot.layers[image.layers[layer as usize].layer];
    Some((layer, layer.contents.as_ref()?.entries.get(entry as usize)))
}

fn escaped(path: &[u8]) -> String {
    path::escape(path).into_owned()
}

/// A size before and after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SizeChange {
    /// The size before.
    pub before: Bytes,
    /// The size after.
    pub after: Bytes,
    /// `after − before`.
    pub delta: ByteDelta,
}

impl SizeChange {
    /// The change between two sizes of the same kind.
    #[must_use]
    pub fn new(before: Bytes, after: Bytes) -> Self {
        Self { before, after, delta: before.change_to(after) }
    }

    /// The relative change in percent; `None` where there was nothing before.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a percentage of a few digits")]
    pub fn percent(&self) -> Option<f64> {
        (self.before > Bytes::ZERO).then(|| self.delta.0 as f64 / self.before.0 as f64 * 100.0)
    }
}

/// A change as documents have it.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct WrittenChange {
    /// The size before.
    before: Bytes,
    /// The size after.
    after: Bytes,
    /// `after − before`.
    delta: ByteDelta,
    /// `delta` in percent of `before`, with two decimals; null where there was nothing before.
    percent: Option<f64>,
}

impl Serialize for SizeChange {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let Self { before, after, delta } = *self;
        let percent = self.percent().map(|percent| (percent * 100.0).round() / 100.0);
        WrittenChange { before, after, delta, percent }.serialize(out)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for SizeChange {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "SizeChange".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        WrittenChange::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::{BuildInstruction, HistoryEntry};

    use super::*;
    use crate::testing::{add_service, snapshot};

    #[test]
    fn warnings_of_one_kind_are_summed_up() {
        let links: Vec<String> = (0..12).map(|number| format!("h f{number:02} nowhere")).collect();
        let snapshot = snapshot("app", &["l a b", &format!("f a/x 1\n{}", links.join("\n"))]);
        let image = &inspect(&snapshot).images[0];
        assert_eq!(image.warnings.len(), 13);
        let groups = warning_groups(&image.warnings);
        let counts: Vec<_> = groups.iter().map(|group| (group.first.len(), group.more)).collect();
        assert_eq!(counts, [(5, 7), (1, 0)]);
    }

    #[test]
    fn hidden_bytes_are_grouped_by_cause_and_layers() {
        let snapshot = snapshot("app", &["d a\nf a/x 6\nf a/y 4\nf b 1 same", "w a\nf b 1 same"]);
        let image = &inspect(&snapshot).images[0];
        assert_eq!(
            (image.size_bytes, image.final_tree_bytes, image.hidden_bytes),
            (Bytes(12), Bytes(1), Bytes(11))
        );
        let groups: Vec<_> =
            image.hidden.iter().map(|group| (group.cause, group.bytes, group.files)).collect();
        assert_eq!(groups, [(Cause::Deleted, Bytes(10), 2), (Cause::RewrittenSameContent, Bytes(1), 1)]);
        assert_eq!(image.hidden[0].examples[0].path, "a/x");
        assert_eq!(image.layers[0].hidden_bytes, Bytes(11));
    }

    #[test]
    fn every_step_is_in_the_history() {
        let mut snapshot = snapshot("app", &["i ADD rootfs /\nf a 100", "i RUN make\nf b 7"]);
        let image = &mut snapshot.images[0];
        let step = |created_by: &str| HistoryEntry {
            created_by: created_by.into(),
            created: Some("2026-11-22T10:00:00Z".into()),
            empty_layer: true,
        };
        image.history.insert(1, step("CMD [\"sh\"]"));
        image.history.push(step("/bin/sh -c #(nop)  ENV A=…"));
        image.layers[1].history = Some(2);
        let instruction = |line, keyword: &str, text: &str| BuildInstruction {
            line,
            end_line: line + 1,
            keyword: keyword.into(),
            text: text.into(),
            stage: Some(0),
        };
        let instructions = vec![
            instruction(1, "FROM", "FROM x"),
            instruction(3, "RUN", "RUN make"),
            instruction(6, "ENV", "ENV A=…"),
        ];
        snapshot.services[0].build = Some(BuildFile { instructions, ..BuildFile::default() });
        let history: Vec<_> = (inspect(&snapshot).images[0].history.iter())
            .map(|step| (step.instruction.clone(), step.layer, step.file_bytes.0, step.lines))
            .collect();
        assert_eq!(
            history,
            [
                ("ADD rootfs /".to_owned(), Some(0), 100, None),
                ("CMD [\"sh\"]".to_owned(), None, 0, None),
                ("RUN make".to_owned(), Some(1), 7, Some([3, 4])),
                ("ENV A=…".to_owned(), None, 0, Some([6, 7])),
            ]
        );
    }

    #[test]
    fn the_same_content_at_another_path_is_a_duplicate() {
        let snapshot = snapshot("app", &["f a 10 x\nf b 10 x\nf c 10 y\nh d a"]);
        assert_eq!(inspect(&snapshot).images[0].duplicate_bytes, Bytes(10));
    }

    #[test]
    fn shared_layers_weigh_once_in_a_stack() {
        let mut snapshot = snapshot("backend", &["f base 100", "f app 10"]);
        add_service(&mut snapshot, "frontend", &["f base 100", "f ui 5"]);
        let stack = stack_size(&snapshot);
        assert_eq!((stack.sum_bytes, stack.unique_bytes), (Bytes(215), Bytes(115)));
    }
}
