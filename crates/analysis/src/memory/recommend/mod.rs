//! What should be set for each service, each with its reason: the content of a compose override.

mod cpu;
mod draft;
mod health;
mod inside;
mod limits;
mod logs;
mod oom_score;
mod postgres;
mod reason;
mod room;
mod setting;
mod sums;

use plimsoll_snapshot::Runtime;

pub use self::reason::{Exceeded, Open, Room, SettingReason, Sum};
pub use self::setting::{Demanded, Demands, Recommendation, Recommended, ServiceRecommendation, Setting};

use self::draft::{Draft, Known};
use super::server::Server;
use super::service_memory;
use super::stack;

/// Recommends what to set for the services of a stack, so that what is demanded of it is met where it can be.
#[must_use]
pub fn recommend(runtime: &Runtime, demands: &Demands<'_>) -> Recommendation {
    let services = stack::services(runtime);
    let has_database = services.iter().any(|service| Server::of(service).is_database());
    let recommended: Vec<ServiceRecommendation> = services
        .iter()
        .map(|service| {
            let known = Known {
                service,
                memory: service_memory(service),
                server: Server::of(service),
                demanded: (demands.service)(&service.name),
                has_database,
            };
            recommendation(&known)
        })
        .collect();
    let open = sums::open(&services, &recommended, demands);
    Recommendation { services: recommended, open }
}

fn recommendation(known: &Known<'_>) -> ServiceRecommendation {
    let mut draft = Draft::default();
    let limit = limits::add(known, &mut draft);
    cpu::add(known, limit, &mut draft);
    oom_score::add(known, &mut draft);
    postgres::add(known, limit, &mut draft);
    inside::add(known, limit, &mut draft);
    logs::add(known, &mut draft);
    health::add(known, &mut draft);
    ServiceRecommendation { name: known.service.name.clone(), settings: draft.settings, open: draft.open }
}
