//! pip and other packaging tools that remain after the build.

use plimsoll_snapshot::{Bytes, path};

use crate::findings::evidence::Evidence;
use crate::findings::finding::{Confidence, Finding, Severity};
use crate::findings::fixes::{Action, Fix};
use crate::findings::headline::Headline;
use crate::findings::input::Input;
use crate::findings::known::is_packaging_tool;
use crate::findings::rule::{Check, Rule};
use crate::findings::rule_id::RuleId;
use crate::lines::{Line, Shell, Unfit, dockerfile, line, names, shell, step};
use crate::packages::{Package, Use};

pub(super) const RULE: Rule = Rule { id: RuleId::PackagingTools, check: Check::Image(check) };

const LEAST: Bytes = Bytes(2_000_000);

fn check(input: &Input<'_>) -> Vec<Finding> {
    let used = |package: &Package| !matches!(package.usage, Use::Unused | Use::Unknown);
    let tools: Vec<&Package> = (input.catalogue.installed())
        .filter(|package| {
            is_packaging_tool(package)
                && package.part_of.is_none()
                && package.layer >= input.base_layers
                && !used(package)
        })
        .filter(|package| package.needed_by.iter().all(|&by| is_packaging_tool(input.catalogue.package(by))))
        .collect();
    let ids: Vec<_> = tools.iter().map(|package| package.id).collect();
    let inodes = input.inodes_of(&input.catalogue.without(input.squashed, &ids).gone);
    if input.bytes(&inodes) < LEAST {
        return Vec::new();
    }
    let instruction =
        input.main_layer(&inodes).and_then(|layer| input.instruction(layer)).unwrap_or_default();
    let finding = input.finding(RULE.id, Headline::PackagingTools, inodes);
    let mut finding = finding.at_most(Severity::Low, Confidence::Medium);
    finding.evidence = tools
        .iter()
        .map(|package| Evidence::of_package(package, package.retained_image_bytes))
        .take(Finding::EXAMPLES)
        .collect();
    finding.evidence_count = tools.len() as u64;
    finding.add(uninstall(&tools).map(|remove| {
        [match step::and(&instruction, [remove.clone()]) {
            Some(lines) => Fix::instead_of(instruction, Action::UninstallInSameInstruction, lines),
            None => Fix::new(Action::UninstallInInstallStage, dockerfile::run(&[], &[remove])),
        }]
    }));
    vec![finding]
}

/// Uninstalls them with their own Python.
fn uninstall(tools: &[&Package]) -> Result<Line<Shell>, Unfit> {
    let site = tools.first().and_then(|package| package.path.split("/lib/python").next());
    let site = site.and_then(path::unescape).unwrap_or_default();
    let python = shell::path(&[&site[..], b"/bin/python"].concat())?;
    let names = tools.iter().map(|package| names::python(&package.name)).collect::<Result<Vec<_>, _>>()?;
    Ok(line!(python, " -m pip uninstall --yes ", Line::joined(" ", names)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::check::check;

    const PIP: &str = "
        i COPY /venv /venv
        f venv/lib/python3.11/site-packages/pip-24.dist-info/METADATA 10
        p venv/lib/python3.11/site-packages/pip-24.dist-info/METADATA python pip 24 files=venv/lib/python3.11/site-packages/pip/a.py
        f venv/lib/python3.11/site-packages/pip/a.py 9000000";

    #[test]
    fn they_go_when_their_work_is_done() {
        let found = check(&RULE, &["i ADD rootfs /\nf etc/x 1", PIP]);
        assert_eq!(found[0].fixes[0].lines, "RUN /venv/bin/python -m pip uninstall --yes pip");
    }

    #[test]
    fn those_of_the_base_stay() {
        let base = PIP.replace("COPY /venv /venv", "ADD rootfs /");
        assert_eq!(check(&RULE, &[&base, "i RUN x\nf a 1"]), []);
    }
}
