//! What `plimsoll recommend` has to set for the targets to be met.

use plimsoll_snapshot::Bytes;

use super::file::{MemoryDemand, Targets};
use super::values::{Levels, MemorySize, Size, Value};
use crate::memory::recommend::Demanded;
use crate::memory::{DemandedSettings, PostgresProfile};

impl Targets {
    /// What is demanded of a service that compose can set.
    #[must_use]
    pub fn demanded(&self, service: &str) -> Demanded {
        let targets = self.service(service);
        let memory = |demand: &MemoryDemand| demand.value.bytes();
        let postgres = targets.postgres.unwrap_or_default();
        Demanded {
            limit: targets.limit.as_ref().map(memory),
            reservation: targets.reservation.as_ref().map(memory),
            no_swap: targets.no_swap == Some(true),
            oom_score_adj: targets.oom_score_adj.map(|score| score.0),
            log_size: targets.log_size.and_then(minimum),
            postgres: DemandedSettings {
                shared_buffers: postgres.shared_buffers.as_ref().map(memory),
                work_mem: postgres.work_mem.as_ref().map(memory),
                maintenance_work_mem: postgres.maintenance_work_mem.as_ref().map(memory),
                max_connections: postgres.max_connections,
                profile: PostgresProfile {
                    workload: postgres.workload.unwrap_or_default(),
                    storage: postgres.storage.unwrap_or_default(),
                },
            },
        }
    }

    /// What the limits of all services may add up to: with swap, which `recommend` switches off, no more than without.
    #[must_use]
    pub fn demanded_limits(&self) -> Option<Bytes> {
        let demands = [self.stack.limits, self.stack.limits_with_swap];
        demands.into_iter().flatten().filter_map(most).min()
    }

    /// What the reservations of all services may add up to.
    #[must_use]
    pub fn demanded_reservations(&self) -> Option<Bytes> {
        self.stack.reservations.and_then(most)
    }
}

/// The most that meets the minimum, or the ideal where that is all there is.
fn most(levels: Levels<MemorySize>) -> Option<Bytes> {
    let demand = levels.minimum.or(levels.ideal)?;
    let tolerance = if demand.about { MemoryDemand::TOLERANCE } else { 0.0 };
    Some(MemorySize(demand.value.number() * (1.0 + tolerance)).bytes())
}

fn minimum(levels: Levels<Size>) -> Option<Bytes> {
    levels.minimum.or(levels.ideal).map(|demand| MemorySize(demand.value.number()).bytes())
}
