//! Static libraries, which only linkers read.

use plimsoll_snapshot::Bytes;

use crate::findings::finding::{Confidence, Finding};
use crate::findings::fixes::{Action, Fix};
use crate::findings::headline::Headline;
use crate::findings::input::Input;
use crate::findings::rule::{Check, Rule};
use crate::findings::rule_id::RuleId;
use crate::lines::{line, shell, step};

pub(super) const RULE: Rule = Rule { id: RuleId::StaticLibraries, check: Check::Image(check) };

const LEAST: Bytes = Bytes(1_000_000);

fn check(input: &Input<'_>) -> Vec<Finding> {
    let inodes: Vec<u32> = input
        .added()
        .filter(|(index, _, owner)| {
            let developers = input.package(*owner).is_some_and(|package| {
                package.ecosystem.is_system()
                    && (package.name.contains("-dev") || package.name.starts_with("gcc"))
            });
            !developers && input.everywhere(*index, |place| place.ends_with(b".a") || place.ends_with(b".la"))
        })
        .map(|(index, ..)| index)
        .collect();
    if input.bytes(&inodes) < LEAST {
        return Vec::new();
    }
    let instruction = input.main_layer(&inodes).and_then(|layer| input.instruction(layer));
    let mut finding = input.finding(RULE.id, Headline::StaticLibraries, inodes);
    finding.confidence = Confidence::Medium;
    if let Some(instruction) = instruction {
        let first = input.path(&input.squashed.inodes[finding.inodes[0] as usize]);
        let top = first.split(|&byte| byte == b'/').next().unwrap_or_default();
        finding.add(shell::path(top).map(|top| {
            let lines = step::and(&instruction, [line!("find ", top, " -name '*.a' -delete")])?;
            Some(Fix::instead_of(instruction, Action::DeleteInSameInstruction, lines))
        }));
    }
    vec![finding]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::check::check;

    #[test]
    fn archives_are_deleted_where_they_come_from() {
        let found =
            check(&RULE, &["i ADD rootfs /\nf etc/x 1", "i RUN make install\nf usr/local/lib/a.a 9000000"]);
        assert_eq!(found[0].fixes[0].lines, "RUN make install \\\n && find /usr -name '*.a' -delete");
    }

    #[test]
    fn shared_libraries_and_the_base_are_left_alone() {
        assert_eq!(
            check(&RULE, &["i ADD rootfs /\nf usr/lib/b.a 9000000", "i RUN x\nf usr/lib/a.so 9000000"]),
            []
        );
    }
}
