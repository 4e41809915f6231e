//! Used, heavy packages that have a lighter alternative.

use plimsoll_snapshot::{Bytes, Ecosystem, Order as _};

use crate::findings::evidence::{Alternative, Evidence, Note};
use crate::findings::finding::{Confidence, Finding, Severity};
use crate::findings::fixes::{Action, Fix, instead_of};
use crate::findings::headline::Headline;
use crate::findings::input::Input;
use crate::findings::rule::{Check, Rule};
use crate::findings::rule_id::RuleId;
use crate::lines::install::Becomes;
use crate::lines::{Requirements, line, names};
use crate::packages::{Package, Use};

pub(super) const RULE: Rule = Rule { id: RuleId::HeavyPackages, check: Check::Image(check) };

const LEAST: Bytes = Bytes(40_000_000);
/// The most packages that are checked, the heaviest first.
const MOST: usize = 20;

struct Heavy {
    package: &'static str,
    /// What to consider.
    alternative: Alternative,
    /// The package that replaces it in a list of requirements, where no code changes.
    instead: Option<&'static str>,
}

const fn of(package: &'static str, alternative: Alternative, instead: Option<&'static str>) -> Heavy {
    Heavy { package, alternative, instead }
}

const PYTHON: &[Heavy] = &[
    of("sentence-transformers", Alternative::OnnxOrEmbeddingApi, None),
    of("transformers", Alternative::OnnxWithTokenizers, None),
    of("torch", Alternative::OnnxForInference, None),
    of("tensorflow", Alternative::TfliteOrOnnx, None),
    of("opencv-python", Alternative::HeadlessOpencv, Some("opencv-python-headless")),
    of("opencv-contrib-python", Alternative::HeadlessOpencvContrib, Some("opencv-contrib-python-headless")),
    of("spacy", Alternative::SmallSpacyModel, None),
    of("boto3", Alternative::SingleAwsClient, None),
    of("google-api-python-client", Alternative::SingleGoogleClient, None),
    of("scikit-learn", Alternative::OnnxExport, None),
    of("playwright", Alternative::SeparateBrowser, None),
    of("awscli", Alternative::Boto3OrSidecar, None),
    of("apache-airflow", Alternative::FewerProviders, None),
    of("jupyter", Alternative::NoNotebook, None),
    of("notebook", Alternative::NoNotebook, None),
    of("jupyterlab", Alternative::NoNotebook, None),
    of("psycopg2-binary", Alternative::PurePsycopg, None),
];
const NPM: &[Heavy] = &[
    of("aws-sdk", Alternative::ModularAwsSdk, None),
    of("puppeteer", Alternative::PuppeteerCore, Some("puppeteer-core")),
    of("typescript", Alternative::CompiledOutput, None),
    of("googleapis", Alternative::ModularGoogleapis, None),
    of("electron", Alternative::NoDesktop, None),
];

fn check(input: &Input<'_>) -> Vec<Finding> {
    let mut heavy: Vec<(&Package, &Heavy)> = (input.catalogue.installed())
        .filter(|package| {
            package.retained_image_bytes >= LEAST
                && package.usage != Use::Unused
                && package.part_of.is_none()
                && package.layer >= input.base_layers
        })
        .filter_map(|package| {
            let list = match package.ecosystem {
                Ecosystem::Python => PYTHON,
                Ecosystem::Npm => NPM,
                _ => return None,
            };
            Some((package, list.iter().find(|known| known.package == package.name)?))
        })
        .collect();
    heavy.order_by_key(|(package, _)| (std::cmp::Reverse(package.retained_image_bytes), package.id));
    heavy.truncate(MOST);
    // A package that only another heavy one needs is reported with that one.
    let above = |package: &Package| {
        heavy.iter().any(|(other, _)| {
            other.id != package.id
                && other.retained_image_bytes > package.retained_image_bytes
                && input.catalogue.without(input.squashed, &[other.id]).gone.contains(&package.id)
        })
    };
    let named: Vec<_> = heavy.iter().copied().filter(|(package, _)| !above(package)).collect();
    if named.is_empty() {
        return Vec::new();
    }
    let ids: Vec<_> = named.iter().map(|(package, _)| package.id).collect();
    let inodes = input.inodes_of(&input.catalogue.without(input.squashed, &ids).gone);
    let mut finding =
        input.finding(RULE.id, Headline::HeavyPackages, inodes).at_most(Severity::Low, Confidence::Low);
    finding.evidence = named
        .iter()
        .take(Finding::EXAMPLES)
        .map(|(package, known)| Evidence {
            note: Some(Note::Lighter { alternative: known.alternative }),
            ..Evidence::of_package(package, package.retained_image_bytes)
        })
        .collect();
    finding.evidence_count = named.len() as u64;
    for (package, known) in &named {
        let Some(instead) = known.instead else { continue };
        let instruction = input.instruction(package.layer);
        let named = |name: &str| (name == known.package).then_some(Becomes::Other(instead));
        if let Some(fix) = instead_of(instruction, Action::InstallLighter, named) {
            finding.fixes.push(fix);
            continue;
        }
        finding.add(names::python_version::<Requirements>(&package.version).map(|version| {
            let lines = line!("-", known.package, "==", &version, "\n+", instead, "==", &version);
            [Fix::new(Action::InstallLighter, lines)]
        }));
    }
    vec![finding]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::check::check;

    fn layer(name: &str, size: u64) -> String {
        format!(
            "f site/a.dist-info/METADATA 10\np site/a.dist-info/METADATA python {name} 1 files=site/a.so requested\nf site/a.so {size}"
        )
    }

    #[test]
    fn the_lighter_one_is_named() {
        let found = check(&RULE, &[&layer("opencv-python", 90_000_000)]);
        assert_eq!((found[0].severity, found[0].confidence), (Severity::Low, Confidence::Low));
        assert_eq!(found[0].fixes[0].lines, "-opencv-python==1\n+opencv-python-headless==1");
    }

    #[test]
    fn a_run_that_names_the_package_is_changed_itself() {
        let layer = format!("i RUN pip install opencv-python flask\n{}", layer("opencv-python", 90_000_000));
        let fix = &check(&RULE, &["i ADD rootfs /\nf etc/x 1", &layer])[0].fixes[0];
        assert_eq!(fix.lines, "RUN pip install opencv-python-headless flask");
        assert_eq!(fix.replaces.as_deref(), Some("RUN pip install opencv-python flask"));
    }

    #[test]
    fn what_is_small_or_without_alternative_is_left_alone() {
        assert_eq!(check(&RULE, &[&layer("opencv-python", 9_000_000)]), []);
        assert_eq!(check(&RULE, &[&layer("own-package", 900_000_000)]), []);
    }
}
