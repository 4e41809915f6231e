//! What a server runs with: as it says itself, else as its command says, else as its configuration file says.

use plimsoll_snapshot::runtime::{ServerSettings, SettingsSource};

use super::super::argv::Argv;
use super::super::stack::StackService;
use super::command::{CommandRefusal, Line};

/// Everything that says what a server runs with.
pub(super) struct Stated<'a> {
    server: Option<&'a ServerSettings>,
    file: Option<&'a ServerSettings>,
    line: Result<Line, CommandRefusal>,
    /// What it runs, where that is known.
    argv: Option<Argv>,
}

impl<'a> Stated<'a> {
    pub(super) fn of(service: &StackService<'a>) -> Self {
        let own = service.runtime.settings.iter().filter(|settings| settings.service == service.name);
        let last = |source| own.clone().rfind(|settings| settings.source == source);
        Self {
            server: last(SettingsSource::Server),
            file: last(SettingsSource::File),
            line: Line::of(service),
            argv: Argv::running(service).or_else(|| Argv::planned(service)),
        }
    }

    /// What a parameter is set to; none if nothing sets it.
    pub(super) fn value(&self, name: &str) -> Option<String> {
        let own = |settings: Option<&ServerSettings>| settings?.values.get(name).cloned();
        own(self.server).or_else(|| self.on_command_line(name)).or_else(|| own(self.file))
    }

    fn on_command_line(&self, name: &str) -> Option<String> {
        match &self.line {
            Ok(line) => line.value(name).map(str::to_owned),
            // A script says it somewhere in its text.
            Err(_) => in_script(&self.argv.as_ref()?.words(), name),
        }
    }

    /// Whether anything says what it runs with, be it that it sets nothing.
    pub(super) fn is_known(&self) -> bool {
        let is_script = |argv: &Argv| argv.words().iter().any(|word| word.contains("postgres"));
        self.has_read() || self.line.is_ok() || self.argv.as_ref().is_some_and(is_script)
    }

    /// Whether the settings that no command line shows were read.
    pub(super) fn has_read(&self) -> bool {
        self.server.is_some() || self.file.is_some()
    }

    /// Whether a file sets what the command line does not.
    pub(super) fn has_file(&self) -> bool {
        self.file.is_some() || self.on_command_line("config_file").is_some()
    }

    /// The major version, as the server says.
    pub(super) fn version(&self) -> Option<u64> {
        let version = self.server?.values.get("server_version")?;
        version.split(|sign: char| !sign.is_ascii_digit()).next()?.parse().ok()
    }
}

/// What a script sets with `-c name=value` or `--name=value` somewhere in its text.
fn in_script(arguments: &[&str], name: &str) -> Option<String> {
    let words: Vec<&str> = arguments.iter().flat_map(|argument| argument.split_whitespace()).collect();
    let of_word = |word: &&str| {
        let word = word.trim_start_matches("-c").trim_start_matches("--").trim_matches(['"', '\'']);
        let (key, value) = word.split_once('=')?;
        (key.replace('-', "_") == name).then(|| value.to_owned())
    };
    words.iter().rev().find_map(of_word)
}
