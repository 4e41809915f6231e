//! Files that `COPY . .` copied by accident: version control, environments of the host, editor files.

use std::collections::{BTreeMap, BTreeSet};

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
/// Files that builds, tests and development make, by names that mean nothing else.
const MADE: &[Name] = &[
    Directory("htmlcov"),
    Directory(".nyc_output"),
    Directory(".parcel-cache"),
    Directory(".turbo"),
    Directory(".gradle"),
    Directory(".scannerwork"),
    Directory("lcov-report"),
    File("lcov.info"),
    File("coverage.xml"),
    File("coverage-final.json"),
    Ending(".js.map"),
    Ending(".mjs.map"),
    Ending(".cjs.map"),
    Ending(".css.map"),
    Ending(".hprof"),
    Ending(".heapsnapshot"),
    Ending(".tsbuildinfo"),
];
/// Directories that only mean it if they have one of some entries: a package may be called `coverage`.
const MARKED: &[(&str, &[&str])] = &[
    (
        "coverage",
        &["lcov.info", "lcov-report", "coverage-final.json", "clover.xml", "cobertura-coverage.xml"],
    ),
    (
        "target",
        &[
            "CACHEDIR.TAG",
            ".rustc_info.json",
            "maven-status",
            "maven-archiver",
            "surefire-reports",
            "classes",
        ],
    ),
    (".next", &["cache"]),
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
    Ending(".sqlite"),
    Ending(".sqlite3"),
    Ending(".db"),
    Ending(".rdb"),
    Ending(".bak"),
    Ending(".parquet"),
    Ending(".csv"),
    Ending(".mp4"),
];
/// The command that rebuilds an image from the context.
const BUILD: &str = "docker build .";
/// The smallest sum of files that are not private that is reported: a Dockerfile of a few lines is no waste.
const LEAST_NEVER: Bytes = Bytes(100_000);
/// The smallest sum of rarely needed files that is reported.
const LEAST_SELDOM: Bytes = Bytes(1_000_000);

/// Patterns by their text, each with its inodes.
type Patterns = BTreeMap<String, (Line<Dockerignore>, Vec<u32>)>;

fn check(input: &Input<'_>) -> Vec<Finding> {
    let origins: BTreeMap<u32, Origin> = input
        .steps()
        .filter_map(|(layer, text)| {
            let copy = Copy::parse(&text).filter(|copy| !copy.is_from_stage())?;
            Some((layer, Origin::of(input, &copy)?))
        })
        .collect();
    let marked = marked(input, &origins);
    let reads_maps = reads_source_maps(input);
    // Which group a path of the context belongs to: 0 for what no image needs.
    let sorted = |inside: &str| -> Option<(usize, Line<Dockerignore>)> {
        let made = || {
            // One line for the directory is better than one for each of its files.
            let is_read = reads_maps && inside.ends_with(".map");
            marked_pattern(inside, &marked).or_else(|| pattern(inside, MADE).filter(|_| !is_read))
        };
        let never = pattern(inside, NEVER).map(|pattern| (0, pattern));
        never.or_else(|| Some((1, made()?))).or_else(|| Some((2, pattern(inside, SELDOM)?)))
    };
    let mut groups: [Patterns; 3] = Default::default();
    let mut left_out: Patterns = BTreeMap::new();
    for (index, inode, _) in input.added() {
        let Some(origin) = origins.get(&inode.layer) else { continue };
        let place = input.path(inode);
        let Some(inside) = origin.inside(place) else { continue };
        let text = String::from_utf8_lossy(&inside);
        let Some((group, pattern)) = sorted(&text) else { continue };
        // A file with another name is in the image anyway.
        let is_leftover = |(layer, entry): (u32, u32)| {
            let inside = origins.get(&layer).and_then(|origin| origin.inside(input.path_of(layer, entry)));
            inside.is_some_and(|inside| sorted(&String::from_utf8_lossy(&inside)).is_some())
        };
        if !input.squashed.names_of(index).all(is_leftover) {
            continue;
        }
        let group = match &input.ignore {
            Some(ignore) if ignore.leaves_out(&text) => &mut left_out,
            // The line exists, and a later exception keeps the file on purpose.
            Some(ignore) if ignore.has_line(&pattern) => continue,
            _ => &mut groups[group],
        };
        add(group, pattern, index);
    }
    let [never, made, seldom] = groups;
    let bytes = |groups: &Patterns| -> Bytes { groups.values().map(|(_, inodes)| input.bytes(inodes)).sum() };
    let mut found = Vec::new();
    let is_private = never.keys().any(|pattern| [".git", ".env", "**/.git", "**/.env"].contains(&&**pattern));
    if is_private || bytes(&never) >= LEAST_NEVER {
        let mut finding = finding(input, Headline::ContextLeftovers, &never);
        if is_private {
            finding.severity = finding.severity.max(Severity::Medium);
        }
        found.push(finding);
    }
    if bytes(&made) >= LEAST_NEVER {
        let finding = finding(input, Headline::ContextArtifacts, &made);
        found.push(finding.at_most(Severity::High, Confidence::Medium));
    }
    if bytes(&seldom) >= LEAST_SELDOM {
        let finding = finding(input, Headline::OptionalContextFiles, &seldom);
        found.push(finding.at_most(Severity::Medium, Confidence::Low));
    }
    if bytes(&left_out) >= LEAST_NEVER || left_out.keys().any(|pattern| pattern.ends_with(".env")) {
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

/// The directories of the context that have an entry by which they are known, each with its path.
fn marked(input: &Input<'_>, origins: &BTreeMap<u32, Origin>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (_, inode, _) in input.added() {
        let Some(inside) = origins.get(&inode.layer).and_then(|origin| origin.inside(input.path(inode)))
        else {
            continue;
        };
        let text = String::from_utf8_lossy(&inside);
        let parts: Vec<&str> = text.split('/').collect();
        for (at, pair) in parts.windows(2).enumerate() {
            let is_marked =
                |(directory, marks): &(&str, &[&str])| *directory == pair[0] && marks.contains(&pair[1]);
            if MARKED.iter().any(is_marked) {
                found.insert(parts[..=at].join("/"));
            }
        }
    }
    found
}

/// The line for a path in one of these directories.
fn marked_pattern(inside: &str, marked: &BTreeSet<String>) -> Option<Line<Dockerignore>> {
    let ends = inside.match_indices('/').map(|(at, _)| &inside[..at]);
    let directory = ends.into_iter().find(|directory| marked.contains(*directory))?;
    dockerignore::pattern(directory.as_bytes()).ok()
}

/// Whether the service reads source maps itself, to print the lines of its sources.
fn reads_source_maps(input: &Input<'_>) -> bool {
    let config = &input.image.config;
    let mut words = config.entrypoint.iter().chain(&config.command);
    words.any(|word| word.contains("source-map"))
        || config.env_names.iter().any(|name| name == "NODE_OPTIONS")
        || input.catalogue.installed().any(|package| package.name == "source-map-support")
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
            f app/node_modules/a/index.js 100000",
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
        assert_eq!((found[0].saving, found[0].fixes[0].lines.as_str()), (Bytes(100_000), "node_modules"));
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
        let copy = "i COPY . /app\nf app/.git/a 400\nf app/.git/b 30\nh app/other app/.git/a";
        assert_eq!(check(&RULE, &[BASE, copy])[0].saving, Bytes(30));
    }

    #[test]
    fn a_few_bytes_that_are_not_private_are_not_reported() {
        let copy = "i COPY . /app\nf app/Dockerfile 100\nf app/.gitignore 20\nf app/main.py 9";
        assert_eq!(check(&RULE, &[BASE, copy]), []);
        assert_eq!(check(&RULE, &[BASE, &format!("{copy}\nf app/.env 9")])[0].saving, Bytes(129));
    }

    #[test]
    fn what_builds_and_tests_made_is_a_separate_finding() {
        let copy = "i COPY . /app
            f app/coverage/lcov.info 9
            f app/coverage/a.html 900000
            f app/web/dist/app.js.map 800000
            f app/jvm/target/classes/A.class 700000
            f app/src/coverage/plan.py 600000
            f app/src/target/main.py 500000
            f app/db.sqlite3 400000";
        let found = check(&RULE, &[BASE, copy]);
        assert_eq!((&found[0].headline, found[0].saving), (&Headline::ContextArtifacts, Bytes(2_400_009)));
        assert_eq!(found[0].fixes[0].lines, "**/*.js.map\ncoverage\njvm/target");
        assert_eq!((found[0].confidence, found.len()), (Confidence::Medium, 1));
        let maps = check_config(&RULE, &[BASE, copy], |config| {
            config.command = vec!["node".into(), "--enable-source-maps".into(), "app.js".into()];
        });
        assert_eq!(maps[0].fixes[0].lines, "coverage\njvm/target");
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
