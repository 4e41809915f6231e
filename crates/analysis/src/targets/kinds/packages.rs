//! Packages that must not be in an image.

use plimsoll_snapshot::Ecosystem;

use crate::packages::{Catalogue, catalogue, is_called};
use crate::squash::squash;
use crate::targets::input::Input;
use crate::targets::outcome::{Outcome, Status};
use crate::targets::reason::Reason;
use crate::targets::title::Title;

pub(super) fn outcomes(input: &Input<'_>) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for (name, targets) in &input.services {
        let Some(denied) = &targets.packages_not_allowed else { continue };
        let packages = packages(input, name);
        for wanted in denied {
            let (status, evidence) = match &packages {
                // What is found is there, however much of the image was not looked into.
                Some((found, false)) if judge(wanted, found).0 == Status::Pass => {
                    (Status::Unknown, Reason::PackagesIncomplete)
                }
                None => (Status::Unknown, Reason::PackagesUnknown),
                Some((found, _)) => judge(wanted, found),
            };
            let id = format!("services.{name}.packages_not_allowed.{wanted}");
            let title = Title::PackageAbsent { package: wanted.clone() };
            outcomes.push(Outcome::plain(id, title, Some(name), status).because([evidence]));
        }
    }
    outcomes
}

/// A package: its ecosystem, name and version.
struct Package {
    ecosystem: Ecosystem,
    name: String,
    version: String,
}

/// The installed packages of the image of a service, and whether those are all; none without an image.
fn packages(input: &Input<'_>, service: &str) -> Option<(Vec<Package>, bool)> {
    if let Some(image) = input.after.images.get(service) {
        return Some(installed(&image.packages));
    }
    let snapshot = input.snapshot;
    let image = &snapshot.images[snapshot.services.iter().find(|one| one.name == service)?.image];
    Some(installed(&catalogue(snapshot, image, &squash(snapshot, image))))
}

fn installed(catalogue: &Catalogue) -> (Vec<Package>, bool) {
    let package = |package: &crate::packages::Package| Package {
        ecosystem: package.ecosystem,
        name: package.name.clone(),
        version: package.version.clone(),
    };
    (catalogue.installed().map(package).collect(), catalogue.complete)
}

fn judge(wanted: &str, packages: &[Package]) -> (Status, Reason) {
    // As `why` and `whatif` read it: a colon may be part of the name, and letter case makes no difference.
    let is_ecosystem = |name: &str| Ecosystem::ALL.iter().any(|known| known.name() == name);
    let (ecosystem, name) = match wanted.split_once(':') {
        Some((ecosystem, name)) if is_ecosystem(ecosystem) => (Some(ecosystem), name),
        _ => (None, wanted),
    };
    let is_it = |package: &&Package| {
        is_called(package.ecosystem, &package.name, name)
            && ecosystem.is_none_or(|wanted| package.ecosystem.name() == wanted)
    };
    match packages.iter().find(is_it) {
        Some(Package { ecosystem, name, version }) => {
            let (name, version) = (name.clone(), version.clone());
            (Status::Fail, Reason::PackageFound { name, version, ecosystem: *ecosystem })
        }
        None => (Status::Pass, Reason::PackageNotFound { packages: packages.len() as u64 }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_named_with_or_without_its_ecosystem() {
        let torch =
            Package { ecosystem: Ecosystem::Python, name: "torch-geometric".into(), version: "2.9.0".into() };
        for (wanted, expected) in [
            ("torch-geometric", Status::Fail),
            ("python:torch-geometric", Status::Fail),
            ("Torch_Geometric", Status::Fail),
            ("dpkg:torch-geometric", Status::Pass),
            ("torch", Status::Pass),
        ] {
            assert_eq!(judge(wanted, std::slice::from_ref(&torch)).0, expected, "{wanted}");
        }
    }
}
