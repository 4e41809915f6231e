//! Targets that name what does not exist: the service is listed that was probably meant, or the argument that is missing.

use std::path::Path;

use plimsoll_analysis::targets::{Evidence, Nameless, Targets};
use plimsoll_snapshot::Snapshot;

use crate::error::{Error, Result};
use crate::names;

/// Refuses targets that no evidence could decide, because they name what does not exist.
pub(super) fn expect_names(
    targets: &Targets,
    path: &Path,
    before: Option<&Snapshot>,
    after: &Snapshot,
) -> Result<()> {
    refuse(&Evidence::of(before, after).nameless(targets), path)
}

/// Refuses targets for services that do not exist. What cannot be compared is unknown, or a first measurement.
pub(super) fn expect_services(targets: &Targets, path: &Path, snapshot: &Snapshot) -> Result<()> {
    let mut nameless = Evidence::of(None, snapshot).nameless(targets);
    nameless.retain(|one| matches!(one, Nameless::Service { .. }));
    refuse(&nameless, path)
}

fn refuse(nameless: &[Nameless], path: &Path) -> Result<()> {
    let Some(first) = nameless.first() else { return Ok(()) };
    let path = path.display();
    let others = |kind: fn(&Nameless) -> Option<&String>| {
        let names: Vec<_> = nameless.iter().filter_map(kind).map(|name| format!("`{name}`")).collect();
        names.join(", ")
    };
    Err(match first {
        Nameless::Service { name, known } => {
            let unknown =
                others(|one| if let Nameless::Service { name, .. } = one { Some(name) } else { None });
            Error::usage(
                format!("`{path}` has targets for {unknown}, but the snapshot has no such service"),
                names::hint(name, "its services are", known),
            )
        }
        Nameless::NoService => Error::usage(
            format!("`{path}` has targets for every service, but the snapshot has none"),
            "make it of images (`plimsoll snapshot NAME=SOURCE`), or add `--memory` or `--compose`",
        ),
        Nameless::NoBefore { targets } => Error::usage(
            format!("targets compare with before, and there is no BEFORE: {}", targets.join(", ")),
            format!("give both: `plimsoll check BEFORE AFTER`, or remove these targets from `{path}`"),
        ),
        Nameless::ServiceBefore { name, known } => {
            let unknown =
                others(|one| if let Nameless::ServiceBefore { name, .. } = one { Some(name) } else { None });
            Error::usage(
                format!("`{path}` compares {unknown} with before, but BEFORE has no such service"),
                names::hint(name, "its services are", known),
            )
        }
        Nameless::NothingShared { before, after } => Error::usage(
            format!(
                "`{path}` compares with before, but no service of AFTER ({}) is in BEFORE",
                names::list(after)
            ),
            format!(
                "the services of BEFORE are {}; `plimsoll snapshot NAME=SOURCE` names them",
                names::list(before)
            ),
        ),
    })
}
