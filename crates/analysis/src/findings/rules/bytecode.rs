//! Compiled Python beside its source.

use plimsoll_snapshot::{Bytes, Ecosystem};

use crate::findings::finding::{Confidence, Finding, Severity};
use crate::findings::fixes::{Action, Fix};
use crate::findings::headline::Headline;
use crate::findings::input::Input;
use crate::findings::places::is_below;
use crate::findings::rule::{Check, Rule};
use crate::findings::rule_id::RuleId;
use crate::lines::{dockerfile, line, step};

pub(super) const RULE: Rule = Rule { id: RuleId::Bytecode, check: Check::Image(check) };

const LEAST: Bytes = Bytes(10_000_000);

fn check(input: &Input<'_>) -> Vec<Finding> {
    let inodes: Vec<u32> = input
        .added()
        .filter(|(index, _, owner)| {
            let system = input.package(*owner).is_some_and(|package| package.ecosystem.is_system());
            let is_bytecode = |place: &[u8]| {
                place.ends_with(b".pyc") && is_below(place, b"__pycache__") && !of_system(place)
            };
            !system && input.everywhere(*index, is_bytecode)
        })
        .map(|(index, ..)| index)
        .collect();
    if input.bytes(&inodes) < LEAST {
        return Vec::new();
    }
    let evidence = input.grouped(&inodes, |index, inode| input.owner(index, inode));
    let instruction =
        input.main_layer(&inodes).and_then(|layer| input.instruction(layer)).unwrap_or_default();
    let site = input.packages_directory(&inodes);
    let finding = input.finding(RULE.id, Headline::Bytecode, inodes).with_groups(evidence);
    let mut finding = finding.at_most(Severity::Low, Confidence::Low);
    let command = step::command(&instruction);
    let fix = ["pip install", "pip3 install"].into_iter().find_map(|pip| {
        let command = command.as_ref().filter(|command| command.contains(pip))?;
        let command = command.replacing(pip, line!(pip, " --no-compile"), usize::MAX);
        let lines = dockerfile::run(&[], &[command]);
        Some(Fix::instead_of(instruction.clone(), Action::InstallWithoutBytecode, lines))
    });
    let python = input.catalogue.installed().any(|package| package.ecosystem == Ecosystem::Python);
    if let Some(fix) = fix {
        finding.fixes.push(fix);
    } else if let Some(site) = site.filter(|_| python) {
        finding.add(site.map(|site| {
            let delete = line!("find ", site, " -type d -name __pycache__ -prune -exec rm -rf {} +");
            [Fix::new(Action::DeleteInInstallStage, dockerfile::run(&[], &[delete]))]
        }));
    }
    vec![finding]
}

/// Debian compiles its packages when it installs them, which no option prevents.
fn of_system(place: &[u8]) -> bool {
    place.starts_with(b"usr/lib/python3") || place.starts_with(b"usr/share/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::check::check;

    #[test]
    fn pip_can_leave_it_out() {
        let layer = "i RUN pip install a\nf v/site-packages/a/__pycache__/x.cpython-311.pyc 20000000";
        let found = check(&RULE, &["i ADD rootfs /\nf etc/x 1", layer]);
        assert_eq!(found[0].confidence, Confidence::Low);
        assert_eq!(found[0].fixes[0].lines, "RUN pip install --no-compile a");
    }

    #[test]
    fn that_of_the_system_is_left_alone() {
        let layer = "i RUN apt-get install python3\nf usr/lib/python3/dist-packages/__pycache__/x.cpython-311.pyc 20000000";
        assert_eq!(check(&RULE, &[layer]), []);
    }
}
