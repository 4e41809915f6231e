//! What PostgreSQL needs: shared memory, and settings that fit its limit.

use plimsoll_snapshot::Bytes;

use super::super::postgres::{self, CurrentSettings, PostgresSettings};
use super::super::words::binary;
use super::{Draft, Known, Setting};

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
        let now = now.map_or_else(|| "64 MiB by default".to_owned(), binary);
        let reason = format!(
            "parallel queries share memory there; it has {now}, and what is used counts towards the limit"
        );
        draft.set(Setting::Shm(wanted), vec![reason]);
    }
}

fn command(known: &Known<'_>, settings: &PostgresSettings, draft: &mut Draft) {
    let demanded = known.demanded.postgres;
    let fits = |current: &&CurrentSettings| {
        let is_known = current.is_set || !current.has_config_file;
        is_known && current.worst_case <= settings.limit && current.meets(demanded)
    };
    if let Some(current) = settings.current.as_ref().filter(fits) {
        return draft.leave(format!(
            "its PostgreSQL settings fit: {} at worst of {}",
            binary(current.worst_case),
            binary(settings.limit)
        ));
    }
    if settings.worst_case > settings.limit {
        settings.reasons.iter().for_each(|reason| draft.leave(reason.clone()));
        return;
    }
    let mut reasons = settings.reasons.clone();
    if let Some(current) = &settings.current {
        let now = format!("now {} at worst of {}", binary(current.worst_case), binary(settings.limit));
        reasons.insert(0, now);
        if current.has_config_file {
            reasons
                .push("what the command sets counts more than what its configuration file sets".to_owned());
        }
    }
    match postgres::command(known.service, settings) {
        Ok(command) => draft.set(Setting::Command(command), reasons),
        Err(why) => {
            draft.leave(format!("{why}; what fits: {}", settings.line()));
            reasons.into_iter().for_each(|reason| draft.leave(reason));
        }
    }
}
