//! What is demanded of all services together, against what is recommended for each.

use plimsoll_snapshot::Bytes;

use super::super::stack::StackService;
use super::reason::{Exceeded, Sum};
use super::setting::{Demands, ServiceRecommendation, Setting};

/// What is demanded and not met.
pub(super) fn open(
    services: &[StackService<'_>],
    recommended: &[ServiceRecommendation],
    demands: &Demands<'_>,
) -> Vec<Exceeded> {
    let sum = |of: fn(&Setting) -> Option<Bytes>| -> Bytes {
        let each = services.iter().zip(recommended).filter_map(|(service, recommended)| {
            let bytes = recommended.settings.iter().find_map(|one| of(&one.setting))?;
            Some(Bytes(bytes.0.saturating_mul(service.replicas())))
        });
        each.sum()
    };
    let limit = |setting: &Setting| if let Setting::Limit(bytes) = setting { Some(*bytes) } else { None };
    let reservation =
        |setting: &Setting| if let Setting::Reservation(bytes) = setting { Some(*bytes) } else { None };
    let sums = [
        (Sum::Limits, demands.limits, sum(limit)),
        (Sum::Reservations, demands.reservations, sum(reservation)),
    ];
    sums.into_iter()
        .filter_map(|(sum, demanded, total)| {
            let demanded = demanded.filter(|demanded| total > *demanded)?;
            Some(Exceeded { sum, total, demanded })
        })
        .collect()
}
