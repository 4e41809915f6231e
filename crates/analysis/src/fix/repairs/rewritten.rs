//! Files that a later instruction stores again, or deletes.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_snapshot::path;

use crate::findings::{Confidence, Finding, Headline};
use crate::fix::calls;
use crate::fix::draft::{Draft, absolute, names};
use crate::fix::refusal::Refusal;
use crate::fix::script::{Command, Separator};
use crate::instruction::is_recursive;
use crate::lines::{Dockerfile, Line, Shell, dockerfile, line, names as words, shell};

pub(super) fn repair(draft: &mut Draft<'_>, finding: &Finding) -> Result<Confidence, Refusal> {
    match finding.headline {
        Headline::StoredAgain { .. } => changed_where_made(draft, finding),
        Headline::DeletedLater { .. } => deleted_where_made(draft, finding),
        _ => Err(Refusal::ByHand),
    }
}

/// The layer that hides the files of a finding.
fn hidden_by(draft: &Draft<'_>, finding: &Finding) -> Option<u32> {
    let first = *finding.inodes.first()?;
    draft.input.squashed.inodes[first as usize].hidden.map(|(by, _)| by)
}

/// The files of a finding by the layer that made them.
fn by_layer(draft: &Draft<'_>, finding: &Finding) -> BTreeMap<u32, Vec<u32>> {
    let mut layers: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for &index in finding.inodes.iter() {
        layers.entry(draft.input.squashed.inodes[index as usize].layer).or_default().push(index);
    }
    layers
}

/// A `chown -R` or `chmod -R`.
#[derive(Clone)]
struct Change {
    command: Command,
    program: &'static str,
    value: String,
    paths: Vec<String>,
}

/// Which files of a layer a change reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    Nothing,
    Part,
    All,
}

impl Change {
    fn of(command: &Command) -> Option<Self> {
        let called = command.called();
        let program = ["chown", "chmod"]
            .into_iter()
            .find(|program| called.first().is_some_and(|word| word.text == *program))?;
        let is_option = |text: &str| text.starts_with('-');
        let is_recursive = is_recursive(called.iter().map(|word| &*word.text));
        let mut rest = called[1..].iter().filter(|word| !is_option(&word.text)).map(|word| word.text.clone());
        let value = rest.next()?;
        let fits = if program == "chmod" {
            value.bytes().all(|byte| byte.is_ascii_digit())
        } else {
            words::owner::<Shell>(&value).is_ok() && !value.ends_with(':') && !value.starts_with(':')
        };
        let paths: Vec<String> = rest.collect();
        let are_plain = paths
            .iter()
            .all(|path| path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte)));
        (is_recursive && fits && are_plain && !paths.is_empty() && !command.is_nested).then(|| Self {
            command: command.clone(),
            program,
            value,
            paths,
        })
    }

    /// The option of `COPY` that does the same. Without a group, the group stays as it was: root.
    fn flag(&self) -> Result<Line<Dockerfile>, Refusal> {
        let value: Line<Dockerfile> = words::owner(&self.value)?;
        Ok(match self.program {
            "chown" if !self.value.contains(':') => line!("--chown=", value, ":0"),
            "chown" => line!("--chown=", value),
            _ => line!("--chmod=", value),
        })
    }

    /// Which files of a layer it changes.
    fn reach(&self, draft: &Draft<'_>, layer: u32, directory: &str) -> Reach {
        let tops: Vec<String> =
            self.paths.iter().map(|path| absolute(&format!("/{directory}"), path)).collect();
        let is_below = |place: &[u8]| {
            let place = String::from_utf8_lossy(place);
            tops.iter().any(|top| top.is_empty() || is_same_or_below(&place, top))
        };
        let inodes = || draft.input.inodes().filter(|(_, inode, _)| inode.layer == layer);
        let inside = inodes().filter(|(_, inode, _)| is_below(draft.input.path(inode))).count();
        let all = inodes().count();
        match inside {
            0 => Reach::Nothing,
            inside if inside == all => Reach::All,
            _ => Reach::Part,
        }
    }

    fn places(&self, directory: &str) -> Result<Line<Shell>, Refusal> {
        let places = self.paths.iter().map(|path| shell::path(absolute(directory, path).as_bytes()));
        Ok(Line::joined(" ", places.collect::<Result<Vec<_>, _>>()?))
    }

    /// Whether layers before one have files that it reaches.
    fn has_earlier(&self, draft: &Draft<'_>, layer: u32, directory: &str) -> bool {
        let tops: Vec<String> =
            self.paths.iter().map(|path| absolute(&format!("/{directory}"), path)).collect();
        draft.input.inodes().any(|(_, inode, _)| {
            let place = String::from_utf8_lossy(draft.input.path(inode));
            inode.layer < layer && tops.iter().any(|top| top.is_empty() || is_same_or_below(&place, top))
        })
    }

    /// The same change of everything below.
    fn whole(&self, directory: &str) -> Result<Line<Shell>, Refusal> {
        let value: Line<Shell> = words::owner(&self.value)?;
        Ok(line!(self.program, " -R ", value, " ", self.places(directory)?))
    }

    /// The same change of what does not have it yet: the other files are not stored again.
    fn rest(&self, directory: &str) -> Result<Line<Shell>, Refusal> {
        let places = self.places(directory)?;
        let owner = |text: &str| words::owner::<Shell>(text);
        let value = owner(&self.value)?;
        Ok(match (self.program, self.value.split_once(':')) {
            ("chown", Some((user, group))) => line!(
                "find ",
                places,
                " \\( ! -user ",
                owner(user)?,
                " -o ! -group ",
                owner(group)?,
                " \\) -exec chown -h ",
                value,
                " {} +"
            ),
            ("chown", None) => {
                line!("find ", places, " ! -user ", owner(&self.value)?, " -exec chown -h ", value, " {} +")
            }
            _ => line!(
                "find ",
                places,
                " ! -type l ! -perm ",
                owner(&self.value)?,
                " -exec chmod ",
                value,
                " {} +"
            ),
        })
    }
}

/// Sets owner and mode where the files are made.
fn changed_where_made(draft: &mut Draft<'_>, finding: &Finding) -> Result<Confidence, Refusal> {
    let by = hidden_by(draft, finding).ok_or(Refusal::ByHand)?;
    let last = draft.step_of(by)?;
    if !draft.input.has_program("find") {
        return Err(Refusal::LacksProgram { name: "find".into() });
    }
    let line = draft.steps[last].instruction.line;
    let commands = &draft.script(last)?.commands;
    let changes: Vec<Change> = commands.iter().filter_map(Change::of).collect();
    // One that is not understood would store everything again.
    if changes.is_empty()
        || commands.iter().any(|command| changes_trees(command) && Change::of(command).is_none())
    {
        return Err(Refusal::Form { line });
    }
    let directories: Vec<String> =
        changes.iter().map(|change| draft.directory_of(last, &change.command)).collect();
    let changes: Vec<(Change, String)> = changes.into_iter().zip(directories).collect();
    let mut first_changed = None;
    let mut missing = Refusal::NotInDockerfile;
    for (layer, inodes) in by_layer(draft, finding) {
        let Some(step) = draft.step_of(layer).ok().filter(|step| *step < last) else {
            draft.left.extend(inodes);
            continue;
        };
        match draft.steps[step].instruction.keyword.as_str() {
            "COPY" | "ADD" => {
                let mut flags: BTreeMap<&str, Line<Dockerfile>> = BTreeMap::new();
                for (change, directory) in &changes {
                    // The option holds for all that the instruction copies. Of two changes the last one counts.
                    match change.reach(draft, layer, directory) {
                        Reach::All => _ = flags.insert(change.program, change.flag()?),
                        Reach::Nothing => {}
                        Reach::Part => {
                            return Err(Refusal::Form { line: draft.steps[step].instruction.line });
                        }
                    }
                }
                for flag in flags.values() {
                    set_flag(draft, step, flag)?;
                }
            }
            // It only stored what another change reached, and does not any more: the copy to prevent is that of the first one.
            "RUN" if draft.made.settled.contains(&step) => {
                draft.left.extend(inodes);
                missing = Refusal::Overlaps;
                continue;
            }
            "RUN" => {
                for (change, directory) in &changes {
                    if change.reach(draft, layer, directory) == Reach::Nothing {
                        continue;
                    }
                    // Of several directories one may be made later.
                    if change.paths.len() > 1 {
                        return Err(Refusal::Form { line });
                    }
                    draft.needs_root(step)?;
                    // Older files have their owner, and changing it again would store them again.
                    let command = if change.has_earlier(draft, layer, directory) {
                        change.rest(directory)?
                    } else {
                        change.whole(directory)?
                    };
                    draft.append(step, &command)?;
                }
            }
            _ => {
                draft.left.extend(inodes);
                continue;
            }
        }
        first_changed = first_changed.or(Some(step));
    }
    let first = first_changed.ok_or(missing)?;
    draft.made.settled.insert(last);
    let names: BTreeSet<String> = changes
        .iter()
        .map(|(change, _)| change)
        .filter(|change| change.program == "chown")
        .flat_map(|change| change.value.split(':').map(ToOwned::to_owned).collect::<Vec<_>>())
        .filter(|name| !name.bytes().all(|byte| byte.is_ascii_digit()))
        .collect();
    made_users_stay(draft, first, last, &names)?;
    make_users_before(draft, first, last, &names)?;
    for (change, directory) in &changes {
        let range = change.command.range();
        draft.made.edits.replace(range, &change.rest(directory)?)?;
    }
    Ok(Confidence::High)
}

/// Sets an option of a `COPY`, in the place of one of the same name.
fn set_flag(draft: &mut Draft<'_>, step: usize, flag: &Line<Dockerfile>) -> Result<(), Refusal> {
    let name = flag.split('=').next().unwrap_or_default().to_owned();
    let range = draft.steps[step].range.clone();
    let written = draft.written(range.clone());
    let old = written.split_whitespace().find(|word| word.starts_with(&format!("{name}=")));
    match old.and_then(|old| Some((written.find(old)?, old.len()))) {
        Some((at, length)) => {
            draft.made.needs_buildkit |= flag.starts_with("--chmod");
            Ok(draft.made.edits.replace(range.start + at..range.start + at + length, flag)?)
        }
        None => draft.add_flag(step, flag),
    }
}

/// Whether a command changes owners or modes of whole trees.
fn changes_trees(command: &Command) -> bool {
    let called = command.called();
    let changes = called
        .first()
        .is_some_and(|word| matches!(calls::program(&word.text), "chown" | "chmod" | "chgrp" | "setfacl"));
    changes && is_recursive(called.iter().map(|word| &*word.text))
}

/// Whether a command creates a user or a group.
fn makes_users(command: &Command) -> bool {
    command.called().first().is_some_and(|word| {
        matches!(calls::program(&word.text), "useradd" | "adduser" | "groupadd" | "addgroup" | "usermod")
    })
}

/// Refuses users that an instruction in between creates by other means: a package that brings one, a line for `/etc/passwd`.
/// Before that instruction there is no such user.
fn made_users_stay(
    draft: &Draft<'_>,
    first: usize,
    last: usize,
    users: &BTreeSet<String>,
) -> Result<(), Refusal> {
    let is_root = |user: &String| user == "root";
    if users.iter().all(is_root) {
        return Ok(());
    }
    for step in first..=last {
        let changes_users = draft.steps[step].instruction.text.contains("/etc/passwd")
            || draft.stores(step, |place| matches!(place, b"etc/passwd" | b"etc/group"));
        let is_known = draft.steps[step].script.iter().flat_map(|script| &script.commands).any(makes_users);
        if changes_users && !is_known {
            let (line, name) = (draft.steps[step].instruction.line, users.iter().find(|user| !is_root(user)));
            return Err(Refusal::UsedLater { line, name: name.cloned().unwrap_or_default() });
        }
    }
    Ok(())
}

/// Moves the commands that create users before the first instruction that names them.
fn make_users_before(
    draft: &mut Draft<'_>,
    first: usize,
    last: usize,
    users: &BTreeSet<String>,
) -> Result<(), Refusal> {
    let makes = |command: &Command| {
        makes_users(command) && command.called().iter().any(|word| users.contains(&word.text))
    };
    let making: Vec<(usize, Command)> = draft
        .commands()
        .filter(|(step, command)| (first..=last).contains(step) && makes(command))
        .map(|(step, command)| (step, command.clone()))
        .collect();
    if making.is_empty() {
        return Ok(());
    }
    draft.needs_root(first)?;
    let mut commands = Vec::new();
    for (step, command) in &making {
        let form = Refusal::Form { line: draft.steps[*step].instruction.line };
        commands.push(Line::<Shell>::repeated(&command.text()).ok_or(form)?);
        draft.remove_command(*step, command)?;
    }
    draft.insert_before(first, &dockerfile::run(&[], &commands))
}

/// Deletes files in the instruction that makes them, or never stores them.
fn deleted_where_made(draft: &mut Draft<'_>, finding: &Finding) -> Result<Confidence, Refusal> {
    let by = hidden_by(draft, finding).ok_or(Refusal::ByHand)?;
    let last = draft.step_of(by)?;
    let line = draft.steps[last].instruction.line;
    let commands = draft.script(last)?.commands.clone();
    let removals: Vec<Command> = commands.iter().filter(|command| is_removal(command)).cloned().collect();
    let mut is_done = false;
    let mut refused = None;
    let mut sources: Vec<(u32, Vec<u32>)> = by_layer(draft, finding).into_iter().collect();
    let bytes = |inodes: &Vec<u32>| draft.input.bytes(inodes);
    let all = bytes(&finding.inodes.to_vec());
    sources.retain(|(_, inodes)| bytes(inodes).0 * 20 >= all.0);
    for (layer, inodes) in sources {
        let moved = draft.step_of(layer).and_then(|step| {
            if step >= last {
                return Err(Refusal::Form { line });
            }
            match draft.steps[step].instruction.keyword.as_str() {
                "COPY" | "ADD" => mounted(draft, step, last, &inodes),
                "RUN" => moved(draft, step, last, &inodes, &removals),
                _ => Err(Refusal::NotInDockerfile),
            }
        });
        match moved {
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
            Ok(Confidence::Medium)
        }
        None => Ok(Confidence::High),
    }
}

fn is_removal(command: &Command) -> bool {
    let called = command.called();
    let word = |at: usize| called.get(at).map_or("", |word| word.text.as_str());
    let is_apt = matches!(word(0), "apt-get" | "apt")
        && called
            .iter()
            .any(|word| matches!(word.text.as_str(), "clean" | "purge" | "autoremove" | "remove"));
    word(0) == "rm"
        || is_apt
        || word(0) == "apk" && word(1) == "del"
        || word(0) == "find" && called.iter().any(|word| word.text == "-delete")
}

/// The path that holds all of some files.
fn top_of(draft: &Draft<'_>, inodes: &[u32]) -> Vec<u8> {
    let mut places =
        inodes.iter().map(|&index| draft.input.path(&draft.input.squashed.inodes[index as usize]));
    let first = places.next().unwrap_or_default();
    let mut top = if inodes.len() == 1 { first } else { path::parent(first) };
    for place in places {
        while !top.is_empty() && !place.strip_prefix(top).is_some_and(|rest| rest.starts_with(b"/")) {
            top = path::parent(top);
        }
    }
    top.to_vec()
}

/// Deletes files of a `RUN` at its end, if nothing between uses them, or joins the instructions.
fn moved(
    draft: &mut Draft<'_>,
    step: usize,
    last: usize,
    inodes: &[u32],
    removals: &[Command],
) -> Result<(), Refusal> {
    let directory = draft.steps[last].directory.clone();
    let place = |index: &u32| draft.input.path(&draft.input.squashed.inodes[*index as usize]);
    let deletes = |command: &Command| {
        let is_rm = command.called().first().is_some_and(|word| word.text == "rm");
        let paths = command.called()[1..].iter().filter(|word| !word.text.starts_with('-'));
        is_rm
            && paths.clone().count() > 0
            && paths.clone().all(|word| {
                let path = absolute(&directory, word.text.trim_matches(['"', '\'']).trim_end_matches('*'));
                !path.is_empty() && inodes.iter().any(|index| place(index).starts_with(path.as_bytes()))
            })
    };
    let mine: Vec<Command> = removals.iter().filter(|command| deletes(command)).cloned().collect();
    let used = |draft: &Draft<'_>| {
        mine.iter().flat_map(|command| &command.called()[1..]).filter(|word| !word.text.starts_with('-')).any(
            |word| {
                let path = word.text.trim_end_matches(['*', '/']);
                let name = path.rsplit('/').next().unwrap_or(path);
                let between = draft.all[draft.steps[step].index + 1..draft.steps[last].index].iter();
                let in_last = draft.steps[last].script.iter().flat_map(|script| &script.commands);
                let mut before = in_last.take_while(|command| !mine.contains(command));
                between.clone().any(|instruction| names(&instruction.text, name))
                    || before.any(|command| names(&command.text(), name))
                    || between
                        .clone()
                        .any(|instruction| instruction.keyword == "RUN" && !is_quiet(instruction))
            },
        )
    };
    if !mine.is_empty() && !used(draft) {
        for command in &mine {
            let form = Refusal::Form { line: draft.steps[last].instruction.line };
            let line = Line::<Shell>::repeated(&command.text()).ok_or(form)?;
            draft.append(step, &line)?;
            // Without `-f` it fails where nothing is left.
            if !command.called()[1..].iter().any(|word| word.text.starts_with('-') && word.text.contains('f'))
            {
                draft.remove_command(last, command)?;
            }
        }
        return Ok(());
    }
    join(draft, step, last)
}

/// Whether an instruction probably uses only the files that it names, such as a package installation.
fn is_quiet(instruction: &plimsoll_snapshot::BuildInstruction) -> bool {
    ["apt-get ", "apk ", "useradd ", "groupadd ", "mkdir ", "pip install ", "npm ci"]
        .iter()
        .any(|start| instruction.text.strip_prefix("RUN ").is_some_and(|rest| rest.starts_with(start)))
}

/// Joins all instructions from one `RUN` to another into one.
fn join(draft: &mut Draft<'_>, first: usize, last: usize) -> Result<(), Refusal> {
    for step in first..=last {
        let line = draft.steps[step].instruction.line;
        if draft.steps[step].instruction.keyword != "RUN" {
            return Err(Refusal::UsedBetween { line });
        }
        let script = draft.script(step)?;
        let changes_shell = script.commands.iter().any(|command| {
            matches!(command.words[0].text.as_str(), "cd" | "export" | "set" | "umask" | "trap")
                && !command.is_nested
        });
        // An option holds for one instruction.
        if step > first && (changes_shell || !script.options.is_empty()) || !script.can_append && step < last
        {
            return Err(Refusal::Form { line });
        }
        if step < last && changes_shell {
            return Err(Refusal::Form { line });
        }
    }
    for step in first..last {
        let (end, next) = (draft.script(step)?.end, draft.script(step + 1)?.start);
        // Comments between them stay.
        let between = draft.written(end..draft.steps[step + 1].range.start);
        let comments: String = between
            .lines()
            .filter(|line| line.trim_start().starts_with('#'))
            .map(|line| format!("{line}\n"))
            .collect();
        draft.made.edits.replace(end..next, &format!(" \\\n{comments} && "))?;
    }
    Ok(())
}

/// Mounts copied files for the instructions that use them, in the place of a `COPY` and an `rm`.
fn mounted(draft: &mut Draft<'_>, step: usize, last: usize, inodes: &[u32]) -> Result<(), Refusal> {
    let line = draft.steps[step].instruction.line;
    let written: Vec<String> =
        draft.steps[step].instruction.text.split_whitespace().map(ToOwned::to_owned).collect();
    let (flags, words): (Vec<&String>, Vec<&String>) =
        written[1..].iter().partition(|word| word.starts_with("--"));
    let is_plain = |word: &&&String| !word.contains(['*', '?', '[', '"', '$']);
    let [source, destination] = words[..] else { return Err(Refusal::Form { line }) };
    if written[0] == "ADD" || words.iter().filter(is_plain).count() != 2 {
        return Err(Refusal::Form { line });
    }
    // A mount keeps the owner and the mode of the context.
    if flags.iter().any(|flag| flag.starts_with("--chown") || flag.starts_with("--chmod")) {
        return Err(Refusal::Form { line });
    }
    let from = flags.iter().find_map(|flag| flag.strip_prefix("--from="));
    let directory = draft.steps[step].directory.clone();
    let source_path = source.trim_start_matches("./").trim_end_matches('/');
    let mut target = absolute(&directory, destination);
    let name = source_path.rsplit('/').next().unwrap_or_default();
    // A single file goes into a directory under its own name.
    if let [only] = inodes
        && draft.input.path(&draft.input.squashed.inodes[*only as usize])
            == absolute(&format!("/{target}"), name).as_bytes()
    {
        target = absolute(&format!("/{target}"), name);
    }
    let top = top_of(draft, inodes);
    if !top.starts_with(target.as_bytes()) && !target.as_bytes().starts_with(&top) {
        return Err(Refusal::Form { line });
    }
    // Everything that it copied has to be deleted again.
    let layer = draft.steps[step].layer;
    let stays =
        draft.input.inodes().any(|(_, inode, _)| Some(inode.layer) == layer && inode.hidden.is_none());
    if stays {
        return Err(Refusal::UsedBetween { line: draft.steps[last].instruction.line });
    }
    let target_name = target.rsplit('/').next().unwrap_or_default().to_owned();
    let users: Vec<usize> =
        (step + 1..=last).filter(|&at| names(&draft.steps[at].instruction.text, &target_name)).collect();
    if let Some(&other) = users.iter().find(|&&at| draft.steps[at].instruction.keyword != "RUN") {
        return Err(Refusal::UsedBetween { line: draft.steps[other].instruction.line });
    }
    let (context, target_path) = (
        dockerfile::file(if source_path.is_empty() { "." } else { source_path })?,
        dockerfile::path(target.as_bytes())?,
    );
    let from = match from {
        Some(stage) => line!(",from=", dockerfile::file(stage.trim_matches(['"', '\'']))?),
        None => "".into(),
    };
    let mount: Line<Dockerfile> =
        line!("--mount=type=bind", from, ",source=", context, ",target=", target_path, ",rw");
    for &user in &users {
        let script = draft.script(user)?.clone();
        let form = Refusal::Form { line: draft.steps[user].instruction.line };
        let deleting: Vec<(Command, String)> = script
            .commands
            .iter()
            .filter(|command| is_removal(command))
            .map(|command| (command.clone(), draft.directory_of(user, command)))
            .collect();
        let mut removals: Vec<(Command, Vec<String>)> = Vec::new();
        for (command, directory) in deleting {
            let words =
                || command.called()[1..].iter().map(|word| &word.text).filter(|word| !word.starts_with('-'));
            let place = |word: &str| absolute(&format!("/{directory}"), word.trim_matches(['"', '\'']));
            let of_target: Vec<String> = words()
                .filter(|word| is_same_or_below(&place(word.trim_end_matches(['*', '/'])), &target))
                .cloned()
                .collect();
            // Deleting a mount fails: neither a pattern nor a directory above may do it.
            let reaches = |word: &String| {
                let fixed = word.split(['*', '?', '[', '$', '`']).next().unwrap_or_default();
                !of_target.contains(word)
                    && (word.len() > fixed.len() && target.starts_with(&place(fixed))
                        || is_same_or_below(&target, &place(fixed)))
            };
            if words().any(reaches) {
                return Err(form);
            }
            if !of_target.is_empty() {
                removals.push((command, of_target));
            }
        }
        let is_all = removals.len() == script.commands.len();
        if is_all {
            draft.remove_step(user)?;
            continue;
        }
        for (removal, of_target) in &removals {
            let named = removal.called()[1..].iter().filter(|word| !word.text.starts_with('-')).count();
            if named > of_target.len() {
                draft.remove_words(removal, |word| of_target.iter().any(|other| other == word))?;
            } else if removal.after == Separator::Other {
                return Err(form);
            } else {
                draft.remove_command(user, removal)?;
            }
        }
        draft.add_flag(user, &mount)?;
    }
    draft.remove_step(step)
}

/// Whether a path is another one, or lies below it.
fn is_same_or_below(path: &str, top: &str) -> bool {
    path.strip_prefix(top).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
