//! `docker plimsoll …`: the program as a plugin of the Docker command line.
//!
//! Docker starts `docker-plimsoll` from its directories of plugins. The contract is `cli-plugins` in the sources of
//! `docker/cli`: a call that asks for metadata, one for a hint after a command, one for completions, and else the
//! arguments of the user, with the name of the plugin among them.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::Command;
use serde_json::{Value, json};

/// What Docker finds the program by.
const PROGRAM: &str = "docker-plimsoll";
/// Its name as a command of Docker.
const NAME: &str = "plimsoll";

/// What the program was started for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// To run a command: the arguments, the name of the program first.
    Run(Vec<OsString>),
    /// To answer Docker.
    Answer(String),
}

/// Reads the arguments of the process. Only a program named `docker-plimsoll` is a plugin.
pub(crate) fn call(arguments: Vec<OsString>, program: impl FnOnce() -> Command) -> Call {
    let name = arguments.first().and_then(|path| Path::new(path).file_stem());
    if name != Some(OsStr::new(PROGRAM)) {
        return Call::Run(arguments);
    }
    let text = |index: usize| arguments.get(index).and_then(|argument| argument.to_str()).unwrap_or_default();
    if text(1) == "docker-cli-plugin-metadata" {
        return Call::Answer(metadata(&program()));
    }
    // Options of Docker itself stand before the name.
    let rest =
        arguments.iter().position(|argument| argument == NAME).map_or(&[][..], |at| &arguments[at + 1..]);
    if let [command, request, ..] = rest
        && command == "docker-cli-plugin-hooks"
    {
        return Call::Answer(hint(&request.to_string_lossy()));
    }
    if text(1).starts_with("__complete") {
        let words: Vec<String> = rest.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        return Call::Answer(completions(&program(), &words));
    }
    // The last component of a path becomes the name in the usage.
    Call::Run(std::iter::once(OsString::from("docker plimsoll")).chain(rest.iter().cloned()).collect())
}

fn metadata(program: &Command) -> String {
    let about = program.get_about().map(ToString::to_string).unwrap_or_default();
    let metadata = json!({
        "SchemaVersion": "0.1.0",
        "Vendor": "The Plimsoll maintainers",
        "Version": format!("v{}", env!("CARGO_PKG_VERSION")),
        "ShortDescription": about,
    });
    format!("{metadata}\n")
}

/// The hint after a command that is configured as a hook, such as `docker build`. An empty one is not shown.
fn hint(request: &str) -> String {
    let request: Value = serde_json::from_str(request).unwrap_or_default();
    let has_failed = request["CommandError"].as_str().is_some_and(|error| !error.is_empty());
    let template = if has_failed {
        ""
    } else {
        "See where the bytes of the image are, and find waste: docker plimsoll findings IMAGE"
    };
    format!("{}\n", json!({"Type": 0, "Template": template}))
}

/// Whether Docker completes with file names where the plugin offers nothing.
const WITH_FILES: u8 = 0;
const WITHOUT_FILES: u8 = 4;

/// What the last word can become: one per line with its help, and how Docker goes on.
fn completions(program: &Command, words: &[String]) -> String {
    let Some((last, before)) = words.split_last() else { return format!(":{WITHOUT_FILES}\n") };
    let mut command = program;
    for word in before {
        command = command.find_subcommand(word).unwrap_or(command);
    }
    let is_program = command.get_name() == program.get_name();
    let mut offered: Vec<(String, String)> = Vec::new();
    let named = before.last().and_then(|word| word.strip_prefix("--")).and_then(|name| {
        command
            .get_arguments()
            .find(|argument| argument.get_long() == Some(name) && argument.get_action().takes_values())
    });
    if let Some(argument) = named {
        let help = |value: &clap::builder::PossibleValue| {
            value.get_help().map(ToString::to_string).unwrap_or_default()
        };
        offered.extend(
            argument.get_possible_values().iter().map(|value| (value.get_name().to_owned(), help(value))),
        );
    } else if last.starts_with('-') {
        let arguments = command.get_arguments().filter(|argument| !argument.is_hide_set());
        offered.extend(arguments.filter_map(|argument| {
            let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
            Some((format!("--{}", argument.get_long()?), help))
        }));
    } else if is_program {
        let commands = program.get_subcommands().filter(|command| !command.is_hide_set());
        offered.extend(commands.map(|command| {
            (command.get_name().to_owned(), command.get_about().map(ToString::to_string).unwrap_or_default())
        }));
    }
    let mut text = String::new();
    for (word, help) in offered.iter().filter(|(word, _)| word.starts_with(last.as_str())) {
        text.push_str(word);
        text.push('\t');
        text.push_str(help);
        text.push('\n');
    }
    let go_on = if offered.is_empty() && !is_program { WITH_FILES } else { WITHOUT_FILES };
    format!("{text}:{go_on}\n")
}

/// Calls `end` when Docker has ended: it holds a connection open as long as it wants an answer.
#[cfg(unix)]
pub(crate) fn when_docker_ends(end: impl FnOnce() + Send + 'static) {
    use std::io::Read as _;

    let Some(mut connection) = std::env::var_os("DOCKER_CLI_PLUGIN_SOCKET").and_then(|name| connected(&name))
    else {
        return;
    };
    std::thread::spawn(move || {
        let mut byte = [0];
        loop {
            match connection.read(&mut byte) {
                Ok(0) => return end(),
                // What Docker may say one day means nothing yet.
                Ok(_) => {}
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                // As a plugin in Go: only the end of the stream counts.
                Err(_) => return,
            }
        }
    });
}

#[cfg(not(unix))]
pub(crate) fn when_docker_ends(_end: impl FnOnce() + Send + 'static) {}

/// A connection to a socket that Docker names; on Linux, one with `@` has no place in the file system.
#[cfg(unix)]
fn connected(name: &OsStr) -> Option<std::os::unix::net::UnixStream> {
    use std::os::unix::net::UnixStream;

    #[cfg(target_os = "linux")]
    if let Some(name) = name.as_encoded_bytes().strip_prefix(b"@") {
        use std::os::linux::net::SocketAddrExt as _;

        let address = std::os::unix::net::SocketAddr::from_abstract_name(name).ok()?;
        return UnixStream::connect_addr(&address).ok();
    }
    UnixStream::connect(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::program;

    fn called(arguments: &[&str]) -> Call {
        call(arguments.iter().map(OsString::from).collect(), program)
    }

    fn answer(arguments: &[&str]) -> String {
        match called(arguments) {
            Call::Answer(text) => text,
            Call::Run(arguments) => panic!("runs {arguments:?}"),
        }
    }

    #[test]
    fn only_a_plugin_answers_docker() {
        let arguments = ["plimsoll", "docker-cli-plugin-metadata"];
        assert_eq!(called(&arguments), Call::Run(arguments.map(OsString::from).to_vec()));
        let metadata: Value =
            serde_json::from_str(&answer(&["/usr/libexec/docker/cli-plugins/docker-plimsoll", arguments[1]]))
                .unwrap();
        assert_eq!(metadata["SchemaVersion"], "0.1.0");
        assert!(metadata["ShortDescription"].as_str().unwrap().starts_with("Measure"));
    }

    #[test]
    fn the_name_and_options_of_docker_are_no_arguments() {
        for before in [&["docker-plimsoll"][..], &["docker-plimsoll", "--context", "remote"]] {
            let arguments = [before, &["plimsoll", "inspect", "plimsoll"]].concat();
            assert_eq!(
                called(&arguments),
                Call::Run(["docker plimsoll", "inspect", "plimsoll"].map(OsString::from).to_vec())
            );
        }
    }

    #[test]
    fn a_build_that_failed_gets_no_hint() {
        let hint = |request: &str| -> Value {
            serde_json::from_str(&answer(&[
                "docker-plimsoll",
                "plimsoll",
                "docker-cli-plugin-hooks",
                request,
            ]))
            .unwrap()
        };
        let good = hint(r#"{"RootCmd":"build","Flags":{"tag":""},"CommandError":""}"#);
        assert!(good["Template"].as_str().unwrap().contains("docker plimsoll findings"));
        assert_eq!(hint(r#"{"RootCmd":"build","CommandError":"exit status 1"}"#)["Template"], "");
        assert_eq!(good, hint("{}"));
        // What is no request at all is none of a failed command.
        assert_eq!(good, hint("\u{1b}["));
    }

    #[test]
    fn words_are_completed() {
        let offered =
            |words: &[&str]| answer(&[&["docker-plimsoll", "__complete", "plimsoll"][..], words].concat());
        assert!(offered(&["ins"]).starts_with("inspect\tShow the size"), "{}", offered(&["ins"]));
        assert!(offered(&["ins"]).ends_with(":4\n"));
        assert!(!offered(&[""]).contains("generate-man"));
        assert!(offered(&["inspect", "--form"]).starts_with("--format\t"));
        assert!(offered(&["inspect", "--format", "j"]).starts_with("json\t"));
        assert_eq!(offered(&["inspect", "ima"]), ":0\n");
        assert_eq!(offered(&["nothing"]), ":4\n");
    }
}
