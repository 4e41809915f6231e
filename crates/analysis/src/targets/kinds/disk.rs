//! What an engine stores on its host is little, and so is what nothing needs.

use plimsoll_snapshot::Bytes;

use crate::disk::disk_use;
use crate::targets::input::Input;
use crate::targets::outcome::{Good, Measured, Outcome};
use crate::targets::reason::Reason;
use crate::targets::title::Title;

pub(super) fn outcomes(input: &Input<'_>) -> Vec<Outcome> {
    let targets = &input.targets.host;
    if targets.disk.is_none() && targets.reclaimable.is_none() {
        return Vec::new();
    }
    let used = input.snapshot.disk.as_ref().map(disk_use);
    let measured = |figure: Option<Bytes>| match figure {
        Some(bytes) => Measured::Exactly(float(bytes)),
        None if used.is_some() => Measured::Unknown(Reason::DiskPartlyKnown),
        None => Measured::Unknown(Reason::DiskNotRead),
    };
    let parts = used.as_ref().and_then(|used| {
        Some(Reason::Disk {
            images: used.totals.images_bytes?,
            containers: used.totals.containers_bytes? + used.totals.logs_bytes.unwrap_or_default(),
            volumes: used.totals.volumes_bytes?,
            cache: used.totals.cache_bytes?,
        })
    });
    let mut outcomes = Vec::new();
    if let Some(levels) = &targets.disk {
        let measured =
            measured(used.as_ref().and_then(|used| used.totals.are_known().then(|| used.totals.bytes())));
        let id = "host.disk".to_owned();
        let outcome = Outcome::figure(id, Title::SmallDisk, None, Good::AtMost, levels, &measured);
        outcomes.push(outcome.because(parts));
    }
    if let Some(levels) = &targets.reclaimable {
        let measured = measured(used.as_ref().and_then(|used| used.reclaimable_bytes));
        let id = "host.reclaimable".to_owned();
        outcomes.push(Outcome::figure(id, Title::LittleReclaimable, None, Good::AtMost, levels, &measured));
    }
    outcomes
}

#[expect(clippy::cast_precision_loss, reason = "beyond 2⁵³ bytes nobody counts")]
fn float(bytes: Bytes) -> f64 {
    bytes.0 as f64
}
