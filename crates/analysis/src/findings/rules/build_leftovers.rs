//! Sources and object files that a build left behind.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_snapshot::{Bytes, Ecosystem, path};

use crate::findings::evidence::Subject;
use crate::findings::finding::{Confidence, Finding};
use crate::findings::fixes::{Action, Fix};
use crate::findings::headline::Headline;
use crate::findings::input::Input;
use crate::findings::places::is_below;
use crate::findings::rule::{Check, Rule};
use crate::findings::rule_id::RuleId;
use crate::lines::{Line, Shell, Unfit, line, shell, step};
use crate::packages::Owner;
use crate::tree::Holds;

pub(super) const RULE: Rule = Rule { id: RuleId::BuildLeftovers, check: Check::Image(check) };

const LEAST: Bytes = Bytes(1_000_000);
/// Files that only a compiler or a linker reads, by their endings.
pub(crate) const OBJECTS: [&str; 10] =
    [".o", ".obj", ".lo", ".slo", ".gch", ".pch", ".gcno", ".gcda", ".rmeta", ".rcgu.o"];
/// Sources of languages that are compiled.
const SOURCES: [&str; 19] = [
    ".c", ".cc", ".cpp", ".cxx", ".c++", ".h", ".hh", ".hpp", ".hxx", ".inl", ".s", ".S", ".asm", ".rs",
    ".go", ".f90", ".f", ".m4", ".am",
];
/// Files at the top of a tree of sources, by which it is built.
const DESCRIPTIONS: [&[u8]; 12] = [
    b"configure",
    b"configure.ac",
    b"CMakeLists.txt",
    b"Makefile",
    b"Makefile.in",
    b"makefile",
    b"GNUmakefile",
    b"meson.build",
    b"build.ninja",
    b"Cargo.toml",
    b"go.mod",
    b"SConstruct",
];
/// Directories of toolchains and of what was installed: no build made them there.
const INSTALLED: [&[u8]; 14] = [
    b"node_modules",
    b"site-packages",
    b"dist-packages",
    b"rustlib",
    b"include",
    b"share",
    b"vendor",
    b"gems",
    b"lib",
    b"lib64",
    b"libexec",
    b"pkgs",
    b"registry",
    b"toolchains",
];
/// Commands that copy what was built to where it belongs.
const INSTALLS: [&str; 8] = [
    "make install",
    "ninja install",
    "cmake --install",
    "meson install",
    "cargo install",
    "install-strip",
    "--target install",
    "go install",
];

/// What a build left in one directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tree {
    /// The directory.
    pub(crate) place: Vec<u8>,
    /// The layer that made it.
    pub(crate) layer: u32,
    /// Whether no part of it is needed, because its programs were installed elsewhere.
    pub(crate) is_whole: bool,
    /// The files to delete.
    pub(crate) inodes: Vec<u32>,
}

impl Tree {
    /// The command that deletes it.
    pub(crate) fn deletion(&self) -> Result<Line<Shell>, Unfit> {
        let place = shell::path(&self.place)?;
        if self.is_whole {
            return Ok(line!("rm -rf ", place));
        }
        let names = OBJECTS.into_iter().chain(SOURCES).map(|ending| line!("-name '*", ending, "'"));
        Ok(line!("find ", place, " -type f \\( ", Line::joined(" -o ", names), " \\) -delete"))
    }
}

fn check(input: &Input<'_>) -> Vec<Finding> {
    let trees = trees(input);
    let inodes: Vec<u32> = trees.iter().flat_map(|tree| tree.inodes.iter().copied()).collect();
    if input.bytes(&inodes) < LEAST {
        return Vec::new();
    }
    let tree_of = |place: &[u8]| trees.iter().find(|tree| is_inside(place, &tree.place));
    let groups = input.grouped(&inodes, |_, inode| {
        let place = input.path(inode);
        Subject::path(tree_of(place).map_or(place, |tree| &tree.place))
    });
    let main = input.main_layer(&inodes);
    let mut finding = input.finding(RULE.id, Headline::BuildLeftovers, inodes).with_groups(groups);
    finding.confidence = Confidence::Medium;
    if let Some(instruction) = main.and_then(|layer| input.instruction(layer)) {
        let of_layer = trees.iter().filter(|tree| Some(tree.layer) == main).take(Finding::EXAMPLES);
        let deletions = finding.fitting(of_layer.map(Tree::deletion));
        let lines = step::and(&instruction, deletions.clone()).filter(|_| !deletions.is_empty());
        let fix = lines.map(|lines| Fix::instead_of(instruction, Action::DeleteInSameInstruction, lines));
        finding.fixes.extend(fix);
    }
    vec![finding]
}

/// What builds left, by directory.
pub(crate) fn trees(input: &Input<'_>) -> Vec<Tree> {
    let runs: BTreeMap<u32, String> = (input.steps())
        .filter(|(_, instruction)| instruction.starts_with("RUN "))
        .map(|(layer, instruction)| (layer, instruction.to_string()))
        .collect();
    let is_own = |owner: Owner| !matches!(owner, Owner::Package(_) | Owner::Cache(_));
    let of_runs = || {
        let inodes = input.visible().filter(|(_, inode, _)| runs.contains_key(&inode.layer));
        inodes.map(|(index, inode, owner)| (index, inode.layer, input.path(inode), owner))
    };
    // The directories that a build is described in, by layer.
    let mut tops: BTreeMap<u32, BTreeSet<&[u8]>> = BTreeMap::new();
    for (_, layer, place, owner) in of_runs() {
        let directory = path::parent(place);
        if is_own(owner) && DESCRIPTIONS.contains(&path::name(place)) && !is_installed(directory) {
            tops.entry(layer).or_default().insert(directory);
        }
    }
    let mut trees: BTreeMap<(u32, &[u8]), Vec<Left<'_>>> = BTreeMap::new();
    // What is neither of a package nor in one of these directories.
    let mut made: Vec<(u32, &[u8])> = Vec::new();
    for (index, layer, place, owner) in of_runs() {
        let is_object = has_ending(place, &OBJECTS) && !is_start_file(place);
        // node-gyp leaves its objects within the package.
        let is_npm = input.package(owner).is_some_and(|package| package.ecosystem == Ecosystem::Npm);
        let is_of_addon = is_npm && is_object && is_below(place, b"obj.target");
        let directory = path::parent(place);
        let top = tops.get(&layer).and_then(|tops| top_of(place, tops)).filter(|_| is_own(owner));
        match top {
            Some(top) => trees.entry((layer, top)).or_default().push(Left { index, place, is_object }),
            None if is_of_addon || is_own(owner) && is_object && !is_installed(directory) => {
                trees.entry((layer, directory)).or_default().push(Left { index, place, is_object });
            }
            None if is_own(owner) => made.push((layer, place)),
            None => {}
        }
    }
    let config = &input.image.config;
    let words = config.entrypoint.iter().chain(&config.command).chain([&config.working_dir]);
    let started: Vec<&String> = words.collect();
    let mut found = Vec::new();
    for ((layer, place), files) in trees {
        let shown = format!("/{}", String::from_utf8_lossy(place));
        let installs =
            runs.get(&layer).is_some_and(|run| INSTALLS.iter().any(|command| run.contains(command)));
        let is_alone = |left: &Left<'_>| input.everywhere(left.index, |name| is_inside(name, place));
        let is_whole = !place.is_empty()
            && installs
            && made.iter().any(|(other, file)| *other == layer && !is_inside(file, place))
            && files.iter().any(|left| has_ending(left.place, &SOURCES))
            && files.iter().all(is_alone)
            && !started.iter().any(|word| word.contains(&shown))
            && !is_linked(input, place);
        // Sources alone may be what a compiler reads at run time.
        if place.is_empty() || !is_whole && !files.iter().any(|left| left.is_object) {
            continue;
        }
        let is_left = |left: &&Left<'_>| {
            (is_whole || left.is_object || has_ending(left.place, &SOURCES)) && is_alone(left)
        };
        let inodes: Vec<u32> = files.iter().filter(is_left).map(|left| left.index).collect();
        if !inodes.is_empty() {
            found.push(Tree { place: place.to_vec(), layer, is_whole, inodes });
        }
    }
    found
}

/// A file of a directory that a build left.
struct Left<'a> {
    index: u32,
    place: &'a [u8],
    is_object: bool,
}

fn has_ending(place: &[u8], endings: &[&str]) -> bool {
    let name = path::name(place);
    endings.iter().any(|ending| name.len() > ending.len() && name.ends_with(ending.as_bytes()))
}

/// Whether an object is one that every program is linked with.
fn is_start_file(place: &[u8]) -> bool {
    let name = path::name(place);
    [&b"crt"[..], b"Scrt", b"Mcrt", b"gcrt", b"rcrt", b"grcrt"].iter().any(|start| name.starts_with(start))
}

fn is_installed(directory: &[u8]) -> bool {
    let mut parts = directory.split(|&byte| byte == b'/');
    parts.any(|part| INSTALLED.contains(&part))
        || directory.starts_with(b"usr/local/go")
        || directory.starts_with(b"etc")
}

fn is_inside(place: &[u8], directory: &[u8]) -> bool {
    place.strip_prefix(directory).is_some_and(|rest| rest.first() == Some(&b'/'))
}

/// The topmost of some directories that a path lies in.
fn top_of<'t>(place: &[u8], tops: &BTreeSet<&'t [u8]>) -> Option<&'t [u8]> {
    let ends = place.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at);
    ends.into_iter().find_map(|end| tops.get(&place[..end]).copied())
}

/// Whether a symbolic link elsewhere leads into a directory.
fn is_linked(input: &Input<'_>, directory: &[u8]) -> bool {
    let name = path::name(directory);
    input.squashed.tree.paths().any(|(place, node)| match node.holds {
        Holds::Target(target) if !is_inside(&place, directory) => {
            target.split(|&byte| byte == b'/').any(|part| part == name)
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::check::check;

    const BASE: &str = "i ADD rootfs /\nf usr/lib/x 1";

    #[test]
    fn what_was_built_and_installed_leaves_nothing() {
        let made = "i RUN curl x | tar xz && cd x-1 && ./configure && make && make install
            f usr/src/x-1/configure 300000
            f usr/src/x-1/src/main.c 900000
            f usr/src/x-1/src/main.o 900000
            f usr/src/x-1/src/x 700000
            f usr/local/lib/libx.so 700000";
        let found = check(&RULE, &[BASE, made]);
        assert_eq!(found[0].saving, Bytes(2_800_000));
        assert!(found[0].fixes[0].lines.ends_with("&& make install \\\n && rm -rf /usr/src/x-1"));
    }

    #[test]
    fn a_program_that_runs_where_it_was_built_stays() {
        let made = "i RUN make -C /srv/x
            f srv/x/Makefile 300
            f srv/x/main.c 900000
            f srv/x/main.o 900000
            f srv/x/x 700000";
        let found = check(&RULE, &[BASE, made]);
        assert_eq!(found[0].saving, Bytes(1_800_000));
        assert!(found[0].fixes[0].lines.contains("find /srv/x -type f \\( -name '*.o'"));
    }

    #[test]
    fn a_directory_that_a_link_leads_into_stays() {
        let made = "i RUN make install
            f opt/x/Makefile 300
            f opt/x/main.c 1900000
            f opt/x/main.o 1900000
            f opt/x/x 700000
            l usr/bin/x /opt/x/x
            f usr/man/x 1";
        assert_eq!(check(&RULE, &[BASE, made])[0].saving, Bytes(3_800_000));
    }

    #[test]
    fn toolchains_packages_and_scripts_are_left_alone() {
        let made = "i RUN make install
            f usr/local/lib/gcc/crtbegin.o 9000000
            f usr/local/include/x.h 9000000
            f root/x/rustlib/a.o 9000000
            f srv/app/main.py 9000000
            f srv/app/Makefile 1
            f srv/data/a.c 9000000";
        assert_eq!(check(&RULE, &[BASE, made]), []);
    }
}
