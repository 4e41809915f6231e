//! Weights of models that are part of the image.

use plimsoll_snapshot::{Bytes, Ecosystem, Order as _};

use super::step::Copy;
use super::{Check, Confidence, Evidence, Finding, Fix, FixKind, Input, Rule, Severity};
use crate::packages::Package;
use crate::said::said;

pub(super) const RULE: Rule = Rule {
    id: "model-weights",
    title: "Weights of models are baked into the image",
    why: "Weights change seldom and are large. In the image they are pulled by every machine with every image that has them, and each \
          service of a stack has its own.",
    how: "Keep them in a volume that is filled once and mounted read-only, or fetch them at the first start. Where they have to be in the \
          image, give them a layer of their own below the code, so that they are pulled once.",
    limits: "An image that has to start without a network, or fast, may well bring its weights.",
    check: Check::Image(check),
};

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
        .finding(RULE.id, "Weights of models baked into the image", input.inodes_of(&ids))
        .at_most(Severity::Medium, Confidence::Low);
    finding.evidence = models.iter().take(Finding::EXAMPLES).map(|model| evidence(model)).collect();
    finding.evidence_count = models.len() as u64;
    finding.fixes = fixes(input, &models);
    vec![finding]
}

pub(super) fn evidence(model: &Package) -> Evidence {
    Evidence {
        subject: model.path.clone(),
        bytes: model.image_bytes,
        layer: Some(model.layer),
        instruction: model.instruction.clone(),
        line: None,
        note: model.purl.starts_with("pkg:huggingface/").then(|| said!("the model {}", model.name.as_str())),
    }
}

fn fixes(input: &Input<'_>, models: &[&Package]) -> Vec<Fix> {
    let mut fixes = Vec::new();
    let mut mounts: Vec<String> = models.iter().map(|model| format!("/{}", model.path)).collect();
    mounts.order();
    mounts.dedup();
    // What lies below another is mounted with it.
    let all = mounts.clone();
    mounts.retain(|mount| !all.iter().any(|other| mount.starts_with(&format!("{other}/"))));
    let is_plain =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte));
    mounts.retain(|mount| is_plain(mount));
    if is_plain(input.service()) && !mounts.is_empty() && mounts.len() <= 5 {
        let mut lines = format!("services:\n  {}:\n    volumes:\n", input.service());
        for (at, mount) in mounts.iter().enumerate() {
            lines.push_str(&format!("      - models-{}:{mount}:ro\n", at + 1));
        }
        lines.push_str("volumes:");
        for at in 0..mounts.len() {
            lines.push_str(&format!("\n  models-{}: {{}}", at + 1));
        }
        fixes.push(Fix::new(FixKind::Compose, "mounts them from volumes, which are filled once", lines));
    }
    let ignored: Vec<String> = models
        .iter()
        .filter_map(|model| {
            let instruction = model.instruction.as_deref()?;
            let copy = Copy::parse(instruction).filter(|copy| !copy.is_from_stage())?;
            super::context_leftovers::in_context(input, &copy, model.path.as_bytes())
        })
        .collect();
    if !ignored.is_empty() {
        fixes.push(Fix::new(FixKind::Dockerignore, "keeps them out of the context", ignored.join("\n")));
    }
    fixes
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
