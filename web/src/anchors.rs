//! What an address leads to beside the sections: a package, a finding. No document here.

use plimsoll_analysis::compare::ImageTree;
use plimsoll_view::finder::Place;
use plimsoll_view::packages::key;

use crate::report::Report;

/// The sections that every reader sees.
pub(crate) const FOR_ALL: [&str; 2] = ["services", "report"];

/// The anchor of a package, by its name.
pub(crate) fn of_package(name: &str) -> String {
    format!("package-{name}")
}

/// The anchor of a finding, by its rule.
pub(crate) fn of_finding(rule: &str) -> String {
    format!("finding-{rule}")
}

/// Where a package (`package-torch`) or a finding (`finding-secrets`) stands: in the service that is chosen, or else in
/// the first that has it. None for what is a section, or nothing.
pub(crate) fn place(report: &'static Report, chosen: usize, anchor: &str) -> Option<(usize, Place)> {
    let services = report.comparison.services.len();
    let mut services = (chosen..chosen + 1).chain(0..services);
    if let Some(name) = anchor.strip_prefix("package-") {
        return services.find_map(|service| Some((service, package(report, service, name)?)));
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
