//! Packages that must not be in an image.

use super::Input;
use super::outcome::{Outcome, Status};
use crate::packages::{Catalogue, catalogue};
use crate::squash::squash;

pub(super) fn outcomes(input: &Input<'_>) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for (name, targets) in &input.services {
        let Some(denied) = &targets.packages_not_allowed else { continue };
        let packages = packages(input, name);
        for wanted in denied {
            let (status, evidence) = match &packages {
                // What is found is there, however much of the image was not looked into.
                Some((found, false)) if judge(wanted, found).0 == Status::Pass => {
                    (Status::Unknown, "not every layer was asked for its packages".to_owned())
                }
                None => (Status::Unknown, "the packages of the image are not known".to_owned()),
                Some((found, _)) => judge(wanted, found),
            };
            let id = format!("services.{name}.packages_not_allowed.{wanted}");
            let title = format!("`{wanted}` is not in the image");
            outcomes.push(Outcome::plain(id, &title, Some(name), status).because([evidence]));
        }
    }
    outcomes
}

/// A package: its ecosystem, name and version.
struct Package {
    ecosystem: &'static str,
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
        ecosystem: package.ecosystem.name(),
        name: package.name.clone(),
        version: package.version.clone(),
    };
    (catalogue.installed().map(package).collect(), catalogue.complete)
}

fn judge(wanted: &str, packages: &[Package]) -> (Status, String) {
    let (ecosystem, name) = match wanted.split_once(':') {
        Some((ecosystem, name)) => (Some(ecosystem), name),
        None => (None, wanted),
    };
    let is_it = |package: &&Package| {
        package.name == name && ecosystem.is_none_or(|ecosystem| package.ecosystem == ecosystem)
    };
    match packages.iter().find(is_it) {
        Some(found) => (Status::Fail, format!("{} {} ({})", found.name, found.version, found.ecosystem)),
        None => (Status::Pass, format!("none of {} packages", packages.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_named_with_or_without_its_ecosystem() {
        let torch = Package { ecosystem: "python", name: "torch".into(), version: "2.9.0".into() };
        for (wanted, expected) in [
            ("torch", Status::Fail),
            ("python:torch", Status::Fail),
            ("dpkg:torch", Status::Pass),
            ("torchvision", Status::Pass),
        ] {
            assert_eq!(judge(wanted, std::slice::from_ref(&torch)).0, expected, "{wanted}");
        }
    }
}
