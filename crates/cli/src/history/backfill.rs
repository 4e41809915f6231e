//! A history from the tags of a repository: one manifest and one config per tag, and of the steps the layers that two
//! neighbours do not share.

use std::collections::BTreeMap;

use plimsoll_analysis::series::{Series, Thresholds};
use plimsoll_collect::{
    Error as CollectError, ImageSelection, InputName, OpenedImages, Stack, plan, read_layer,
};
use plimsoll_snapshot::{DiffId, ImageLayer, Snapshot, Transport};

use super::point::{Origin, Point};
use super::store::Store;
use super::tags::chosen;
use super::trend::{of_points, seconds};
use crate::ci::git;
use crate::error::{Error, Result};
use crate::load::GENERATOR;
use crate::options::Options;
use crate::printer::Printer;
use crate::progress::Progress;
use crate::sources::reference::{Reference, Version};
use crate::sources::registry::Repository;
use plimsoll_collect::LayerCache as _;

/// Labels of an image (image-spec, annotations.md, "Pre-Defined Annotation Keys").
const REVISION: &str = "org.opencontainers.image.revision";
const CREATED: &str = "org.opencontainers.image.created";

/// What is wanted of a repository.
pub(crate) struct Backfill<'a> {
    /// The repository; its tag is not read.
    pub(crate) reference: &'a Reference,
    /// Patterns of tags.
    pub(crate) tags: &'a [String],
    /// At most that many tags, the last ones in the order of their numbers.
    pub(crate) last: Option<usize>,
    /// What the service is called; the end of the repository's name otherwise.
    pub(crate) service: Option<&'a str>,
    /// Whether layers are read to find the causes of steps.
    pub(crate) with_causes: bool,
    pub(crate) thresholds: Thresholds,
}

/// What was added.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Filled {
    pub(crate) tags: usize,
    pub(crate) points: usize,
    pub(crate) steps: usize,
    pub(crate) layers: usize,
    pub(crate) requests: u64,
    pub(crate) bytes: u64,
}

/// The image of one or more tags.
struct Tagged {
    tags: Vec<String>,
    snapshot: Snapshot,
}

/// Adds a point for each image that has a tag. What was read before a registry failed is kept.
pub(crate) fn backfill(
    store: &mut Store,
    wanted: &Backfill<'_>,
    options: &Options,
    printer: &Printer,
) -> Result<Filled> {
    let repository = Repository::connect(wanted.reference, options, printer)?;
    let listed = repository.tags()?;
    let count = listed.len();
    let tags = chosen(listed, wanted.tags, wanted.last);
    if tags.is_empty() {
        return Err(Error::usage(
            format!("none of the {count} tags of `{}` is wanted", wanted.reference.repository),
            "`--tags` takes a pattern, such as 'v*'",
        ));
    }
    let (images, failed) = read_tags(&repository, &tags, wanted, options, printer);
    let mut filled = Filled { tags: images.iter().map(|image| image.tags.len()).sum(), ..Filled::default() };
    let mut points = Vec::new();
    for (order, Tagged { tags, snapshot }) in (0..).zip(&images) {
        let mut point = Point::of(snapshot, origin(snapshot, tags.clone()));
        point.added_ms = super::store::now_ms().saturating_add(order);
        let added = store.add(point, snapshot)?;
        filled.points += usize::from(added.is_new);
        points.push(added.point.id);
    }
    let mut failed = failed;
    if wanted.with_causes && failed.is_none() {
        failed =
            read_steps(store, &points, &images, &repository, wanted, options, printer, &mut filled).err();
    }
    (filled.requests, filled.bytes) = repository.traffic();
    store.publish(&format!("Add tags of {}", wanted.reference.repository), false)?;
    match failed {
        None => Ok(filled),
        Some(error) => {
            printer
                .note(&format!("note: {} points are kept; run the command again for the rest", images.len()));
            Err(error)
        }
    }
}

fn origin(snapshot: &Snapshot, tags: Vec<String>) -> Origin {
    let image = snapshot.images.first();
    let label = |name: &str| image?.config.labels.get(name).map(String::as_str);
    let created = image.and_then(|image| image.created.as_deref());
    Origin {
        time: created.and_then(seconds).or_else(|| label(CREATED).and_then(seconds)).unwrap_or(0),
        revision: label(REVISION).filter(|text| git::is_commit(text)).map(str::to_owned),
        branch: None,
        labels: Vec::new(),
        tags,
    }
}

/// Reads manifests and configs. A tag that is gone, or that stands for no image, is named in a note. With the images comes
/// the error that kept from reading more.
fn read_tags(
    repository: &Repository<'_>,
    tags: &[String],
    wanted: &Backfill<'_>,
    options: &Options,
    printer: &Printer,
) -> (Vec<Tagged>, Option<Error>) {
    let mut images: Vec<Tagged> = Vec::new();
    let mut failed = None;
    let progress = Progress::new(&wanted.reference.repository, tags.len() as u64);
    for tag in tags {
        match read_tag(repository, tag, wanted, options) {
            Ok(Read::Image(snapshot)) => {
                let id = snapshot.images.first().map(|image| &image.id);
                // Two tags of one image are one point.
                let is_same =
                    |known: &&mut Tagged| known.snapshot.images.first().map(|image| &image.id) == id;
                match images.iter_mut().find(is_same) {
                    Some(known) => known.tags.push(tag.clone()),
                    None => images.push(Tagged { tags: vec![tag.clone()], snapshot: *snapshot }),
                }
            }
            Ok(Read::Gone) => printer.note(&format!("note: the tag `{tag}` is gone, and is left out")),
            Ok(Read::NoImage(why)) => printer.note(&format!("note: `{tag}` is left out: {why}")),
            Err(error) => {
                failed = Some(error);
                break;
            }
        }
        plimsoll_collect::Progress::advance(&progress, 1);
    }
    progress.finish();
    (images, failed)
}

/// What a tag stands for.
enum Read {
    Image(Box<Snapshot>),
    Gone,
    NoImage(String),
}

fn read_tag(
    repository: &Repository<'_>,
    tag: &str,
    wanted: &Backfill<'_>,
    options: &Options,
) -> Result<Read> {
    let Some(image) = repository.image(&Version::Tag(tag.to_owned()))? else { return Ok(Read::Gone) };
    let selection =
        ImageSelection { reference: None, platform: options.platform.clone(), depth: options.depth };
    let planned = match plan(&image, None, &selection, &options.limits) {
        Ok((_, planned)) => planned,
        Err(error @ CollectError::Io { .. }) => return Err(error.into()),
        Err(CollectError::MissingBlob { .. }) => return Ok(Read::Gone),
        Err(error) => return Ok(Read::NoImage(error.to_string())),
    };
    let mut stack = Stack::new(GENERATOR);
    let place = format!("docker://{}", wanted.reference.with_tag(tag));
    let input = InputName { file: wanted.reference.with_tag(tag).to_string(), place };
    let opened = OpenedImages { transport: Transport::Docker, images: planned, layers: BTreeMap::new() };
    let images = match stack.add_images(&input, opened) {
        Ok(images) => images,
        Err(error) => return Ok(Read::NoImage(error.to_string())),
    };
    let repository = &wanted.reference.repository;
    let name = wanted.service.unwrap_or_else(|| repository.rsplit('/').next().unwrap_or(repository));
    if stack.name_image(name, &input, &images).is_err() {
        return Ok(Read::NoImage("it stands for several images".to_owned()));
    }
    match stack.finish(&options.limits) {
        Ok(snapshot) => Ok(Read::Image(Box::new(snapshot))),
        Err(_) => Ok(Read::NoImage("it holds more than the limits allow".to_owned())),
    }
}

/// Reads the layers that the two images of a step do not share.
#[expect(clippy::too_many_arguments, reason = "one caller")]
fn read_steps(
    store: &Store,
    added: &[String],
    images: &[Tagged],
    repository: &Repository<'_>,
    wanted: &Backfill<'_>,
    options: &Options,
    printer: &Printer,
    filled: &mut Filled,
) -> Result<()> {
    let (points, _) = store.points()?;
    let points: Vec<Point> = points.into_iter().filter(|point| added.contains(&point.id)).collect();
    let series: Series = of_points(store, &points, wanted.thresholds);
    let image_of = |index: usize| {
        let place = added.iter().position(|id| *id == points[index].id)?;
        images.get(place).map(|image| &image.snapshot)
    };
    for step in &series.steps {
        let (Some(before), Some(after)) = (image_of(step.from), image_of(step.to)) else { continue };
        filled.steps += 1;
        for (layer, diff_id) in unshared(before, after).into_iter().chain(unshared(after, before)) {
            if store.has_layer(diff_id)? {
                continue;
            }
            filled.layers += 1;
            read_one(store, layer, diff_id, repository, options, printer)?;
        }
    }
    Ok(())
}

/// The layers of the first image that the second one lacks.
fn unshared<'a>(one: &'a Snapshot, other: &'a Snapshot) -> Vec<(&'a ImageLayer, &'a DiffId)> {
    let diff_ids = |snapshot: &'a Snapshot| {
        let layers = snapshot.images.iter().flat_map(|image| &image.layers);
        layers.map(|layer| (layer, &snapshot.layers[layer.layer].diff_id)).collect::<Vec<_>>()
    };
    let known = diff_ids(other);
    let mut layers = diff_ids(one);
    layers.retain(|(_, diff_id)| known.iter().all(|(_, known)| known != diff_id));
    layers
}

/// Reads a layer from the cache or the registry, and keeps it. One that is gone leaves a step without a part of its cause.
fn read_one(
    store: &Store,
    layer: &ImageLayer,
    diff_id: &DiffId,
    repository: &Repository<'_>,
    options: &Options,
    printer: &Printer,
) -> Result<()> {
    if let Some(contents) = options.cache.get(diff_id) {
        return store.add_layer(diff_id, &contents).map(drop);
    }
    let Some(digest) = &layer.digest else { return Ok(()) };
    let place = format!("layer `{digest}`");
    let Some(blob) = repository.blob(digest, layer.blob_bytes)? else {
        printer.note(&format!("note: {place} is gone, so a step may lack its cause"));
        return Ok(());
    };
    let read = read_layer(&place, blob, &options.limits)?;
    if read.diff_id != *diff_id {
        printer.note(&format!("note: {place} is not what its config says, and is left out"));
        return Ok(());
    }
    options.cache.put(diff_id, &read.contents);
    store.add_layer(diff_id, &read.contents).map(drop)
}
