//! The settings of PostgreSQL: as demanded, and together no more than its limit.

use plimsoll_snapshot::Bytes;

use super::outcome::{Outcome, Status};
use super::{Input, MemoryDemand, PostgresTargets, Value};
use crate::memory::words::binary;
use crate::memory::{CurrentSettings, ServiceMemory};

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
        let now = now(service).map_err(|why| why.map_or_else(|| input.unseen(), str::to_owned));
        outcomes.extend(of_service(name, demanded, service, &now));
    }
    outcomes
}

/// What it runs with, or why that is not known; without a reason if nothing was seen of it.
fn now(service: Option<&ServiceMemory>) -> Result<&CurrentSettings, Option<&'static str>> {
    let service = service.ok_or(None)?;
    if !service.is_postgres {
        return Err(Some("nothing that was read shows that it is PostgreSQL"));
    }
    service.postgres_now.as_ref().ok_or(Some("its command is not known"))
}

/// The name of a setting, what is demanded of it, and how it is read.
type Setting<'a> = (&'a str, &'a Option<MemoryDemand>, fn(&CurrentSettings) -> Bytes);

fn of_service(
    name: &str,
    demanded: &PostgresTargets,
    service: Option<&ServiceMemory>,
    now: &Result<&CurrentSettings, String>,
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
                compared(now, &binary(read(now)), &binary(demand.value.bytes()), is_met(demand, read(now)))
            }
        };
        let title = format!("`{key}` is {}", demand.words());
        outcomes.push(Outcome::plain(id(key), &title, Some(name), status).because([evidence]));
    }
    if let Some(wanted) = demanded.max_connections {
        let (status, evidence) = match now {
            Err(why) => (Status::Unknown, why.clone()),
            Ok(now) => {
                let found = now.max_connections;
                compared(now, &found.to_string(), &wanted.to_string(), found == wanted)
            }
        };
        let title = format!("`max_connections` is {wanted}");
        outcomes.push(Outcome::plain(id("max_connections"), &title, Some(name), status).because([evidence]));
    }
    if demanded.fits == Some(true) {
        let (status, evidence) = match (now, service.and_then(|service| service.limit.bytes())) {
            (Err(why), _) => (Status::Unknown, why.clone()),
            (Ok(_), None) => (Status::Unknown, "no limit of it is known".to_owned()),
            (Ok(now), Some(limit)) => fits(now, limit),
        };
        let title = "the settings of PostgreSQL fit its limit";
        outcomes.push(Outcome::plain(id("fits"), title, Some(name), status).because([evidence]));
    }
    outcomes
}

fn is_met(demand: &MemoryDemand, found: Bytes) -> bool {
    let tolerance = if demand.about { MemoryDemand::TOLERANCE } else { 0.0 };
    #[expect(clippy::cast_precision_loss, reason = "beyond 2⁵³ bytes nobody counts")]
    let apart = (found.0 as f64 - demand.value.number()).abs();
    apart <= demand.value.number() * tolerance + 0.5
}

/// A configuration file may set what the command does not: then another figure is no proof.
fn compared(now: &CurrentSettings, found: &str, wanted: &str, is_met: bool) -> (Status, String) {
    match (is_met, now.has_config_file) {
        (true, _) => (Status::Pass, format!("set to {found}")),
        (false, true) => (Status::Unknown, "its configuration file was not read".to_owned()),
        (false, false) => (Status::Fail, format!("set to {found}, not {wanted}")),
    }
}

fn fits(now: &CurrentSettings, limit: Bytes) -> (Status, String) {
    let evidence = format!("{} at worst of {}", binary(now.worst_case), binary(limit));
    match (now.worst_case <= limit, now.has_config_file && !now.is_set) {
        (_, true) => (Status::Unknown, "its configuration file was not read".to_owned()),
        (true, false) => (Status::Pass, evidence),
        (false, false) => (Status::Fail, evidence),
    }
}
