//! Files that a later layer deletes, replaces or merely touches: their bytes stay in the layer below.

use std::collections::BTreeMap;

use plimsoll_snapshot::{Bytes, Order as _, path};

use super::places::absolute;
use super::step::{self, Copy};
use super::{Check, Finding, Fix, FixKind, Input, Rule};
use crate::packages::{CacheKind, Owner};
use crate::squash::Cause;

pub(super) const RULE: Rule = Rule {
    id: "rewritten-files",
    title: "Files are deleted or rewritten in a later layer",
    why: "A layer only adds: what a later instruction deletes, overwrites, or gives another owner is still pulled and stored, unseen.",
    how: "Delete in the very `RUN` that creates. Set the owner while copying (`COPY --chown`, `COPY --chmod`). Mount what is needed \
          while building only (`RUN --mount=type=bind`), or do it in a build stage, and copy only its result.",
    limits: "Silent where one layer of the base image hides files of another, below a megabyte, and about the databases that package \
             managers rewrite with every package.",
    check: Check::Image(check),
};

/// Less is not worth a change.
const LEAST: Bytes = Bytes(1_000_000);
/// The instructions that one finding rewrites.
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
    // By how they are hidden, and by which layer: one instruction is one thing to mend.
    let mut groups: BTreeMap<(u32, bool), Vec<u32>> = BTreeMap::new();
    for (index, inode, owner) in input.inodes() {
        let Some((by, cause)) = inode.hidden else { continue };
        let place = input.path(inode);
        // Caches have a rule of their own, which counts their hidden copies as well.
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
    let quoted =
        if instruction.is_empty() { "a later layer".to_owned() } else { step::shorten(&instruction) };
    let title = if same {
        format!("Files are stored again by a change of owner, mode or time: {quoted}")
    } else {
        format!("Files of lower layers are deleted or replaced: {quoted}")
    };
    let mut sources: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for &index in &inodes {
        sources.entry(input.squashed.inodes[index as usize].layer).or_default().push(index);
    }
    let mut sources: Vec<_> = sources.into_iter().collect();
    sources.order_by_key(|(layer, inodes)| (std::cmp::Reverse(input.bytes(inodes)), *layer));
    let mut fixes = Vec::new();
    if same && let Some(change) = Change::of(&instruction) {
        fixes = change.fixes(input, &instruction, &sources);
    } else if !same {
        for (layer, inodes) in sources.iter().filter(|(layer, _)| *layer >= input.base_layers).take(FIXES) {
            fixes.extend(delete_at_once(input, *layer, by, inodes));
        }
    }
    let (evidence, count) = input
        .grouped(&inodes, |_, inode| path::escape(super::places::top(input.path(inode), 3)).into_owned());
    Finding { fixes, ..input.finding(RULE.id, title, inodes) }.with_groups((evidence, count))
}

/// A `chown` or `chmod` over files of lower layers.
struct Change<'i> {
    /// The option of `COPY` that does the same, `--chown=app:app`.
    option: String,
    /// The command that makes the change.
    command: &'i str,
    /// What has to come before: the user is made.
    makes_user: Vec<&'i str>,
    /// What the instruction does besides.
    rest: Vec<&'i str>,
}

impl<'i> Change<'i> {
    fn of(instruction: &'i str) -> Option<Self> {
        let commands = step::commands(step::command(instruction)?)?;
        let is_change = |command: &&&str| command.starts_with("chown ") || command.starts_with("chmod ");
        let command: &str = commands.iter().find(is_change)?;
        let mut words = command.split_whitespace();
        let program = words.next()?;
        let value = words.find(|word| !word.starts_with('-'))?;
        // `COPY --chmod` takes octal numbers everywhere, and `u+x` only of late; a variable is not known there.
        let plain = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":_-.".contains(&byte));
        if !plain || program == "chmod" && !value.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let makes = |command: &&str| {
            ["useradd ", "adduser ", "groupadd ", "addgroup "].iter().any(|start| command.starts_with(start))
        };
        Some(Self {
            option: format!("--{program}={value}"),
            command,
            makes_user: commands.iter().copied().filter(makes).collect(),
            rest: commands.iter().copied().filter(|other| *other != command && !makes(other)).collect(),
        })
    }

    fn fixes(&self, input: &Input<'_>, instruction: &str, sources: &[(u32, Vec<u32>)]) -> Vec<Fix> {
        let mut mended: Vec<(u32, Fix)> = Vec::new();
        for (layer, inodes) in sources.iter().take(FIXES) {
            let Some(made_by) = input.instruction(*layer).filter(|_| *layer >= input.base_layers) else {
                continue;
            };
            if let Some(copy) = Copy::parse(&made_by) {
                let fix = Fix::instead_of(made_by.as_str(), "sets it while copying", copy.with(&self.option));
                mended.push((*layer, fix));
            } else if let Some(top) = common_top(input, inodes)
                && let Some(command) = step::command(&made_by)
            {
                let (program, value) =
                    self.option.trim_start_matches('-').split_once('=').unwrap_or_default();
                let lines = step::run(&[], &[command, &format!("{program} -R {value} {top}")]);
                let does = "sets it in the instruction that creates";
                mended.push((*layer, Fix::instead_of(made_by.as_str(), does, lines)));
            }
        }
        // A name has to be there before the first of them gives anything to it.
        mended.order_by_key(|(layer, _)| *layer);
        if let Some((_, first)) = mended.first_mut()
            && !self.makes_user.is_empty()
        {
            first.lines = format!("{}\n{}", step::run(&[], &self.makes_user), first.lines);
        }
        let mut fixes: Vec<Fix> = mended.into_iter().map(|(_, fix)| fix).collect();
        if !fixes.is_empty() {
            // The directory itself costs nothing, and its owner may make files in it.
            let top: String = self.command.replace(" -R ", " ").replace(" --recursive ", " ");
            let rest: Vec<&str> = self.rest.iter().copied().chain([top.as_str()]).collect();
            fixes.push(Fix::instead_of(instruction, "changes the directory alone", step::run(&[], &rest)));
        }
        fixes
    }
}

/// The directory that holds all of some inodes, if it is not the root.
fn common_top(input: &Input<'_>, inodes: &[u32]) -> Option<String> {
    let mut places =
        inodes.iter().map(|&index| path::parent(input.path(&input.squashed.inodes[index as usize])));
    let mut top = places.next()?;
    for place in places {
        while !top.is_empty() && !holds(top, place) {
            top = path::parent(top);
        }
    }
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-".contains(byte);
    (!top.is_empty() && top.iter().all(plain)).then(|| absolute(top))
}

/// Whether a directory is another, or holds it.
fn holds(directory: &[u8], place: &[u8]) -> bool {
    place.strip_prefix(directory).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
}

/// Deletes in the instruction that creates, or never creates.
fn delete_at_once(input: &Input<'_>, layer: u32, by: u32, inodes: &[u32]) -> Option<Fix> {
    let made_by = input.instruction(layer)?;
    let deleting = input.instruction(by)?;
    let commands = step::commands(step::command(&deleting)?)?;
    let deletes = |command: &&str| {
        ["rm ", "apt-get clean", "apt-get purge", "apt-get autoremove", "apt-get remove", "find "]
            .iter()
            .any(|start| command.starts_with(start))
    };
    let removals: Vec<&str> = commands.iter().copied().filter(deletes).collect();
    if removals.is_empty() {
        return None;
    }
    if let Some(copy) = Copy::parse(&made_by) {
        return mount(input, &copy, &made_by, layer, by, inodes);
    }
    let lines = step::and(&made_by, &removals)?;
    Some(Fix::instead_of(made_by, "deletes in the instruction that creates", lines))
}

/// What was copied to be used once is mounted instead.
fn mount(
    input: &Input<'_>,
    copy: &Copy<'_>,
    made_by: &str,
    layer: u32,
    by: u32,
    inodes: &[u32],
) -> Option<Fix> {
    let [source] = copy.sources[..] else { return None };
    let target = common_top(input, inodes)?;
    let name = target.rsplit('/').next()?;
    if source == "." || source == "./" {
        let pattern = format!(
            "{}/",
            target
                .trim_start_matches('/')
                .trim_start_matches(input.image.config.working_dir.trim_matches('/'),)
                .trim_start_matches('/')
        );
        let does = "keeps it out of the context, if nothing needs it while building";
        return (pattern.len() > 1).then(|| Fix::new(FixKind::Dockerignore, does, pattern));
    }
    let user = (layer + 1..=by).find_map(|user| {
        let instruction = input.instruction(user)?;
        let commands = step::commands(step::command(&instruction)?)?;
        let kept: Vec<String> = commands
            .iter()
            .filter(|command| !command.starts_with("rm "))
            .map(|&command| command.to_owned())
            .collect();
        kept.iter().any(|command| command.contains(name)).then_some(kept)
    })?;
    let from = if copy.is_from_stage() { ",from=STAGE" } else { "" };
    let flag = format!("--mount=type=bind{from},source={source},target={target}");
    Some(Fix::instead_of(made_by, "mounts it for the instruction that needs it", step::run(&[flag], &user)))
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
