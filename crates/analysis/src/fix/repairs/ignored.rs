//! Files that do not belong into the build context: lines for the `.dockerignore`.

use crate::findings::{Confidence, Finding, FixKind, RuleId};
use crate::fix::calls::{Manager, installation};
use crate::fix::draft::{Draft, names};
use crate::fix::refusal::Refusal;
use crate::instruction::context_sources;

pub(super) fn repair(draft: &mut Draft<'_>, finding: &Finding) -> Result<Confidence, Refusal> {
    let fixes = finding.fixes.iter().filter(|fix| fix.kind == FixKind::Dockerignore);
    let patterns: Vec<String> = fixes.flat_map(|fix| fix.lines.lines().map(ToOwned::to_owned)).collect();
    let mut refused = None;
    let mut is_done = false;
    for pattern in patterns {
        match used(draft, &pattern) {
            Some(reason) => refused = refused.or(Some(reason)),
            None => {
                is_done = true;
                if !draft.ignored.contains(&pattern) {
                    draft.ignored.push(pattern);
                }
            }
        }
    }
    match refused {
        Some(reason) if !is_done => Err(reason),
        None if !is_done => Err(Refusal::ByHand),
        Some(reason) => {
            draft.partly.push(reason);
            Ok(confidence(finding))
        }
        None => Ok(confidence(finding)),
    }
}

fn confidence(finding: &Finding) -> Confidence {
    // Models may be in the image on purpose.
    if finding.rule == RuleId::ModelWeights { Confidence::Low } else { Confidence::High }
}

/// What needs the files of a pattern.
fn used(draft: &Draft<'_>, pattern: &str) -> Option<Refusal> {
    let bare = pattern.trim_start_matches("**/").trim_matches('/');
    let name = bare.trim_matches('*');
    let is_named = |source: &str| {
        let source = source.trim_start_matches("./").trim_end_matches('/');
        let of_name = |part: &str| match (bare.starts_with('*'), bare.ends_with('*')) {
            (true, _) => part.ends_with(name),
            (_, true) => part.starts_with(name),
            _ => part == bare,
        };
        source == bare || source.split('/').any(of_name)
    };
    for instruction in draft.all {
        let is_used = match instruction.keyword.as_str() {
            "COPY" | "ADD" => context_sources(&instruction.text).iter().any(|source| is_named(source)),
            // A mount names it as a path.
            "RUN" | "ENV" => {
                !name.starts_with('.') && names(&instruction.text, name)
                    || names_hidden(&instruction.text, name)
            }
            _ => false,
        };
        if is_used {
            return Some(Refusal::UsedLater { line: instruction.line, name: name.to_owned() });
        }
    }
    let installs = |managers: &[Manager]| {
        draft
            .commands()
            .any(|(_, command)| installation(command).is_some_and(|one| managers.contains(&one.manager)))
    };
    let needed = match name {
        "node_modules" => !installs(&[Manager::Npm, Manager::Yarn, Manager::Pnpm]),
        ".venv" | "venv" => !installs(&[Manager::Pip]),
        // Libraries that read it at start.
        ".env" => draft.input.catalogue.installed().any(|package| {
            matches!(
                package.name.as_str(),
                "dotenv" | "python-dotenv" | "pydantic-settings" | "django-environ" | "python-decouple"
            )
        }),
        _ => false,
    };
    let start = draft.start();
    (needed || names(&start, name) && name.len() > 2).then(|| Refusal::UsedAtStart { name: name.to_owned() })
}

/// Whether a text names a hidden file: `.env` in `cp .env x`, but not in `git@host:a.env`.
fn names_hidden(text: &str, name: &str) -> bool {
    name.starts_with('.')
        && text.split_whitespace().any(|word| {
            word.trim_matches(['"', '\'']).trim_start_matches("./").split(['/', '=']).any(|part| part == name)
        })
}
