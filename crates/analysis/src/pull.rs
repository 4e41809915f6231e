//! How long it takes to pull an image: layers are transferred several at a time, and unpacked one after another, each as
//! soon as it is there and those below it are unpacked.
//!
//! That is how engines do it: Docker transfers three layers at a time and Podman six, and both unpack in the order of the
//! layers, because each is written over those below. While a layer is unpacked, one thread inflates it and the files are
//! written, so the slower of the two counts, and each file costs a fixed time.

use plimsoll_snapshot::{Bytes, Compression, Image, Snapshot};
use serde::Serialize;

/// What a machine and its connection do, in bytes per second unless a field names another unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rates {
    /// Transferred over the connection.
    #[serde(rename = "transfer_bytes_per_second")]
    pub transfer: u64,
    /// Inflated by gzip on one thread, as output.
    #[serde(rename = "gzip_bytes_per_second")]
    pub gzip: u64,
    /// Inflated by zstd on one thread, as output.
    #[serde(rename = "zstd_bytes_per_second")]
    pub zstd: u64,
    /// Written to the disk.
    #[serde(rename = "write_bytes_per_second")]
    pub write: u64,
    /// Microseconds to make one file.
    pub file_us: u64,
    /// Layers transferred at the same time.
    pub streams: usize,
}

impl Rates {
    /// Those of a small server, for a connection: a starting point until a machine is measured.
    #[must_use]
    pub const fn with_transfer(transfer: u64) -> Self {
        Self { transfer, gzip: 220_000_000, zstd: 700_000_000, write: 350_000_000, file_us: 60, streams: 3 }
    }
}

/// A layer, as far as pulling it depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PullLayer {
    /// The bytes that are transferred.
    #[serde(rename = "blob_bytes")]
    pub blob: Bytes,
    /// The bytes of its tar.
    #[serde(rename = "unpacked_bytes")]
    pub unpacked: Bytes,
    /// Its files, directories and links.
    pub entries: u64,
    /// How the blob is compressed.
    pub compression: Compression,
    /// Whether `blob` is an estimate, because the source stores the layer uncompressed.
    pub estimated: bool,
}

/// What a gzip blob takes of its tar, in percent, where the source does not store it: the median of common images.
const ESTIMATED_PERCENT: u64 = 40;
/// What a zstd blob takes of a gzip blob, in percent.
const ZSTD_PERCENT: u64 = 92;

/// The layers of an image that are not on the machine already, lowest first.
#[must_use]
pub fn layers_to_pull(snapshot: &Snapshot, image: &Image, present: &[&Snapshot]) -> Vec<PullLayer> {
    let layer = |layer: &plimsoll_snapshot::ImageLayer| {
        let contents = snapshot.layers[layer.layer].contents.as_ref()?;
        let unpacked = contents.tar_bytes;
        let estimated = layer.compression == Compression::None;
        let blob = if estimated { Bytes(unpacked.0 / 100 * ESTIMATED_PERCENT) } else { layer.blob_bytes };
        Some(PullLayer {
            blob,
            unpacked,
            entries: contents.entries.len() as u64,
            // A push compresses it.
            compression: if estimated { Compression::Gzip } else { layer.compression },
            estimated,
        })
    };
    let missing = image.layers.iter().filter(|layer| !is_present(snapshot, layer.layer, present));
    missing.filter_map(layer).collect()
}

/// Whether one of some images has a layer.
fn is_present(snapshot: &Snapshot, layer: usize, present: &[&Snapshot]) -> bool {
    let wanted = &snapshot.layers[layer].diff_id;
    present.iter().any(|other| other.layers.iter().any(|layer| layer.diff_id == *wanted))
}

/// When a layer is there and unpacked, in seconds since the pull began.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PulledLayer {
    /// The layer.
    #[serde(flatten)]
    pub layer: PullLayer,
    /// When it is transferred.
    #[serde(rename = "transferred_seconds")]
    pub transferred: f64,
    /// How long unpacking it takes.
    #[serde(rename = "unpacking_seconds")]
    pub unpacking: f64,
    /// When it is unpacked.
    #[serde(rename = "unpacked_seconds")]
    pub unpacked_at: f64,
}

/// A pull, from its beginning to its end.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Pull {
    /// The layers that are pulled, lowest first.
    pub layers: Vec<PulledLayer>,
    /// The bytes that are transferred.
    #[serde(rename = "blob_bytes")]
    pub blobs: Bytes,
    /// When everything is transferred, in seconds.
    pub transfer_seconds: f64,
    /// When everything is unpacked, in seconds.
    pub seconds: f64,
    /// The layer that decides: without the time it takes, the pull would end the most seconds earlier.
    pub decisive: Option<usize>,
}

/// Computes a pull.
#[must_use]
pub fn pull(layers: &[PullLayer], rates: &Rates) -> Pull {
    let mut pull = times(layers, rates);
    // What a layer costs is seen by doing without it.
    let without = |index: usize| {
        let rest: Vec<PullLayer> =
            layers.iter().enumerate().filter(|(at, _)| *at != index).map(|(_, layer)| *layer).collect();
        times(&rest, rates).seconds
    };
    // Few layers can decide: those of the most bytes.
    let mut largest: Vec<usize> = (0..layers.len()).collect();
    largest.sort_by_key(|&index| std::cmp::Reverse((layers[index].unpacked, layers[index].blob)));
    largest.truncate(8);
    pull.decisive = largest.into_iter().min_by(|&one, &other| without(one).total_cmp(&without(other)));
    pull
}

#[expect(clippy::cast_precision_loss, reason = "seconds of a few digits")]
fn times(layers: &[PullLayer], rates: &Rates) -> Pull {
    let transferred = transfers(layers, rates);
    let mut unpacked_at = 0.0_f64;
    let mut pulled = Vec::with_capacity(layers.len());
    for (layer, transferred) in layers.iter().zip(&transferred) {
        let bytes = layer.unpacked.0 as f64;
        let inflating = match layer.compression {
            Compression::Gzip => bytes / rates.gzip.max(1) as f64,
            Compression::Zstd => bytes / rates.zstd.max(1) as f64,
            _ => 0.0,
        };
        let writing = bytes / rates.write.max(1) as f64;
        let unpacking = inflating.max(writing) + layer.entries as f64 * rates.file_us as f64 / 1e6;
        unpacked_at = unpacked_at.max(*transferred) + unpacking;
        pulled.push(PulledLayer { layer: *layer, transferred: *transferred, unpacking, unpacked_at });
    }
    Pull {
        blobs: layers.iter().map(|layer| layer.blob).sum(),
        transfer_seconds: transferred.iter().copied().fold(0.0, f64::max),
        seconds: unpacked_at,
        layers: pulled,
        decisive: None,
    }
}

/// When each layer is transferred: those under way share the connection equally, and the next one begins when one ends.
#[expect(clippy::cast_precision_loss, reason = "seconds of a few digits")]
fn transfers(layers: &[PullLayer], rates: &Rates) -> Vec<f64> {
    let mut ends = vec![0.0; layers.len()];
    let mut waiting = 0..layers.len();
    // The layers under way, and the bytes that are left of each.
    let mut active: Vec<(usize, f64)> = Vec::new();
    let mut now = 0.0;
    let rate = rates.transfer.max(1) as f64;
    loop {
        while active.len() < rates.streams.max(1)
            && let Some(next) = waiting.next()
        {
            active.push((next, layers[next].blob.0 as f64));
        }
        let Some(least) = active.iter().map(|(_, left)| *left).min_by(f64::total_cmp) else { return ends };
        now += least * active.len() as f64 / rate;
        active.retain_mut(|(index, left)| {
            *left -= least;
            // What is left of a byte is an error of rounding.
            let goes_on = *left > 0.5;
            if !goes_on {
                ends[*index] = now;
            }
            goes_on
        });
    }
}

/// The same layers as zstd blobs.
#[must_use]
pub fn as_zstd(layers: &[PullLayer]) -> Vec<PullLayer> {
    let zstd = |layer: &PullLayer| match layer.compression {
        Compression::Gzip => PullLayer {
            blob: Bytes(layer.blob.0 / 100 * ZSTD_PERCENT),
            compression: Compression::Zstd,
            estimated: true,
            ..*layer
        },
        _ => *layer,
    };
    layers.iter().map(zstd).collect()
}

/// The same layers with one of them cut into equal parts.
#[must_use]
pub fn split_layer(layers: &[PullLayer], index: usize, parts: u64) -> Vec<PullLayer> {
    let mut split = Vec::with_capacity(layers.len());
    for (at, layer) in layers.iter().enumerate() {
        if at != index || parts < 2 {
            split.push(*layer);
            continue;
        }
        let part = PullLayer {
            blob: Bytes(layer.blob.0 / parts),
            unpacked: Bytes(layer.unpacked.0 / parts),
            entries: layer.entries / parts,
            ..*layer
        };
        split.extend((0..parts).map(|_| part));
    }
    split
}

/// A pull of one image, and what would make it shorter.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PullEstimate {
    /// The name of the service.
    pub service: String,
    /// What machine and connection do.
    pub rates: Rates,
    /// The machines that pull it.
    pub nodes: u64,
    /// The number of layers that are on the machine.
    pub present_layers: usize,
    /// The layers that the source does not have: they are not in the times.
    pub unknown_layers: usize,
    /// The bytes that a registry sends to all machines.
    pub sent_bytes: Bytes,
    /// The pull on one machine.
    pub pull: Pull,
    /// Seconds with zstd blobs instead of gzip ones.
    pub zstd_seconds: f64,
    /// Seconds with the decisive layer cut into [`PARTS`]; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split_seconds: Option<f64>,
}

/// Into how many parts the decisive layer is cut.
pub const PARTS: u64 = 4;

/// Estimates a pull of the image of a service; `present` are images whose layers are on the machine already.
#[must_use]
pub fn estimate(
    snapshot: &Snapshot,
    service: usize,
    present: &[&Snapshot],
    rates: Rates,
    nodes: u64,
) -> PullEstimate {
    let service = &snapshot.services[service];
    let image = &snapshot.images[service.image];
    let layers = layers_to_pull(snapshot, image, present);
    let pulled = pull(&layers, &rates);
    let present_layers =
        image.layers.iter().filter(|layer| is_present(snapshot, layer.layer, present)).count();
    let split = |decisive| times(&split_layer(&layers, decisive, PARTS), &rates).seconds;
    PullEstimate {
        service: service.name.clone(),
        rates,
        nodes,
        present_layers,
        unknown_layers: image.layers.len() - layers.len() - present_layers,
        sent_bytes: Bytes(pulled.blobs.0.saturating_mul(nodes)),
        zstd_seconds: times(&as_zstd(&layers), &rates).seconds,
        split_seconds: pulled.decisive.map(split),
        pull: pulled,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATES: Rates = Rates { transfer: 10, gzip: 100, zstd: 1000, write: 1000, file_us: 0, streams: 2 };

    fn layer(blob: u64, unpacked: u64) -> PullLayer {
        PullLayer {
            blob: Bytes(blob),
            unpacked: Bytes(unpacked),
            entries: 0,
            compression: Compression::Gzip,
            estimated: false,
        }
    }

    fn check(layers: &[PullLayer], transferred: &[f64], seconds: f64) {
        let pull = pull(layers, &RATES);
        let found: Vec<f64> = pull.layers.iter().map(|layer| layer.transferred).collect();
        assert_eq!(found, transferred);
        assert!((pull.seconds - seconds).abs() < 1e-9, "{} instead of {seconds}", pull.seconds);
    }

    #[test]
    fn layers_share_the_connection_and_are_unpacked_in_order() {
        check(&[], &[], 0.0);
        // 100 bytes at 10 per second, then 500 at 100 per second.
        check(&[layer(100, 500)], &[10.0], 15.0);
        // Two share: 50 each take 10 s, then the rest of the first alone.
        check(&[layer(100, 100), layer(50, 100)], &[15.0, 10.0], 17.0);
        // The third begins when the second ends.
        check(&[layer(100, 0), layer(50, 0), layer(25, 0)], &[17.5, 10.0, 15.0], 17.5);
    }

    #[test]
    fn a_layer_at_the_bottom_holds_all_others_up() {
        let layers = [layer(10, 2000), layer(10, 100), layer(10, 100)];
        let whole = pull(&layers, &RATES);
        assert_eq!(whole.decisive, Some(0));
        assert!(pull(&as_zstd(&layers), &RATES).seconds < whole.seconds / 2.0);
        let parts = split_layer(&layers, 0, 4);
        assert_eq!((parts.len(), parts[0].unpacked), (6, Bytes(500)));
        assert!(pull(&parts, &RATES).seconds <= whole.seconds);
    }

    #[test]
    fn files_cost_time_however_small_they_are() {
        let many = PullLayer { entries: 100_000, ..layer(10, 10) };
        let rates = Rates { file_us: 100, ..RATES };
        assert!(pull(&[many], &rates).seconds > 10.0);
    }
}
