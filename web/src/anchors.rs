//! What an address leads to beside the sections: a package, a finding. No document here.

use plimsoll_analysis::compare::ImageTree;
use plimsoll_view::finder::Place;
use plimsoll_view::packages::key;

use crate::report::Report;
use crate::treemap::find;

/// The sections that every reader sees.
pub(crate) const FOR_ALL: [&str; 3] = ["trend", "services", "report"];

/// The anchor of a package, by its name.
pub(crate) fn of_package(name: &str) -> String {
    format!("package-{name}")
}

/// The anchor of a finding, by its rule.
pub(crate) fn of_finding(rule: &str) -> String {
    format!("finding-{rule}")
}

/// The anchor of a finding that is done, by its rule.
pub(crate) fn of_fixed(rule: &str) -> String {
    format!("fixed-{rule}")
}

/// The anchor of a layer, by its position in the table.
pub(crate) fn of_layer(row: usize) -> String {
    format!("layer-{row}")
}

/// The anchor of a row that is not a place of a service: an attribute of the row, its value, and the part of the row that
/// takes the focus.
pub(crate) fn row(anchor: &str) -> Option<(&'static str, &str, &'static str)> {
    let rows = [("fixed-", "data-fixed", " summary"), ("target-", "data-target", "")];
    rows.into_iter().find_map(|(start, attribute, part)| Some((attribute, anchor.strip_prefix(start)?, part)))
}

/// Where a package (`package-torch`), a layer (`layer-3`), a file (`file-etc/passwd`) or a finding (`finding-secrets`)
/// stands: in the service that is chosen, or else in the first that has it. None for what is a section, or nothing.
pub(crate) fn place(report: &'static Report, chosen: usize, anchor: &str) -> Option<(usize, Place)> {
    let services = report.comparison.services.len();
    let mut services = (chosen..chosen + 1).chain(0..services);
    if let Some(name) = anchor.strip_prefix("package-") {
        return services.find_map(|service| Some((service, package(report, service, name)?)));
    }
    if let Some(path) = anchor.strip_prefix("file-") {
        let node = |service: usize| find(&report.trees.get(service)?.union, path);
        return services.find_map(|service| Some((service, Place::File(node(service)?))));
    }
    if let Some(row) = anchor.strip_prefix("layer-") {
        let row: usize = row.parse().ok()?;
        let has = |service: &usize| {
            report.comparison.services.get(*service).is_some_and(|one| row < one.layers.len())
        };
        return services.find(has).map(|service| (service, Place::Layer(row)));
    }
    let rule = anchor.strip_prefix("finding-")?;
    services.find_map(|service| {
        let [_, after] = report.changes.advice.get(service)?;
        let at = after.as_ref()?.findings.iter().position(|finding| finding.rule == rule)?;
        Some((service, Place::Finding(at)))
    })
}

fn package(report: &'static Report, service: usize, name: &str) -> Option<Place> {
    let trees = report.trees.get(service)?;
    let of = |image: &ImageTree<'_>| {
        let mut installed = image.packages.installed();
        let found = installed.find(|package| {
            package.name.eq_ignore_ascii_case(name) || key(package.ecosystem, &package.name) == name
        })?;
        Some(Place::Package(key(found.ecosystem, &found.name)))
    };
    trees.after.as_deref().and_then(of).or_else(|| trees.before.as_deref().and_then(of))
}
