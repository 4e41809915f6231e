//! Tests of packages.

use plimsoll_snapshot::{Bytes, Ecosystem};

use crate::findings::finding::{Confidence, Finding, Severity};
use crate::findings::fixes::{Action, Fix};
use crate::findings::headline::Headline;
use crate::findings::input::Input;
use crate::findings::places::{is_below, python};
use crate::findings::rule::{Check, Rule};
use crate::findings::rule_id::RuleId;
use crate::lines::{dockerfile, line, step};

pub(super) const RULE: Rule = Rule { id: RuleId::ShippedTests, check: Check::Image(check) };

const LEAST: Bytes = Bytes(10_000_000);

fn check(input: &Input<'_>) -> Vec<Finding> {
    let inodes: Vec<u32> = input
        .added()
        .filter(|(index, _, owner)| {
            let Some(package) = input.package(*owner) else { return false };
            input.everywhere(*index, |place| match package.ecosystem {
                Ecosystem::Python => is_below(place, b"tests"),
                Ecosystem::Npm => {
                    ["test", "tests", "__tests__"].iter().any(|name| is_below(place, name.as_bytes()))
                }
                _ => python(place).is_some() && is_below(place, b"test"),
            })
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
    let finding = input.finding(RULE.id, Headline::ShippedTests, inodes).with_groups(evidence);
    let mut finding = finding.at_most(Severity::Low, Confidence::Low);
    if let Some(site) = site {
        finding.add(site.map(|site| {
            let delete = line!("find ", site, " -type d -name tests -prune -exec rm -rf {} +");
            [match step::and(&instruction, [delete.clone()]) {
                Some(lines) => Fix::instead_of(instruction, Action::DeleteInSameInstruction, lines),
                None => Fix::new(Action::DeleteInInstallStage, dockerfile::run(&[], &[delete])),
            }]
        }));
    }
    vec![finding]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::check::check;

    fn layer(size: u64) -> String {
        format!(
            "i RUN pip install a
            f v/site-packages/a-1.dist-info/METADATA 10
            p v/site-packages/a-1.dist-info/METADATA python a 1 files=v/site-packages/a/tests/x.py
            f v/site-packages/a/tests/x.py {size}"
        )
    }

    #[test]
    fn tests_are_deleted_where_they_come_from() {
        let found = check(&RULE, &["i ADD rootfs /\nf etc/x 1", &layer(20_000_000)]);
        assert_eq!(
            found[0].fixes[0].lines,
            "RUN pip install a \\\n && find /v/site-packages -type d -name tests -prune -exec rm -rf {} +"
        );
    }

    #[test]
    fn a_few_tests_may_stay() {
        assert_eq!(check(&RULE, &[&layer(2_000_000)]), []);
        assert_eq!(check(&RULE, &["i RUN x\nf app/tests/data 90000000"]), []);
    }
}
