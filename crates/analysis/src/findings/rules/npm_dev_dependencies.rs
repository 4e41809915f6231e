//! Installed development dependencies of npm projects.

use std::collections::BTreeSet;

use plimsoll_snapshot::{Bytes, Ecosystem, Order as _, RequirementKind, path};

use crate::findings::evidence::Evidence;
use crate::findings::finding::Finding;
use crate::findings::fixes::{Action, Fix};
use crate::findings::headline::Headline;
use crate::findings::input::Input;
use crate::findings::rule::{Check, Rule};
use crate::findings::rule_id::RuleId;
use crate::instruction::Instruction;
use crate::lines::{dockerfile, step};
use crate::packages::Package;

pub(super) const RULE: Rule = Rule { id: RuleId::NpmDevDependencies, check: Check::Image(check) };

const LEAST: Bytes = Bytes(1_000_000);

fn check(input: &Input<'_>) -> Vec<Finding> {
    let (mut for_development, mut for_use) = (BTreeSet::new(), BTreeSet::new());
    for layer in &input.image.layers {
        let Some(contents) = &input.snapshot.layers[layer.layer].contents else { continue };
        let selections = contents.facts.iter().flat_map(|facts| &facts.selections);
        for selection in selections.filter(|selection| selection.ecosystem == Ecosystem::Npm) {
            let project = path::parent(contents.entries.get(selection.entry as usize).path);
            for requirement in &selection.manual {
                let set = match requirement.kind {
                    RequirementKind::Development => &mut for_development,
                    _ => &mut for_use,
                };
                let slash = if project.is_empty() { "" } else { "/" };
                let project = path::escape(project);
                let place = |name: &String| format!("{project}{slash}node_modules/{name}/package.json");
                set.extend(requirement.any_of.iter().map(place));
            }
        }
    }
    let is_for_development = |package: &&Package| {
        let place = &package.path;
        package.ecosystem == Ecosystem::Npm && for_development.contains(place) && !for_use.contains(place)
    };
    let mut named: Vec<&Package> = input.catalogue.installed().filter(is_for_development).collect();
    let ids: Vec<_> = named.iter().map(|package| package.id).collect();
    let without = input.catalogue.without(input.squashed, &ids);
    let inodes = input.inodes_of(&without.gone);
    if input.bytes(&inodes) < LEAST {
        return Vec::new();
    }
    named.order_by_key(|package| (std::cmp::Reverse(package.retained_image_bytes), package.id));
    let main = input.main_layer(&inodes).and_then(|layer| input.instruction(layer));
    let mut finding = input.finding(RULE.id, Headline::NpmDevDependencies, inodes);
    finding.evidence = named
        .iter()
        .take(Finding::EXAMPLES)
        .map(|package| Evidence::of_package(package, package.retained_image_bytes))
        .collect();
    finding.evidence_count = named.len() as u64;
    finding.fixes = main.and_then(|instruction| fix(&instruction)).into_iter().collect();
    vec![finding]
}

fn fix(instruction: &Instruction) -> Option<Fix> {
    const OPTIONS: [(&str, &str); 6] = [
        ("npm ci", "npm ci --omit=dev"),
        ("npm install", "npm install --omit=dev"),
        ("pnpm install", "pnpm install --prod"),
        ("pnpm i", "pnpm i --prod"),
        ("yarn install", "yarn install --production"),
        ("npm i", "npm i --omit=dev"),
    ];
    let command = step::command(instruction)?;
    let (old, new) = OPTIONS.iter().find(|(old, _)| command.contains(old))?;
    let lines = dockerfile::run(&[], &[command.replacing(old, *new, 1)]);
    Some(Fix::instead_of(instruction.clone(), Action::InstallRuntimeOnly, lines))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::check::check;

    const LAYER: &str = "
        i RUN npm ci
        f app/package.json 10
        s app/package.json npm express
        v app/package.json npm webpack
        f app/node_modules/webpack/package.json 5000000
        p app/node_modules/webpack/package.json npm webpack 5 needs=terser files=app/node_modules/webpack/package.json
        f app/node_modules/terser/package.json 3000000
        p app/node_modules/terser/package.json npm terser 5 files=app/node_modules/terser/package.json
        f app/node_modules/express/package.json 900
        p app/node_modules/express/package.json npm express 5 files=app/node_modules/express/package.json";

    #[test]
    fn they_go_with_what_only_they_need() {
        let found = check(&RULE, &["i ADD rootfs /\nf etc/x 1", LAYER]);
        assert_eq!(found[0].saving, Bytes(8_000_000));
        assert_eq!(found[0].fixes[0].lines, "RUN npm ci --omit=dev");
    }

    #[test]
    fn what_is_needed_at_run_time_stays() {
        let both = LAYER.replace("s app/package.json npm express", "s app/package.json npm express webpack");
        assert_eq!(check(&RULE, &[&both]), []);
    }
}
