//! What is worse about the images: their size, and what rules find in them.

use plimsoll_snapshot::{Bytes, Order as _};

use super::kind::{NewFinding, Regression, RegressionKind};
use crate::compare::{Comparison, ServiceComparison};
use crate::findings::Finding;
use crate::inspect::SizeChange;

/// What every rebuild adds is no growth: less than a hundredth of the image, and less than this.
const LEAST_GROWTH: Bytes = Bytes(10_000_000);

pub(super) fn find(comparison: &Comparison, new: &[Vec<Finding>], found: &mut Vec<Regression>) {
    for (service, new) in comparison.services.iter().zip(new) {
        let of_service = |kind| Regression { service: Some(service.name.clone()), kind };
        found.extend(size(service).map(of_service));
        found.extend(findings(new).map(of_service));
    }
}

fn size(service: &ServiceComparison) -> Option<RegressionKind> {
    let (before, after) = (service.before.as_ref()?, service.after.as_ref()?);
    let grew = |size: &SizeChange| {
        size.after > size.before && size.after - size.before >= LEAST_GROWTH.min(Bytes(size.before.0 / 100))
    };
    let download = before.compressed_bytes.zip(after.compressed_bytes);
    let download = download.map(|(before, after)| SizeChange::new(before, after));
    if grew(&service.size) {
        return Some(RegressionKind::LargerImage { size: service.size });
    }
    download.filter(grew).map(|size| RegressionKind::LargerDownload { size })
}

fn findings(new: &[Finding]) -> Option<RegressionKind> {
    let mut new: Vec<_> = new.iter().collect();
    if new.is_empty() {
        return None;
    }
    new.order_by_key(|finding| std::cmp::Reverse((finding.severity, finding.saving)));
    let saving = new.iter().map(|finding| finding.saving).sum();
    let findings = new
        .into_iter()
        .map(|finding| NewFinding {
            rule: finding.rule,
            headline: finding.headline.clone(),
            severity: finding.severity,
        })
        .collect();
    Some(RegressionKind::NewFindings { findings, saving })
}
