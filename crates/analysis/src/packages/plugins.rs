//! What used packages load beside what they need: plugins that register themselves, and what their metadata do not state.

use std::collections::HashMap;

use plimsoll_snapshot::{Ecosystem, Order as _};

use super::evidence::Modules;
use super::facts::Found;
use super::package::PackageId;
use super::undeclared;

/// For each package those that it loads if they are there.
#[derive(Default)]
pub(super) struct Loaded {
    pub(super) plugins: HashMap<PackageId, Vec<PackageId>>,
    pub(super) undeclared: HashMap<PackageId, Vec<PackageId>>,
}

/// Finds what the installed packages load.
pub(super) fn find(found: &Found<'_>, modules: &Modules<'_>) -> Loaded {
    let mut loaded = Loaded::default();
    for (id, package) in found.installed() {
        for group in &package.fact.plugin_groups {
            for owner in owners(group, modules).into_iter().filter(|owner| *owner != id) {
                loaded.plugins.entry(owner).or_default().push(id);
            }
        }
        let table = match package.fact.ecosystem {
            Ecosystem::Python => undeclared::OF_PYTHON,
            Ecosystem::Npm => undeclared::OF_NPM,
            _ => continue,
        };
        let Some((_, names)) = table.iter().find(|(name, _)| *name == package.fact.name) else { continue };
        let others = loaded.undeclared.entry(id).or_default();
        for name in *names {
            match package.fact.ecosystem {
                Ecosystem::Python => others.extend(modules.distribution(name)),
                _ => others.extend_from_slice(modules.packages(Ecosystem::Npm, name)),
            }
        }
    }
    for packages in loaded.plugins.values_mut().chain(loaded.undeclared.values_mut()) {
        packages.order();
        packages.dedup();
    }
    loaded
}

/// The packages that look for a group: `flask.commands` is one of Flask, `pytest11` of pytest,
/// `apache_airflow_provider` of Airflow. By convention a group begins with the name of its package or module.
fn owners(group: &str, modules: &Modules<'_>) -> Vec<PackageId> {
    const MOST: usize = 20;
    let mut name = group.trim_end_matches(|character: char| character.is_ascii_digit());
    loop {
        let mut owners: Vec<PackageId> = modules.distribution(name).collect();
        owners.extend_from_slice(modules.packages(Ecosystem::Python, name));
        if !owners.is_empty() {
            owners.order();
            owners.dedup();
            owners.truncate(MOST);
            return owners;
        }
        match name.rfind(['.', '-', '_', ':']) {
            Some(at) => name = &name[..at],
            None => return Vec::new(),
        }
    }
}
