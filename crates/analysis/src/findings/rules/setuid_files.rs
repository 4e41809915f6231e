//! Setuid and setgid programs.

use plimsoll_snapshot::{EntryKind, path};

use crate::findings::evidence::{Evidence, Note, Subject};
use crate::findings::finding::{Confidence, Finding, Severity};
use crate::findings::fixes::{Action, Fix};
use crate::findings::headline::Headline;
use crate::findings::input::Input;
use crate::findings::rule::{Check, Rule};
use crate::findings::rule_id::RuleId;
use crate::lines::{Line, line, shell, step, yaml};

pub(super) const RULE: Rule = Rule { id: RuleId::SetuidFiles, check: Check::Image(check) };

/// Programs for which Debian, Alpine, Red Hat and other distributions set the bit.
const USUAL: &[&str] = &[
    "chage",
    "chfn",
    "chsh",
    "crontab",
    "dbus-daemon-launch-helper",
    "dotlockfile",
    "expiry",
    "fusermount",
    "fusermount3",
    "gpasswd",
    "grub2-set-bootparam",
    "mail-lock",
    "mail-touchlock",
    "mail-unlock",
    "mount",
    "mount.nfs",
    "newgidmap",
    "newgrp",
    "newuidmap",
    "pam_extrausers_chkpwd",
    "pam_timestamp_check",
    "passwd",
    "ping",
    "ping4",
    "ping6",
    "polkit-agent-helper-1",
    "pkexec",
    "ssh-agent",
    "ssh-keysign",
    "su",
    "sudo",
    "sudoedit",
    "umount",
    "unix_chkpwd",
    "userhelper",
    "usernetctl",
    "utempter",
    "wall",
    "write",
    "write.ul",
    "bbsuid",
    "bsd-write",
    "screen",
    "at",
    "ksu",
    "locate",
    "mlocate",
    "plocate",
    "ntfs-3g",
    "pt_chown",
    "doas",
    "chrome-sandbox",
];

fn check(input: &Input<'_>) -> Vec<Finding> {
    let special: Vec<(Vec<u8>, u32, u32)> = (input.squashed.tree.paths())
        .filter(|(_, node)| node.kind == EntryKind::File && node.layer >= input.base_layers)
        .filter_map(|(place, node)| {
            let mode = node.attributes?.mode;
            (mode & 0o6000 != 0 && mode & 0o111 != 0).then_some((place, mode, node.layer))
        })
        .filter(|(place, ..)| !USUAL.iter().any(|usual| usual.as_bytes() == path::name(place)))
        .collect();
    let Some((first, ..)) = special.first() else { return Vec::new() };
    let mut finding = input.remark(RULE.id, Headline::SetuidFiles, Subject::path(first));
    finding.severity =
        if special.iter().any(|(_, mode, _)| mode & 0o4000 != 0) { Severity::Medium } else { Severity::Low };
    finding.confidence = Confidence::Medium;
    finding.evidence_count = special.len() as u64;
    finding.evidence = (special.iter().take(Finding::EXAMPLES))
        .map(|(place, mode, layer)| Evidence {
            layer: Some(*layer),
            instruction: input.instruction(*layer).map(String::from),
            line: input.written(*layer).map(|written| written.line),
            note: Some(Note::Mode { mode: *mode }),
            ..Evidence::new(Subject::path(place))
        })
        .collect();
    let files = special.iter().take(Finding::EXAMPLES).map(|(place, ..)| shell::path(place));
    let files = finding.fitting(files);
    let instruction = input.instruction(special[0].2).unwrap_or_default();
    let lines = step::and(&instruction, [line!("chmod a-s ", Line::joined(" ", files.clone()))]);
    if let Some(lines) = lines.filter(|_| !files.is_empty()) {
        finding.fixes.push(Fix::instead_of(instruction, Action::ClearSetuid, lines));
    }
    finding.add(yaml::service(input.service()).map(|service| {
        let lines = line!("services:\n  ", service, ":\n    security_opt:\n      - no-new-privileges:true");
        [Fix::new(Action::NoNewPrivileges, lines)]
    }));
    vec![finding]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::check::check;

    const BASE: &str = "i ADD rootfs /\nu usr/bin/own 5 4755";

    #[test]
    fn own_programs_are_named() {
        let found = check(&RULE, &[BASE, "i RUN make install\nu usr/local/bin/helper 5 4755"]);
        assert_eq!((found[0].severity, found[0].evidence_count), (Severity::Medium, 1));
        assert_eq!(found[0].fixes[0].lines, "RUN make install \\\n && chmod a-s /usr/local/bin/helper");
    }

    #[test]
    fn the_usual_ones_are_passed_over() {
        assert_eq!(check(&RULE, &[BASE, "i RUN x\nu usr/bin/passwd 5 4755\nu usr/bin/plain 5 0755"]), []);
    }
}
