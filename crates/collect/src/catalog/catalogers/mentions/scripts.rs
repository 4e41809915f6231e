//! What shell scripts and lists of commands run: scripts with and without an ending, `Procfile`, cron tables, and the
//! commands in settings of supervisors.

use plimsoll_snapshot::command::{names as named, words};

use super::names::Names;
use crate::redact;

/// Longer lines are data.
const MAX_LINE: usize = 4096;

/// Reads a script, or a list of commands. What `echo` and its like print is left out.
pub(super) fn read(source: &[u8], run_as: Option<&str>, names: &mut Names) {
    for (line, number) in source.split(|&byte| byte == b'\n').zip(1..) {
        let line = line.trim_ascii();
        if line.starts_with(b"#") || line.len() > MAX_LINE || line.is_empty() {
            continue;
        }
        let text = String::from_utf8_lossy(line);
        read_command(&redact::setting(&text), number, run_as, names);
    }
}

/// Reads a command line.
pub(super) fn read_command(command: &str, line: u32, run_as: Option<&str>, names: &mut Names) {
    for part in command.split([';', '&', '|', '(', ')', '`']) {
        let words: Vec<&str> = words(part).collect();
        if words.first().is_none_or(|word| is_silent(word)) {
            continue;
        }
        for (kind, name) in named(&words) {
            names.push_of(run_as, kind, name, line);
        }
    }
}

/// Whether a command runs nothing and loads nothing.
fn is_silent(command: &str) -> bool {
    const SILENT: [&str; 21] = [
        "[", "[[", "apk", "apt", "apt-get", "cd", "chmod", "chown", "cp", "done", "echo", "fi", "ln",
        "local", "ls", "mkdir", "mv", "pip", "printf", "rm", "touch",
    ];
    SILENT.contains(&command)
}

/// Reads settings of supervisors (`command=`), and lines `name: command` of a `Procfile`.
pub(super) fn command_of(line: &str) -> Option<&str> {
    const KEYS: [&str; 10] = [
        "command",
        "cmd",
        "exec",
        "ExecStart",
        "ExecStartPre",
        "entrypoint",
        "args",
        "script",
        "run",
        "interpreter",
    ];
    let (key, value) = line.split_once(['=', ':'])?;
    let key = key.trim().trim_matches(['"', '\'']).trim_start_matches("- ");
    KEYS.contains(&key).then_some(value)
}

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::MentionKind;

    use super::*;

    fn check(source: &str, expected: &str) {
        let mut names = Names::default();
        read(source.as_bytes(), None, &mut names);
        names.push(MentionKind::Program, "end", 0);
        assert_eq!(names.shown().replace(" $end:0", "").replace("$end:0", ""), expected, "{source}");
    }

    #[test]
    fn scripts_run_programs_and_load_modules() {
        check(
            "#!/bin/sh\nset -e\nexec gosu app gunicorn -k gevent app",
            "gevent:3 $app:3 $exec:3 $gevent:3 $gosu:3 $gunicorn:3 $set:2",
        );
        check("echo flask\n# celery\nrm -rf uvicorn\necho a; daphne b", "$b:4 $daphne:4");
        check("web: waitress-serve --port=$PORT a:b", "a:1 $waitress-serve:1");
    }
}
