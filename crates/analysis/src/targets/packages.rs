//! Packages that must not be in an image.

use super::Input;
use super::outcome::{Outcome, Status};

pub(super) fn outcomes(input: &Input<'_>) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for (name, targets) in &input.services {
        for wanted in targets.packages_not_allowed.iter().flatten() {
            let (status, evidence) = match packages(input, name) {
                None => (Status::Unknown, "the packages of the image are not known".to_owned()),
                Some(packages) => judge(wanted, &packages),
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
    ecosystem: String,
    name: String,
    version: String,
}

/// The packages of the image of a service; none until the analysis of packages says what is installed.
fn packages(_input: &Input<'_>, _service: &str) -> Option<Vec<Package>> {
    None
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
        let torch = Package { ecosystem: "python".into(), name: "torch".into(), version: "2.9.0".into() };
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
