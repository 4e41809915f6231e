//! The room that a program needs within its limit, beyond what was measured of the container.
//!
//! A limit of the container and one inside the program have to fit together. A limit below what the program is allowed to
//! use has it killed; a share of the limit below what it used has it fail by itself.

use plimsoll_snapshot::Bytes;

use super::super::inside::{self, ProgramRoom};
use super::super::postgres;
use super::draft::Known;
use super::reason::Room;

const MIB: u64 = 1 << 20;
/// Limits are multiples of this.
const STEP: u64 = 16 * MIB;
/// The connections that a server of PostgreSQL should take at least.
const CONNECTIONS: u64 = 20;
/// A limit at which any number of connections fits.
const AMPLE: Bytes = Bytes(64 << 30);

/// The least limit at which the program has its room, and the reason.
pub(super) fn least(known: &Known<'_>) -> Option<(Bytes, Room)> {
    of_postgres(known).or_else(|| {
        let used = known.memory.loaded.map(|loaded| loaded.max);
        let (least, room) = match inside::room(known.service, used)? {
            ProgramRoom::Share { least, used } => (least, Room::Share { used }),
            ProgramRoom::Allowed { least, by, bytes } => (least, Room::Allowed { by, bytes }),
        };
        Some((round_up(least), room))
    })
}

fn of_postgres(known: &Known<'_>) -> Option<(Bytes, Room)> {
    let demanded = known.demanded.postgres;
    let settings = postgres::postgres(known.service, Some(AMPLE), demanded)?;
    if postgres::command(known.service, &settings).is_err() {
        let worst_case = settings.current?.worst_case;
        return Some((round_up(worst_case), Room::Settings { worst_case }));
    }
    // What is demanded is set as it is, whatever it takes.
    if demanded.max_connections.is_some() {
        return None;
    }
    let takes = |limit: u64| {
        let settings = postgres::postgres(known.service, Some(Bytes(limit)), demanded);
        settings.is_some_and(|fit| fit.max_connections >= CONNECTIONS && fit.worst_case <= fit.limit)
    };
    let least = (1..=64).map(|steps| steps * STEP).find(|limit| takes(*limit))?;
    Some((Bytes(least), Room::Connections { connections: CONNECTIONS }))
}

fn round_up(bytes: Bytes) -> Bytes {
    Bytes(bytes.0.div_ceil(STEP).saturating_mul(STEP))
}
