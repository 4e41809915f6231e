//! Base images without a version.

use crate::findings::evidence::{Evidence, Subject};
use crate::findings::finding::{Confidence, Finding, Severity};
use crate::findings::fixes::{Action, Fix};
use crate::findings::headline::Headline;
use crate::findings::input::Input;
use crate::findings::rule::{Check, Rule};
use crate::findings::rule_id::RuleId;
use crate::lines::{Dockerfile, Line, Shell, Unfit, line, names, step};

pub(super) const RULE: Rule = Rule { id: RuleId::UnpinnedBase, check: Check::Image(check) };

const NAME: &str = "org.opencontainers.image.base.name";
const DIGEST: &str = "org.opencontainers.image.base.digest";

fn check(input: &Input<'_>) -> Vec<Finding> {
    let labels = &input.image.config.labels;
    let digest = labels.get(DIGEST);
    let labelled = labels.get(NAME).map(|name| (name.as_str(), None, None));
    let bases = if input.build.is_some() { froms(input) } else { labelled.into_iter().collect() };
    let floating: Vec<_> = bases.into_iter().filter(|(name, ..)| is_floating(name)).collect();
    let Some((name, ..)) = floating.first() else { return Vec::new() };
    let mut finding = input.remark(RULE.id, Headline::UnpinnedBase, subject(name));
    (finding.severity, finding.confidence) = (Severity::Low, Confidence::Medium);
    finding.evidence = (floating.iter().take(Finding::EXAMPLES))
        .map(|(name, text, line)| Evidence {
            instruction: text.map(str::to_owned),
            line: *line,
            ..Evidence::new(subject(name))
        })
        .collect();
    finding.evidence_count = floating.len() as u64;
    for (name, text, _) in &floating {
        if labels.get(NAME).is_some_and(|label| label == name)
            && let Some(digest) = digest
        {
            finding.add(pinned(name, digest, *text).map(|lines| {
                let fix = Fix::new(Action::PinBase, lines);
                [Fix { replaces: text.map(str::to_owned), ..fix }]
            }));
        }
    }
    if finding.fixes.is_empty() {
        // No label has the digest, and no other part of an image does.
        let lines = finding.fitting(floating.iter().map(|(name, ..)| {
            Ok(line!(
                "docker buildx imagetools inspect ",
                names::image(name)?,
                " --format '{{.Manifest.Digest}}'"
            ))
        }));
        if !lines.is_empty() {
            finding.fixes.push(Fix::new::<Shell>(Action::ShowBaseDigest, Line::joined("\n", lines)));
        }
    }
    vec![finding]
}

fn subject(name: &str) -> Subject {
    Subject::Image { image: name.to_owned() }
}

/// A `FROM` with the digest of its base and the other words of the one it replaces.
fn pinned(name: &str, digest: &str, from: Option<&str>) -> Result<Line<Dockerfile>, Unfit> {
    let base = line!(names::image(name)?, "@", names::digest(digest)?);
    // Only the first is the base: a stage may have the same name.
    let mut is_found = false;
    let words = from.map(step::words).transpose()?.into_iter().flatten();
    let words = words.map(|word| {
        let is_base = word == name && !is_found;
        is_found |= is_base;
        if is_base { Ok(base.clone()) } else { step::word(word) }
    });
    let words = words.collect::<Result<Vec<_>, _>>()?;
    Ok(line!("FROM ", if words.is_empty() { base } else { Line::joined(" ", words) }))
}

/// The base images of a Dockerfile, each with its instruction and its line, without stages.
fn froms<'a>(input: &Input<'a>) -> Vec<(&'a str, Option<&'a str>, Option<u32>)> {
    let mut stages: Vec<&str> = Vec::new();
    let mut bases = Vec::new();
    for from in input.build.iter().flat_map(|build| &build.instructions).filter(|step| step.keyword == "FROM")
    {
        let mut words = from.text.split_whitespace().skip(1).filter(|word| !word.starts_with("--"));
        let Some(name) = words.next() else { continue };
        // The value of a variable is not known here.
        if !name.contains('$') && !stages.iter().any(|stage| stage.eq_ignore_ascii_case(name)) {
            bases.push((name, Some(from.text.as_str()), Some(from.line)));
        }
        stages.extend(words.nth(1));
    }
    bases
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
    use plimsoll_snapshot::{BuildFile, BuildInstruction};

    use super::*;
    use crate::findings::check::{check_config, check_snapshot};
    use crate::testing::snapshot;

    fn check(name: &str) -> Vec<Finding> {
        check_config(&RULE, &["f a 1"], |config| {
            config.labels.insert(NAME.into(), name.into());
            config.labels.insert(DIGEST.into(), format!("sha256:{:064x}", 171));
        })
    }

    #[test]
    fn latest_is_pinned_to_what_it_was() {
        for floating in ["debian", "docker.io/library/debian:latest", "localhost:5000/a"] {
            let pinned = format!("FROM {floating}@sha256:{:064x}", 171);
            assert_eq!(check(floating)[0].fixes[0].lines, pinned.as_str());
        }
    }

    #[test]
    fn the_dockerfile_names_its_bases() {
        let mut snapshot = snapshot("app", &["f a 1"]);
        let step = |line, text: &str| BuildInstruction {
            line,
            keyword: "FROM".into(),
            text: text.into(),
            ..BuildInstruction::default()
        };
        let instructions =
            vec![step(1, "FROM debian AS build"), step(5, "FROM build"), step(9, "FROM debian:12")];
        snapshot.services[0].build = Some(BuildFile { instructions, ..BuildFile::default() });
        let found = check_snapshot(&RULE, &snapshot);
        assert_eq!((found[0].evidence_count, found[0].evidence[0].line), (1, Some(1)));
        assert_eq!(
            found[0].fixes[0].lines,
            "docker buildx imagetools inspect debian --format '{{.Manifest.Digest}}'"
        );
    }

    #[test]
    fn the_rest_of_an_instruction_stays() {
        let digest = format!("sha256:{:064x}", 171);
        let pinned = |from| pinned("debian", &digest, Some(from)).map(Line::into_text);
        assert_eq!(
            pinned("FROM --platform=$BUILDPLATFORM debian AS debian").unwrap(),
            format!("FROM --platform=$BUILDPLATFORM debian@{digest} AS debian")
        );
        for odd in ["FROM debian AS a\nRUN b", "FROM debian AS `a`", "FROM debian \\", "FROM debian AS a;b"] {
            assert!(pinned(odd).is_err(), "{odd}");
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
