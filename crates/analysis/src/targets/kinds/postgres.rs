//! The settings of PostgreSQL: as demanded, and together no more than its limit.

use plimsoll_snapshot::Bytes;

use crate::memory::{CurrentSettings, ServiceMemory};
use crate::targets::file::{MemoryDemand, PostgresTargets};
use crate::targets::input::Input;
use crate::targets::outcome::{Outcome, Status};
use crate::targets::reason::Reason;
use crate::targets::title::{Figure, Title, Unit};
use crate::targets::values::Value;

pub(super) fn outcomes(input: &Input<'_>) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for (name, targets) in &input.services {
        let Some(demanded) = &targets.postgres else { continue };
        let service = input.after.service(name);
        let is_named = input.targets.services.get(name).is_some_and(|own| own.postgres.is_some());
        // What holds for every service holds for those that are PostgreSQL.
        if !is_named && service.is_some_and(|service| !service.is_postgres) {
            continue;
        }
        let now = now(service).map_err(|why| why.unwrap_or_else(|| input.unseen()));
        outcomes.extend(of_service(name, demanded, service, &now));
    }
    outcomes
}

/// What it runs with, or why that is not known; without a reason if nothing was seen of it.
fn now(service: Option<&ServiceMemory>) -> Result<&CurrentSettings, Option<Reason>> {
    let service = service.ok_or(None)?;
    if !service.is_postgres {
        return Err(Some(Reason::NotPostgres));
    }
    service.postgres_now.as_ref().ok_or(Some(Reason::CommandUnknown))
}

/// The name of a setting, what is demanded of it, and how it is read.
type Setting<'a> = (&'static str, &'a Option<MemoryDemand>, fn(&CurrentSettings) -> Bytes);

fn of_service(
    name: &str,
    demanded: &PostgresTargets,
    service: Option<&ServiceMemory>,
    now: &Result<&CurrentSettings, Reason>,
) -> Vec<Outcome> {
    let id = |key: &str| format!("services.{name}.postgres.{key}");
    let mut outcomes = Vec::new();
    let settings: [Setting<'_>; 3] = [
        ("shared_buffers", &demanded.shared_buffers, |now| now.shared_buffers),
        ("work_mem", &demanded.work_mem, |now| now.work_mem),
        ("maintenance_work_mem", &demanded.maintenance_work_mem, |now| now.maintenance_work_mem),
    ];
    for (key, demand, read) in settings {
        let Some(demand) = demand else { continue };
        let (status, evidence) = match now {
            Err(why) => (Status::Unknown, why.clone()),
            Ok(now) => {
                let (found, wanted) = (memory(read(now)), memory(demand.value.bytes()));
                compared(now, is_met(demand, read(now)), |is_met| Reason::SetTo {
                    found,
                    wanted: (!is_met).then_some(wanted),
                })
            }
        };
        let title = Title::PostgresMemory { setting: key, demand: demand.demanded() };
        outcomes.push(Outcome::plain(id(key), title, Some(name), status).because([evidence]));
    }
    if let Some(wanted) = demanded.max_connections {
        let (status, evidence) = match now {
            Err(why) => (Status::Unknown, why.clone()),
            Ok(now) => {
                let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
                let found = now.max_connections;
                compared(now, found == wanted, |is_met| Reason::SetToNumber {
                    found: number(found),
                    wanted: (!is_met).then_some(number(wanted)),
                })
            }
        };
        let title = Title::PostgresConnections { connections: wanted };
        outcomes.push(Outcome::plain(id("max_connections"), title, Some(name), status).because([evidence]));
    }
    if demanded.fits == Some(true) {
        let (status, evidence) = match (now, service.and_then(|service| service.limit.bytes())) {
            (Err(why), _) => (Status::Unknown, why.clone()),
            (Ok(_), None) => (Status::Unknown, Reason::LimitUnknown),
            (Ok(now), Some(limit)) => fits(now, limit),
        };
        outcomes
            .push(Outcome::plain(id("fits"), Title::PostgresFits, Some(name), status).because([evidence]));
    }
    outcomes
}

fn is_met(demand: &MemoryDemand, found: Bytes) -> bool {
    let tolerance = if demand.about { MemoryDemand::TOLERANCE } else { 0.0 };
    #[expect(clippy::cast_precision_loss, reason = "beyond 2⁵³ bytes nobody counts")]
    let apart = (found.0 as f64 - demand.value.number()).abs();
    apart <= demand.value.number() * tolerance + 0.5
}

#[expect(clippy::cast_precision_loss, reason = "beyond 2⁵³ bytes nobody counts")]
fn memory(bytes: Bytes) -> Figure {
    Figure { value: bytes.0 as f64, unit: Unit::Memory }
}

/// A configuration file may set what the command does not: then another figure is no proof.
fn compared(now: &CurrentSettings, is_met: bool, evidence: impl FnOnce(bool) -> Reason) -> (Status, Reason) {
    match (is_met, now.has_config_file && !now.is_set) {
        (true, _) => (Status::Pass, evidence(true)),
        (false, true) => (Status::Unknown, Reason::ConfigFileUnread),
        (false, false) => (Status::Fail, evidence(false)),
    }
}

fn fits(now: &CurrentSettings, limit: Bytes) -> (Status, Reason) {
    let evidence = Reason::PostgresWorstCase { worst_case: now.worst_case, limit };
    match (now.worst_case <= limit, now.has_config_file && !now.is_set) {
        (_, true) => (Status::Unknown, Reason::ConfigFileUnread),
        (true, false) => (Status::Pass, evidence),
        (false, false) => (Status::Fail, evidence),
    }
}
