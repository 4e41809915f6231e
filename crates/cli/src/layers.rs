//! Reads the layers of images, several at a time, and none that the cache knows.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use plimsoll_collect::{
    Depth, Found, PlannedImage, PlannedLayer, ReadLayer, Store, Usage, read_believed, read_headers,
    read_layer, sniff,
};
use plimsoll_snapshot::{Bytes, Compression};

use crate::error::Result;
use crate::options::Options;
use crate::printer::Printer;
use crate::progress::Progress;

/// Reads the layers of the images, each blob once, as many at a time as there are processors.
pub(crate) fn read_layers<S: Store + Sync>(
    store: &S,
    images: &[PlannedImage],
    options: &Options,
    name: &str,
) -> Result<BTreeMap<String, ReadLayer>> {
    let layers = || images.iter().flat_map(|image| &image.layers);
    let mut seen = BTreeSet::new();
    let mut planned: Vec<(&str, &PlannedLayer)> = layers()
        .filter_map(|layer| Some((layer.member.as_deref()?, layer)))
        .filter(|(member, _)| seen.insert(*member))
        .collect();
    // The largest first, so that no processor starts on it when the others are done.
    planned.sort_by_key(|&(member, layer)| (std::cmp::Reverse(layer.bytes), member));
    let progress = Progress::new(name, planned.iter().map(|(_, layer)| layer.bytes.0).sum());

    let next = AtomicUsize::new(0);
    let taken = Usage::default();
    let failed = AtomicBool::new(false);
    let results = Mutex::new(BTreeMap::new());
    let work = || {
        while !failed.load(Ordering::Relaxed) {
            let Some(&(member, layer)) = planned.get(next.fetch_add(1, Ordering::Relaxed)) else { break };
            let result = cached_or_read(store, member, layer, options, &progress).and_then(|read| {
                taken.add(&format!("layer `{member}`"), &read, &options.limits)?;
                Ok(read)
            });
            failed.fetch_or(result.is_err(), Ordering::Relaxed);
            results.lock().expect("no worker panics").insert(member.to_owned(), result);
        }
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(planned.len());
    std::thread::scope(|scope| {
        for _ in 1..workers {
            scope.spawn(work);
        }
        work();
    });
    progress.finish();
    options.cache.prune();
    let results = results.into_inner().expect("no worker panics");
    results.into_iter().map(|(member, result)| Ok((member, result?))).collect()
}

fn cached_or_read(
    store: &impl Store,
    member: &str,
    layer: &PlannedLayer,
    options: &Options,
    progress: &Progress,
) -> plimsoll_collect::Result<ReadLayer> {
    if options.depth == Depth::Headers {
        let place = format!("layer `{member}`");
        let blob = store
            .open_jumping(member)
            .map_err(|source| plimsoll_collect::Error::Io { place: place.clone(), source })?;
        if let Some(blob) = blob
            && let Some(read) = read_headers(&place, blob, &layer.diff_id, &options.limits)?
        {
            progress.skip(layer.bytes.0);
            return Ok(read);
        }
    }
    if let Some(cached) = cached(store, member, layer, options) {
        progress.skip(layer.bytes.0);
        Printer::default().detail(&format!("note: layer `{member}` comes from the cache"));
        return Ok(cached);
    }
    let read = read_member(store, member, layer, options, progress)?;
    if read.depth == Depth::Verified {
        // Under its true identity: what the plan expects of it is compared later.
        options.cache.put(&read.diff_id, &read.contents);
    }
    Ok(read)
}

/// The layer as the cache knows it. How the blob is stored is seen in the source, for it may be another than the one
/// that was read: a layer keeps its diff ID through recompression.
fn cached(store: &impl Store, member: &str, layer: &PlannedLayer, options: &Options) -> Option<ReadLayer> {
    let contents = options.cache.get(&layer.diff_id)?;
    let mut blob = store.open(member).ok()??;
    let compression = match sniff(&head(&mut blob).ok()?) {
        Found::Tar => Compression::None,
        Found::Compressed(compression) => compression,
        _ => return None,
    };
    let digest = match (&layer.digest, compression) {
        (Some(digest), _) => digest.clone(),
        // A blob that is stored plain is the tar.
        (None, Compression::None) => layer.diff_id.digest().clone(),
        (None, _) => return None,
    };
    Some(ReadLayer {
        depth: Depth::Verified,
        digest: Some(digest),
        diff_id: layer.diff_id.clone(),
        compression,
        blob_bytes: Bytes(store.size(member)?),
        contents,
    })
}

fn read_member(
    store: &impl Store,
    member: &str,
    layer: &PlannedLayer,
    options: &Options,
    progress: &Progress,
) -> plimsoll_collect::Result<ReadLayer> {
    let place = format!("layer `{member}`");
    match store.open(member) {
        Ok(Some(blob)) if options.depth == Depth::Verified => {
            read_layer(&place, progress.watch(blob), &options.limits)
        }
        Ok(Some(blob)) => read_believed(&place, progress.watch(blob), &layer.diff_id, &options.limits),
        Ok(None) => Err(plimsoll_collect::Error::MissingBlob {
            blob: format!("`{member}`"),
            wanted_by: "the image".to_owned(),
        }),
        Err(source) => Err(plimsoll_collect::Error::Io { place, source }),
    }
}

/// The first bytes, as many as are needed to tell what a file is.
pub(crate) fn head(reader: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    reader.take(512).read_to_end(&mut head)?;
    Ok(head)
}
