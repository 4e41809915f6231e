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
            Some(reason) => {
                let left = finding.inodes.iter().copied().filter(|&index| {
                    let place = draft.input.path(&draft.input.squashed.inodes[index as usize]);
                    String::from_utf8_lossy(place).split('/').any(|part| matches(&pattern, part))
                });
                let left: Vec<u32> = left.collect();
                draft.left.extend(left);
                refused = refused.or(Some(reason));
            }
            None => {
                is_done = true;
                if !draft.made.ignored.contains(&pattern) {
                    draft.made.ignored.push(pattern);
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

/// Whether a pattern stands for a part of a path.
fn matches(pattern: &str, part: &str) -> bool {
    let bare = pattern.trim_start_matches("**/").trim_matches('/');
    let name = bare.trim_matches('*');
    match (bare.starts_with('*'), bare.ends_with('*')) {
        (true, _) => part.ends_with(name),
        (_, true) => part.starts_with(name),
        _ => part == bare,
    }
}

/// What needs the files of a pattern.
fn used(draft: &Draft<'_>, pattern: &str) -> Option<Refusal> {
    let bare = pattern.trim_start_matches("**/").trim_matches('/');
    let name = bare.trim_matches('*');
    let is_named = |source: &str| {
        let source = source.trim_start_matches("./").trim_end_matches('/');
        source == bare || source.split('/').any(|part| matches(pattern, part))
    };
    // A line that keeps files was written on purpose.
    let kept = draft.input.build.iter().flat_map(|build| build.ignore.iter().flatten());
    if kept.filter_map(|line| line.strip_prefix('!')).any(|line| is_named(line.trim_start_matches("**/"))) {
        return Some(Refusal::Kept { pattern: pattern.to_owned() });
    }
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
    let start = format!("{} {}", draft.start(), draft.start_scripts());
    let needed = match name {
        "node_modules" => !installs(&[Manager::Npm, Manager::Yarn, Manager::Pnpm]),
        ".venv" | "venv" => !installs(&[Manager::Pip]),
        // Libraries that read it at start.
        ".env" => {
            draft.input.catalogue.installed().any(|package| {
                matches!(
                    package.name.as_str(),
                    "dotenv"
                        | "python-dotenv"
                        | "pydantic-settings"
                        | "django-environ"
                        | "python-decouple"
                        | "environs"
                        | "starlette"
                        | "@nestjs/config"
                        | "vlucas/phpdotenv"
                        | "dotenv-cli"
                        | "env-cmd"
                        | "prisma"
                )
            }) || READS_ENV.iter().any(|call| start.contains(call))
                || run_texts(draft).any(|(_, text)| BUNDLERS.iter().any(|bundler| text.contains(bundler)))
        }
        ".git" => return version_from_git(draft),
        "tests" | "test" | "__tests__" => return tested(draft),
        _ => false,
    };
    let is_named = names(&start, name) && name.len() > 2 || names_hidden(&start, name);
    (needed || is_named).then(|| Refusal::UsedAtStart { name: name.to_owned() })
}

/// Calls that read `.env` without naming it.
const READS_ENV: [&str; 3] = ["loadEnvFile(", "load_dotenv(", "dotenv_values("];

/// Builds of pages, which put the variables of `.env` into what they write.
const BUNDLERS: [&str; 7] =
    ["npm run build", "yarn build", "yarn run build", "pnpm build", "pnpm run build", "vite", "next build"];

/// The texts of all `RUN` instructions, those of other stages included, each with its line.
fn run_texts<'a>(draft: &Draft<'a>) -> impl Iterator<Item = (u32, &'a str)> {
    let runs = draft.all.iter().filter(|instruction| instruction.keyword == "RUN");
    runs.map(|run| (run.line, run.text.as_str()))
}

/// The instruction that runs tests.
fn tested(draft: &Draft<'_>) -> Option<Refusal> {
    const RUNNERS: [&str; 9] =
        ["pytest", "tox", "nox", "unittest", "jest", "vitest", "rspec", "phpunit", "ctest"];
    const VERBS: [&str; 2] = ["test", "check"];
    let runs = |text: &str| {
        RUNNERS.iter().any(|runner| names(text, runner))
            || ["make", "npm", "yarn", "pnpm", "go", "cargo", "mvn", "gradle"]
                .iter()
                .any(|tool| names(text, tool))
                && text.split_whitespace().any(|word| VERBS.contains(&word))
    };
    let (line, _) = run_texts(draft).find(|(_, text)| runs(text))?;
    Some(Refusal::UsedLater { line, name: "tests".to_owned() })
}

/// What reads the history of the project: a `git` in an instruction, in a script that one calls, or in a build that takes the
/// version from it.
fn version_from_git(draft: &Draft<'_>) -> Option<Refusal> {
    const BUILDS: [&str; 14] = [
        "pyproject.toml",
        "setup.py",
        "setup.cfg",
        "Makefile",
        "package.json",
        "CMakeLists.txt",
        "build.rs",
        "build.gradle",
        "build.gradle.kts",
        "settings.gradle",
        "Cargo.toml",
        "Gemfile",
        "Directory.Build.props",
        "pom.xml",
    ];
    const READERS: [&str; 25] = [
        "setuptools_scm",
        "setuptools-scm",
        "hatch-vcs",
        "versioneer",
        "dunamai",
        "poetry-dynamic-versioning",
        "pbr",
        "git-commit-id",
        "source = \"scm\"",
        "source=\"scm\"",
        "git-version",
        "gitversion",
        "GitVersion",
        "axion-release",
        "jgitver",
        "vergen",
        "built::",
        "git submodule",
        "git ls-files",
        "git show",
        // A gem that lists its files asks git for them.
        "gemspec",
        "git describe",
        "git rev-parse",
        "git log",
        "GitRevisionPlugin",
    ];
    let reads = |text: &str| {
        text.split(['&', ';', '|', '(', '`']).any(|part| {
            let mut words = part.split_whitespace().filter(|word| *word != "RUN" && !word.starts_with("--"));
            words.next() == Some("git")
                && words.next().is_some_and(|verb| !["clone", "config", "init", "lfs"].contains(&verb))
        })
    };
    for (line, text) in run_texts(draft) {
        let words = text.split_whitespace().map(|word| word.trim_matches(['"', '\'', ';']));
        let calls_script = words
            .filter(|word| word.contains('/') || word.contains(".sh") || word.ends_with(".gemspec"))
            .any(|word| draft.context(word).is_some_and(|script| names(&script, "git")));
        if reads(text) || calls_script {
            return Some(Refusal::UsedLater { line, name: "git".to_owned() });
        }
    }
    let build = BUILDS.iter().find(|file| {
        draft.context(file).is_some_and(|text| READERS.iter().any(|reader| text.contains(reader)))
    })?;
    let (line, _) = run_texts(draft).last()?;
    Some(Refusal::UsedLater { line, name: (*build).to_owned() })
}

/// Whether a text names a hidden file: `.env` in `cp .env x`, but not in `git@host:a.env`.
fn names_hidden(text: &str, name: &str) -> bool {
    name.starts_with('.')
        && text.split_whitespace().any(|word| {
            word.trim_matches(['"', '\'']).trim_start_matches("./").split(['/', '=']).any(|part| part == name)
        })
}
