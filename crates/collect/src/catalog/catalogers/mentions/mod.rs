//! What files of applications name as text, and load or run by these names: settings of frameworks, strings in sources,
//! scripts, the `package.json` of a project.

mod javascript;
mod manifest;
mod names;
mod python;
mod scripts;
mod settings;

use plimsoll_snapshot::{Ecosystem, path};

use self::names::Names;
use super::imports::is_of_application;
use crate::catalog::cataloger::{Candidate, Cataloger, Read, SourceFile, nothing};
use crate::catalog::facts::Catalog;

pub(crate) const CATALOGER: Cataloger =
    Cataloger { id: "mentions", wants, read: Read::Whole(read), complete: nothing };

/// Larger sources were generated, larger settings are data.
const MAX_SOURCE: u64 = 2 << 20;
const MAX_SETTINGS: u64 = 256 << 10;
/// Scripts that start something are small.
const MAX_SCRIPT: u64 = 64 << 10;

fn wants(candidate: &Candidate<'_>) -> bool {
    let Some(form) = form(candidate.path, candidate.mode) else { return false };
    let most = match form {
        Form::Python | Form::JavaScript { is_settings: false } | Form::Manifest => MAX_SOURCE,
        Form::JavaScript { is_settings: true } | Form::Settings => MAX_SETTINGS,
        Form::Commands | Form::Program => MAX_SCRIPT,
    };
    candidate.size > 1 && candidate.size <= most
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Python,
    JavaScript {
        is_settings: bool,
    },
    /// The `package.json` of a project.
    Manifest,
    Settings,
    /// A shell script, a `Procfile`, a cron table.
    Commands,
    /// A file that can be executed, and may be a script.
    Program,
}

fn form(file: &[u8], mode: u32) -> Option<Form> {
    let name = path::name(file);
    let is_executable = mode & 0o111 != 0;
    let dot = name.iter().rposition(|&byte| byte == b'.');
    // A program may lie among those of the system, and counts if the image runs it.
    if is_in_bin(file) {
        let is_script = dot.is_none() || name.ends_with(b".sh");
        return (is_script && is_executable && !is_of_environment(file)).then_some(Form::Program);
    }
    if !is_of_application(file) {
        return None;
    }
    let settings = Form::JavaScript { is_settings: true };
    let Some(dot) = dot else {
        return match name {
            b"Procfile" | b"crontab" => Some(Form::Commands),
            _ if path::name(path::parent(file)) == b"cron.d" => Some(Form::Commands),
            _ => is_executable.then_some(Form::Program),
        };
    };
    match &name[dot..] {
        b".py" => Some(Form::Python),
        b".js" if name.ends_with(b".min.js") => None,
        b".ts" if name.ends_with(b".d.ts") => None,
        b".js" | b".mjs" | b".cjs" | b".ts" | b".mts" | b".cts" | b".tsx" | b".jsx" => {
            Some(Form::JavaScript { is_settings: is_settings(name) })
        }
        b".json" if name == b"package.json" => Some(Form::Manifest),
        b".json" if is_settings(name) => Some(settings),
        b".json" if OF_DATABASES.contains(&name) => Some(Form::JavaScript { is_settings: false }),
        b".babelrc" | b".eslintrc" | b".postcssrc" | b".prettierrc" | b".stylelintrc" | b".swcrc" => {
            Some(settings)
        }
        b".sh" | b".bash" => Some(Form::Commands),
        b".ini" | b".cfg" | b".conf" | b".toml" | b".yaml" | b".yml" | b".env" | b".service" => {
            (!is_lock(name)).then_some(Form::Settings)
        }
        _ => None,
    }
}

fn is_in_bin(file: &[u8]) -> bool {
    matches!(path::name(path::parent(file)), b"bin" | b"sbin")
}

/// Whether programs of packages lie beside it: those of an environment of Python are written by its package manager.
fn is_of_environment(file: &[u8]) -> bool {
    file.split(|&byte| byte == b'/').any(|part| matches!(part, b"node_modules" | b"site-packages" | b".git"))
}

/// Whether a file sets up a tool or a framework, rather than being part of the program.
fn is_settings(name: &[u8]) -> bool {
    const NAMES: [&[u8]; 6] = [
        b"Gruntfile.js",
        b"angular.json",
        b"gulpfile.js",
        b"nest-cli.json",
        b"nodemon.json",
        b"tsconfig.json",
    ];
    // A process manager also lists the arguments of its processes.
    if name.starts_with(b"ecosystem.") {
        return false;
    }
    name.starts_with(b".")
        || NAMES.contains(&name)
        || name.windows(8).any(|part| part == b".config.")
        || name.windows(6).any(|part| part == b".conf.")
}

/// Settings of applications and their databases (sequelize, typeorm, node-config, PM2).
const OF_DATABASES: [&[u8]; 7] = [
    b"config.json",
    b"database.json",
    b"default.json",
    b"ecosystem.json",
    b"ormconfig.json",
    b"pm2.json",
    b"production.json",
];

/// Lists of what would be installed name every package, and settings of builds what only these need.
fn is_lock(name: &[u8]) -> bool {
    const NAMES: [&[u8]; 9] = [
        b"environment.yaml",
        b"environment.yml",
        b"pnpm-lock.yaml",
        b"pyvenv.cfg",
        b"pyproject.toml",
        b"setup.cfg",
        b"Cargo.toml",
        b"tox.ini",
        b"mypy.ini",
    ];
    NAMES.contains(&name) || name.starts_with(b"docker-compose") || name.starts_with(b"compose.")
}

fn read(file: &SourceFile<'_>, catalog: &mut Catalog) {
    // The mode is known no more: what was wanted is executable if nothing else.
    let Some(form) = form(file.path, 0o111) else { return };
    let mut names = Names::default();
    let mut ecosystem = Ecosystem::Python;
    match form {
        Form::Python => python::read(file.bytes, &mut names),
        Form::JavaScript { is_settings } => {
            ecosystem = Ecosystem::Npm;
            javascript::read(file.bytes, is_settings, &mut names);
        }
        Form::Manifest => {
            ecosystem = Ecosystem::Npm;
            manifest::read(file.bytes, &mut names);
        }
        Form::Settings if file.path.ends_with(b".env") => settings::read_variables(file.bytes, &mut names),
        Form::Settings => settings::read(file.bytes, &mut names),
        Form::Commands => scripts::read(file.bytes, None, &mut names),
        Form::Program => {
            let name = String::from_utf8_lossy(path::name(file.path));
            let run_as = is_in_bin(file.path).then_some(&*name);
            match interpreter(file.bytes) {
                Some(Interpreter::Shell) => scripts::read(file.bytes, run_as, &mut names),
                Some(Interpreter::Python) => read_imports(file, &name, &mut names),
                None => {}
            }
        }
    }
    catalog.mentions.extend(names.facts(file.entry, ecosystem));
}

/// Notes what a program of Python imports, where it has no ending. It counts if the image runs it.
fn read_imports(file: &SourceFile<'_>, name: &str, names: &mut Names) {
    let mut modules = super::imports::Modules::default();
    super::imports::python::read(file.bytes, &mut modules);
    for module in modules.0 {
        names.push_of(Some(name), plimsoll_snapshot::MentionKind::Module, &module, 0);
    }
}

enum Interpreter {
    Shell,
    Python,
}

/// What runs a script, by its first line.
fn interpreter(bytes: &[u8]) -> Option<Interpreter> {
    let line = bytes.strip_prefix(b"#!")?.split(|&byte| byte == b'\n').next()?;
    let line = String::from_utf8_lossy(line);
    let mut words = line.split([' ', '/', '\t']).filter(|word| !word.is_empty());
    words.find_map(|word| match word.trim_end() {
        "sh" | "bash" | "ash" | "dash" | "ksh" | "zsh" | "with-contenv" | "execlineb" => {
            Some(Interpreter::Shell)
        }
        word if word.starts_with("python") => Some(Interpreter::Python),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use crate::catalog::testing::catalogue;

    fn check(path: &str, content: &str, expected: &str) {
        let (facts, warnings) = catalogue([(path, content.as_bytes())]);
        assert_eq!(warnings, [""; 0], "{path}");
        let show = |fact: &plimsoll_snapshot::MentionFact| {
            let run_as = fact.run_as.as_ref().map(|part| format!("{part}/")).unwrap_or_default();
            let names =
                fact.names.iter().zip(&fact.lines).map(|(name, line)| format!("{run_as}{name}:{line}"));
            names.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(facts.mentions.iter().map(show).collect::<Vec<_>>().join(" "), expected, "{path}");
    }

    #[test]
    fn every_form_is_read_by_its_place() {
        check("app/settings.py", "INSTALLED_APPS = ['a']", "a:1");
        check("app/server.js", "app.set('view engine', 'a')", "a:1");
        check("app/webpack.config.js", "module.exports = {x: 'a'}", "a:1");
        check("app/.babelrc", "{\"presets\": [\"a\"]}", "a:1");
        check("app/package.json", "{\"scripts\": {\"start\": \"a\"}}", "a:1");
        check("app/.env", "FLASK_APP=a\nX=b.c\nexport DB='mysql+d://u:p@h'\n", "a:1 mysql+d:3");
        check("app/logging.yaml", "class: a.b\n", "a.b:1");
        check("etc/supervisor/conf.d/x.conf", "command=a\n", "a:1");
        check("app/Procfile", "web: a\n", "a:1");
        check("etc/cron.d/x", "@daily root a\n", "@daily:1 a:1 root:1");
        check("start", "#!/bin/sh\nexec a\n", "a:2 exec:2");
        check("etc/services.d/x/run", "#!/usr/bin/with-contenv bash\na\n", "a:2");
    }

    #[test]
    fn programs_count_if_they_are_run() {
        check("usr/local/bin/start", "#!/bin/sh\na\n", "start/a:2");
        check("usr/bin/start.sh", "#!/bin/sh\na\n", "start.sh/a:2");
        check("usr/local/bin/tool", "#!/usr/bin/env python3\nimport a\n", "tool/a:0");
        check("usr/local/bin/binary", "\x7fELF a", "");
    }

    #[test]
    fn files_of_packages_and_locks_are_not_read() {
        check("usr/lib/python3/site-packages/a/settings.py", "APPS = ['a']", "");
        check("app/node_modules/a/webpack.config.js", "x = 'a'", "");
        check("app/pnpm-lock.yaml", "plugins: a\n", "");
        check("app/config/config.json", "{\"a\": \"b\", \"dialect\": \"mysql\"}", "mysql:1");
        check("app/data.json", "{\"plugins\": \"a\"}", "");
    }

    #[test]
    fn any_bytes_are_read_in_no_time() {
        let noise: Vec<u8> =
            (0..200_000_u32).map(|it| it.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
        let mut inputs = vec![noise];
        for piece in [
            "[",
            "({",
            "']",
            "='a',",
            "'a.b',\n",
            "plugins:['a',",
            "/*",
            "`${",
            "a=b.c\n",
            "x://",
            "-k ",
            "command=",
        ] {
            inputs.push(piece.repeat(200_000 / piece.len()).into_bytes());
        }
        for input in &inputs {
            for name in ["a.py", "a.js", "package.json", ".babelrc", "a.ini", "a.sh"] {
                catalogue([(name, &input[..])]);
            }
        }
    }
}
