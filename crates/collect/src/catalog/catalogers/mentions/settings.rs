//! What settings in text files name: classes in INI, TOML and YAML files, drivers of addresses, commands of supervisors.

use plimsoll_snapshot::MentionKind;
use plimsoll_snapshot::command::{driver, is_secret, variable_names};

use super::names::{Names, is_loaded};
use super::python::is_module;
use super::scripts;
use crate::redact;

/// Longer lines are data.
const MAX_LINE: usize = 4096;

/// Reads a file of settings by its lines: `key = value`, `key: value`, `- value`.
pub(super) fn read(source: &[u8], names: &mut Names) {
    // The list that a key begins, as YAML and INI files write it.
    let mut is_list_loaded = false;
    for (line, number) in source.split(|&byte| byte == b'\n').zip(1..) {
        let Ok(line) = str::from_utf8(line) else { continue };
        let line = line.trim();
        if line.starts_with(['#', ';']) || line.len() > MAX_LINE || line.is_empty() {
            continue;
        }
        // `[alembic]`, `[program:x]`: tools call the sections of their settings after themselves.
        if let Some(section) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            let section = section.split([':', '.']).next().unwrap_or(section);
            if is_module(section) {
                names.push(MentionKind::Module, section, number);
            }
            continue;
        }
        if let Some(command) = scripts::command_of(line) {
            scripts::read_command(&redact::setting(command), number, None, names);
            continue;
        }
        let (key, value) = match line.split_once(['=', ':']) {
            Some((key, value)) if !key.trim().contains(char::is_whitespace) => (key, value),
            _ => ("", line),
        };
        let key = key.trim().trim_matches(['"', '\'']).trim_start_matches("- ");
        // `requirepass x`: the first word is the key.
        let is_sentence = key.is_empty() && value.trim_start_matches("- ").contains(char::is_whitespace);
        if is_secret(key) || is_sentence {
            continue;
        }
        if !key.is_empty() {
            is_list_loaded = is_loaded(key.as_bytes());
        }
        let is_end = |character: char| character.is_whitespace() || "\"'`,;()[]{}<>".contains(character);
        for word in value.split(is_end) {
            if let Some(scheme) = driver(word) {
                names.push(MentionKind::Driver, scheme, number);
            } else if is_module(word) && (is_list_loaded || word.contains('.')) {
                let module = word.split(':').next().unwrap_or(word);
                names.push(MentionKind::Module, module, number);
            }
        }
    }
}

/// Reads a file of variables `NAME=VALUE`.
pub(super) fn read_variables(source: &[u8], names: &mut Names) {
    for (line, number) in source.split(|&byte| byte == b'\n').zip(1..) {
        let Ok(line) = str::from_utf8(line) else { continue };
        let line = line.trim();
        let Some((variable, value)) = line.strip_prefix("export ").unwrap_or(line).split_once('=') else {
            continue;
        };
        if line.len() <= MAX_LINE {
            for (kind, name) in variable_names(variable.trim(), value.trim().trim_matches(['"', '\''])) {
                names.push(kind, name, number);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, expected: &str) {
        Names::check(read, source, expected);
    }

    #[test]
    fn settings_name_classes_drivers_and_commands() {
        check(
            "formatters:\n  json:\n    class: pythonjsonlogger.jsonlogger.JsonFormatter\n",
            "pythonjsonlogger.jsonlogger.JsonFormatter:3",
        );
        check(
            "[alembic]\nsqlalchemy.url = postgresql+psycopg2://u:p@h/d",
            "alembic:1 postgresql+psycopg2::2",
        );
        check(
            "[program:a]\ncommand=/venv/bin/celery -A shop worker",
            "program:1 shop:2 $/venv/bin/celery:2 $shop:2 $worker:2",
        );
        check("worker_class = gevent\nname = requests\nplugins:\n  - a\n  - b\n", "a:4 b:5 gevent:1");
        check("requirepass a.b\n- c.d e.f\n", "");
        check("password = a.b\n# c.d\nx = https://h\ny = 1.2\n", "");
    }
}
