//! Instructions, as Dockerfiles and the histories of builders have them: values of variables and build arguments are
//! always taken out, elsewhere what looks like a secret.

use serde_json::Value;

use super::look;
use super::marks::REMOVED;
use super::names::is_secret_name;
use super::text::{arguments, text};

/// What builders note in front of an instruction that runs nothing. The shell differs: `cmd /S /C`, PowerShell.
const NOT_RUN: &str = "#(nop)";

/// How far into an instruction that note begins at most.
const LONGEST_SHELL: usize = 256;

/// An instruction without the values that may not leave the machine.
pub(crate) fn instruction(created_by: &str) -> String {
    let head = &created_by[..created_by.floor_char_boundary(LONGEST_SHELL)];
    let after_note = head.find(NOT_RUN).map_or(0, |at| at + NOT_RUN.len());
    let mut body = created_by[after_note..].trim_start();
    while let Some(rest) = after_keyword(body, "ONBUILD") {
        body = rest;
    }
    for keyword in ["ENV", "ARG"] {
        if let Some(list) = after_keyword(body, keyword) {
            let keep = created_by.len() - list.len();
            return format!("{}{}", &created_by[..keep], assignments(list));
        }
    }
    if let Some(label) = after_keyword(body, "LABEL")
        && let Some((name, _)) = label.split_once(char::is_whitespace)
        && !name.contains('=')
        && is_secret_name(name)
    {
        // The old form: `LABEL name value with spaces`.
        let keep = created_by.len() - label.len();
        return format!("{}{} {REMOVED}", &created_by[..keep], text(name));
    }
    let (arguments, command) = build_arguments(created_by);
    let command = list(command).unwrap_or_else(|| text(command).into_owned());
    format!("{arguments}{command}")
}

/// An instruction in the form of a list, `CMD ["a", "b"]` or as the classic builder notes it, `CMD ["a" "b"]`, if there
/// is a secret in it. What escapes hide is looked at as well.
fn list(instruction: &str) -> Option<String> {
    let open = instruction.find("[\"")?;
    let mut words: Vec<String> = Vec::new();
    let mut at = open + 1;
    loop {
        at += look::skip_spaces(&instruction[at..], 0);
        let rest = &instruction[at..];
        if let Some(rest) = rest.strip_prefix(',') {
            at = instruction.len() - rest.len();
        } else if rest.starts_with('"') {
            let mut word = serde_json::Deserializer::from_str(rest).into_iter::<String>();
            words.push(word.next()?.ok()?);
            look::looked_at(word.byte_offset());
            at += word.byte_offset();
        } else {
            break;
        }
    }
    let kept = arguments(&words);
    if kept == words || !instruction[at..].starts_with(']') {
        return None;
    }
    let separator = if instruction[open..at].contains("\",") { ", " } else { " " };
    let kept: Vec<String> = kept.into_iter().map(|word| Value::String(word).to_string()).collect();
    let (before, after) = (&instruction[..open], &instruction[at + 1..]);
    Some(format!("{}[{}]{}", text(before), kept.join(separator), text(after)))
}

/// What stands behind a keyword in any case of letters and any space.
fn after_keyword<'a>(body: &'a str, keyword: &str) -> Option<&'a str> {
    let (first, rest) = body.split_at_checked(keyword.len())?;
    let is_keyword = first.eq_ignore_ascii_case(keyword) && rest.starts_with(char::is_whitespace);
    is_keyword.then(|| rest.trim_start())
}

/// Splits `|1 NAME=value /bin/sh -c …` (with or without `RUN` in front) into redacted arguments and the rest.
fn build_arguments(created_by: &str) -> (String, &str) {
    let start = created_by.trim_start();
    let (prefix, rest) = match after_keyword(start, "RUN") {
        Some(rest) => ("RUN ", rest),
        None => ("", start),
    };
    let count = rest.strip_prefix('|').and_then(|text| text.split_once(char::is_whitespace));
    let Some((Ok(count), list)) = count.map(|(count, list)| (count.parse::<u32>(), list)) else {
        return (String::new(), created_by);
    };
    // A value may hold spaces and shells: the arguments end at the first shell behind the last name.
    let mut last = list;
    for _ in 1..count {
        match next_name(last) {
            "" => break,
            next => last = next,
        }
    }
    let behind_name = list.len() - last.len() + last.find('=').unwrap_or_default();
    let end = shell(list, behind_name).unwrap_or(list.len());
    (format!("{prefix}|{count} {} ", assignments(list[..end].trim_end())), &list[end..])
}

/// Where the shell begins that runs a command.
fn shell(list: &str, from: usize) -> Option<usize> {
    const SHELLS: [&str; 10] =
        ["/bin/", "/usr/", "/busybox/", "cmd", "cmd.exe", "powershell", "pwsh", "sh", "bash", "ash"];
    let is_shell = |word: &str| {
        SHELLS.iter().any(|shell| if shell.ends_with('/') { word.starts_with(shell) } else { word == *shell })
            || word.ends_with("powershell.exe")
            || word.ends_with("cmd.exe")
            || word.ends_with("pwsh.exe")
    };
    look::looked_at(list.len() - from);
    list[from..].match_indices(char::is_whitespace).map(|(at, space)| from + at + space.len()).find(|at| {
        let word = list[*at..].split(char::is_whitespace).next().unwrap_or_default();
        look::looked_at(word.len());
        is_shell(word)
    })
}

/// `A=1 B="x y" C value` with every value replaced, names kept.
fn assignments(list: &str) -> String {
    let mut names: Vec<String> = Vec::new();
    let mut rest = list.trim();
    while !rest.is_empty() {
        let end = look::find(rest, 0, |char| char == '=' || char.is_whitespace());
        if end == rest.len() {
            names.push(text(rest).into_owned());
            break;
        }
        // The end of a value may look like the name of the next.
        let name = text(&rest[..end]);
        if !rest[end..].starts_with('=') {
            // The old form `ENV NAME value with spaces`; `ARG NAME` followed by another name looks the same.
            names.push(format!("{name}={REMOVED}"));
            break;
        }
        names.push(format!("{name}={REMOVED}"));
        rest = next_name(&rest[end + 1..]);
    }
    names.join(" ")
}

/// Where the next ` NAME=` begins. Builders note values without their quotes, so a value ends only there.
fn next_name(values: &str) -> &str {
    for (index, space) in values.match_indices(char::is_whitespace) {
        let candidate = &values[index + space.len()..];
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
        let end = look::run(candidate.as_bytes(), 0, is_name);
        if end > 0 && candidate.as_bytes().get(end) == Some(&b'=') {
            look::looked_at(index);
            return candidate;
        }
    }
    look::looked_at(values.len());
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_variables_and_arguments_are_replaced() {
        for (created_by, expected) in [
            ("ENV PYTHONUNBUFFERED=1 API_KEY=not-a-real-key", "ENV PYTHONUNBUFFERED=… API_KEY=…"),
            ("ENV\tA=hunter2\tB=x", "ENV\tA=… B=…"),
            ("/bin/sh -c #(nop)  ENV A=x y B=z", "/bin/sh -c #(nop)  ENV A=… B=…"),
            ("cmd /S /C #(nop) ENV A=hunter2", "cmd /S /C #(nop) ENV A=…"),
            (
                "powershell -Command $ErrorActionPreference = 'Stop'; #(nop)  ARG TOKEN=hunter2",
                "powershell -Command $ErrorActionPreference = 'Stop'; #(nop)  ARG TOKEN=…",
            ),
            ("ENV GREETING hello world", "ENV GREETING=…"),
            ("env A=b", "env A=…"),
            ("ARG TOKEN=abc", "ARG TOKEN=…"),
            ("ARG VERSION", "ARG VERSION"),
            ("ONBUILD ENV A=b", "ONBUILD ENV A=…"),
            ("LABEL app.password hunter2 two", "LABEL app.password …"),
            (
                "RUN |2 TOKEN=abc NAME=two words /bin/sh -c make # buildkit",
                "RUN |2 TOKEN=… NAME=… /bin/sh -c make # buildkit",
            ),
            ("|1 TOKEN=abc /bin/sh -c make", "|1 TOKEN=… /bin/sh -c make"),
            ("|2 A=x /bin/y TOKEN=abc /bin/sh -c make", "|2 A=… TOKEN=… /bin/sh -c make"),
            ("|2 A=1 npm.token=abc cmd /S /C dir", "|2 A=… npm.token=… cmd /S /C dir"),
        ] {
            assert_eq!(instruction(created_by), expected);
        }
    }
}
