//! Finds what commands read as a secret from their input, and what is written to files of secrets: pipes,
//! here-strings, here-documents.

use std::ops::Range;

use super::commands::{bare, program};
use super::look;
use super::names::{is_secret_file, is_secret_name};
use super::programs::{LOGIN_WORDS, READERS, SECRET_READERS};
use super::script::{Command, Script};
use super::values::{Values, is_harmless};

/// Looks at each command that writes out words or reads a text, and where it goes.
pub(super) fn pipes(values: &Values<'_>, script: &Script, found: &mut Vec<Range<usize>>) {
    let takes: Vec<bool> =
        script.commands.iter().map(|command| takes_secret(values, script, command)).collect();
    let writes: Vec<bool> = script.commands.iter().map(|command| writes_secret(values, command)).collect();
    // Which output ends up in a secret, through however many commands.
    let mut leads = writes;
    for index in (0..leads.len()).rev() {
        if let Some(next) = script.commands[index].feeds {
            leads[index] |= takes[next] || leads[next];
        }
    }
    let mut changes = vec![0_i64; leads.len() + 1];
    for (group, next) in &script.groups {
        if takes[*next] || leads[*next] {
            changes[group.start] += 1;
            changes[group.end] -= 1;
        }
    }
    let mut depth = 0;
    for (index, command) in script.commands.iter().enumerate() {
        depth += changes[index];
        leads[index] |= depth > 0 || command.outer.is_some_and(|outer| leads[outer]);
        if leads[index] || takes[index] {
            for read in &command.reads {
                push(values, read.clone(), found);
            }
        }
        if leads[index] {
            written(values, script, command, found);
        }
    }
}

/// The words that `echo`, `printf` and `yes` write.
fn written(values: &Values<'_>, script: &Script, command: &Command, found: &mut Vec<Range<usize>>) {
    let words = script.words_of(command);
    let echo = |word| {
        matches!(program(values, word), "echo" | "printf" | "print" | "yes" | "write-output" | "Write-Output")
    };
    let Some(at) = words.iter().position(echo) else { return };
    for word in &words[at + 1..] {
        let text = &values.text[word.range.clone()];
        let is_flag = matches!(text, "-n" | "-e" | "-E" | "-ne" | "-en" | "-r" | "--");
        if !is_flag {
            push(values, word.range.clone(), found);
        }
    }
}

/// Takes out a text without the quotes around it, unless it is harmless.
pub(super) fn push(values: &Values<'_>, range: Range<usize>, found: &mut Vec<Range<usize>>) {
    let text = &values.text[range.clone()];
    look::looked_at(text.len());
    let inner = text.trim_matches(['"', '\'', '\\', '\n', ' ']);
    let start = range.start + text.find(inner).unwrap_or_default();
    if !inner.is_empty() && !is_harmless(inner) && !matches!(inner, "%s" | "%s\\n") {
        found.push(start..start + inner.len());
    }
}

/// Whether a command reads a secret from its input.
fn takes_secret(values: &Values<'_>, script: &Script, command: &Command) -> bool {
    let words = script.words_of(command);
    let (mut is_reader, mut has_login, mut is_sudo, mut is_htpasswd, mut is_tee, mut is_decoder) =
        (false, false, false, false, false, false);
    let mut is_variable = false;
    for word in words {
        look::looked_at(word.range.len());
        let (text, name) = (bare(values, word), program(values, word));
        if SECRET_READERS.contains(&name) && !text.starts_with("/etc/") {
            return true;
        }
        if text.starts_with('-') && text.contains("stdin")
            || matches!(text, "--with-token" | "--passphrase-fd" | "--password-fd" | "pass:stdin" | "fd:0")
            || text == "stdin"
            || is_sudo && matches!(text, "-S" | "-kS" | "-Sk")
            || is_htpasswd && text.starts_with('-') && text.contains('i')
            || is_tee && is_secret_file(text)
            || is_variable && is_secret_name(text)
            || is_decoder && matches!(text, "-d" | "--decode" | "-D" | "-di")
        {
            return true;
        }
        is_reader |= READERS.contains(&name);
        has_login |= LOGIN_WORDS.contains(&text.trim_start_matches('-'));
        is_sudo |= name == "sudo";
        is_htpasswd |= name == "htpasswd";
        is_tee |= name == "tee";
        // `read TOKEN` fills a variable.
        is_variable |= matches!(text, "read" | "mapfile" | "readarray");
        is_decoder |= matches!(name, "base64" | "base32");
    }
    is_reader && has_login
}

/// Whether a command writes a file whose content is secret.
fn writes_secret(values: &Values<'_>, command: &Command) -> bool {
    command.writes.as_ref().is_some_and(|file| is_secret_file(&values.text[file.clone()]))
}
