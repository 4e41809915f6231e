//! The comments of a target file, in English.

use crate::language::TemplateWords;

pub(super) const TEMPLATE: TemplateWords = TemplateWords {
    head: r#"# Targets for this stack: `plimsoll check BEFORE AFTER` checks them. All keys are in `docs/targets.md` of Plimsoll.
# A value alone is the minimum: missing it fails the check. { minimum = …, ideal = … } names both.
version = 1

[stack]
# All images, shared layers once, compared with before.
reduction = { minimum = "50 %", ideal = "60 %" }
"#,
    limits_of_compose: "The limits of the compose file add up to this. Memory is binary, as in compose: 1 GB = 1024 MB.",
    limits: "No more than this, once every service has a limit. Memory is binary, as in compose: 1 GB = 1024 MB.",
    stack: r#"# The limits together fit the memory of the host.
fits_host = true
# Memory that all services use at the same time under load (95th percentile).
# memory_under_load = "2 GB"
# From the first start until every health check passes.
start_up = { minimum = "2 min", ideal = "90 s" }
"#,
    each: r#"
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
"#,
    hidden: "Bytes that are stored, but deleted or replaced by a later layer.",
    dive: "The gates of `.dive-ci`. dive counts every copy of a file as wasted, `hidden` only those that no one sees.",
    as_planned: "As the compose file plans it.",
    limit_unread: "The compose file sets a limit that cannot be read: see `plimsoll recommend`.",
    no_limit: "The compose file sets no limit: see `plimsoll recommend`.",
    no_health_check: "Its health check is switched off.",
    tail: r#"
# Checks that no snapshot can show: probes (`plimsoll check --probe application=$?`), or confirmed by a person.
[[checks]]
id = "application"
title = "The application works"

[[checks]]
id = "backup-restore"
title = "A backup of the database was restored"
# attested = { by = "who", on = "2026-01-31", passed = true, note = "restored into an empty database" }

# A finding that need not be fixed: `plimsoll findings` shows its fingerprint.
# [[accepted]]
# finding = "3f0c1a9be27d"
# reason = "the plugin loader compiles at run time"
# until = "2026-12-31"

# The cost of the server: your prices, in your currency.
# [cost]
# price_per_gib = 5.0
# before = "8 GB"
# reduction = { ideal = "40 %" }

# The disk of the host, as `plimsoll df -o SNAPSHOT` reads it.
# [host]
# disk = "200 GB"
# reclaimable = "20 GB"
"#,
};
