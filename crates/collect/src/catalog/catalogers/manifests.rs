//! What Python projects ask for: `requirements.txt`, `pyproject.toml`, `Pipfile`, `setup.cfg`, `environment.yml`.

use plimsoll_snapshot::{
    Ecosystem, FaultPlace, MetadataFault, MetadataProblem, Order as _, Requirement, RequirementKind,
    SelectionFact, path,
};
use toml::{Table, Value};

use super::conda;
use super::imports::is_of_application;
use crate::catalog::cataloger::{Candidate, Cataloger, Read, SourceFile, nothing};
use crate::catalog::facts::Catalog;
use crate::catalog::pep508::{in_extra, normalise, requirement, requires_txt};

pub(crate) const CATALOGER: Cataloger =
    Cataloger { id: "manifests", wants, read: Read::Whole(read), complete: nothing };

/// What people write by hand is smaller.
const MAX_MANIFEST: u64 = 1 << 20;

fn wants(candidate: &Candidate<'_>) -> bool {
    form(candidate.path).is_some() && candidate.size <= MAX_MANIFEST && is_of_application(candidate.path)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Requirements,
    Pyproject,
    Pipfile,
    SetupCfg,
    Environment,
    /// `NAME.egg-info/requires.txt`, beside the sources of a project.
    Egg,
}

fn form(file: &[u8]) -> Option<Form> {
    let name = path::name(file);
    match name {
        b"pyproject.toml" => Some(Form::Pyproject),
        b"Pipfile" => Some(Form::Pipfile),
        b"setup.cfg" => Some(Form::SetupCfg),
        b"environment.yml" | b"environment.yaml" => Some(Form::Environment),
        b"requires.txt" => path::parent(file).ends_with(b".egg-info").then_some(Form::Egg),
        _ => {
            let stem = name.strip_suffix(b".txt").or_else(|| name.strip_suffix(b".in"))?;
            let is_named = stem.starts_with(b"requirements") || stem.ends_with(b"requirements");
            (is_named || path::name(path::parent(file)) == b"requirements").then_some(Form::Requirements)
        }
    }
}

fn read(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let text = file.text();
    let text = text.trim_start_matches('\u{feff}');
    let mut asked = Asked::default();
    match form(file.path) {
        Some(Form::Requirements) => {
            let kind = kind_of(&String::from_utf8_lossy(path::name(file.path)));
            read_requirements(text, kind.unwrap_or_default(), &mut asked);
        }
        Some(Form::Pyproject) => match text.parse::<Table>() {
            Ok(document) => read_pyproject(&document, &mut asked),
            Err(error) => asked.problems.push(place_of(&error, text)),
        },
        Some(Form::Pipfile) => match text.parse::<Table>() {
            Ok(document) => {
                asked.table(document.get("packages"), RequirementKind::Required);
                asked.table(document.get("dev-packages"), RequirementKind::Development);
            }
            Err(error) => asked.problems.push(place_of(&error, text)),
        },
        Some(Form::SetupCfg) => read_setup_cfg(text, &mut asked),
        Some(Form::Environment) => read_environment(text, &mut asked),
        Some(Form::Egg) => {
            (asked.python, asked.problems) = requires_txt(text);
        }
        None => {}
    }
    for problem in asked.problems {
        catalog.problem(file.entry, problem);
    }
    for (ecosystem, manual) in [(Ecosystem::Conda, asked.conda), (Ecosystem::Python, asked.python)] {
        if !manual.is_empty() {
            let (entry, automatic) = (file.entry, Vec::new());
            catalog.selections.push(SelectionFact { entry, ecosystem, manual, automatic });
        }
    }
}

/// What a file asks for, and what of it is not understood.
#[derive(Default)]
struct Asked {
    python: Vec<Requirement>,
    conda: Vec<Requirement>,
    problems: Vec<MetadataFault>,
}

impl Asked {
    /// A requirement that stands in `place`.
    fn text(&mut self, text: &str, kind: RequirementKind, extra: Option<&str>, place: FaultPlace) {
        match requirement(text) {
            Some(mut requirement) => {
                requirement.kind = kind;
                if let Some(extra) = extra {
                    requirement.marker.get_or_insert_with(|| in_extra(extra));
                }
                self.python.push(requirement);
            }
            None => self.problems.push(MetadataFault::from(MetadataProblem::InvalidRequirement).at(place)),
        }
    }

    /// An array of requirements; the tables in it include other groups (PEP 735).
    fn array(&mut self, array: Option<&Value>, kind: RequirementKind, extra: Option<&str>, key: &str) {
        let texts = array.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        texts.for_each(|text| self.text(text, kind, extra, FaultPlace::Named(key.to_owned())));
    }

    /// A table of names, as Poetry and Pipenv write them.
    fn table(&mut self, table: Option<&Value>, kind: RequirementKind) {
        for (name, value) in entries(table) {
            // Poetry lists the interpreter among the packages.
            let Some(name) = normalise(name).filter(|name| name != "python") else { continue };
            let extras = value.get("extras").and_then(Value::as_array).into_iter().flatten();
            let is_optional = value.get("optional").and_then(Value::as_bool) == Some(true);
            self.python.push(Requirement {
                any_of: vec![name],
                kind: if is_optional { RequirementKind::Optional } else { kind },
                extras: extras.filter_map(Value::as_str).filter_map(normalise).collect(),
                marker: None,
            });
        }
    }
}

/// What is in a table, by name: whether `toml` keeps an order, others decide who are built along.
fn entries(table: Option<&Value>) -> Vec<(&String, &Value)> {
    let mut entries: Vec<_> = table.and_then(Value::as_table).into_iter().flatten().collect();
    entries.order_by_key(|(name, _)| *name);
    entries
}

/// The kind that a file, an extra or a group has by its name: that of tools for developers, or none.
fn kind_of(name: &str) -> Option<RequirementKind> {
    const OF_DEVELOPERS: [&str; 16] = [
        "build",
        "ci",
        "dev",
        "develop",
        "development",
        "doc",
        "docs",
        "format",
        "lint",
        "linting",
        "mypy",
        "qa",
        "test",
        "testing",
        "tests",
        "typing",
    ];
    let name = name.to_ascii_lowercase();
    let mut words = name.split(|character: char| !character.is_ascii_alphanumeric());
    words.any(|word| OF_DEVELOPERS.contains(&word)).then_some(RequirementKind::Development)
}

/// Where a TOML document is wrong. What stands there is not repeated.
pub(super) fn place_of(error: &toml::de::Error, text: &str) -> MetadataFault {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    MetadataFault::from(MetadataProblem::InvalidToml).on_line(line).because(error.message())
}

/// Reads a requirements file (pip, "Requirements File Format"); what another file is asked for with `-r` is in that.
fn read_requirements(text: &str, kind: RequirementKind, asked: &mut Asked) {
    let mut lines = text.lines().enumerate();
    let mut via = Vec::new();
    let mut pending: Option<Requirement> = None;
    while let Some((number, first)) = lines.next() {
        let mut line = first.to_owned();
        while line.ends_with('\\') && !is_comment(&line) {
            line.pop();
            let Some((_, next)) = lines.next() else { break };
            line.push_str(next);
        }
        let (content, comment) = match line.find('#') {
            Some(_) if is_comment(&line) => ("", line.trim_start().trim_start_matches('#')),
            _ => line.split_once(" #").unwrap_or((&line, "")),
        };
        let content = content.trim();
        if !content.is_empty() {
            asked.python.extend(pending.take().filter(|_| !came_along(&via)));
            via.clear();
            pending = asked_in(content).map(|it| Requirement { kind, ..it });
            if pending.is_none() && !content.starts_with('-') {
                asked
                    .problems
                    .push(MetadataFault::from(MetadataProblem::InvalidRequirement).on_line(number + 1));
            }
        }
        via.push(comment.trim().to_owned());
    }
    asked.python.extend(pending.filter(|_| !came_along(&via)));
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

/// What a line of a requirements file asks for.
fn asked_in(line: &str) -> Option<Requirement> {
    let editable = line.strip_prefix("-e ").or_else(|| line.strip_prefix("--editable "));
    if editable.is_none() && line.starts_with('-') {
        return None;
    }
    let line = editable.unwrap_or(line).trim();
    // Options of one requirement, such as `--hash`.
    let line = line.split_once(" --").map_or(line, |(line, _)| line).trim();
    if let Some(requirement) = requirement(line) {
        return Some(requirement);
    }
    let egg = line.split_once("#egg=").map(|(_, egg)| egg.split('&').next().unwrap_or(egg));
    // `NAME-VERSION-….whl` (PyPA, "Binary distribution format").
    let file = line.split(['#', '?', ';']).next()?.trim().rsplit('/').next()?;
    let wheel = file.strip_suffix(".whl").and_then(|wheel| wheel.split('-').next());
    requirement(egg.or(wheel)?)
}

/// Whether the comments of a requirement say that only other packages need it: pip-compile and uv write `# via a, b`
/// behind or below it, and the file where it was asked for if it was.
fn came_along(comments: &[String]) -> bool {
    let mut whence = comments.iter().skip_while(|comment| !comment.starts_with("via")).peekable();
    let is_package = |name: &str| {
        const FILES: [&str; 5] = [".in", ".txt", ".toml", ".cfg", ".py"];
        normalise(name).is_some() && !FILES.iter().any(|end| name.ends_with(end))
    };
    whence.peek().is_some()
        && whence
            .flat_map(|comment| comment.trim_start_matches("via").split(','))
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .all(is_package)
}

/// Reads what PEP 621, PEP 735, Poetry, PDM and uv ask for.
fn read_pyproject(document: &Table, asked: &mut Asked) {
    let at = |keys: &[&str]| {
        keys.iter().skip(1).try_fold(document.get(*keys.first()?)?, |value, key| value.get(key))
    };
    let tables = |keys: &[&str]| entries(at(keys));
    let development = RequirementKind::Development;
    asked.array(at(&["project", "dependencies"]), RequirementKind::Required, None, "project.dependencies");
    for (extra, array) in tables(&["project", "optional-dependencies"]) {
        let Some(extra) = normalise(extra) else { continue };
        let kind = kind_of(&extra).unwrap_or(RequirementKind::Optional);
        let key = format!("project.optional-dependencies.{extra}");
        asked.array(Some(array), kind, Some(&extra), &key);
    }
    for (_, array) in tables(&["dependency-groups"]) {
        asked.array(Some(array), development, None, "dependency-groups");
    }
    asked.array(at(&["tool", "uv", "dev-dependencies"]), development, None, "tool.uv.dev-dependencies");
    for (_, array) in tables(&["tool", "pdm", "dev-dependencies"]) {
        asked.array(Some(array), development, None, "tool.pdm.dev-dependencies");
    }
    asked.table(at(&["tool", "poetry", "dependencies"]), RequirementKind::Required);
    asked.table(at(&["tool", "poetry", "dev-dependencies"]), development);
    for (name, group) in tables(&["tool", "poetry", "group"]) {
        let is_optional = group.get("optional").and_then(Value::as_bool) == Some(true);
        let by_default = if is_optional { RequirementKind::Optional } else { RequirementKind::Required };
        asked.table(group.get("dependencies"), kind_of(name).unwrap_or(by_default));
    }
}

/// Reads `install_requires` and `extras_require` of setuptools' declarative config.
fn read_setup_cfg(text: &str, asked: &mut Asked) {
    let (mut section, mut key) = (String::new(), String::new());
    for (number, line) in text.lines().enumerate() {
        let content = line.trim();
        if content.is_empty() || content.starts_with(['#', ';']) {
            continue;
        }
        let mut value = content;
        if !line.starts_with([' ', '\t']) {
            if let Some(name) = content.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                (section, key) = (name.trim().to_owned(), String::new());
                continue;
            }
            let Some((name, rest)) = content.split_once(['=', ':']) else { continue };
            (key, value) = (name.trim().to_owned(), rest.trim());
        }
        let place = FaultPlace::Line(number as u64 + 1);
        match section.as_str() {
            _ if value.is_empty() => {}
            "options" if key == "install_requires" => {
                asked.text(value, RequirementKind::Required, None, place);
            }
            "options.extras_require" => {
                let kind = kind_of(&key).unwrap_or(RequirementKind::Optional);
                asked.text(value, kind, normalise(&key).as_deref(), place);
            }
            _ => {}
        }
    }
}

/// Reads the `dependencies` of a conda environment: a list of specs, and in it one of `pip`. Of YAML only what such
/// files use.
fn read_environment(text: &str, asked: &mut Asked) {
    let mut is_within = false;
    // How far the list of `pip` is indented, at least.
    let mut pip: Option<usize> = None;
    for (number, line) in text.lines().enumerate() {
        let line = line.split_once(" #").map_or(line, |(line, _)| line);
        let content = line.trim();
        let indent = line.len() - line.trim_start().len();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let Some(item) = content.strip_prefix("- ").map(|item| item.trim().trim_matches(['"', '\''])) else {
            if indent == 0 {
                is_within = content == "dependencies:";
                pip = None;
            }
            continue;
        };
        if !is_within {
            continue;
        }
        pip = pip.filter(|pip| indent > *pip);
        if pip.is_some() {
            // It may be any line of a requirements file.
            match asked_in(item) {
                Some(requirement) => asked.python.push(requirement),
                None if item.starts_with('-') => {}
                None => {
                    asked
                        .problems
                        .push(MetadataFault::from(MetadataProblem::InvalidRequirement).on_line(number + 1));
                }
            }
        } else if item == "pip:" {
            pip = Some(indent);
        } else if let Some(name) = conda::name_of(item) {
            asked.conda.push(Requirement { any_of: vec![name], ..Requirement::default() });
        } else {
            asked.problems.push(MetadataFault::from(MetadataProblem::InvalidPackage).on_line(number + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::testing::catalogue;

    /// What a file asks for: `name`, with `?` if it is optional and `!` if it is for developers; `conda:` before
    /// packages of conda. And how many warnings it gives.
    fn check(path: &str, text: &str, expected: &str) -> Vec<String> {
        let (facts, warnings) = catalogue([(path, text.as_bytes())]);
        let mut words = Vec::new();
        for fact in &facts.selections {
            let world = if fact.ecosystem == Ecosystem::Conda { "conda:" } else { "" };
            words.extend(fact.manual.iter().map(|it| {
                let mark = match it.kind {
                    RequirementKind::Optional => "?",
                    RequirementKind::Development => "!",
                    _ => "",
                };
                let extras = it.extras.join(",");
                format!(
                    "{world}{}{}{mark}",
                    it.any_of[0],
                    if extras.is_empty() { extras } else { format!("[{extras}]") }
                )
            }));
        }
        assert_eq!(words.join(" "), expected, "{path}");
        warnings
    }

    #[test]
    fn requirements_files_are_read() {
        let text = "# all\nFast_API[all]>=0.1  # web\n\n-r other.txt\n--index-url https://u:p@host/\nnumpy==1.0 \\\n    \
            --hash=sha256:0 \\\n    --hash=sha256:1\n-e git+https://host/x.git#egg=x_y\n./wheels/a_b-1.0-py3-none-any.whl\n\
            c @ https://host/c.whl ; os_name == 'nt'\n-e .\nhttps://host/${TOKEN}/d\n";
        let warnings = check("app/requirements.txt", text, "fast-api[all] numpy x-y a-b c");
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert!(warnings[0].contains("line 13: invalid requirement"), "{warnings:?}");
        assert!(!warnings[0].contains("TOKEN"));
        check("app/requirements-dev.txt", "pytest", "pytest!");
        check("app/requirements/test.in", "pytest", "pytest!");
        check("app/dev-requirements.txt", "pytest", "pytest!");
        check("app/requirements.large.txt", "torch", "torch");
        check("x/site-packages/a/requirements.txt", "torch", "");
        check("app/notes.txt", "torch", "");
    }

    #[test]
    fn what_was_compiled_says_what_came_along() {
        let text = "a==1  # via -r requirements.in\nb==1  # via a, c\nc==1\n    # via\n    #   -r requirements.in\n    \
            #   a\nd==1 \\\n    --hash=sha256:0\n    # via a\ne==1\n    # via project (pyproject.toml)\nf==1\n";
        check("requirements.txt", text, "a c e f");
    }

    #[test]
    fn pyproject_is_read() {
        let text = r#"
            [project]
            dependencies = ["fastapi[all]>=1", "./x", 1]
            optional-dependencies = { gpu = ["torch"], test = ["pytest"] }
            [dependency-groups]
            lint = ["ruff", {include-group = "x"}]
            [tool.poetry.dependencies]
            python = "^3.11"
            Pandas = { version = "1", extras = ["x"], optional = true }
            numpy = "*"
            [tool.poetry.group.dev.dependencies]
            mypy = "1"
            [tool.poetry.group.web.dependencies]
            flask = "1"
            [tool.uv]
            dev-dependencies = ["black"]
        "#;
        let expected = "fastapi[all] torch? pytest! ruff! black! pandas[x]? numpy mypy! flask";
        let warnings = check("app/pyproject.toml", text, expected);
        assert!(warnings[0].contains("`project.dependencies`: invalid requirement"), "{warnings:?}");
        let warnings = check("app/pyproject.toml", "[project]\nname = \n", "");
        assert!(warnings[0].contains("line 2:"), "{warnings:?}");
    }

    #[test]
    fn other_manifests_are_read() {
        check(
            "Pipfile",
            "[packages]\nflask = \"*\"\n[dev-packages]\npytest = {version = \"*\"}\n",
            "flask pytest!",
        );
        let cfg = "[metadata]\nname = x\n[options]\ninstall_requires =\n    # web\n    flask>=1; os_name == 'nt'\n    six\n\
            python_requires = >=3\n[options.extras_require]\ngpu = torch\ntest =\n    pytest\n";
        check("setup.cfg", cfg, "flask six torch? pytest!");
        let environment = "name: x\nchannels:\n  - defaults\ndependencies:\n  - python=3.9  # old\n  - 'numpy>=1'\n  - pip\n  \
            - pip:\n    - torch==2\n    - -r other.txt\n    - --find-links x\n  - conda-forge::scipy\nprefix: /x\n";
        check("environment.yml", environment, "conda:python conda:numpy conda:pip conda:scipy torch");
        check("environment.yml", "kind: x\nlist:\n- a\n", "");
        check("src/a.egg-info/requires.txt", "six\n[x]\ny\n", "six y");
    }

    #[test]
    fn damage_is_named() {
        assert_eq!(check("requirements.txt", "\u{fffd}\u{0}\n\\\n\\", "").len(), 1);
        check("requirements.txt", "", "");
        assert_eq!(check("pyproject.toml", &"[".repeat(100_000), "").len(), 1);
        assert_eq!(check("pyproject.toml", &format!("a = {}", "[".repeat(100_000)), "").len(), 1);
        check("setup.cfg", "[options]\n = \n[\n", "");
        check("environment.yml", "dependencies:\n- \n-\n - \n- {a: b}", "");
    }
}
