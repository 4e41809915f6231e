//! Package lists of apt: updated where they are used, and deleted there.

use crate::findings::{Confidence, Finding, Headline};
use crate::fix::calls::{self, Manager, installation};
use crate::fix::draft::{Draft, Step, names};
use crate::fix::refusal::Refusal;
use crate::fix::script::Command;

pub(super) fn repair(draft: &mut Draft<'_>, finding: &Finding) -> Result<Confidence, Refusal> {
    if finding.headline != Headline::UpdateInSeparateLayer {
        return Err(Refusal::ByHand);
    }
    delete_lists(draft)?;
    Ok(Confidence::High)
}

/// Where the lists lie.
const LISTS: &[u8] = b"var/lib/apt/lists/";

/// What an instruction does with the lists.
#[derive(Default)]
struct Lists {
    updates: bool,
    installs: bool,
    /// Something other than apt.
    does_more: bool,
    /// They are deleted, or kept in a mount.
    leaves_none: bool,
}

impl Lists {
    fn of(draft: &Draft<'_>, step: usize) -> Option<Self> {
        let script = draft.steps[step].script.as_ref()?;
        let mut lists = Self {
            leaves_none: script.options.iter().any(|flag| flag.text.contains("/var/lib/apt")),
            ..Self::default()
        };
        for command in &script.commands {
            let text = command.text();
            if is_update(command) {
                lists.updates = true;
            } else if reads_lists(command) {
                lists.installs = true;
            } else if text.contains("/var/lib/apt/lists") {
                lists.leaves_none = true;
            } else if !text.starts_with("set ") {
                lists.does_more = true;
            }
        }
        Some(lists)
    }
}

pub(super) fn is_update(command: &Command) -> bool {
    let called = command.called();
    let is_apt = called.first().is_some_and(|word| matches!(calls::program(&word.text), "apt-get" | "apt"));
    is_apt && called.iter().any(|word| word.text == "update")
}

/// Whether a command of apt needs the lists.
fn reads_lists(command: &Command) -> bool {
    const VERBS: [&str; 7] =
        ["upgrade", "dist-upgrade", "full-upgrade", "build-dep", "source", "download", "satisfy"];
    let called = command.called();
    let program = called.first().map_or("", |word| calls::program(&word.text));
    installation(command).is_some_and(|installs| installs.manager == Manager::Apt)
        || program == "apt-cache"
        || matches!(program, "apt-get" | "apt")
            && called.iter().any(|word| VERBS.contains(&word.text.as_str()))
}

/// Whether a text installs packages with apt.
fn installs_in(text: &str) -> bool {
    ["apt-get", "apt", "aptitude"].iter().any(|name| names(text, name)) && names(text, "install")
}

/// What an instruction calls that installs packages without being a command that is understood: `xargs apt-get install`,
/// `bash -c "apt-get install …"`.
fn hidden_installation(step: &Step<'_>) -> Option<String> {
    let is_run = step.instruction.keyword == "RUN" && installs_in(&step.instruction.text);
    let first = |text: &str| text.split_whitespace().next().unwrap_or_default().to_owned();
    let hidden = |command: &&Command| {
        let is_apt = command
            .called()
            .first()
            .is_some_and(|word| matches!(calls::program(&word.text), "apt-get" | "apt" | "echo" | "printf"));
        !is_apt && installs_in(&command.text())
    };
    match &step.script {
        _ if !is_run => None,
        Some(script) => script.commands.iter().find(hidden).map(|command| first(&command.text())),
        None => Some("apt-get".to_owned()),
    }
}

/// Why nothing is to be changed: the lists are deleted, the instruction that fetches them is not understood, or there is none.
fn unchanged(draft: &Draft<'_>, lists: &[Option<Lists>]) -> Refusal {
    if lists.iter().flatten().any(|lists| lists.leaves_none) {
        return Refusal::Present;
    }
    let fetches = |step: &&Step<'_>| {
        let text = &step.instruction.text;
        step.instruction.keyword == "RUN"
            && ["apt-get", "apt", "aptitude"].iter().any(|name| names(text, name))
    };
    match draft.steps.iter().find(fetches) {
        Some(step) => Refusal::Form { line: step.instruction.line },
        None => Refusal::NotInDockerfile,
    }
}

/// Whether an instruction changes the installed packages though none of its commands says so: a script or a tool does.
fn installs_by_itself(draft: &Draft<'_>, step: usize) -> bool {
    let says_so = |command: &Command| {
        let program = command.called().first().map_or("", |word| calls::program(&word.text));
        matches!(program, "apt-get" | "apt" | "aptitude" | "dpkg" | "apt-mark" | "dpkg-reconfigure")
    };
    let is_run = draft.steps[step].instruction.keyword == "RUN";
    let commands = draft.steps[step].script.iter().flat_map(|script| &script.commands);
    is_run
        && !commands.into_iter().any(says_so)
        && draft.stores(step, |place| place == b"var/lib/dpkg/status")
}

/// Deletes the lists in every instruction that fetches them, and fetches them in every one that needs them.
pub(super) fn delete_lists(draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let lists: Vec<Option<Lists>> = (0..draft.steps.len()).map(|step| Lists::of(draft, step)).collect();
    let leaves = |lists: &Lists| (lists.updates || lists.installs) && !lists.leaves_none;
    let Some(first) = lists.iter().position(|lists| lists.as_ref().is_some_and(leaves)) else {
        return Err(unchanged(draft, &lists));
    };
    if let Some(step) = (first + 1..draft.steps.len()).find(|step| installs_by_itself(draft, *step)) {
        return Err(Refusal::UsedLater { line: draft.steps[step].instruction.line, name: "apt".to_owned() });
    }
    // A script may install packages from the lists.
    let script = draft.commands().find(|(step, command)| *step > first && calls::is_script(command));
    if let Some((step, command)) = script {
        return Err(draft.used_by(step, command));
    }
    draft.used_on_top(|script, command| {
        !script.commands.iter().any(is_update)
            && (reads_lists(command) || installs_in(&command.text()) || calls::is_script(command))
    })?;
    for step in &draft.steps[first + 1..] {
        if let Some(name) = hidden_installation(step) {
            return Err(Refusal::UsedLater { line: step.instruction.line, name });
        }
    }
    for (step, lists) in lists.iter().enumerate() {
        // A script that is not looked into may fetch them again.
        let leaves_none = lists.as_ref().is_some_and(|lists| lists.leaves_none);
        let is_list = |place: &[u8]| place.starts_with(LISTS);
        let refills = step > first && !leaves_none && draft.stores(step, is_list);
        let Some(lists) = lists.as_ref().filter(|lists| leaves(lists) || refills) else { continue };
        draft.needs_root(step)?;
        draft.also_frees(step, is_list);
        if lists.updates && !lists.installs && !lists.does_more {
            draft.remove_step(step)?;
            continue;
        }
        if lists.installs && !lists.updates {
            draft.prepend(step, &"apt-get update".into())?;
        }
        draft.append(step, &"rm -rf /var/lib/apt/lists/*".into())?;
    }
    Ok(())
}
