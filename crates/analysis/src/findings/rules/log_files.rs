//! Logs that the build left behind.

use plimsoll_snapshot::Bytes;

use crate::findings::finding::{Confidence, Finding};
use crate::findings::fixes::{Action, Fix};
use crate::findings::headline::Headline;
use crate::findings::input::Input;
use crate::findings::places::is_log;
use crate::findings::rule::{Check, Rule};
use crate::findings::rule_id::RuleId;
use crate::lines::{Line, line, shell, step};
use crate::packages::Owner;

pub(super) const RULE: Rule = Rule { id: RuleId::LogFiles, check: Check::Image(check) };

const LEAST: Bytes = Bytes(500_000);

fn check(input: &Input<'_>) -> Vec<Finding> {
    let inodes: Vec<u32> = input
        .added()
        .filter(|(index, _, owner)| !matches!(owner, Owner::Package(_)) && input.everywhere(*index, is_log))
        .map(|(index, ..)| index)
        .collect();
    if input.bytes(&inodes) < LEAST {
        return Vec::new();
    }
    let main = input.main_layer(&inodes);
    let mut finding = input.finding(RULE.id, Headline::LogFiles, inodes);
    finding.confidence = Confidence::Medium;
    if let Some(layer) = main
        && let Some(instruction) = input.instruction(layer)
    {
        let files: Vec<_> = (finding.inodes.iter())
            .map(|&index| &input.squashed.inodes[index as usize])
            .filter(|inode| inode.layer == layer)
            .take(Finding::EXAMPLES)
            .map(|inode| shell::path(input.path(inode)))
            .collect();
        let files = finding.fitting(files);
        let lines = step::and(&instruction, [line!("rm -f ", Line::joined(" ", files.clone()))]);
        let lines = lines.filter(|_| !files.is_empty());
        finding
            .fixes
            .extend(lines.map(|lines| Fix::instead_of(instruction, Action::DeleteInSameInstruction, lines)));
    }
    vec![finding]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::check::check;

    #[test]
    fn logs_are_deleted_where_they_are_written() {
        let found = check(&RULE, &["i ADD rootfs /\nf etc/x 1", "i RUN make\nf var/log/make.log 900000"]);
        assert_eq!(found[0].fixes[0].lines, "RUN make \\\n && rm -f /var/log/make.log");
    }

    #[test]
    fn what_is_also_called_otherwise_stays() {
        let log = "i RUN make\nf var/log/make.log 900000\nh srv/data var/log/make.log";
        assert_eq!(check(&RULE, &["i ADD rootfs /\nf etc/x 1", log]), []);
    }

    #[test]
    fn a_few_lines_may_stay() {
        assert_eq!(check(&RULE, &["i RUN make\nf var/log/make.log 9000"]), []);
    }
}
