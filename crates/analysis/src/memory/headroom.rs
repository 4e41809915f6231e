//! The service that is nearest to its limit.

use plimsoll_snapshot::Bytes;

use super::Memory;

/// What the limits of a stack leave free at the worst.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Headroom<'a> {
    /// The service with the least, in proportion to its limit.
    Least {
        /// Its name.
        service: &'a str,
        /// The most it took, as working set.
        taken: Bytes,
        /// Its limit, which is not zero.
        limit: Bytes,
    },
    /// The services without a limit: one of them may take everything.
    Unlimited(&'a [String]),
}

impl Memory {
    /// What the limits leave free at the worst. None if no service has both a limit and a recording.
    #[must_use]
    pub fn headroom(&self) -> Option<Headroom<'_>> {
        if !self.totals.unlimited.is_empty() {
            return Some(Headroom::Unlimited(&self.totals.unlimited));
        }
        let limited = self.services.iter().filter_map(|service| {
            let (limit, taken) = (service.limit.bytes()?, service.working_set?.max);
            (!limit.is_zero()).then_some((service.name.as_str(), taken, limit))
        });
        // Compared without rounding.
        let least = limited.max_by(|(_, taken, limit), (_, other, other_limit)| {
            let cross = |taken: &Bytes, limit: &Bytes| u128::from(taken.0) * u128::from(limit.0);
            cross(taken, other_limit).cmp(&cross(other, limit))
        });
        least.map(|(service, taken, limit)| Headroom::Least { service, taken, limit })
    }
}
