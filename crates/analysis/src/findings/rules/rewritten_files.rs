//! Files that a later layer deletes, replaces or merely touches: their bytes stay in the layer below.

use std::collections::BTreeMap;
use std::ops::Range;

use plimsoll_snapshot::{Bytes, Order as _, path};

use crate::findings::evidence::Subject;
use crate::findings::finding::Finding;
use crate::findings::fixes::{Action, Fix};
use crate::findings::headline::Headline;
use crate::findings::input::Input;
use crate::findings::places;
use crate::findings::rule::{Check, Rule};
use crate::findings::rule_id::RuleId;
use crate::instruction::{Instruction, is_recursive};
use crate::lines::step::{self, Copy};
use crate::lines::{Dockerfile, Line, Shell, Unfit, dockerfile, dockerignore, line, names, shell};
use crate::packages::{CacheKind, Owner};
use crate::squash::Cause;

pub(super) const RULE: Rule = Rule { id: RuleId::RewrittenFiles, check: Check::Image(check) };

/// The smallest group that is worth a change.
const LEAST: Bytes = Bytes(1_000_000);
/// The most instructions that one finding rewrites.
const FIXES: usize = 3;
/// What every installation of a package rewrites.
const BOOKKEEPING: [&[u8]; 7] = [
    b"var/lib/dpkg/",
    b"var/cache/debconf/",
    b"var/cache/ldconfig/",
    b"var/lib/rpm/",
    b"usr/lib/sysimage/rpm/",
    b"lib/apk/db/",
    b"etc/",
];

fn check(input: &Input<'_>) -> Vec<Finding> {
    // Grouped by the hiding layer and by cause: each instruction has one fix.
    let mut groups: BTreeMap<(u32, bool), Vec<u32>> = BTreeMap::new();
    for (index, inode, owner) in input.inodes() {
        let Some((by, cause)) = inode.hidden else { continue };
        let place = input.path(inode);
        // A separate rule reports caches, with their hidden copies.
        let cache = matches!(owner, Owner::Cache(kind) if kind != CacheKind::Other);
        let kept = cache
            || cause == Cause::Overwritten && BOOKKEEPING.iter().any(|prefix| place.starts_with(prefix));
        if by >= input.base_layers && !kept {
            groups.entry((by, cause == Cause::RewrittenSameContent)).or_default().push(index);
        }
    }
    let large = groups.into_iter().filter(|(_, inodes)| input.bytes(inodes) >= LEAST);
    large.map(|((by, same), inodes)| finding(input, by, same, inodes)).collect()
}

fn finding(input: &Input<'_>, by: u32, same: bool, inodes: Vec<u32>) -> Finding {
    let instruction = input.instruction(by).unwrap_or_default();
    let quoted = (!instruction.is_empty()).then(|| step::shorten(&instruction));
    let headline =
        if same { Headline::StoredAgain { by: quoted } } else { Headline::DeletedLater { by: quoted } };
    let mut sources: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for &index in &inodes {
        sources.entry(input.squashed.inodes[index as usize].layer).or_default().push(index);
    }
    let mut sources: Vec<_> = sources.into_iter().collect();
    sources.order_by_key(|(layer, inodes)| (std::cmp::Reverse(input.bytes(inodes)), *layer));
    let groups = input.grouped(&inodes, |_, inode| Subject::path(places::top(input.path(inode), 3)));
    let mut finding = input.finding(RULE.id, headline, inodes).with_groups(groups);
    finding.leave_out(step::unfit(&instruction));
    if same && let Some(change) = Change::of(&instruction) {
        change.fix(input, &instruction, &sources, &mut finding);
    } else if !same {
        for (layer, inodes) in sources.iter().filter(|(layer, _)| *layer >= input.base_layers).take(FIXES) {
            finding.add(delete_at_once(input, *layer, by, inodes));
        }
    }
    finding
}

/// A `chown` or `chmod` over files of lower layers.
struct Change {
    program: &'static str,
    /// The owner or the mode, for the option of `COPY` that does the same, and for the command.
    option: Line<Dockerfile>,
    value: Line<Shell>,
    /// The command that makes the change.
    command: Line<Shell>,
    /// Commands that create the user, which must come first.
    makes_user: Vec<Line<Shell>>,
    /// The other commands of the instruction.
    rest: Vec<Line<Shell>>,
}

impl Change {
    fn of(instruction: &Instruction) -> Option<Self> {
        let commands = step::command(instruction)?.commands()?;
        let (program, command) = commands.iter().find_map(|command| {
            let program = ["chown", "chmod"]
                .into_iter()
                .find(|program| command.strip_prefix(program).is_some_and(|rest| rest.starts_with(' ')))?;
            Some((program, command.clone()))
        })?;
        let value = command.split_whitespace().skip(1).find(|word| !word.starts_with('-'))?;
        // `COPY --chmod` takes octal numbers everywhere, and `u+x` only of late; a variable is not known there.
        if program == "chmod" && !value.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let makes = |command: &&Line<Shell>| {
            ["useradd ", "adduser ", "groupadd ", "addgroup "].iter().any(|start| command.starts_with(start))
        };
        Some(Self {
            program,
            option: line!("--", program, "=", names::owner(value).ok()?),
            value: names::owner(value).ok()?,
            makes_user: commands.iter().filter(makes).cloned().collect(),
            rest: commands.iter().filter(|other| **other != command && !makes(other)).cloned().collect(),
            command,
        })
    }

    /// Whether it changes everything below a directory.
    fn is_recursive(&self) -> bool {
        is_recursive(self.command.split_whitespace())
    }

    /// Where the same change has to be made: the directory that holds all files, or the only file.
    fn place<'a>(&self, input: &Input<'a>, inodes: &[u32]) -> Option<&'a [u8]> {
        match inodes {
            _ if self.is_recursive() => common_top(input, inodes),
            [only] => Some(input.path(&input.squashed.inodes[*only as usize])),
            _ => None,
        }
    }

    fn fix(
        &self,
        input: &Input<'_>,
        instruction: &Instruction,
        sources: &[(u32, Vec<u32>)],
        finding: &mut Finding,
    ) {
        let mut fixed: Vec<(u32, Instruction, Action, Line<Dockerfile>)> = Vec::new();
        for (layer, inodes) in sources.iter().take(FIXES) {
            let Some(made_by) = input.instruction(*layer).filter(|_| *layer >= input.base_layers) else {
                continue;
            };
            if let Some(copy) = Copy::parse(&made_by) {
                let lines = copy.with(&self.option);
                fixed.push((*layer, made_by, Action::SetWhileCopying, lines));
            } else if let Some(top) = self.place(input, inodes)
                && let Some(command) = step::command(&made_by)
            {
                match shell::path(top) {
                    Ok(top) => {
                        let option = if self.is_recursive() { " -R " } else { " " };
                        let set = line!(self.program, option, &self.value, " ", top);
                        let lines = dockerfile::run(&[], &[command, set]);
                        fixed.push((*layer, made_by, Action::SetInSameInstruction, lines));
                    }
                    Err(unfit) => finding.leave_out([unfit]),
                }
            }
        }
        // The user must exist before the first instruction that names it.
        fixed.order_by_key(|(layer, ..)| *layer);
        if let Some((.., first)) = fixed.first_mut()
            && !self.makes_user.is_empty()
        {
            *first = line!(dockerfile::run(&[], &self.makes_user), "\n", &*first);
        }
        if !fixed.is_empty() {
            // The directory itself costs nothing, and its owner can create files in it.
            let top = self.command.replacing(" -R ", " ", usize::MAX);
            let top = top.replacing(" --recursive ", " ", usize::MAX);
            let rest: Vec<Line<Shell>> = self.rest.iter().cloned().chain([top]).collect();
            let last = Fix::instead_of(
                instruction.clone(),
                Action::ChangeDirectoryOnly,
                dockerfile::run(&[], &rest),
            );
            let fixed =
                fixed.into_iter().map(|(_, made_by, action, lines)| Fix::instead_of(made_by, action, lines));
            // A change of single files has no directory that is left to change.
            finding.fixes.extend(fixed.chain(self.is_recursive().then_some(last)));
        }
    }
}

/// The directory that holds all of some inodes, if it is not the root.
fn common_top<'a>(input: &Input<'a>, inodes: &[u32]) -> Option<&'a [u8]> {
    let mut places =
        inodes.iter().map(|&index| path::parent(input.path(&input.squashed.inodes[index as usize])));
    let mut top = places.next()?;
    for place in places {
        while !top.is_empty() && !holds(top, place) {
            top = path::parent(top);
        }
    }
    (!top.is_empty()).then_some(top)
}

/// Whether a directory is another, or holds it.
fn holds(directory: &[u8], place: &[u8]) -> bool {
    place.strip_prefix(directory).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
}

/// A fix that deletes files in the instruction that creates them, or never creates them.
fn delete_at_once(input: &Input<'_>, layer: u32, by: u32, inodes: &[u32]) -> Result<Option<Fix>, Unfit> {
    let (Some(made_by), Some(deleting)) = (input.instruction(layer), input.instruction(by)) else {
        return Ok(None);
    };
    let commands = step::command(&deleting).and_then(|command| command.commands()).unwrap_or_default();
    let deletes = |command: &Line<Shell>| {
        ["rm ", "apt-get clean", "apt-get purge", "apt-get autoremove", "apt-get remove", "find "]
            .iter()
            .any(|start| command.starts_with(start))
    };
    let removals: Vec<Line<Shell>> = commands.into_iter().filter(deletes).collect();
    if removals.is_empty() {
        return Ok(None);
    }
    if let Some(copy) = Copy::parse(&made_by) {
        return mount(input, &copy, &made_by, layer..by, inodes);
    }
    let lines = step::and(&made_by, removals);
    Ok(lines.map(|lines| Fix::instead_of(made_by, Action::DeleteInSameInstruction, lines)))
}

/// A fix that mounts files which are copied and used once, in an instruction after the first of some layers.
fn mount(
    input: &Input<'_>,
    copy: &Copy<'_>,
    made_by: &Instruction,
    layers: Range<u32>,
    inodes: &[u32],
) -> Result<Option<Fix>, Unfit> {
    let ([source], Some(top)) = (&copy.sources[..], common_top(input, inodes)) else { return Ok(None) };
    if *source == "." || *source == "./" {
        let inside = top.strip_prefix(input.image.config.working_dir.trim_matches('/').as_bytes());
        let inside = inside.unwrap_or(top);
        let inside = inside.strip_prefix(b"/").unwrap_or(inside);
        return if inside.is_empty() {
            Ok(None)
        } else {
            dockerignore::directory(inside).map(|pattern| Some(Fix::new(Action::ExcludeIfUnneeded, pattern)))
        };
    }
    let name = String::from_utf8_lossy(path::name(top)).into_owned();
    let user = (layers.start + 1..=layers.end).find_map(|user| {
        let commands = step::command(&input.instruction(user)?)?.commands()?;
        let kept: Vec<Line<Shell>> =
            commands.into_iter().filter(|command| !command.starts_with("rm ")).collect();
        kept.iter().any(|command| command.contains(&name)).then_some(kept)
    });
    let Some(user) = user else { return Ok(None) };
    let from = if copy.is_from_stage() { ",from=STAGE" } else { "" };
    let (source, target) = (dockerfile::file(source)?, dockerfile::path(top)?);
    let option = line!("--mount=type=bind", from, ",source=", source, ",target=", target);
    Ok(Some(Fix::instead_of(made_by.clone(), Action::BindMount, dockerfile::run(&[option], &user))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::check::check;

    #[test]
    fn a_change_of_owner_moves_into_the_copy_and_the_run() {
        let found = check(
            &RULE,
            &[
                "i ADD rootfs /\nf etc/x 1",
                "i COPY . .\nf app/a 2000000 a",
                "i RUN make-model > /app/models/m\nf app/models/m 9000000 m",
                "i RUN useradd -m app && chown -R app:app /app\nf app/a 2000000 a\nf app/models/m 9000000 m",
            ],
        );
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].saving, Bytes(11_000_000));
        let lines: Vec<&str> = found[0].fixes.iter().map(|fix| fix.lines.as_str()).collect();
        assert_eq!(
            lines,
            [
                "RUN useradd -m app\nCOPY --chown=app:app . .",
                "RUN make-model > /app/models/m \\\n && chown -R app:app /app/models",
                "RUN chown app:app /app",
            ]
        );
    }

    #[test]
    fn a_deletion_moves_into_the_instruction_that_creates() {
        let found = check(
            &RULE,
            &[
                "i ADD rootfs /\nf etc/x 1",
                "i RUN make install\nf src/a.o 5000000",
                "i RUN rm -rf /src\nw src",
            ],
        );
        assert_eq!(found[0].fixes[0].lines, "RUN make install \\\n && rm -rf /src");
    }

    #[test]
    fn an_instruction_of_two_lines_is_not_repeated() {
        let mut snapshot = crate::testing::snapshot(
            "app",
            &[
                "i ADD rootfs /\nf etc/x 1",
                "i RUN make install\nf src/a.o 5000000",
                "i RUN rm -rf /src\nw src",
            ],
        );
        snapshot.images[0].history[2].created_by = "RUN rm -rf /src\nRUN b".into();
        let found = crate::findings::check::check_snapshot(&RULE, &snapshot);
        assert_eq!((found[0].fixes.len(), found[0].left_out.len()), (0, 1));
    }

    #[test]
    fn what_is_copied_to_be_used_once_is_mounted() {
        let found = check(
            &RULE,
            &[
                "i ADD rootfs /\nf etc/x 1",
                "i COPY wheels /wheels\nf wheels/a.whl 5000000",
                "i RUN pip install /wheels/*.whl && rm -rf /wheels\nw wheels\nf usr/lib/a 1",
            ],
        );
        assert_eq!(
            found[0].fixes[0].lines,
            "RUN --mount=type=bind,source=wheels,target=/wheels \\\n    pip install /wheels/*.whl"
        );
    }

    #[test]
    fn the_base_and_databases_are_left_alone() {
        let quiet: [&[&str]; 3] = [
            &[
                "i ADD rootfs /\nf var/lib/dpkg/status 2000000 a",
                "i RUN apt-get install x\nf var/lib/dpkg/status 2000000 b",
            ],
            &["i ADD rootfs /\nf a 2000000 a", "i RUN true\nf b 1"],
            &["i RUN x\nf a 200000 a", "i RUN rm a\nw a"],
        ];
        for layers in quiet {
            assert_eq!(check(&RULE, layers), []);
        }
    }
}
