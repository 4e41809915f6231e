//! Which service the kernel kills first when the host runs out of memory.

use super::draft::{Draft, Known};
use super::reason::{Open, SettingReason};
use super::setting::Setting;
use crate::memory::server::Server;

/// Killed late and early by the kernel; −1000 would mean never, and then something else dies.
const DATABASE_OOM_SCORE: i64 = -500;
const STATELESS_OOM_SCORE: i64 = 300;

pub(super) fn add(known: &Known<'_>, draft: &mut Draft) {
    let (score, why) = match (known.demanded.oom_score_adj, known.server) {
        (Some(score), _) => (score, SettingReason::Demanded),
        (None, Server::Postgres | Server::Database) => {
            (DATABASE_OOM_SCORE, SettingReason::DatabaseKilledLate)
        }
        (None, Server::Unclear) => return draft.leave(Open::UnclearServer),
        (None, Server::Other) => {
            let before_database = known.has_database;
            (STATELESS_OOM_SCORE, SettingReason::KilledEarly { before_database })
        }
    };
    draft.set(Setting::OomScore(score), vec![why]);
}
