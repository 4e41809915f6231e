//! Manuals and documentation of packages.

use plimsoll_snapshot::{Bytes, path};

use crate::findings::finding::{Finding, Severity};
use crate::findings::fixes::dpkg;
use crate::findings::fixes::{Action, Fix};
use crate::findings::headline::Headline;
use crate::findings::input::Input;
use crate::findings::rule::{Check, Rule};
use crate::findings::rule_id::RuleId;
use crate::instruction::Instruction;
use crate::lines::{dockerfile, line, step};

pub(super) const RULE: Rule = Rule { id: RuleId::Documentation, check: Check::Image(check) };

const LEAST: Bytes = Bytes(2_000_000);
const PLACES: [&[u8]; 8] = [
    b"usr/share/doc/",
    b"usr/share/man/",
    b"usr/share/info/",
    b"usr/share/gtk-doc/",
    b"usr/share/help/",
    b"usr/local/share/man/",
    b"usr/local/share/doc/",
    b"usr/share/doc-base/",
];

fn check(input: &Input<'_>) -> Vec<Finding> {
    let inodes: Vec<u32> = input
        .added()
        .filter(|(index, ..)| {
            input.everywhere(*index, |place| {
                let name = path::name(place);
                PLACES.iter().any(|start| place.starts_with(start))
                    && !name.starts_with(b"copyright")
                    && !name.starts_with(b"LICENSE")
            })
        })
        .map(|(index, ..)| index)
        .collect();
    if input.bytes(&inodes) < LEAST {
        return Vec::new();
    }
    let evidence = input.grouped(&inodes, |index, inode| input.owner(index, inode));
    let instruction = input.main_layer(&inodes).and_then(|layer| input.instruction(layer));
    let mut finding = input.finding(RULE.id, Headline::Documentation, inodes).with_groups(evidence);
    finding.severity = finding.severity.min(Severity::Medium);
    finding.fixes = fix(instruction.as_ref()).into_iter().collect();
    vec![finding]
}

fn fix(instruction: Option<&Instruction>) -> Option<Fix> {
    let command = instruction.and_then(step::command).unwrap_or_else(|| "".into());
    if command.contains("apt-get ") || command.contains("apt ") {
        let paths = ["/usr/share/doc/*", "/usr/share/man/*", "/usr/share/info/*"]
            .map(|path| line!("path-exclude=", path, "\\n"));
        return Some(dpkg::excluded(paths, "/usr/share/doc/*/copyright", "01-no-docs"));
    }
    let (old, new) = [
        ("dnf install", "dnf install --setopt=tsflags=nodocs"),
        ("microdnf install", "microdnf install --nodocs"),
        ("yum install", "yum install --setopt=tsflags=nodocs"),
    ]
    .into_iter()
    .rfind(|(old, _)| command.contains(old))?;
    let lines = dockerfile::run(&[], &[command.replacing(old, new, 1)]);
    Some(Fix::instead_of(instruction?.clone(), Action::InstallWithoutDocs, lines))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::check::check;

    const BASE: &str = "i ADD rootfs /\nf usr/share/doc/base/a 9000000";

    #[test]
    fn what_an_installation_brings_can_be_left_out() {
        let found = check(
            &RULE,
            &[
                BASE,
                "i RUN apt-get install -y git\nf usr/share/doc/git/a 9000000\nf usr/share/doc/git/copyright 5",
            ],
        );
        assert_eq!(found[0].saving, Bytes(9_000_000));
        assert!(found[0].fixes[0].lines.ends_with("> /etc/dpkg/dpkg.cfg.d/01-no-docs"));
    }

    #[test]
    fn the_base_is_left_alone() {
        assert_eq!(check(&RULE, &[BASE, "i RUN x\nf usr/share/doc/git/a 90000"]), []);
    }
}
