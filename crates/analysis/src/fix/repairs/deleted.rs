//! Files that an instruction makes and nothing uses: deleted or stripped at its end.

use std::collections::BTreeMap;

use plimsoll_snapshot::{Bytes, Order as _};

use crate::findings::{Confidence, Finding};
use crate::fix::calls;
use crate::fix::draft::Draft;
use crate::fix::refusal::Refusal;
use crate::lines::{Line, Shell, line, shell};

/// More files are not named one by one.
const MOST: usize = 40;

pub(super) fn logs(draft: &mut Draft<'_>, finding: &Finding) -> Result<Confidence, Refusal> {
    let start = draft.start();
    // A service may read a log, append to one that has to be there, or own it.
    let is_read = |index: u32| {
        let place = String::from_utf8_lossy(draft.input.path(&draft.input.squashed.inodes[index as usize]))
            .into_owned();
        let name = place.rsplit('/').next().unwrap_or_default().to_owned();
        let inode = &draft.input.squashed.inodes[index as usize];
        inode.size == Bytes::ZERO || start.contains(&name)
    };
    let (kept, gone): (Vec<u32>, Vec<u32>) =
        finding.inodes.iter().copied().partition(|&index| is_read(index));
    if gone.is_empty() {
        return Err(Refusal::UsedAtStart { name: "*.log".into() });
    }
    draft.left.extend(kept);
    at_the_end(draft, gone.into_iter(), "rm -f ")?;
    Ok(Confidence::Medium)
}

pub(super) fn libraries(draft: &mut Draft<'_>, finding: &Finding) -> Result<Confidence, Refusal> {
    let first = finding
        .inodes
        .iter()
        .filter_map(|&index| draft.step_of(draft.input.squashed.inodes[index as usize].layer).ok());
    let first = first.min().ok_or(Refusal::NotInDockerfile)?;
    // A later instruction may link them.
    if let Some((step, command)) =
        draft.commands().find(|(step, command)| *step > first && calls::compiles(command))
    {
        return Err(draft.used_by(step, command));
    }
    draft.used_on_top(|_, command| calls::compiles(command))?;
    at_the_end(draft, finding.inodes.iter().copied(), "rm -f ")?;
    Ok(Confidence::Medium)
}

pub(super) fn strip(draft: &mut Draft<'_>, finding: &Finding) -> Result<Confidence, Refusal> {
    if !draft.input.has_program("strip") {
        return Err(Refusal::LacksProgram { name: "strip".into() });
    }
    at_the_end(draft, finding.parts.iter().map(|(index, _)| *index), "strip --strip-unneeded ")?;
    Ok(Confidence::Medium)
}

/// Runs a command over files at the end of each instruction that made them.
fn at_the_end(
    draft: &mut Draft<'_>,
    inodes: impl Iterator<Item = u32>,
    command: &'static str,
) -> Result<(), Refusal> {
    let mut by_layer: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    inodes.filter(|index| !draft.freed.contains(index)).for_each(|index| {
        let layer = draft.input.squashed.inodes[index as usize].layer;
        by_layer.entry(layer).or_default().push(index);
    });
    let mut refused = None;
    let mut is_done = false;
    for (layer, mut inodes) in by_layer {
        inodes.order_by_key(|&index| {
            (std::cmp::Reverse(draft.input.squashed.inodes[index as usize].size), index)
        });
        let more = inodes.split_off(inodes.len().min(MOST));
        draft.left.extend(more);
        let files: Result<Vec<Line<Shell>>, _> = inodes
            .iter()
            .map(|&index| shell::path(draft.input.path(&draft.input.squashed.inodes[index as usize])))
            .collect();
        let appended = draft
            .step_of(layer)
            .and_then(|step| draft.append(step, &line!(command, Line::joined(" ", files?))));
        match appended {
            Ok(()) => is_done = true,
            Err(reason) => {
                draft.left.extend(inodes);
                refused = Some(reason);
            }
        }
    }
    match refused {
        Some(reason) if !is_done => Err(reason),
        Some(reason) => {
            draft.partly.push(reason);
            Ok(())
        }
        None => Ok(()),
    }
}
