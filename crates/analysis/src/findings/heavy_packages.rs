//! Packages that are used and heavy, and for which there is something lighter.

use plimsoll_snapshot::{Bytes, Ecosystem, Order as _};

use super::fix::instead_of;
use super::{Check, Confidence, Evidence, Finding, Fix, Input, Rule, Severity};
use crate::lines::install::Becomes;
use crate::lines::{Requirements, line, names};
use crate::packages::{Package, Use};

pub(super) const RULE: Rule = Rule {
    id: "heavy-packages",
    title: "Heavy packages are used for which there is something lighter",
    why: "A few packages make most of many images, and often only a small part of each is used.",
    how: "Look at what the code takes from the package. Where that is little, use what does it alone.",
    limits: "Nothing is known of how much of a package is used, so this is a hint: what it saves is what leaves with the package, \
             without what comes in its place.",
    check: Check::Image(check),
};

const LEAST: Bytes = Bytes(40_000_000);
/// The packages that are looked at, the heaviest first.
const MOST: usize = 20;

struct Alternative {
    package: &'static str,
    /// What to think of.
    hint: &'static str,
    /// What takes its place in a list of requirements, where it is that easy.
    instead: Option<&'static str>,
}

const fn of(package: &'static str, hint: &'static str, instead: Option<&'static str>) -> Alternative {
    Alternative { package, hint, instead }
}

const PYTHON: &[Alternative] = &[
    of(
        "sentence-transformers",
        "onnxruntime or fastembed runs the same models without torch; or ask an API for embeddings",
        None,
    ),
    of("transformers", "onnxruntime with tokenizers runs exported models", None),
    of("torch", "onnxruntime runs exported models; torch is needed to train", None),
    of("tensorflow", "a converted model runs with tflite-runtime or onnxruntime", None),
    of(
        "opencv-python",
        "opencv-python-headless leaves out windows, which a container has none of",
        Some("opencv-python-headless"),
    ),
    of(
        "opencv-contrib-python",
        "opencv-contrib-python-headless leaves out windows",
        Some("opencv-contrib-python-headless"),
    ),
    of("spacy", "a blank pipeline or a small model may do", None),
    of(
        "boto3",
        "most of it describes services that are not called; the client of one service is small",
        None,
    ),
    of("google-api-python-client", "the client library of the one service is small", None),
    of("scikit-learn", "a trained model can be exported to ONNX and run by onnxruntime", None),
    of("playwright", "a browser in an image of its own can serve many", None),
    of("awscli", "it is a tool for people: boto3 or a sidecar does it in a service", None),
    of("apache-airflow", "the providers that are not used can be left out", None),
    of("jupyter", "a notebook server has no place in a service", None),
    of("notebook", "a notebook server has no place in a service", None),
    of("jupyterlab", "a notebook server has no place in a service", None),
    of("psycopg2-binary", "psycopg, in pure Python, uses the libpq of the system", None),
];
const NPM: &[Alternative] = &[
    of("aws-sdk", "the clients of version 3 come one by one: @aws-sdk/client-…", None),
    of("puppeteer", "puppeteer-core speaks to a browser in an image of its own", Some("puppeteer-core")),
    of("typescript", "compiled code does without it at run time", None),
    of("googleapis", "the clients come one by one: @googleapis/…", None),
    of("electron", "it is of no use in a container", None),
];

fn check(input: &Input<'_>) -> Vec<Finding> {
    let mut heavy: Vec<(&Package, &Alternative)> = (input.catalogue.installed())
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
    // What another of them keeps there is said with that one.
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
    let mut finding = input
        .finding(RULE.id, "Heavy packages for which there is something lighter", inodes)
        .at_most(Severity::Low, Confidence::Low);
    finding.evidence = named
        .iter()
        .take(Finding::EXAMPLES)
        .map(|(package, known)| Evidence {
            subject: package.label(),
            bytes: package.retained_image_bytes,
            layer: Some(package.layer),
            instruction: package.instruction.clone(),
            line: None,
            note: Some(known.hint.into()),
        })
        .collect();
    finding.evidence_count = named.len() as u64;
    for (package, known) in &named {
        let Some(instead) = known.instead else { continue };
        let instruction = input.instruction(package.layer);
        let named = |name: &str| (name == known.package).then_some(Becomes::Other(instead));
        if let Some(fix) = instead_of(instruction, "takes the lighter one", named) {
            finding.fixes.push(fix);
            continue;
        }
        finding.add(names::python_version::<Requirements>(&package.version).map(|version| {
            let lines = line!("-", known.package, "==", &version, "\n+", instead, "==", &version);
            [Fix::new("takes the lighter one", lines)]
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
