//! Instructions whose order defeats the build cache.

use plimsoll_snapshot::Bytes;

use crate::findings::evidence::{Evidence, Note, Subject};
use crate::findings::finding::{Confidence, Finding, Severity, severity_of};
use crate::findings::fixes::{Action, Fix};
use crate::findings::headline::Headline;
use crate::findings::input::Input;
use crate::findings::rule::{Check, Rule};
use crate::findings::rule_id::RuleId;
use crate::instruction::Instruction;
use crate::lines::step::{self, Copy};
use crate::lines::{Dockerfile, Line, Unfit, dockerfile, line};

pub(super) const RULE: Rule = Rule { id: RuleId::CacheBreakingLayers, check: Check::Image(check) };

/// Commands that install dependencies, and the files that list them.
const INSTALLS: &[(&str, &str)] = &[
    ("pip install -r", ""),
    ("pip3 install -r", ""),
    ("pip install --no-cache-dir -r", ""),
    ("npm ci", "package.json package-lock.json"),
    ("npm install", "package.json package-lock.json"),
    ("yarn install", "package.json yarn.lock"),
    ("pnpm install", "package.json pnpm-lock.yaml"),
    ("poetry install", "pyproject.toml poetry.lock"),
    ("uv sync", "pyproject.toml uv.lock"),
    ("pipenv install", "Pipfile Pipfile.lock"),
    ("bundle install", "Gemfile Gemfile.lock"),
    ("composer install", "composer.json composer.lock"),
    ("go mod download", "go.mod go.sum"),
];

fn check(input: &Input<'_>) -> Vec<Finding> {
    let steps: Vec<(u32, Instruction)> = input.steps().collect();
    sources_first(input, &steps).into_iter().chain(update_alone(input, &steps)).collect()
}

fn sources_first(input: &Input<'_>, steps: &[(u32, Instruction)]) -> Option<Finding> {
    let (at, copied) = steps.iter().enumerate().find_map(|(at, (_, text))| {
        Copy::parse(text).filter(|copy| copy.is_whole_context() && !copy.is_from_stage()).map(|_| (at, text))
    })?;
    let copy = Copy::parse(copied)?;
    let (layer, installing, files) = steps[at + 1..].iter().find_map(|(layer, text)| {
        let command = step::command(text)?;
        let (install, files) = INSTALLS.iter().find(|(install, _)| command.contains(install))?;
        Some((*layer, text, files_of(&command, install, files)?))
    })?;
    let again: Bytes =
        input.inodes().filter(|(_, inode, _)| inode.layer == layer).map(|(_, inode, _)| inode.size).sum();
    let mut finding = input.remark(
        RULE.id,
        Headline::SourcesCopiedFirst,
        Subject::Instruction { instruction: step::shorten(copied) },
    );
    finding.evidence = vec![Evidence {
        subject: Subject::Instruction { instruction: step::shorten(installing) },
        bytes: again,
        layer: Some(layer),
        instruction: Some(installing.to_string()),
        line: input.written(layer).map(|written| written.line),
        note: Some(Note::RunsAgainAfter { copy: step::shorten(copied) }),
    }];
    finding.severity = severity_of(again).min(Severity::Medium);
    finding.confidence = Confidence::High;
    let (again, last) = (step::whole(installing)?, step::whole(copied)?);
    finding.add(files.map(|files| {
        let lines = line!("COPY ", files, " ", copy.directory(), "\n", again, "\n", last);
        [Fix::instead_of(format!("{copied}\n{installing}"), Action::CopySourcesLast, lines)]
    }));
    Some(finding)
}

/// The files that an installation reads.
fn files_of(command: &str, install: &str, files: &'static str) -> Option<Result<Line<Dockerfile>, Unfit>> {
    if !files.is_empty() {
        return Some(Ok(files.into()));
    }
    let rest = &command[command.find(install)? + install.len()..];
    rest.split_whitespace().next().map(dockerfile::file)
}

fn update_alone(input: &Input<'_>, steps: &[(u32, Instruction)]) -> Option<Finding> {
    let has =
        |text: &Instruction, word: &str| step::command(text).is_some_and(|command| command.contains(word));
    let at = steps.iter().position(|(_, text)| {
        (has(text, "apt-get update") || has(text, "apt update")) && !has(text, " install")
    })?;
    let (_, update) = &steps[at];
    let (layer, install) =
        steps[at + 1..].iter().find(|(_, text)| has(text, "apt-get install") || has(text, "apt install"))?;
    if has(install, "update") {
        return None;
    }
    let mut finding = input.remark(
        RULE.id,
        Headline::UpdateInSeparateLayer,
        Subject::Instruction { instruction: step::shorten(update) },
    );
    finding.evidence[0].layer = Some(*layer);
    finding.evidence[0].instruction = Some(install.to_string());
    (finding.severity, finding.confidence) = (Severity::Low, Confidence::High);
    let commands = [step::command(update)?, step::command(install)?, "rm -rf /var/lib/apt/lists/*".into()];
    let lines = dockerfile::run(&[], &commands);
    finding.fixes.push(Fix::instead_of(format!("{update}\n{install}"), Action::UpdateAndInstall, lines));
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::check::check;

    const BASE: &str = "i ADD rootfs /\nf etc/x 1";

    #[test]
    fn sources_come_after_dependencies() {
        let found = check(
            &RULE,
            &[BASE, "i COPY . .\nf app/a 1", "i RUN pip install -r requirements.txt\nf b 200000000"],
        );
        assert_eq!((found[0].saving, found[0].evidence[0].bytes), (Bytes(0), Bytes(200_000_000)));
        assert_eq!(
            found[0].fixes[0].lines,
            "COPY requirements.txt ./\nRUN pip install -r requirements.txt\nCOPY . ."
        );
    }

    #[test]
    fn update_and_install_belong_together() {
        let found =
            check(&RULE, &[BASE, "i RUN apt-get update\nf a 1", "i RUN apt-get install -y git\nf b 1"]);
        assert_eq!(
            found[0].fixes[0].lines,
            "RUN apt-get update \\\n && apt-get install -y git \\\n && rm -rf /var/lib/apt/lists/*"
        );
    }

    #[test]
    fn a_good_order_is_no_finding() {
        let good = [
            BASE,
            "i RUN apt-get update && apt-get install -y git\nf a 1",
            "i COPY requirements.txt .\nf r 1",
            "i RUN pip install -r requirements.txt\nf b 200000000",
            "i COPY . .\nf app/a 1",
        ];
        assert_eq!(check(&RULE, &good), []);
    }
}
