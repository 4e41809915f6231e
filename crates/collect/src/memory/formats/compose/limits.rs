//! What each container of a service may take.

use plimsoll_snapshot::Bytes;
use plimsoll_snapshot::runtime::Limits;

use super::values::Fields;
use crate::memory::formats::container::swap;
use crate::yaml::{Node, Spent};

/// Microseconds of a scheduling period, unless a file says otherwise (moby, `daemon_unix.go`).
const CPU_PERIOD: u64 = 100_000;

pub(super) fn limits(fields: &mut Fields<'_, '_>, service: &Node) -> Result<Limits, Spent> {
    let deploy = |kind, name| service.at(&["deploy", "resources", kind, name]);
    let mut bytes = |key: &str, node: Option<&Node>| {
        let bytes = fields.bytes(node, key)?;
        Ok(bytes.and_then(|bytes| u64::try_from(bytes).ok()).filter(|&bytes| bytes > 0).map(Bytes))
    };
    let limit = bytes("deploy.resources.limits.memory", deploy("limits", "memory"))?;
    let old_limit = bytes("mem_limit", service.get("mem_limit"))?;
    let reserved = bytes("deploy.resources.reservations.memory", deploy("reservations", "memory"))?;
    let old_reserved = bytes("mem_reservation", service.get("mem_reservation"))?;
    let shm = bytes("shm_size", service.get("shm_size"))?;
    let cpus = fields.cpu_millis(deploy("limits", "cpus"), "deploy.resources.limits.cpus")?;
    let old_cpus = fields.cpu_millis(service.get("cpus"), "cpus")?;
    let quota = fields.integer(service.get("cpu_quota"), "cpu_quota")?;
    let quota = quota.and_then(|quota| u64::try_from(quota).ok()).filter(|quota| *quota > 0);
    let period = fields.integer(service.get("cpu_period"), "cpu_period")?;
    let period = period.and_then(|period| u64::try_from(period).ok()).filter(|period| *period > 0);
    let cpus_of_quota = quota.map(|quota| quota.saturating_mul(1000) / period.unwrap_or(CPU_PERIOD));
    let cpu_reservation =
        fields.cpu_millis(deploy("reservations", "cpus"), "deploy.resources.reservations.cpus")?;
    let pids = fields.integer(deploy("limits", "pids"), "deploy.resources.limits.pids")?;
    let old_pids = fields.integer(service.get("pids_limit"), "pids_limit")?;
    // Compose refuses this, so the file is never run as it is. It takes what the new form leaves out for zero.
    let is_there = |kind| service.at(&["deploy", "resources", kind]).is_some_and(|node| !node.is_null());
    let (limits, reservations) = (is_there("limits"), is_there("reservations"));
    for (is_there, are_equal, keys) in [
        (limits, agree(old_limit, limit), "`mem_limit` and `deploy.resources.limits.memory`"),
        (
            reservations,
            agree(old_reserved, reserved),
            "`mem_reservation` and `deploy.resources.reservations.memory`",
        ),
        (limits, agree(old_cpus, cpus), "`cpus` and `deploy.resources.limits.cpus`"),
        (limits, agree(old_pids, pids), "`pids_limit` and `deploy.resources.limits.pids`"),
    ] {
        if is_there && !are_equal {
            fields.differ(keys);
        }
    }
    let swap_limit = fields.bytes(service.get("memswap_limit"), "memswap_limit")?;
    Ok(Limits {
        memory: limit.or(old_limit),
        memory_swap: swap_limit.and_then(swap),
        reservation: reserved.or(old_reserved),
        oom_kill_disable: fields.boolean(service.get("oom_kill_disable"), "oom_kill_disable")?,
        oom_score_adj: fields.integer(service.get("oom_score_adj"), "oom_score_adj")?,
        pids: pids.or(old_pids).and_then(|pids| u64::try_from(pids).ok()).filter(|&pids| pids > 0),
        shm,
        cpu_millis: cpus.or(old_cpus).or(cpus_of_quota).filter(|&cpus| cpus > 0),
        cpu_quota: quota.is_some(),
        cpu_reservation_millis: cpu_reservation.filter(|&cpus| cpus > 0),
        ..Limits::default()
    })
}

/// Whether the old form says nothing, or what the new one says.
fn agree<T: Copy + PartialEq>(old: Option<T>, new: Option<T>) -> bool {
    old.is_none() || old == new
}
