//! A health check where there is none, and a rarer one where it takes too much.

use plimsoll_snapshot::runtime::Probe;

use super::super::postgres;
use super::super::server::Server;
use super::draft::{Draft, Known};
use super::reason::{Open, SettingReason};
use super::setting::Setting;

/// A health check should run for no more than this fraction of the time: one in `n`.
const BUSY: u64 = 50;

pub(super) fn add(known: &Known<'_>, draft: &mut Draft) {
    let health = &known.memory.health;
    let planned = known.service.plan.and_then(|plan| plan.health_check.as_ref());
    match (health.checks_per_day, health.check_ms) {
        (Some(checks), Some(check_ms)) => {
            let interval_ms = 86_400_000 / checks.max(1);
            if check_ms.saturating_mul(BUSY) > interval_ms {
                let interval_s = (check_ms.saturating_mul(BUSY) / 1000).clamp(30, 600).div_ceil(10) * 10;
                let seconds_per_day = health.busy_seconds_per_day.unwrap_or(0);
                let reason = SettingReason::BusyCheck { check_ms, interval_ms, seconds_per_day };
                draft.set(Setting::HealthCheck { test: None, interval_s }, vec![reason]);
            }
        }
        (Some(_), None) => {}
        (None, _) if planned.is_some_and(Probe::is_disabled) => {
            draft.leave(Open::HealthCheckOff);
        }
        (None, _) if known.server == Server::Postgres => {
            let test = vec!["CMD-SHELL".to_owned(), postgres::health_check(known.service)];
            let setting = Setting::HealthCheck { test: Some(test), interval_s: 30 };
            draft.set(setting, vec![SettingReason::NoDatabaseCheck]);
        }
        (None, _) => draft.leave(Open::NoHealthCheck),
    }
}
