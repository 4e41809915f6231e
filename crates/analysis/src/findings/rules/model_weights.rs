//! Model weights in the image.

use plimsoll_snapshot::{Bytes, Ecosystem, Order as _, path};

use crate::findings::build_context::in_context;
use crate::findings::evidence::{Evidence, Note, Subject};
use crate::findings::finding::{Confidence, Finding, Severity};
use crate::findings::fixes::{Action, Fix};
use crate::findings::headline::Headline;
use crate::findings::input::Input;
use crate::findings::rule::{Check, Rule};
use crate::findings::rule_id::RuleId;
use crate::lines::step::Copy;
use crate::lines::{Line, Unfit, Yaml, dockerignore, line, yaml};
use crate::packages::Package;

pub(super) const RULE: Rule = Rule { id: RuleId::ModelWeights, check: Check::Image(check) };

const LEAST: Bytes = Bytes(20_000_000);

fn check(input: &Input<'_>) -> Vec<Finding> {
    let mut models: Vec<&Package> = (input.catalogue.installed())
        .filter(|package| package.ecosystem == Ecosystem::Model && package.tree_bytes >= LEAST)
        .collect();
    if models.is_empty() {
        return Vec::new();
    }
    models.order_by_key(|package| (std::cmp::Reverse(package.image_bytes), package.id));
    let ids: Vec<_> = models.iter().map(|package| package.id).collect();
    let mut finding = input
        .finding(RULE.id, Headline::ModelWeights, input.inodes_of(&ids))
        .at_most(Severity::Medium, Confidence::Low);
    finding.evidence = models.iter().take(Finding::EXAMPLES).map(|model| evidence(model)).collect();
    finding.evidence_count = models.len() as u64;
    let mounts = finding.fitting(mounts(&models).iter().map(|mount| yaml::mounted(mount)));
    if !mounts.is_empty() && mounts.len() <= 5 {
        finding.add(mounting(input, &mounts).map(|lines| [Fix::new(Action::MountVolumes, lines)]));
    }
    let ignored = finding.fitting(models.iter().filter_map(|model| {
        let instruction = input.instruction(model.layer)?;
        let copy = Copy::parse(&instruction).filter(|copy| !copy.is_from_stage())?;
        let inside = in_context(input, &copy, &path::unescape(&model.path)?)?;
        Some(dockerignore::pattern(&inside))
    }));
    if !ignored.is_empty() {
        finding.fixes.push(Fix::new(Action::Exclude, Line::joined("\n", ignored)));
    }
    vec![finding]
}

fn evidence(model: &Package) -> Evidence {
    Evidence {
        subject: Subject::Path { path: model.path.clone() },
        note: model.purl.starts_with("pkg:huggingface/").then(|| Note::Model { name: model.name.clone() }),
        ..Evidence::of_package(model, model.image_bytes)
    }
}

/// The directories to mount, without those that lie below another.
fn mounts(models: &[&Package]) -> Vec<String> {
    let mut mounts: Vec<String> = models.iter().map(|model| format!("/{}", model.path)).collect();
    mounts.order();
    mounts.dedup();
    let all = mounts.clone();
    mounts.retain(|mount| !all.iter().any(|other| mount.starts_with(&format!("{other}/"))));
    mounts
}

fn mounting(input: &Input<'_>, mounts: &[Line<Yaml>]) -> Result<Line<Yaml>, Unfit> {
    let mut lines = line!("services:\n  ", yaml::service(input.service())?, ":\n    volumes:\n");
    for (at, mount) in (1_u64..).zip(mounts) {
        lines.push(line!("      - models-", Line::number(at), ":", mount, ":ro\n"));
    }
    lines.push("volumes:");
    for (at, _) in (1_u64..).zip(mounts) {
        lines.push(line!("\n  models-", Line::number(at), ": {}"));
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::check::check;

    #[test]
    fn weights_move_into_a_volume() {
        let found = check(
            &RULE,
            &["i ADD rootfs /\nf etc/x 1", "i COPY . /app\nf app/models/e5/model.safetensors 90000000"],
        );
        assert_eq!(found[0].saving, Bytes(90_000_000));
        assert!(found[0].fixes[0].lines.contains("- models-1:/app/models/e5:ro"));
        assert_eq!(found[0].fixes[1].lines, "models/e5");
    }

    #[test]
    fn small_models_may_stay() {
        assert_eq!(check(&RULE, &["f app/models/e5/model.safetensors 9000000"]), []);
    }
}
