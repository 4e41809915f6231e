//! Build tools: not installed, or removed in the instruction that uses them.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_snapshot::path;

use crate::findings::{Confidence, Finding};
use crate::fix::calls::{Installation, Manager, compiles, installation, package_name, program};
use crate::fix::draft::Draft;
use crate::fix::refusal::Refusal;
use crate::fix::script::Command;
use crate::lines::{Line, Shell, line};
use crate::packages::{Owner, PackageId};

/// Marks the libraries as needed that programs and Python modules link to, so that they stay when the tools go (apt-mark(8)).
///
/// What is only suggested goes, too: other packages suggest compilers, and nothing that was installed came by a suggestion.
/// What dpkg installed stands in its lists, and is left out: a path that they name twice is not the only one of its name.
const KEEP_LIBRARIES: &str = "{ { find / -xdev -type f \\( -perm -u+x -o -name '*.so*' \\); cat /var/lib/dpkg/info/*.list /var/lib/dpkg/info/*.list; } \\
      | sed 's,^/\\(bin\\|sbin\\|lib\\)/,/usr/\\1/,' | sort | uniq -u | xargs -r -d '\\n' ldd 2> /dev/null \\
      | sed -n 's,.*=> /\\([^ ]*\\) .*,\\1,p' | sed 's,^usr/,,' | sort -u | sed 's,^,*/,' \\
      | xargs -r dpkg-query --search 2> /dev/null | sed 's/: .*//; s/, /\\n/g' | sort -u \\
      | xargs -r apt-mark manual > /dev/null || true; } \\
 && apt-get purge -y --auto-remove -o APT::AutoRemove::SuggestsImportant=false ";

/// Programs that run the scripts of services which the image has.
const SUPERVISORS: [&str; 4] = ["init", "s6-svscan", "runsvdir", "runit"];

/// Calls that compile while a program runs.
const COMPILING: [&str; 6] =
    ["torch.compile(", "pyximport", "ffi.verify(", "ffibuilder.compile(", "load_inline(", "numba.pycc"];

pub(super) fn repair(draft: &mut Draft<'_>, finding: &Finding) -> Result<Confidence, Refusal> {
    let gone = draft.owners(finding);
    let start = draft.start();
    let is_tool = |word: &str| gone.contains(&package_name(word));
    let installs: Vec<(usize, Command, Vec<String>)> = draft
        .commands()
        .filter_map(|(step, command)| {
            let one =
                installation(command).filter(|one| matches!(one.manager, Manager::Apt | Manager::Apk))?;
            let tools: Vec<String> =
                one.packages().map(|word| word.text.clone()).filter(|word| is_tool(word)).collect();
            (!tools.is_empty()).then(|| (step, command.clone(), tools))
        })
        .collect();
    let (first, ..) = installs.first().ok_or(Refusal::NotInDockerfile)?;
    let first = *first;
    let all: BTreeSet<String> =
        installs.iter().flat_map(|(.., tools)| tools.iter().map(|tool| package_name(tool))).collect();
    if let Some(name) = all.iter().find(|name| crate::fix::draft::names(&start, name)) {
        return Err(Refusal::UsedAtStart { name: name.clone() });
    }
    if let Some(name) = compiles_unseen(draft, &start) {
        return Err(Refusal::UsedAtStart { name });
    }
    if let Some(name) = called_by_application(draft, finding) {
        return Err(Refusal::UsedAtStart { name });
    }
    if let Some(refusal) = used_elsewhere(draft, first, &all) {
        return Err(refusal);
    }
    draft.used_on_top(|_, command| {
        compiles(command) || all.iter().any(|name| crate::fix::draft::names(&command.text(), name))
    })?;
    // Which steps need them, that of the installation included.
    let needing: BTreeSet<usize> = draft
        .commands()
        .filter(|(step, command)| *step >= first && compiles(command))
        .map(|(step, _)| step)
        .collect();
    // A program may load a library by name at run time, so the libraries of installed headers stay.
    let libraries = Libraries::of(draft, &all);
    let left: Vec<u32> = finding
        .inodes
        .iter()
        .copied()
        .filter(|&index| match draft.input.catalogue.owners[index as usize] {
            Owner::Package(id) => libraries.with_needs.contains(&id),
            _ => false,
        })
        .collect();
    draft.left.extend(left);
    draft.also_frees_archives(&gone);
    if needing.is_empty() {
        for (step, command, tools) in &installs {
            drop_words(draft, *step, command, tools, &libraries)?;
        }
        return Ok(Confidence::High);
    }
    let is_apt = installs
        .iter()
        .all(|(_, command, _)| installation(command).is_some_and(|one| one.manager == Manager::Apt));
    if !is_apt {
        let (step, name) = draft
            .commands()
            .find(|(step, command)| *step >= first && compiles(command))
            .map(|(step, command)| (step, command.text()))
            .unwrap_or_default();
        return Err(Refusal::UsedLater { line: draft.steps[step].instruction.line, name });
    }
    let words = all.iter().map(|name| crate::lines::names::system(name)).collect::<Result<Vec<_>, _>>()?;
    let tools: Line<Shell> = Line::joined(" ", words);
    // A compiler only recommends the headers of the C library: what came along comes along.
    let is_minimal = installs.iter().all(|(_, command, _)| {
        installation(command).is_some_and(|one| one.has(&["--no-install-recommends"]))
    });
    let option: Line<Shell> = if is_minimal { "--no-install-recommends ".into() } else { "".into() };
    let install: Line<Shell> = line!("apt-get update \\\n && apt-get install -y ", option, &tools);
    let named: Vec<Line<Shell>> = libraries.names()?;
    let keep: Line<Shell> = if named.is_empty() {
        "".into()
    } else {
        line!("apt-mark manual ", Line::joined(" ", named), " > /dev/null \\\n && ")
    };
    let purge: Line<Shell> =
        line!(keep, KEEP_LIBRARIES, &tools, " \\\n && apt-get clean \\\n && rm -rf /var/lib/apt/lists/*");
    let own: BTreeSet<usize> = installs.iter().map(|(step, ..)| *step).collect();
    for (step, command, tools) in &installs {
        if !needing.contains(step) {
            drop_words(draft, *step, command, tools, &libraries)?;
        }
    }
    for &step in &needing {
        draft.needs_root(step)?;
        if own.contains(&step) {
            draft.also_frees(step, |place| {
                // `apt-get clean` deletes the indexes beside the archives, too.
                place.starts_with(b"var/lib/apt/lists/") || place.starts_with(b"var/cache/apt/")
            });
        } else {
            draft.prepend(step, &install)?;
        }
        draft.append(step, &purge)?;
    }
    Ok(Confidence::Medium)
}

/// What may compile when the container runs though no command of it says so: services under a supervisor, and programs that
/// compile parts of themselves.
fn compiles_unseen(draft: &Draft<'_>, start: &str) -> Option<String> {
    let config = &draft.input.image.config;
    let mut words = config.entrypoint.iter().chain(&config.command).map(|word| program(word));
    let supervisor = words.find(|name| SUPERVISORS.contains(name));
    let call = || COMPILING.iter().find(|call| start.contains(**call)).map(|call| call.trim_end_matches('('));
    let inline = || draft.input.catalogue.installed().any(|package| package.name == "RubyInline");
    supervisor.or_else(call).or_else(|| inline().then_some("RubyInline")).map(str::to_owned)
}

/// What else may use tools: an image that is built on this one, and a script that a command writes.
fn used_elsewhere(draft: &Draft<'_>, first: usize, tools: &BTreeSet<String>) -> Option<Refusal> {
    let used = |line: u32, name: &String| Some(Refusal::UsedLater { line, name: name.clone() });
    if let Some(trigger) = draft.all.iter().find(|instruction| instruction.keyword == "ONBUILD") {
        return used(trigger.line, tools.first()?);
    }
    draft.commands().filter(|(step, _)| *step >= first).find_map(|(step, command)| {
        let quoted = command.words.iter().filter(|word| word.text.starts_with(['"', '\'']));
        let name = quoted
            .flat_map(|word| tools.iter().filter(|tool| crate::fix::draft::names(&word.text, tool)))
            .next()?;
        used(draft.steps[step].instruction.line, name)
    })
}

/// The libraries that packages of headers come with.
#[derive(Default)]
struct Libraries {
    by_headers: BTreeMap<String, Vec<String>>,
    /// These libraries and what they need.
    with_needs: BTreeSet<PackageId>,
}

impl Libraries {
    fn of(draft: &Draft<'_>, tools: &BTreeSet<String>) -> Self {
        let catalogue = draft.input.catalogue;
        let is_of_compiler = |name: &str| {
            ["libc6-", "libc-", "libgcc-", "libstdc++-"].iter().any(|start| name.starts_with(start))
        };
        let mut found = Self::default();
        let headers = catalogue.installed().filter(|package| {
            tools.contains(&package.name)
                && package.name.starts_with("lib")
                && package.name.ends_with("-dev")
                && !is_of_compiler(&package.name)
        });
        let mut pending = Vec::new();
        for package in headers {
            let libraries = catalogue.graph.needs(package.id).iter().filter(|id| {
                let name = &catalogue.package(**id).name;
                name.starts_with("lib")
                    && !name.ends_with("-dev")
                    && !name.ends_with("-bin")
                    && !is_of_compiler(name)
            });
            for &id in libraries {
                pending.push(id);
                found
                    .by_headers
                    .entry(package.name.clone())
                    .or_default()
                    .push(catalogue.package(id).name.clone());
            }
        }
        while let Some(id) = pending.pop() {
            if found.with_needs.insert(id) {
                pending.extend(catalogue.graph.needs(id));
            }
        }
        found
    }

    fn of_headers(&self, name: &str) -> Vec<String> {
        self.by_headers.get(name).cloned().unwrap_or_default()
    }

    fn names(&self) -> Result<Vec<Line<Shell>>, Refusal> {
        let names: BTreeSet<&String> = self.by_headers.values().flatten().collect();
        Ok(names.into_iter().map(|name| crate::lines::names::system(name)).collect::<Result<_, _>>()?)
    }
}

/// A program of a finding that a file of the application names.
fn called_by_application(draft: &Draft<'_>, finding: &Finding) -> Option<String> {
    let input = draft.input;
    let programs: BTreeSet<String> = finding
        .inodes
        .iter()
        .map(|&index| input.path(&input.squashed.inodes[index as usize]))
        .filter(|place| path::name(path::parent(place)) == b"bin")
        .map(|place| String::from_utf8_lossy(path::name(place)).into_owned())
        .collect();
    let facts = crate::packages::facts(input.snapshot, input.image);
    facts
        .flat_map(|(layer, facts)| facts.mentions.iter().map(move |mention| (layer, mention)))
        // What lies among the programs counts if the container calls it, and then it is a part of what it starts.
        .filter(|(layer, mention)| {
            mention.run_as.is_none() && input.squashed.names.is_alive(*layer, mention.entry)
        })
        .flat_map(|(_, mention)| &mention.names)
        .find(|name| programs.contains(program(name)))
        .cloned()
}

/// Removes words of an installation, the installation if nothing is left of it, and the instruction if it has no other
/// purpose.
fn drop_words(
    draft: &mut Draft<'_>,
    step: usize,
    command: &Command,
    tools: &[String],
    libraries: &Libraries,
) -> Result<(), Refusal> {
    let one: Installation<'_> = installation(command).ok_or(Refusal::ByHand)?;
    let instead: BTreeMap<&String, Vec<String>> =
        tools.iter().map(|tool| (tool, libraries.of_headers(&package_name(tool)))).collect();
    if instead.values().any(|names| !names.is_empty()) {
        let mut known = BTreeSet::new();
        for word in one.packages() {
            let Some(names) = instead.get(&word.text) else { continue };
            let new: Vec<&String> = names.iter().filter(|name| known.insert(*name)).collect();
            if new.is_empty() {
                draft.remove_words(command, |other| other == word.text)?;
                continue;
            }
            let words = new.iter().map(|name| crate::lines::names::system(name));
            let words: Line<Shell> = Line::joined(" ", words.collect::<Result<Vec<_>, _>>()?);
            draft.made.edits.replace(word.range.clone(), &words)?;
        }
        return Ok(());
    }
    if one.packages().count() > tools.len() {
        return draft.remove_words(command, |word| tools.iter().any(|tool| tool == word));
    }
    let script = draft.script(step)?;
    let serves_only = |other: &Command| {
        let text = other.text();
        other == command
            || super::lists::is_update(other)
            || text.contains("/var/lib/apt/lists")
            || text.starts_with("apt-get clean")
            || text.starts_with("set ")
    };
    if script.commands.iter().all(serves_only) {
        draft.remove_step(step)
    } else {
        draft.remove_command(step, command)
    }
}
