//! Files that `COPY . .` copied by accident: version control, environments of the host, editor files.

use std::collections::BTreeMap;

use plimsoll_snapshot::Bytes;

use crate::findings::build_context::Origin;
use crate::findings::evidence::Subject;
use crate::findings::finding::{Confidence, Finding, Severity};
use crate::findings::fixes::{Action, Fix};
use crate::findings::headline::Headline;
use crate::findings::input::Input;
use crate::findings::rule::{Check, Rule};
use crate::findings::rule_id::RuleId;
use crate::lines::step::Copy;
use crate::lines::{Dockerignore, Line, Shell, dockerignore, line};

pub(super) const RULE: Rule = Rule { id: RuleId::ContextLeftovers, check: Check::Image(check) };

/// A pattern of names.
enum Name {
    Directory(&'static str),
    File(&'static str),
    Beginning(&'static str),
    Ending(&'static str),
}
use Name::{Beginning, Directory, Ending, File};

/// Files that no image needs.
const NEVER: &[Name] = &[
    Directory(".git"),
    Directory(".svn"),
    Directory(".hg"),
    Directory(".venv"),
    Directory("venv"),
    Directory("node_modules"),
    Directory("__pycache__"),
    Directory(".pytest_cache"),
    Directory(".mypy_cache"),
    Directory(".ruff_cache"),
    Directory(".tox"),
    Directory(".nox"),
    Directory(".cache"),
    Directory(".idea"),
    Directory(".vscode"),
    Directory(".github"),
    Directory(".gitlab"),
    Directory(".terraform"),
    Directory("htmlcov"),
    Directory(".ipynb_checkpoints"),
    File(".DS_Store"),
    File("Thumbs.db"),
    File(".env"),
    File(".coverage"),
    File(".gitignore"),
    File(".gitattributes"),
    File(".gitlab-ci.yml"),
    File(".pre-commit-config.yaml"),
    File(".dockerignore"),
    Beginning("Dockerfile"),
    Beginning("docker-compose"),
    Beginning("compose.y"),
    Ending(".log"),
    Ending(".swp"),
    Ending(".pyc"),
    Ending("~"),
];
/// Files that most images do not need.
const SELDOM: &[Name] = &[
    Directory("tests"),
    Directory("test"),
    Directory("__tests__"),
    Directory("docs"),
    Directory("doc"),
    Directory("examples"),
    Directory("notebooks"),
    Directory("data"),
    Directory("datasets"),
    Ending(".ipynb"),
    Ending(".psd"),
    Ending(".zip"),
    Ending(".tar.gz"),
    Ending(".tgz"),
    Ending(".tar"),
    Ending(".dump"),
    Ending(".sql"),
    Ending(".bak"),
    Ending(".parquet"),
    Ending(".csv"),
    Ending(".mp4"),
];
/// The command that rebuilds an image from the context.
const BUILD: &str = "docker build .";
/// The smallest sum of rarely needed files that is reported.
const LEAST_SELDOM: Bytes = Bytes(1_000_000);

/// Patterns by their text, each with its inodes.
const NEVER_OR_SELDOM: [&[Name]; 2] = [NEVER, SELDOM];

type Patterns = BTreeMap<String, (Line<Dockerignore>, Vec<u32>)>;

fn check(input: &Input<'_>) -> Vec<Finding> {
    let origins: BTreeMap<u32, Origin> = input
        .steps()
        .filter_map(|(layer, text)| {
            let copy = Copy::parse(&text).filter(|copy| !copy.is_from_stage())?;
            Some((layer, Origin::of(input, &copy)?))
        })
        .collect();
    let mut never: Patterns = BTreeMap::new();
    let mut seldom = never.clone();
    let mut left_out = never.clone();
    for (index, inode, _) in input.added() {
        let Some(origin) = origins.get(&inode.layer) else { continue };
        let place = input.path(inode);
        let Some(inside) = origin.inside(place) else { continue };
        let text = String::from_utf8_lossy(&inside);
        let (pattern, group) = if let Some(pattern) = pattern(&text, NEVER) {
            (pattern, &mut never)
        } else if let Some(pattern) = pattern(&text, SELDOM) {
            (pattern, &mut seldom)
        } else {
            continue;
        };
        // A file with another name is in the image anyway.
        let is_leftover = |(layer, entry): (u32, u32)| {
            let inside = origins.get(&layer).and_then(|origin| origin.inside(input.path_of(layer, entry)));
            inside.is_some_and(|inside| {
                let text = String::from_utf8_lossy(&inside);
                NEVER_OR_SELDOM.iter().any(|names| self::pattern(&text, names).is_some())
            })
        };
        if !input.squashed.names_of(index).all(is_leftover) {
            continue;
        }
        let group = match &input.ignore {
            Some(ignore) if ignore.leaves_out(&text) => &mut left_out,
            // The line exists, and a later exception keeps the file on purpose.
            Some(ignore) if ignore.has_line(&pattern) => continue,
            _ => group,
        };
        add(group, pattern, index);
    }
    let bytes = |groups: &Patterns| -> Bytes { groups.values().map(|(_, inodes)| input.bytes(inodes)).sum() };
    let mut found = Vec::new();
    if !never.is_empty() {
        let serious =
            never.keys().any(|pattern| [".git", ".env", "**/.git", "**/.env"].contains(&&**pattern));
        let mut finding = finding(input, Headline::ContextLeftovers, &never);
        if serious {
            finding.severity = finding.severity.max(Severity::Medium);
        }
        found.push(finding);
    }
    if bytes(&seldom) >= LEAST_SELDOM {
        let finding = finding(input, Headline::OptionalContextFiles, &seldom);
        found.push(finding.at_most(Severity::Medium, Confidence::Low));
    }
    if !left_out.is_empty() {
        let mut finding = finding(input, Headline::IgnoredFiles, &left_out);
        // The line exists: the image is older, or the file was copied from elsewhere.
        finding.fixes = vec![Fix::new::<Shell>(Action::Rebuild, BUILD)];
        found.push(finding.at_most(Severity::Medium, Confidence::Low));
    }
    found
}

fn add(patterns: &mut Patterns, pattern: Line<Dockerignore>, inode: u32) {
    let group = patterns.entry(pattern.to_string()).or_insert_with(|| (pattern, Vec::new()));
    group.1.push(inode);
}

fn finding(input: &Input<'_>, headline: Headline, groups: &Patterns) -> Finding {
    let mut label = BTreeMap::new();
    let mut inodes = Vec::new();
    for (pattern, (_, group)) in groups {
        // Copies in a later layer that changed their owner would not exist either.
        for index in input.with_copies(group) {
            label.insert(index, pattern.clone());
            inodes.push(index);
        }
    }
    let evidence = input.grouped(&label.keys().copied().collect::<Vec<_>>(), |index, _| Subject::Pattern {
        pattern: label[&index].clone(),
    });
    let mut finding = input.finding(RULE.id, headline, inodes).with_groups(evidence);
    let lines = Line::joined("\n", groups.values().take(30).map(|(pattern, _)| pattern.clone()));
    finding.fixes.push(Fix::new(Action::Exclude, lines));
    finding
}

/// Whether a program most likely fills in a file and writes it.
fn is_template(name: &str) -> bool {
    [".tpl", ".tmpl", ".template", ".j2", ".jinja", ".in"].iter().any(|ending| name.ends_with(ending))
}

/// The line of a `.dockerignore` for a path of the context: by its first part that matches one of `names`.
fn pattern(inside: &str, names: &[Name]) -> Option<Line<Dockerignore>> {
    let mut end = 0;
    for (depth, part) in inside.split('/').enumerate() {
        end += part.len();
        let is_file = end == inside.len();
        end += 1;
        let text: Option<Line<_>> = names.iter().find_map(|name| match *name {
            Directory(directory) => (!is_file && part == directory).then(|| directory.into()),
            File(file) => (is_file && part == file).then(|| file.into()),
            // Another file may begin alike, and be needed.
            Beginning(start) => (is_file && part.starts_with(start) && !is_template(part))
                .then(|| dockerignore::pattern(part.as_bytes()).ok())?,
            Ending(ending) => (is_file && part.ends_with(ending)).then(|| line!("*", ending)),
        });
        if let Some(text) = text {
            // Unlike that of git, a pattern holds at the root alone (Docker, "Build context", ".dockerignore files").
            return Some(if depth == 0 { text } else { line!("**/", text) });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::check::{check, check_config};

    const BASE: &str = "i ADD rootfs /\nf etc/x 1";

    #[test]
    fn the_lines_of_a_dockerignore_fit() {
        let layers = [
            BASE,
            "i COPY . .
            f app/.git/objects/1 4000000
            f app/.env 10
            f app/web/node_modules/a/index.js 100
            f app/Dockerfile.prod 5
            f app/main.py 9",
        ];
        let found = check_config(&RULE, &layers, |config| config.working_dir = "/app".into());
        assert_eq!((found[0].saving, found[0].severity), (Bytes(4_000_115), Severity::Medium));
        assert_eq!(found[0].fixes[0].lines, "**/node_modules\n.env\n.git\nDockerfile.prod");
    }

    #[test]
    fn a_dockerignore_is_heeded() {
        let layers = [
            BASE,
            "i COPY . /app
            f app/.git/objects/1 400
            f app/.env 10
            f app/.env.keep/.env 7
            f app/node_modules/a/index.js 100",
        ];
        let mut snapshot = crate::testing::snapshot("app", &layers);
        let ignore = |patterns: &[&str]| {
            let ignore = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
            Some(plimsoll_snapshot::BuildFile { ignore: Some(ignore), ..Default::default() })
        };
        snapshot.services[0].build = ignore(&[".git", "**/.env", "!.env.keep/.env"]);
        let found = crate::findings::check::check_snapshot(&RULE, &snapshot);
        let headlines: Vec<&Headline> = found.iter().map(|finding| &finding.headline).collect();
        assert_eq!(headlines, [&Headline::ContextLeftovers, &Headline::IgnoredFiles]);
        assert_eq!((found[0].saving, found[0].fixes[0].lines.as_str()), (Bytes(100), "node_modules"));
        assert_eq!(
            (found[1].saving, found[1].fixes[0].kind),
            (Bytes(410), crate::findings::FixKind::Command)
        );
        snapshot.services[0].build = ignore(&["unrelated"]);
        let found = crate::findings::check::check_snapshot(&RULE, &snapshot);
        assert_eq!((found.len(), found[0].fixes[0].lines.as_str()), (1, "**/.env\n.env\n.git\nnode_modules"));
    }

    #[test]
    fn copies_that_a_chown_made_go_too() {
        let layers = [BASE, "i COPY . /app\nf app/.git/a 400 a", "i RUN chown -R a /app\nf app/.git/a 400 a"];
        assert_eq!(check(&RULE, &layers)[0].saving, Bytes(800));
    }

    #[test]
    fn what_is_also_called_otherwise_stays() {
        let copy = "i COPY . /app\nf app/.git/a 400\nf app/.git/b 30\nh app/data app/.git/a";
        assert_eq!(check(&RULE, &[BASE, copy])[0].saving, Bytes(30));
    }

    #[test]
    fn tests_are_a_separate_finding_and_possibly_intentional() {
        let found = check(&RULE, &[BASE, "i COPY ./backend /srv/backend\nf srv/backend/tests/a.bin 4000000"]);
        assert_eq!((found[0].confidence, found.len()), (Confidence::Low, 1));
        assert_eq!(found[0].fixes[0].lines, "**/tests");
    }

    #[test]
    fn what_a_stage_or_a_run_made_is_no_leftover() {
        assert_eq!(check(&RULE, &[BASE, "i COPY /venv /venv\nf venv/.git/a 400"]), []);
        assert_eq!(check(&RULE, &[BASE, "i RUN npm ci\nf app/node_modules/a/b.js 400"]), []);
        assert_eq!(check(&RULE, &[BASE, "i ADD app.tar.gz /app\nf app/.git/a 400"]), []);
        assert_eq!(check(&RULE, &[BASE, "i COPY main.py /app/\nf app/main.py 400"]), []);
    }
}
