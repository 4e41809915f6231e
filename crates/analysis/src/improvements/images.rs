//! What is better about the images: their size, and which findings are done.

use super::kind::{Improvement, ImprovementKind};
use crate::compare::{Comparison, ServiceComparison};
use crate::findings::FixedFindings;
use crate::inspect::SizeChange;
use crate::regressions::threshold::is_smaller;

pub(super) fn find(comparison: &Comparison, fixed: &[FixedFindings], found: &mut Vec<Improvement>) {
    for (service, fixed) in comparison.services.iter().zip(fixed) {
        let of_service = |kind| Improvement { service: Some(service.name.clone()), kind };
        found.extend(size(service).map(of_service));
        if !fixed.findings.is_empty() {
            let FixedFindings { findings, saved } = fixed.clone();
            found.push(of_service(ImprovementKind::FixedFindings { findings, saved }));
        }
    }
}

fn size(service: &ServiceComparison) -> Option<ImprovementKind> {
    let (before, after) = (service.before.as_ref()?, service.after.as_ref()?);
    if is_smaller(&service.size) {
        return Some(ImprovementKind::SmallerImage { size: service.size });
    }
    let download = before.compressed_bytes.zip(after.compressed_bytes);
    let download = download.map(|(before, after)| SizeChange::new(before, after));
    download.filter(is_smaller).map(|size| ImprovementKind::SmallerDownload { size })
}
