//! Files that a later layer deletes, replaces or merely touches: their bytes stay in the layer below.

use std::collections::BTreeMap;

use super::{Check, Finding, Fix, FixKind, Input, Rule};
use crate::squash::Cause;

pub(super) const RULE: Rule = Rule {
    id: "rewritten-files",
    title: "Files are deleted or rewritten in a later layer",
    why: "A layer only adds: what a later instruction deletes, overwrites, or gives another owner is still pulled and stored, unseen.",
    how: "Delete in the very `RUN` that creates. Set the owner while copying (`COPY --chown`, `COPY --chmod`). Do what needs tools or \
          sources in a build stage, and copy only its result.",
    limits: "Files of the base image that an upgrade replaces cannot be avoided but by a newer base.",
    check: Check::Image(check),
};

fn check(input: &Input<'_>) -> Vec<Finding> {
    // By how they are hidden, and by which layer: one instruction is one thing to mend.
    let mut groups: BTreeMap<(u32, bool), Vec<u32>> = BTreeMap::new();
    for (index, inode, _) in input.inodes() {
        if let Some((by, cause)) = inode.hidden {
            groups.entry((by, cause == Cause::RewrittenSameContent)).or_default().push(index);
        }
    }
    let found = groups.into_iter().map(|((by, same), inodes)| finding(input, by, same, inodes));
    found.filter(|finding| finding.saving.0 > 0).collect()
}

fn finding(input: &Input<'_>, by: u32, same: bool, inodes: Vec<u32>) -> Finding {
    let instruction = input.instruction(by);
    let quoted = instruction.as_deref().unwrap_or("a later layer");
    let title = if same {
        format!("Files are stored again by a change of owner, mode or time: `{quoted}`")
    } else {
        format!("Files of lower layers are deleted or replaced by `{quoted}`")
    };
    let mut finding = input.finding(RULE.id, title, inodes);
    let Some(instruction) = instruction else { return finding };
    let made_by = finding.evidence.first().and_then(|evidence| evidence.instruction.clone());
    if same && (instruction.contains("chown") || instruction.contains("chmod")) {
        if let Some(copy) = made_by.filter(|text| text.starts_with("COPY ")) {
            let lines = copy.replacen("COPY ", "COPY --chown=USER:GROUP ", 1);
            finding.fixes.push(Fix::instead_of(copy, "sets the owner while copying", lines));
        }
        finding.fixes.push(Fix::instead_of(instruction, "is not needed any more", "# removed"));
    } else if let Some(made_by) = made_by.filter(|text| text.starts_with("RUN ")) {
        let rest = instruction.strip_prefix("RUN ").unwrap_or(&instruction);
        finding.fixes.push(Fix::instead_of(
            made_by.clone(),
            "deletes in the instruction that creates",
            format!("{made_by} \\\n && {rest}"),
        ));
    } else {
        finding.fixes.push(Fix::new(
            FixKind::Dockerfile,
            "takes only the result from a build stage",
            "FROM … AS build\n# what needs the files\nFROM …\nCOPY --from=build /result /result",
        ));
    }
    finding
}
