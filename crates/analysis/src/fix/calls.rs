//! What the commands of a build call: package managers, compilers, scripts.

use super::script::{Command, Word};

/// A package manager that installs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manager {
    Apt,
    Apk,
    Dnf,
    Pip,
    Npm,
    Yarn,
    Pnpm,
}

/// An installation: where its options belong, and the words behind.
#[derive(Clone, Copy, Debug)]
pub(super) struct Installation<'a> {
    pub(super) manager: Manager,
    /// The word behind which an option can be put.
    pub(super) verb: &'a Word,
    /// The options and packages.
    pub(super) arguments: &'a [Word],
}

/// The last part of a path.
pub(super) fn program(word: &str) -> &str {
    word.trim_matches(['"', '\'']).rsplit('/').next().unwrap_or_default()
}

/// The installation that a command is.
pub(super) fn installation(command: &Command) -> Option<Installation<'_>> {
    let mut words = command.called();
    let first = program(&words.first()?.text);
    // `python -m pip` and `uv pip` call pip.
    if first.starts_with("python") && words.get(1)?.text == "-m" {
        words = &words[2..];
    } else if first == "uv" && words.get(1)?.text == "pip" {
        words = &words[1..];
    }
    let first = program(&words.first()?.text);
    let (manager, verbs): (Manager, &[&str]) = match first {
        "apt-get" | "apt" => (Manager::Apt, &["install"]),
        "apk" => (Manager::Apk, &["add"]),
        "dnf" | "microdnf" | "yum" => (Manager::Dnf, &["install"]),
        "npm" => (Manager::Npm, &["ci", "install", "i", "clean-install"]),
        "yarn" => (Manager::Yarn, &["install"]),
        "pnpm" => (Manager::Pnpm, &["install", "i"]),
        pip if pip
            .strip_prefix("pip")
            .is_some_and(|version| version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')) =>
        {
            (Manager::Pip, &["install"])
        }
        _ => return None,
    };
    let at = words.iter().position(|word| verbs.contains(&word.text.as_str()))?;
    // Options may stand before the verb, other verbs may not: `npm run install`.
    let is_verb = words[1..at].iter().all(|word| word.text.starts_with('-') || word.text.contains('='));
    is_verb.then(|| Installation { manager, verb: &words[at], arguments: &words[at + 1..] })
}

impl Installation<'_> {
    /// Whether an option is given.
    pub(super) fn has(&self, options: &[&str]) -> bool {
        self.arguments.iter().any(|word| options.contains(&word.text.as_str()))
    }

    /// The words that name packages.
    pub(super) fn packages(&self) -> impl Iterator<Item = &Word> {
        let mut is_value = false;
        self.arguments.iter().filter(move |word| {
            let is_package =
                !is_value && !word.text.starts_with('-') && !word.text.starts_with(['>', '2', '<']);
            is_value = matches!(
                word.text.as_str(),
                "-r" | "--requirement"
                    | "-c"
                    | "--constraint"
                    | "-i"
                    | "--index-url"
                    | "--extra-index-url"
                    | "-f"
                    | "--find-links"
                    | "-t"
                    | "--target"
                    | "--prefix"
                    | "--root"
                    | "--no-binary"
                    | "--only-binary"
                    | "-o"
                    | "--option"
                    | "--virtual"
                    | "--repository"
                    | "-X"
                    | "-e"
                    | "--editable"
            );
            is_package
        })
    }

    /// The files that list packages: the values of `-r`.
    pub(super) fn lists(&self) -> Vec<&str> {
        let pairs =
            self.arguments.windows(2).filter(|pair| matches!(pair[0].text.as_str(), "-r" | "--requirement"));
        let joined = self.arguments.iter().filter_map(|word| {
            word.text
                .strip_prefix("--requirement=")
                .or_else(|| word.text.strip_prefix("-r").filter(|rest| !rest.is_empty()))
        });
        pairs.map(|pair| pair[1].text.as_str()).chain(joined).collect()
    }
}

/// The name of a package in a word: `gcc=4:12.2.0-3` is `gcc`, `"Django[argon2]>=4"` is `django`.
pub(super) fn package_name(word: &str) -> String {
    let bare = word.trim_matches(['"', '\'']);
    let end = bare.find(['=', '<', '>', '!', '~', '[', ';', ':', '@']).unwrap_or(bare.len());
    bare[..end].to_ascii_lowercase()
}

/// Whether a command may compile something, so that it needs the tools that are installed.
pub(super) fn compiles(command: &Command) -> bool {
    let called = command.called();
    let Some(first) = called.first() else { return false };
    let name = program(&first.text);
    if installation(command)
        .is_some_and(|installs| !matches!(installs.manager, Manager::Apt | Manager::Apk | Manager::Dnf))
    {
        return true;
    }
    const BUILD: [&str; 28] = [
        "make", "cmake", "ninja", "meson", "gcc", "g++", "cc", "c++", "clang", "ld", "go", "cargo", "rustc",
        "gem", "bundle", "poetry", "uv", "pipenv", "pdm", "npm", "npx", "yarn", "pnpm", "node-gyp", "mvn",
        "gradle", "composer", "git",
    ];
    let is_python_build = name.starts_with("python")
        && called.iter().any(|word| word.text.contains("setup.py") || word.text == "build");
    BUILD.contains(&name) || is_python_build || is_script(command)
}

/// Whether a command runs a script of the context or of the image, of which nothing is known.
pub(super) fn is_script(command: &Command) -> bool {
    let called = command.called();
    let Some(first) = called.first() else { return false };
    let is_path = |text: &str| {
        text.contains('/')
            && !["/bin/", "/usr/bin/", "/usr/sbin/", "/usr/local/bin/", "/sbin/"]
                .iter()
                .any(|place| text.starts_with(place))
    };
    let shells = ["sh", "bash", "ash", "dash", "source", "."];
    let name = program(&first.text);
    let argument = called.get(1).map_or("", |word| word.text.as_str());
    is_path(&first.text) && !first.text.contains("venv/bin/")
        || shells.contains(&name) && !argument.starts_with('-') && !argument.is_empty()
        || name.ends_with(".sh")
}
