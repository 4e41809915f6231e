//! Snapshots that are attached to images of registries: read instead of layers, and attached.

use plimsoll_collect::{ImageSelection, PlannedImage, plan};
use plimsoll_snapshot::{Digest, ImageLayer, Limit, Snapshot};

use crate::error::{Error, Result};
use crate::options::Options;
use crate::printer::Printer;
use crate::sources::reference::Reference;
use crate::sources::registry::{Attached, RegistryStore, Repository};

/// The snapshot that is attached to an image; none if there is none that fits.
pub(crate) fn read(reference: &Reference, options: &Options, printer: &Printer) -> Result<Option<Snapshot>> {
    let repository = Repository::connect(reference, options, printer)?;
    let Some((_, planned)) = planned(&repository, reference, options)? else { return Ok(None) };
    let Some(digest) = &planned.manifest_digest else { return Ok(None) };
    let attached = repository.attached(digest, options.limits[Limit::SnapshotBytes]);
    let bytes = match attached {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Ok(None),
        Err(error) => {
            printer.note(&format!("note: what is attached to `{reference}` cannot be read: {error}"));
            return Ok(None);
        }
    };
    let snapshot = match plimsoll_snapshot::read_within(&bytes[..], &options.limits) {
        Ok(snapshot) => snapshot,
        Err(error) => {
            printer.note(&format!("note: the snapshot attached to `{reference}` is left out: {error}"));
            return Ok(None);
        }
    };
    let fits = snapshot.services.len() == 1 && snapshot.images.iter().all(|image| image.id == planned.id);
    if !fits {
        printer.note(&format!(
            "note: the snapshot attached to `{reference}` is of another image, and is left out"
        ));
        return Ok(None);
    }
    printer.detail(&format!("note: `{reference}` is read from its attached snapshot"));
    Ok(Some(snapshot))
}

/// Attaches a snapshot to its image. `snapshot` gives it, and is called only if the image is in the registry.
pub(crate) fn attach(
    reference: &Reference,
    snapshot: impl FnOnce() -> Result<Snapshot>,
    options: &Options,
    printer: &Printer,
) -> Result<(Attached, (u64, u64))> {
    let repository = Repository::connect_to_write(reference, options, printer)?;
    let Some((image, planned)) = planned(&repository, reference, options)? else {
        return Err(Error::usage(
            format!("`{reference}` is not in the registry"),
            "push the image first: a snapshot is attached to an image that is there",
        ));
    };
    let digest = planned.manifest_digest.clone().ok_or_else(|| {
        Error::usage(format!("`{reference}` has no manifest"), "push the image again with a current builder")
    })?;
    let subject = repository.subject(&image, &digest)?;
    let only = of_image(&snapshot()?, &planned.id).ok_or_else(|| {
        Error::usage(
            format!("the snapshot is of another image than `{reference}`"),
            format!(
                "the image ID of `{reference}` is {}; make a snapshot of the image that was pushed",
                planned.id
            ),
        )
    })?;
    if only.layers.iter().any(|layer| layer.contents.is_none()) {
        return Err(Error::usage(
            "the snapshot lacks the contents of layers",
            "make it of the image itself, without `--depth headers`",
        ));
    }
    let mut bytes = Vec::new();
    plimsoll_snapshot::write_gzip(&only, &mut bytes).expect("memory takes everything");
    Ok((repository.attach(&subject, &bytes)?, repository.traffic()))
}

/// The image that a reference stands for, for the platform that is wanted. No layer is read.
fn planned<'a>(
    repository: &Repository<'a>,
    reference: &Reference,
    options: &Options,
) -> Result<Option<(RegistryStore<'a>, PlannedImage)>> {
    let Some(image) = repository.image(&reference.version)? else { return Ok(None) };
    let selection =
        ImageSelection { reference: None, platform: options.platform.clone(), depth: options.depth };
    let (_, planned) = plan(&image, None, &selection, &options.limits)
        .map_err(|error| Error::from(error.within(&format!("`docker://{reference}`"))))?;
    Ok(planned.into_iter().next().map(|planned| (image, planned)))
}

/// The part of a snapshot that is about one image, as one service.
fn of_image(snapshot: &Snapshot, id: &Digest) -> Option<Snapshot> {
    let service = snapshot.services.iter().find(|service| snapshot.images[service.image].id == *id)?;
    let mut image = snapshot.images[service.image].clone();
    let mut layers = Vec::new();
    for ImageLayer { layer, .. } in &mut image.layers {
        let contents = &snapshot.layers[*layer];
        let known =
            layers.iter().position(|known: &plimsoll_snapshot::Layer| known.diff_id == contents.diff_id);
        *layer = known.unwrap_or_else(|| {
            layers.push(contents.clone());
            layers.len() - 1
        });
    }
    let mut service = service.clone();
    service.image = 0;
    Some(Snapshot {
        services: vec![service],
        images: vec![image],
        layers,
        runtime: None,
        disk: None,
        ..snapshot.clone()
    })
}
