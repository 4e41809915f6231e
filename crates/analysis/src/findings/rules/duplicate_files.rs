//! The same content at several paths.

use plimsoll_snapshot::{Bytes, ContentHash, Ecosystem, Order as _, path};

use crate::findings::build_context::in_context;
use crate::findings::evidence::{Evidence, Note};
use crate::findings::finding::{Confidence, Finding};
use crate::findings::fixes::{Action, Fix, leftovers};
use crate::findings::headline::Headline;
use crate::findings::input::Input;
use crate::findings::rule::{Check, Rule};
use crate::findings::rule_id::RuleId;
use crate::lines::step::{self, Copy};
use crate::lines::{Unfit, dockerfile, line, shell};
use crate::packages::Owner;

pub(super) const RULE: Rule = Rule { id: RuleId::DuplicateFiles, check: Check::Image(check) };

/// The smallest saving of one group of copies.
const LEAST_GROUP: Bytes = Bytes(50_000);
/// The same if all copies belong to packages.
const LEAST_PACKAGED: Bytes = Bytes(5_000_000);
/// The smallest saving of all groups together.
const LEAST: Bytes = Bytes(2_000_000);

fn check(input: &Input<'_>) -> Vec<Finding> {
    let mut files: Vec<((Bytes, ContentHash), u32)> = Vec::new();
    for (index, inode, owner) in input.visible() {
        if inode.size < LEAST_GROUP {
            continue;
        }
        let model = input.package(owner).is_some_and(|package| package.ecosystem == Ecosystem::Model);
        // The state of a program must not be linked.
        let state = input.path(inode).starts_with(b"var/");
        if !model && !state && !matches!(owner, Owner::Cache(_)) {
            files.push(((inode.size, inode.content), index));
        }
    }
    files.sort_unstable();
    let counts = |size: Bytes, places: &[u32]| {
        let owner = |index: &u32| input.package(input.catalogue.owners[*index as usize]);
        let packaged = places.iter().all(|index| owner(index).is_some());
        // Another rule reports two copies of one package.
        let names: Vec<_> = places.iter().filter_map(|index| Some(&owner(index)?.name)).collect();
        let same = packaged && names.len() > 1 && {
            let ids: std::collections::BTreeSet<_> =
                places.iter().filter_map(|index| Some(owner(index)?.id)).collect();
            ids.len() > 1 && names.windows(2).all(|pair| pair[0] == pair[1])
        };
        !same && (!packaged || size >= LEAST_PACKAGED)
    };
    let copies = files.chunk_by(|left, right| left.0 == right.0).filter(|copies| copies.len() > 1);
    let mut groups: Vec<Vec<u32>> = copies
        .map(|copies| (copies[0].0.0, copies.iter().map(|&(_, index)| index).collect::<Vec<u32>>()))
        .filter(|(size, places)| counts(*size, places))
        .map(|(_, places)| places)
        .collect();
    let saving = |group: &Vec<u32>| input.bytes(&group[1..]);
    groups.order_by_key(|group| (std::cmp::Reverse(saving(group)), group[0]));
    let inodes: Vec<u32> = groups.iter().flat_map(|group| group[1..].iter().copied()).collect();
    if input.bytes(&inodes) < LEAST {
        return Vec::new();
    }
    let mut finding = input.finding(RULE.id, Headline::DuplicateFiles, inodes);
    let packaged = |group: &Vec<u32>| {
        group.iter().all(|&index| matches!(input.catalogue.owners[index as usize], Owner::Package(_)))
    };
    // Only the maintainer of a package can fix it.
    finding.confidence = if groups.iter().all(packaged) { Confidence::Low } else { Confidence::Medium };
    let at = |index: u32| input.path(&input.squashed.inodes[index as usize]);
    finding.evidence = (groups.iter().take(Finding::EXAMPLES))
        .map(|group| Evidence {
            bytes: saving(group),
            note: Some(Note::SameAs {
                path: path::escape(at(group[0])).into_owned(),
                more: group.len() as u64 - 2,
            }),
            ..input.evidence(group[1])
        })
        .collect();
    finding.evidence_count = groups.len() as u64;
    if let Some(fix) = groups.first().and_then(|group| fix(input, group)) {
        finding.add(fix.map(|fix| [fix]));
    }
    vec![finding]
}

/// A fix for the largest group: if its copies come from the context, one is excluded and linked.
fn fix(input: &Input<'_>, group: &[u32]) -> Option<Result<Fix, Unfit>> {
    let inode = &input.squashed.inodes[group[1] as usize];
    let first = input.path(&input.squashed.inodes[group[0] as usize]);
    let instruction = input.instruction(inode.layer).filter(|_| inode.layer >= input.base_layers)?;
    if let Some(link) = leftovers::link(input, first, inode) {
        return Some(link);
    }
    let copy = Copy::parse(&instruction).filter(|copy| !copy.is_from_stage())?;
    let place = input.path(inode);
    let ignored = in_context(input, &copy, place)?;
    let copied = step::whole(&instruction)?;
    let lines = || {
        let ignored = dockerfile::file(&ignored)?;
        let link = line!("ln -s ", shell::path(first)?, " ", shell::path(place)?);
        let link = dockerfile::run(&[], &[link]);
        Ok(line!("# with `", ignored, "` in .dockerignore\n", copied, "\n", link))
    };
    Some(
        lines().map(|lines| Fix {
            replaces: Some(instruction.to_string()),
            ..Fix::new(Action::LinkLargest, lines)
        }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::check::check;

    #[test]
    fn copies_of_the_context_are_linked() {
        let found = check(
            &RULE,
            &[
                "i ADD rootfs /\nf etc/x 1",
                "i COPY . /app\nf app/a/data.csv 9000000 a\nf app/b/data.csv 9000000 a",
            ],
        );
        assert_eq!(found[0].saving, Bytes(9_000_000));
        assert_eq!(
            found[0].fixes[0].lines,
            "# with `b/data.csv` in .dockerignore\nCOPY . /app\nRUN ln -s /app/a/data.csv /app/b/data.csv"
        );
    }

    #[test]
    fn copies_of_a_run_are_links_in_it() {
        let layers = [
            "i ADD rootfs /\nf etc/x 1",
            "i COPY . /app\nf app/a.csv 9000000 a",
            "i RUN cp /app/a.csv /srv/a.csv\nf srv/a.csv 9000000 a",
        ];
        assert_eq!(check(&RULE, &layers)[0].fixes[0].lines, "RUN ln -s /app/a.csv /srv/a.csv");
    }

    #[test]
    fn links_and_what_is_small_are_no_copies() {
        assert_eq!(check(&RULE, &["f a 9000000 a\nh b a\nl c a"]), []);
        assert_eq!(check(&RULE, &["f a 90000 a\nf b 90000 a"]), []);
    }
}
