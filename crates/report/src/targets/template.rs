//! The first `plimsoll.toml` of a stack, with a comment for each choice.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use plimsoll_analysis::lines::toml;
use plimsoll_snapshot::runtime::{PlannedService, UnreadLimit};

use crate::format::memory;

/// A target file for these services, as their compose file plans them; without any, one to fill in. `dive` are the gates of a
/// `.dive-ci`, as keys and values.
#[must_use]
pub fn template(services: &[PlannedService], dive: &[(&str, String)]) -> String {
    let mut text = HEAD.to_owned();
    let limits: Option<u64> = services
        .iter()
        .map(|service| Some(service.limits.memory?.0.saturating_mul(service.replicas.unwrap_or(1))))
        .try_fold(0_u64, |sum, limit| Some(sum.saturating_add(limit?)));
    match limits.filter(|_| !services.is_empty()) {
        Some(sum) => {
            let sum = plimsoll_snapshot::Bytes(sum);
            let _ = writeln!(
                text,
                "# The limits of the compose file add up to this. Memory is binary, as in compose: 1 GB = 1024 MB."
            );
            let _ = writeln!(text, "limits = \"{}\"", memory(sum));
        }
        None => {
            text.push_str("# No more than this, once every service has a limit. Memory is binary, as in compose: 1 GB = 1024 MB.\n");
            text.push_str("# limits = \"2304 MB\"\n");
        }
    }
    text.push_str(STACK);
    text.push_str(EACH);
    if dive.iter().all(|(key, _)| *key != "hidden") {
        text.push_str(HIDDEN);
    }
    if !dive.is_empty() {
        text.push_str("# The gates of `.dive-ci`. dive counts every copy of a file as wasted, `hidden` only those that no one sees.\n");
    }
    for (key, value) in dive {
        let _ = writeln!(text, "{key} = \"{value}\"");
    }
    // A table may be there once, and `*` stands for every service.
    let mut written = BTreeSet::from(["*"]);
    for service in services.iter().filter(|service| written.insert(&service.name)) {
        let _ = writeln!(text, "\n[services.{}]", toml::key(&service.name));
        text.push_str("# size = \"500 MB\"\n");
        match service.limits.memory.filter(|limit| !limit.is_zero()) {
            Some(limit) => {
                let _ = writeln!(text, "# As the compose file plans it.\nlimit = \"{}\"", memory(limit));
            }
            None if service.limits.unread.contains(&UnreadLimit::Memory) => text.push_str(
                "# The compose file sets a limit that cannot be read: see `plimsoll recommend`.\n# limit = \"512 MB\"\n",
            ),
            None => text.push_str(
                "# The compose file sets no limit: see `plimsoll recommend`.\n# limit = \"512 MB\"\n",
            ),
        }
        if let Some(reservation) = service.limits.reservation.filter(|bytes| !bytes.is_zero()) {
            let _ = writeln!(text, "reservation = \"{}\"", memory(reservation));
        }
        if let Some(score @ -1000..=1000) = service.limits.oom_score_adj {
            let _ = writeln!(text, "oom_score_adj = {score}");
        }
        if service.health_check.as_ref().is_some_and(plimsoll_snapshot::runtime::Probe::is_disabled) {
            text.push_str("# Its health check is switched off.\nhealthy = false\n");
        }
    }
    text.push_str(TAIL);
    text
}

const HEAD: &str = r#"# Targets for this stack: `plimsoll check BEFORE AFTER` checks them. All keys are in `docs/targets.md` of Plimsoll.
# A value alone is the minimum: missing it fails the check. { minimum = …, ideal = … } names both.
version = 1

[stack]
# All images, shared layers once, compared with before.
reduction = { minimum = "50 %", ideal = "60 %" }
"#;

const STACK: &str = r#"# The limits together fit the memory of the host.
fits_host = true
# Memory that all services use at the same time under load (95th percentile).
# memory_under_load = "2 GB"
# From the first start until every health check passes.
start_up = { minimum = "2 min", ideal = "90 s" }
"#;

const EACH: &str = r#"
# Every service, unless its own table says otherwise.
[services."*"]
image_built = true
runs = true
healthy = true
limit_respected = true
no_swap = true
no_oom = true
logs = true
# If a service is PostgreSQL: the memory that its settings allow fits its limit.
postgres = { fits = true }
# Files that a build sends to the engine, measured by `plimsoll snapshot --context SERVICE=DIRECTORY`.
# context = "50 MB"
# The kernel kills databases late (-500) and what can be started again early (300).
# oom_score_adj = 300
# No layer grows by more than this against the one it replaces.
layer_growth = "5 %"
# What the image adds to its base image grows by no more than this: a share, or bytes. A refresh of the base does not count.
# own_growth = "10 MB"
# layers = 30
# Findings that are not allowed: rules, or a severity and above (`docs/findings/README.md`).
# findings_not_allowed = ["secrets", "high"]
"#;

const HIDDEN: &str = r#"# Bytes that are stored, but deleted or replaced by a later layer.
hidden = "50 MB"
"#;

const TAIL: &str = r#"
# Checks that no snapshot can show: probes (`plimsoll check --probe application=$?`), or confirmed by a person.
[[checks]]
id = "application"
title = "The application works"

[[checks]]
id = "backup-restore"
title = "A backup of the database was restored"
# attested = { by = "who", on = "2026-01-31", passed = true, note = "restored into an empty database" }

# The cost of the server: your prices, in your currency.
# [cost]
# price_per_gib = 5.0
# before = "8 GB"
# reduction = { ideal = "40 %" }
"#;

#[cfg(test)]
mod tests {
    use plimsoll_analysis::targets::parse;
    use plimsoll_snapshot::Bytes;
    use plimsoll_snapshot::runtime::Limits;

    use super::*;

    #[test]
    fn what_is_written_can_be_read() {
        assert!(parse(&template(&[], &[])).is_ok());
        let limits = Limits { memory: Some(Bytes(1 << 30)), ..Limits::default() };
        let service = |name: &str| PlannedService {
            name: name.into(),
            limits: limits.clone(),
            ..PlannedService::default()
        };
        let text = template(&[service("backend"), service("odd \"name\"\n[x]")], &[]);
        let targets = parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(targets.services.len(), 3);
        assert!(targets.services.contains_key("odd \"name\"\n[x]"));
        assert!(text.contains("limits = \"2 GiB\""), "{text}");
        // What looks alike stays apart, and what is there twice is written once.
        let names = ["a b", "a  b", "a\tb", "a\u{85}b", " a b", "", "*", "a b", "a\u{feff}b", "\u{7f}"];
        let text =
            template(&names.map(service), &[("hidden", "20 B".into()), ("dive_efficiency", "95 %".into())]);
        let targets = parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert!(names.iter().all(|name| targets.services.contains_key(*name)), "{text}");
    }
}
