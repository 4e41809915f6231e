//! What a stack may take in all, against the memory of its host.

use plimsoll_snapshot::Bytes;
use plimsoll_snapshot::runtime::{Limits, PlanFormat, Swap, UnreadLimit};
use serde::Serialize;

use super::stack::{Limit, StackService};

/// The sums over all services, each times its replicas.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Totals {
    /// The limits of RAM. Unlimited if one service has none.
    pub limits: Limit,
    /// The limits of RAM and swap together.
    pub limits_with_swap: Limit,
    /// What is limited, whatever the others do.
    pub limited: Bytes,
    /// What is guaranteed under pressure.
    pub reservations: Bytes,
    /// The services without a limit.
    pub unlimited: Vec<String>,
    /// The services whose limit is unknown.
    pub unknown: Vec<String>,
    /// The services without a reservation.
    pub unreserved: Vec<String>,
    /// The memory of the host.
    pub host: Option<Bytes>,
}

impl Totals {
    /// Whether the limits fit the host; none where either is unknown.
    #[must_use]
    pub fn fits_host(&self) -> Option<bool> {
        match self.limits {
            Limit::Limited(limits) => Some(limits <= self.host?),
            Limit::Unlimited => Some(false),
            Limit::Unknown => None,
        }
    }
}

/// The limit of RAM and swap together of one container. Where swap is not set, an engine lets a container swap as much
/// as its RAM: twice the memory (moby, `daemon_unix.go`, `adaptContainerSettings`).
pub(crate) fn with_swap(memory: Limit, service: &StackService<'_>) -> Limit {
    let limits = service.limits();
    match (memory, limits.and_then(|limits| limits.memory_swap)) {
        (Limit::Limited(_), None)
            if limits.is_some_and(|limits| limits.unread.contains(&UnreadLimit::MemorySwap)) =>
        {
            Limit::Unknown
        }
        (Limit::Limited(memory), Some(Swap::Total(total))) if total >= memory => Limit::Limited(total),
        (Limit::Limited(_), Some(Swap::Unlimited)) => Limit::Unlimited,
        // By default, the kubelet gives containers no swap (`NoSwap`).
        (limit, None) if service.is_of_kubernetes() => limit,
        (Limit::Limited(memory), _) => Limit::Limited(memory + memory),
        (other, _) => other,
    }
}

pub(crate) fn totals(services: &[StackService<'_>], host: Option<Bytes>) -> Totals {
    let mut totals = Totals { host, ..Totals::default() };
    let (mut all, mut all_with_swap) = (Limit::Limited(Bytes::ZERO), Limit::Limited(Bytes::ZERO));
    for service in services {
        let replicas = service.replicas();
        let limit = service.known_limit();
        match limit {
            Limit::Unlimited => totals.unlimited.push(service.name.clone()),
            Limit::Unknown => totals.unknown.push(service.name.clone()),
            Limit::Limited(bytes) => totals.limited += times(bytes, replicas),
        }
        all = add(all, limit, replicas);
        all_with_swap = add(all_with_swap, with_swap(limit, service), replicas);
        match service.reservation() {
            Some(bytes) => totals.reservations += times(bytes, replicas),
            None => totals.unreserved.push(service.name.clone()),
        }
    }
    if !services.is_empty() {
        (totals.limits, totals.limits_with_swap) = (all, all_with_swap);
    }
    totals
}

fn times(bytes: Bytes, replicas: u64) -> Bytes {
    Bytes(bytes.0.saturating_mul(replicas))
}

/// One that is unlimited makes the sum so; one that is unknown makes it unknown, unless it is unlimited anyway.
fn add(sum: Limit, limit: Limit, replicas: u64) -> Limit {
    match (sum, limit) {
        (Limit::Unlimited, _) | (_, Limit::Unlimited) => Limit::Unlimited,
        (Limit::Unknown, _) | (_, Limit::Unknown) => Limit::Unknown,
        (Limit::Limited(sum), Limit::Limited(limit)) => Limit::Limited(sum + times(limit, replicas)),
    }
}

impl StackService<'_> {
    /// What its containers, or else its plan, may take.
    pub(crate) fn limits(&self) -> Option<&'_ Limits> {
        let inspected = self.current().into_iter().find_map(|(_, container)| container.limits.as_ref());
        inspected.or(self.plan.map(|plan| &plan.limits))
    }

    /// Whether Kubernetes runs it.
    fn is_of_kubernetes(&self) -> bool {
        self.plan.is_some_and(|plan| plan.format == PlanFormat::Kubernetes)
    }

    /// What its containers, or else its plan, guarantee.
    pub(crate) fn reservation(&self) -> Option<Bytes> {
        self.limits()?.reservation.filter(|bytes| !bytes.is_zero())
    }
}
