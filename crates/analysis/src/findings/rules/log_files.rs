//! Logs that the build left behind.

use plimsoll_snapshot::Bytes;

use crate::findings::finding::{Confidence, Finding};
use crate::findings::fixes::leftovers;
use crate::findings::headline::Headline;
use crate::findings::input::Input;
use crate::findings::places::is_log;
use crate::findings::rule::{Check, Rule};
use crate::findings::rule_id::RuleId;
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
    let mut finding = input.finding(RULE.id, Headline::LogFiles, inodes);
    finding.confidence = Confidence::Medium;
    leftovers::delete(input, &mut finding, "rm -f ", |place| place);
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
    fn logs_of_the_working_copy_are_excluded() {
        let found = check(&RULE, &["i ADD rootfs /\nf etc/x 1", "i COPY . /app\nf app/logs/a.log 900000"]);
        assert_eq!(found[0].fixes[0].lines, "logs/a.log");
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
