//! Tests that packages bring along.

use plimsoll_snapshot::{Bytes, Ecosystem};

use super::places::{is_below, python};
use super::{Check, Confidence, Finding, Fix, Input, Rule, Severity};
use crate::lines::{Line, Shell, Unfit, dockerfile, line, shell, step};

pub(super) const RULE: Rule = Rule {
    id: "shipped-tests",
    title: "Tests of packages are in the image",
    why: "Many packages install their own tests, with data. Nothing runs them in a service.",
    how: "Delete them in the instruction that installs the packages.",
    limits: "Known by a directory `tests` within a package. A few packages import their own tests; run the service once before you rely \
             on it.",
    check: Check::Image(check),
};

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
    let evidence = input.grouped(&inodes, |index, inode| input.owner_label(index, inode));
    let instruction =
        input.main_layer(&inodes).and_then(|layer| input.instruction(layer)).unwrap_or_default();
    let site = top(input, &inodes);
    let finding = input.finding(RULE.id, "Tests of packages", inodes).with_groups(evidence);
    let mut finding = finding.at_most(Severity::Low, Confidence::Low);
    if let Some(site) = site {
        finding.add(site.map(|site| {
            let delete = line!("find ", site, " -type d -name tests -prune -exec rm -rf {} +");
            [match step::and(&instruction, [delete.clone()]) {
                Some(lines) => {
                    Fix::instead_of(instruction, "deletes them in the instruction that brings them", lines)
                }
                None => {
                    let does = "in the stage that installs them, as the last step";
                    Fix::new(does, dockerfile::run(&[], &[delete]))
                }
            }]
        }));
    }
    vec![finding]
}

/// The directory of packages that has the first of some files.
pub(super) fn top(input: &Input<'_>, inodes: &[u32]) -> Option<Result<Line<Shell>, Unfit>> {
    let place = input.path(&input.squashed.inodes[*inodes.first()? as usize]);
    let directory = ["site-packages", "dist-packages", "node_modules"]
        .iter()
        .find_map(|name| super::places::down_to(place, name.as_bytes()))?;
    Some(shell::path(directory))
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
