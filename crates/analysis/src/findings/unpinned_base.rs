//! A base image that is another one tomorrow.

use super::{Check, Confidence, Finding, Fix, FixKind, Input, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "unpinned-base",
    title: "The base image is not pinned",
    why: "`latest` is whatever was pushed last: the same Dockerfile builds another image tomorrow, and nobody can tell why it grew.",
    how: "Name a version, or better the digest, and let a bot raise it.",
    limits: "The name of the base is only known where the builder noted it in a label (`org.opencontainers.image.base.name`).",
    check: Check::Image(check),
};

const NAME: &str = "org.opencontainers.image.base.name";
const DIGEST: &str = "org.opencontainers.image.base.digest";

fn check(input: &Input<'_>) -> Vec<Finding> {
    let labels = &input.image.config.labels;
    let Some(name) = labels.get(NAME).filter(|name| is_floating(name)) else { return Vec::new() };
    let mut finding = input.remark(RULE.id, "The base image is not pinned", name.as_str());
    (finding.severity, finding.confidence) = (Severity::Low, Confidence::Medium);
    let plain =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/:._-@".contains(&byte));
    if let Some(digest) =
        labels.get(DIGEST).filter(|digest| digest.starts_with("sha256:") && plain(digest) && plain(name))
    {
        let lines = format!("FROM {name}@{digest}");
        finding.fixes.push(Fix::new(
            FixKind::Dockerfile,
            "names the base that this image was built on",
            lines,
        ));
    }
    vec![finding]
}

/// Whether a name has neither a digest nor a tag, or the tag `latest`.
fn is_floating(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    !name.is_empty()
        && !name.contains('@')
        && last != "scratch"
        && last.split_once(':').is_none_or(|(_, tag)| tag == "latest")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::check::check_config;

    fn check(name: &str) -> Vec<Finding> {
        check_config(&RULE, &["f a 1"], |config| {
            config.labels.insert(NAME.into(), name.into());
            config.labels.insert(DIGEST.into(), "sha256:ab".into());
        })
    }

    #[test]
    fn latest_is_pinned_to_what_it_was() {
        for floating in ["debian", "docker.io/library/debian:latest", "localhost:5000/a"] {
            assert_eq!(check(floating)[0].fixes[0].lines, format!("FROM {floating}@sha256:ab"));
        }
    }

    #[test]
    fn versions_and_digests_are_pinned() {
        for pinned in ["debian:12", "a@sha256:cd", "scratch", ""] {
            assert_eq!(check(pinned), []);
        }
        assert_eq!(check_config(&RULE, &["f a 1"], |_| {}), []);
    }
}
