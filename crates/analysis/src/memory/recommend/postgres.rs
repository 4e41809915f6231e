//! What PostgreSQL needs: shared memory, and settings that fit its limit.

use plimsoll_snapshot::Bytes;

use super::super::postgres::{self, CurrentSettings, PostgresSettings};
use super::draft::{Draft, Known};
use super::reason::{Open, SettingReason};
use super::setting::Setting;

const MIB: u64 = 1 << 20;
/// What parallel queries need of `/dev/shm`; engines give 64 MiB.
const SHM: Bytes = Bytes(256 * MIB);

pub(super) fn add(known: &Known<'_>, limit: Option<Bytes>, draft: &mut Draft) {
    let Some(settings) = postgres::postgres(known.service, limit, known.demanded.postgres) else { return };
    shm(known, &settings, draft);
    command(known, &settings, draft);
}

fn shm(known: &Known<'_>, settings: &PostgresSettings, draft: &mut Draft) {
    let wanted = SHM.min(Bytes(settings.limit.0 / 2 / MIB * MIB));
    let now = known.service.limits().and_then(|limits| limits.shm);
    if now.is_none_or(|now| now < wanted) {
        draft.set(Setting::Shm(wanted), vec![SettingReason::SharedMemory { now }]);
    }
}

fn command(known: &Known<'_>, settings: &PostgresSettings, draft: &mut Draft) {
    let demanded = known.demanded.postgres;
    let fits = |current: &&CurrentSettings| {
        let is_known = current.is_set || !current.has_config_file;
        is_known && current.worst_case <= settings.limit && current.meets(demanded)
    };
    if let Some(current) = settings.current.as_ref().filter(fits) {
        return draft.leave(Open::PostgresFits { worst_case: current.worst_case, limit: settings.limit });
    }
    let mut reasons: Vec<SettingReason> =
        settings.reasons.iter().map(|&reason| SettingReason::Postgres { reason }).collect();
    if settings.worst_case > settings.limit {
        return leave_all(reasons, draft);
    }
    if let Some(current) = &settings.current {
        let (worst_case, limit) = (current.worst_case, settings.limit);
        reasons.insert(0, SettingReason::PostgresNow { worst_case, limit });
        if current.has_config_file {
            reasons.push(SettingReason::CommandWins);
        }
    }
    let parameters = settings.parameters.iter().cloned();
    reasons.extend(parameters.map(|parameter| SettingReason::Parameter { parameter }));
    match postgres::command(known.service, settings) {
        Ok(command) => draft.set(Setting::Command(command), reasons),
        Err(why) => {
            draft.leave(Open::CommandKept { why, settings: settings.line() });
            leave_all(reasons, draft);
        }
    }
}

fn leave_all(reasons: Vec<SettingReason>, draft: &mut Draft) {
    reasons.into_iter().for_each(|reason| draft.leave(Open::Reason { reason }));
}
