//! Translations of system packages.

use plimsoll_snapshot::Bytes;

use crate::findings::finding::{Confidence, Finding, Severity};
use crate::findings::fixes::dpkg;
use crate::findings::headline::Headline;
use crate::findings::input::Input;
use crate::findings::rule::{Check, Rule};
use crate::findings::rule_id::RuleId;

pub(super) const RULE: Rule = Rule { id: RuleId::Locales, check: Check::Image(check) };

const LEAST: Bytes = Bytes(2_000_000);

fn check(input: &Input<'_>) -> Vec<Finding> {
    let inodes: Vec<u32> = input
        .added()
        .filter(|(index, ..)| {
            input.everywhere(*index, |place| {
                let rest = place.strip_prefix(b"usr/share/locale/");
                rest.is_some_and(|rest| rest.contains(&b'/') && !rest.starts_with(b"en"))
            })
        })
        .map(|(index, ..)| index)
        .collect();
    if input.bytes(&inodes) < LEAST {
        return Vec::new();
    }
    let evidence = input.grouped(&inodes, |index, inode| input.owner(index, inode));
    let mut finding = input.finding(RULE.id, Headline::Locales, inodes).with_groups(evidence);
    (finding.severity, finding.confidence) = (finding.severity.min(Severity::Medium), Confidence::Medium);
    if input.has_program("dpkg") {
        finding.fixes.push(dpkg::excluded(
            ["path-exclude=/usr/share/locale/*\\n".into()],
            "/usr/share/locale/locale.alias",
            "01-no-locales",
        ));
    }
    vec![finding]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::check::check;

    #[test]
    fn other_languages_can_be_left_out() {
        let layer = "i RUN apt-get install -y git\nf usr/share/locale/de/LC_MESSAGES/git.mo 9000000\nf usr/share/locale/en_GB/LC_MESSAGES/git.mo 7";
        let found = check(&RULE, &["i ADD rootfs /\nf usr/bin/dpkg 1", layer]);
        assert_eq!(found[0].saving, Bytes(9_000_000));
        assert!(found[0].fixes[0].lines.contains("path-exclude=/usr/share/locale/*"));
    }

    #[test]
    fn the_base_is_left_alone() {
        let base = "i ADD rootfs /\nf usr/share/locale/de/LC_MESSAGES/git.mo 9000000";
        assert_eq!(check(&RULE, &[base, "i RUN x\nf a 1"]), []);
    }
}
