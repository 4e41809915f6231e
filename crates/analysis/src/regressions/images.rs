//! What is worse about the images: their size, and what rules find in them.

use plimsoll_snapshot::Order as _;

use super::kind::{Regression, RegressionKind};
use super::threshold::is_larger;
use crate::compare::{Comparison, ServiceComparison};
use crate::findings::{Finding, NamedFinding};
use crate::inspect::SizeChange;

pub(super) fn find(comparison: &Comparison, new: &[Vec<Finding>], found: &mut Vec<Regression>) {
    for (service, new) in comparison.services.iter().zip(new) {
        let of_service = |kind| Regression { service: Some(service.name.clone()), kind };
        found.extend(size(service).map(of_service));
        found.extend(findings(new).map(of_service));
    }
}

fn size(service: &ServiceComparison) -> Option<RegressionKind> {
    let (before, after) = (service.before.as_ref()?, service.after.as_ref()?);
    if is_larger(&service.size) {
        return Some(RegressionKind::LargerImage { size: service.size });
    }
    let download = before.compressed_bytes.zip(after.compressed_bytes);
    let download = download.map(|(before, after)| SizeChange::new(before, after));
    download.filter(is_larger).map(|size| RegressionKind::LargerDownload { size })
}

fn findings(new: &[Finding]) -> Option<RegressionKind> {
    let mut new: Vec<_> = new.iter().collect();
    if new.is_empty() {
        return None;
    }
    new.order_by_key(|finding| std::cmp::Reverse((finding.severity, finding.saving)));
    let saving = new.iter().map(|finding| finding.saving).sum();
    let findings = new.into_iter().map(NamedFinding::of).collect();
    Some(RegressionKind::NewFindings { findings, saving })
}
