//! What the container runs when it starts, as far as the build context tells.

use std::collections::{BTreeMap, BTreeSet};

use super::calls;
use super::draft::{Draft, absolute};

impl Draft<'_> {
    /// What the container runs when it starts: its command, its health check, and scripts of the context that they call.
    pub(super) fn start(&self) -> String {
        let config = &self.input.image.config;
        let mut text = config.entrypoint.iter().chain(&config.command).cloned().collect::<Vec<_>>().join(" ");
        for word in config.health_check.iter().flat_map(|check| &check.test) {
            text.push(' ');
            text.push_str(word);
        }
        // Programs that run scripts of `package.json`.
        if ["npm", "yarn", "pnpm"].iter().any(|name| super::draft::names(&text, name)) {
            text.push(' ');
            text.push_str(&self.start_scripts_of(&text));
        }
        let called: BTreeSet<String> = text
            .split_whitespace()
            .map(|word| word.trim_matches(['"', '\'', '[', ']', ',', ';']).to_owned())
            .filter(|word| !word.is_empty() && !word.starts_with('-'))
            .collect();
        let mut pending: Vec<Vec<String>> = called.iter().map(|word| self.places_of(word)).collect();
        // These programs read a file that their command does not name.
        for (program, files) in CONFIGURED {
            if called.iter().any(|word| calls::program(word) == *program) {
                pending.extend(files.iter().map(|file| vec![(*file).to_owned()]));
            }
        }
        let mut read = BTreeSet::new();
        while let Some(places) = pending.pop().filter(|_| read.len() < MOST_FILES) {
            let found = places.iter().find_map(|path| Some((path, self.context(path)?)));
            let Some((path, script)) = found.filter(|(path, _)| read.insert((*path).clone())) else {
                continue;
            };
            pending.extend(imports(path, &script));
            text.push(' ');
            text.push_str(&script);
        }
        text
    }

    /// The scripts of `package.json` that run when packages are installed, or when the container starts.
    pub(super) fn start_scripts(&self) -> String {
        self.start_scripts_of(&self.start())
    }

    fn start_scripts_of(&self, start: &str) -> String {
        self.context("package.json").and_then(|text| scripts(&text, start)).unwrap_or_default()
    }

    /// Where the build context may have a file that the container calls by this word.
    fn places_of(&self, word: &str) -> Vec<String> {
        let name = calls::program(word);
        let bare = word.trim_start_matches("./").trim_start_matches('/');
        let mut places = vec![bare.to_owned(), name.to_owned()];
        // `gunicorn app.main:app`, `python -m app.main`.
        let module = word.split(':').next().unwrap_or_default().replace('.', "/");
        places.extend([
            format!("{module}.py"),
            format!("{module}/__main__.py"),
            format!("{module}/__init__.py"),
        ]);
        places.extend(["docker", "scripts", "bin"].map(|directory| format!("{directory}/{name}")));
        let in_image = absolute(&self.input.image.config.working_dir, word);
        for step in &self.steps {
            let written: Vec<&str> = step.instruction.text.split_whitespace().collect();
            let Some(destination) = written.last() else { continue };
            let destination = absolute(&step.directory, destination);
            let below =
                in_image.strip_prefix(destination.as_str()).map_or(name, |rest| rest.trim_start_matches('/'));
            for source in crate::instruction::context_sources(&step.instruction.text) {
                let source = source.trim_start_matches("./").trim_end_matches('/');
                if calls::program(source) == name {
                    places.push(source.to_owned());
                }
                places.push(format!("{source}/{below}"));
            }
        }
        places
    }
}

/// The scripts that run when the container starts, and when packages are installed, with those that they run in turn.
fn scripts(text: &str, start: &str) -> Option<String> {
    let package: serde_json::Value = serde_json::from_str(text).ok()?;
    let scripts = package.get("scripts")?.as_object()?;
    let words = |text: &str| -> Vec<String> {
        text.split([' ', '"', '\'', ';', '&', '|']).map(ToOwned::to_owned).collect()
    };
    let usual = ["start", "install", "prepare", "serve"].map(ToOwned::to_owned);
    let mut pending: Vec<String> = usual.into_iter().chain(words(start)).collect();
    let mut texts: BTreeMap<String, &str> = BTreeMap::new();
    while let Some(name) = pending.pop() {
        // npm runs these around a script.
        for name in [format!("pre{name}"), format!("post{name}"), name] {
            if let Some(text) = scripts.get(&name).and_then(serde_json::Value::as_str)
                && texts.insert(name, text).is_none()
            {
                pending.extend(words(text));
            }
        }
    }
    Some(texts.into_values().collect::<Vec<_>>().join("\n"))
}

/// Programs, and the files of a project that they read when they start.
const CONFIGURED: &[(&str, &[&str])] = &[
    ("next", &["next.config.js", "next.config.mjs", "next.config.ts"]),
    ("nuxt", &["nuxt.config.js", "nuxt.config.ts"]),
    ("vite", &["vite.config.js", "vite.config.ts", "vite.config.mjs"]),
    ("astro", &["astro.config.mjs", "astro.config.ts"]),
    ("pm2", &["ecosystem.config.js"]),
    ("pm2-runtime", &["ecosystem.config.js"]),
    ("knex", &["knexfile.js", "knexfile.ts"]),
];

/// The most files of a program that are read to know what it calls.
const MOST_FILES: usize = 200;

/// The files of the same program that a script of Python or Node loads: the places where each may be.
fn imports(path: &str, script: &str) -> Vec<Vec<String>> {
    let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
    let within = |directory: &str, name: &str| absolute(&format!("/{directory}"), name);
    let mut found = Vec::new();
    for line in script.lines().map(str::trim) {
        let mut words = line.split([' ', ',', ';']).filter(|word| !word.is_empty());
        if path.ends_with(".py") && matches!(words.next(), Some("import" | "from")) {
            let is_from = line.starts_with("from");
            let modules: Vec<&str> = words.filter(|word| *word != "import").collect();
            let (base, rest) = modules.split_first().map_or(("", &[][..]), |(base, rest)| (*base, rest));
            let mut names: Vec<String> = vec![base.to_owned()];
            // What follows is a module of that one, or a name in it.
            names.extend(
                rest.iter().map(|name| if is_from { format!("{base}.{name}") } else { (*name).to_owned() }),
            );
            for name in names {
                let module = name.trim_start_matches('.').replace('.', "/");
                let places = [directory, ""].map(|place| within(place, &module));
                found.push(
                    places
                        .iter()
                        .flat_map(|place| [format!("{place}.py"), format!("{place}/__init__.py")])
                        .collect(),
                );
            }
        } else if path.ends_with("js") || path.ends_with(".ts") {
            let quoted =
                line.split(['"', '\'']).filter(|text| text.starts_with("./") || text.starts_with("../"));
            found.extend(quoted.map(|name| {
                let place = within(directory, name);
                ["", ".js", ".ts", ".mjs", ".cjs", "/index.js"].map(|end| format!("{place}{end}")).to_vec()
            }));
        }
    }
    found
}
