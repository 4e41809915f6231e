//! Instructions of a Dockerfile that is made again from the history and the config of an image.
//!
//! All that stands there is the text of other people. What fits on one line of a Dockerfile is repeated on one; what a reader
//! of Dockerfiles would take for more than it is (several lines, here-documents, options, lists) is put into a here-document, or
//! into the form of a list, in which JSON quotes everything. Where variables are replaced, values that need quotes beyond that are [`Unfit`].

use std::fmt::Write as _;

use super::shell::{is_plain, is_repeatable};
use super::{Dockerfile, Line, Unfit, ValueKind, is_visible};

/// Longer values are left out: no builder takes a line of any length.
const LONGEST: usize = 1 << 20;

/// A command for the shell of the build: in the form of a shell if that is one line and nothing else, as a here-document if it
/// is several, else as a list.
///
/// # Errors
///
/// A command beyond every builder is [`Unfit`].
pub(crate) fn run(shell: &[&str], is_current: bool, command: &str) -> Result<Line<Dockerfile>, Unfit> {
    let made = is_current.then(|| shell_form("RUN", command).or_else(|| here_document(command))).flatten();
    if let Some(line) = made {
        return Ok(line);
    }
    let words: Vec<&str> = shell.iter().copied().chain([command]).collect();
    listed("RUN", &words)
}

/// A command behind a keyword, if it is one line and a builder takes it for nothing else.
pub(crate) fn shell_form(keyword: &'static str, command: &str) -> Option<Line<Dockerfile>> {
    let is_one = !command.is_empty()
        && command.len() <= LONGEST
        && command.chars().all(is_repeatable)
        && !command.trim_end().ends_with(['\\', '`'])
        && !command.starts_with(['[', '-'])
        && !command.contains("<<");
    is_one.then(|| Line::checked(format!("{keyword} {command}")))
}

/// A script of several lines as a here-document, if all of it can be repeated as it is. No line of it ends the document.
fn here_document(script: &str) -> Option<Line<Dockerfile>> {
    let script = script.trim();
    let fits = script.contains('\n')
        && script.len() <= LONGEST
        && !script.starts_with("#!")
        && script.chars().all(|one| is_repeatable(one) || one == '\n');
    let mut ends = (0..).map(|number| if number == 0 { "EOF".to_owned() } else { format!("EOF{number}") });
    let end = ends.find(|end| script.lines().all(|line| line.trim() != end))?;
    fits.then(|| Line::checked(format!("RUN <<{end}\n{script}\n{end}")))
}

/// An instruction in the form of a list whose words no builder looks into: `RUN`, `CMD`, `ENTRYPOINT`, `SHELL`.
///
/// # Errors
///
/// A list beyond every builder is [`Unfit`].
pub(crate) fn listed(keyword: &'static str, words: &[impl AsRef<str>]) -> Result<Line<Dockerfile>, Unfit> {
    let mut text = format!("{keyword} [");
    for (at, word) in words.iter().enumerate() {
        text.push_str(if at > 0 { ", " } else { "" });
        quote(word.as_ref(), &mut text);
    }
    text.push(']');
    if text.len() > LONGEST { Err(Unfit::new(ValueKind::Instruction, text)) } else { Ok(Line::checked(text)) }
}

/// A text as JSON has it, with escapes for hidden characters and for signs of here-documents.
fn quote(word: &str, text: &mut String) {
    text.push('"');
    for character in word.chars() {
        match character {
            '"' | '\\' => text.extend(['\\', character]),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            '<' if text.ends_with('<') => text.push_str("\\u003c"),
            _ if is_visible(character) => text.push(character),
            _ => {
                let mut units = [0; 2];
                for unit in character.encode_utf16(&mut units) {
                    let _ = write!(text, "\\u{unit:04x}");
                }
            }
        }
    }
    text.push('"');
}

/// An instruction with one value, in which builders replace variables: `USER`, `WORKDIR`, `STOPSIGNAL`.
///
/// # Errors
///
/// A value that would have to be on several lines is [`Unfit`].
pub(crate) fn value(keyword: &'static str, text: &str) -> Result<Line<Dockerfile>, Unfit> {
    Ok(Line::checked(format!("{keyword} {}", word(text)?)))
}

/// A label.
///
/// # Errors
///
/// As [`value`].
pub(crate) fn label(name: &str, text: &str) -> Result<Line<Dockerfile>, Unfit> {
    Ok(Line::checked(format!("LABEL {}={}", word(name)?, word(text)?)))
}

/// A word in which builders replace variables, in double quotes if it needs them.
fn word(text: &str) -> Result<String, Unfit> {
    if is_plain(text) && !text.contains('=') {
        return Ok(text.to_owned());
    }
    if text.len() > LONGEST || !text.chars().all(is_visible) {
        return Err(Unfit::new(ValueKind::Instruction, text));
    }
    let mut quoted = String::from("\"");
    for character in text.chars() {
        if matches!(character, '"' | '\\' | '$') {
            quoted.push('\\');
        }
        quoted.push(character);
    }
    quoted.push('"');
    Ok(quoted)
}

/// An instruction in the form of a list in whose words builders replace variables: `COPY`, `ADD`, `VOLUME`. Plain words need
/// no list.
///
/// # Errors
///
/// Words with quotes, backslashes, variables or hidden characters are [`Unfit`].
pub(crate) fn words(
    keyword: &'static str,
    options: &[&str],
    words: &[impl AsRef<str>],
) -> Result<Line<Dockerfile>, Unfit> {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    let options: String = options.iter().map(|option| format!("{option} ")).collect();
    if words.iter().all(|word| is_plain(word) && !word.starts_with("--")) {
        return Ok(Line::checked(format!("{keyword} {options}{}", words.join(" "))));
    }
    let fits = |word: &&&str| word.chars().all(|one| is_visible(one) && !"\"\\$`".contains(one));
    if let Some(unfit) = words.iter().find(|word| !fits(word)) {
        return Err(Unfit::new(ValueKind::Path, unfit));
    }
    Ok(Line::checked(listed(keyword, &words)?.replacen(
        keyword,
        format!("{keyword} {options}").trim_end(),
        1,
    )))
}

/// A name of this program's making in the build context: `step-07/`, `layer-07.tar`.
pub(crate) fn placeholder(name: &str) -> Line<Dockerfile> {
    let plain = |one: &char| one.is_ascii_alphanumeric() || "._-/".contains(*one);
    Line::checked(name.chars().filter(plain).collect::<String>())
}

/// `ARG` of a variable, and `ENV` that takes its value.
pub(crate) fn variable(name: &str, is_environment: bool) -> Option<Line<Dockerfile>> {
    let is_first = |first: char| first.is_ascii_alphabetic() || first == '_';
    let fits = name.starts_with(is_first)
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && name.len() <= 255;
    let environment = if is_environment { format!("\nENV {name}=${{{name}}}") } else { String::new() };
    fits.then(|| Line::checked(format!("ARG {name}{environment}")))
}

/// `EXPOSE` of a port.
pub(crate) fn port(port: &str) -> Option<Line<Dockerfile>> {
    let (number, protocol) = port.split_once('/').unwrap_or((port, "tcp"));
    let is_number = |text: &str| text.parse::<u16>().is_ok();
    let is_range = number.split_once('-').is_some_and(|(from, to)| is_number(from) && is_number(to));
    let fits = (is_number(number) || is_range) && ["tcp", "udp", "sctp"].contains(&protocol);
    fits.then(|| Line::checked(format!("EXPOSE {port}")))
}

/// `HEALTHCHECK` with the options before a command, which is one of the other functions' making.
pub(crate) fn health_check(
    options: &[(&'static str, String)],
    command: &Line<Dockerfile>,
) -> Line<Dockerfile> {
    let options: String = options.iter().map(|(name, value)| format!("--{name}={value} ")).collect();
    Line::checked(format!("HEALTHCHECK {options}{}", &**command))
}

/// Whether an option of `COPY` can be repeated: those that change what is copied, not where from.
pub(crate) fn is_copy_option(option: &str) -> bool {
    let kept = ["--chown=", "--chmod="].iter().find_map(|name| option.strip_prefix(name));
    kept.is_some_and(|value| {
        value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-:".contains(&byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SH: [&str; 2] = ["/bin/sh", "-c"];

    #[test]
    fn a_command_stays_one_instruction() {
        let run = |command: &str| run(&SH, true, command).unwrap().to_string();
        assert_eq!(run("apt-get update \t&& true"), "RUN apt-get update \t&& true");
        assert_eq!(run("a\nRUN b"), "RUN <<EOF\na\nRUN b\nEOF");
        assert_eq!(run("cat <<EOF\n\tx\nEOF"), "RUN <<EOF1\ncat <<EOF\n\tx\nEOF\nEOF1");
        for (command, list) in [
            ("#!/bin/a\nb\tc", r"#!/bin/a\nb\tc"),
            ("a\n\u{1b}", r"a\n\u001b"),
            ("a \\", r"a \\"),
            ("cat <<E", r"cat <\u003cE"),
            ("--mount=x", "--mount=x"),
            ("[ -f x ]", "[ -f x ]"),
            ("a `", "a `"),
            ("echo \"\u{1b}[2J\u{202e}😀\"", r#"echo \"\u001b[2J\u202e😀\""#),
            ("", ""),
        ] {
            assert_eq!(run(command), format!(r#"RUN ["/bin/sh", "-c", "{list}"]"#));
        }
        assert!(!run("\u{2028}x\u{e0041}").contains(['\u{2028}', '\u{e0041}']));
    }

    #[test]
    fn values_that_builders_look_into_are_quoted_or_refused() {
        assert_eq!(value("USER", "app:1000").unwrap(), "USER app:1000");
        assert_eq!(value("WORKDIR", r#"/a $(b) "c\"#).unwrap(), r#"WORKDIR "/a \$(b) \"c\\""#);
        assert!(value("USER", "a\nRUN b").is_err());
        assert_eq!(label("a=b", "c d").unwrap(), r#"LABEL "a=b"="c d""#);
        assert!(label("a", "\u{202e}").is_err());
        assert_eq!(words("COPY", &["--chown=1:1"], &["a", "/b"]).unwrap(), "COPY --chown=1:1 a /b");
        assert_eq!(
            words("COPY", &["--chown=1:1"], &["a b", "/c"]).unwrap(),
            r#"COPY --chown=1:1 ["a b", "/c"]"#
        );
        assert!(words("VOLUME", &[], &["/$A"]).is_err());
        assert_eq!(words("COPY", &[], &["--from=x", "/b"]).unwrap(), r#"COPY ["--from=x", "/b"]"#);
        assert_eq!(variable("A_1", true).unwrap(), "ARG A_1\nENV A_1=${A_1}");
        assert!(variable("A B", false).is_none() && variable("", true).is_none());
        assert!(port("80/tcp").is_some() && port("80-81").is_some() && port("80 RUN").is_none());
        assert!(
            is_copy_option("--chown=a:b") && !is_copy_option("--from=x") && !is_copy_option("--chown=$A")
        );
    }
}
