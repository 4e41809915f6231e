//! Asks a credential helper, which is a foreign program: within a time, and for a short answer.

use std::io::{Read as _, Write as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde::Deserialize;

use super::secret::Credentials;

/// What a helper may take.
#[derive(Clone, Copy)]
struct Bounds {
    /// Long enough to unlock a key ring.
    time: Duration,
    bytes: u64,
}

const BOUNDS: Bounds = Bounds { time: Duration::from_secs(60), bytes: 256 << 10 };

/// Runs `docker-credential-NAME get` (docker-credential-helpers, "Development").
pub(crate) fn ask(name: &str, server: &str) -> Result<Option<Credentials>, String> {
    let is_name = !name.is_empty()
        && name.len() <= 100
        && name.chars().all(|char| char.is_ascii_alphanumeric() || "-_.".contains(char));
    if !is_name {
        // It comes from a file and may be anything.
        let shown: String = name.chars().take(40).collect();
        return Err(format!(
            "the credential helper `{}` is not the name of a program",
            plimsoll_report::format::one_line(&shown)
        ));
    }
    ask_program(&format!("docker-credential-{name}"), server, BOUNDS)
        .map_err(|why| format!("`docker-credential-{name}` gave no credentials: {why}"))
}

fn ask_program(program: &str, server: &str, bounds: Bounds) -> Result<Option<Credentials>, String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Answer {
        username: String,
        secret: String,
    }
    let (status, output) = run(program, server, bounds)?;
    if !status.success() {
        let said = String::from_utf8_lossy(&output);
        return if said.contains("credentials not found") { Ok(None) } else { Err(status.to_string()) };
    }
    // The message of the parser could quote what it read.
    let answer: Answer = serde_json::from_slice(&output).map_err(|_| "its answer is not valid JSON")?;
    Ok(match answer.username.as_str() {
        "" => None,
        "<token>" => Some(Credentials::IdentityToken(answer.secret)),
        _ => Some(Credentials::Password { user: answer.username, password: answer.secret }),
    })
}

/// How it ended and what it printed. Whatever goes wrong, no process of it runs on.
fn run(program: &str, input: &str, bounds: Bounds) -> Result<(ExitStatus, Vec<u8>), String> {
    let end = Instant::now() + bounds.time;
    let mut command = Command::new(program);
    command.arg("get").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    // It may be a script: what it started is ended with it.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    if let Some(mut stdin) = child.stdin.take() {
        // One that does not want to know says so with its exit code. A pipe holds more than the name of a server.
        let _ = stdin.write_all(input.as_bytes());
    }
    let result = output(&mut child, bounds, end).and_then(|output| Ok((status(&mut child, end)?, output)));
    result.map_err(|problem| {
        kill(&mut child);
        match problem {
            Problem::Late => format!("it did not end within {} s", bounds.time.as_secs()),
            Problem::Long => format!("it printed more than {} KiB", bounds.bytes >> 10),
            Problem::Io(error) => error.to_string(),
        }
    })
}

enum Problem {
    Late,
    Long,
    Io(std::io::Error),
}

fn output(child: &mut Child, bounds: Bounds, end: Instant) -> Result<Vec<u8>, Problem> {
    let Some(stdout) = child.stdout.take() else { return Ok(Vec::new()) };
    let (send, receive) = mpsc::channel();
    // It ends with the pipe, that is at the latest with this program.
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let result = stdout.take(bounds.bytes + 1).read_to_end(&mut bytes).map(|_| bytes);
        // The receiver may be gone.
        let _ = send.send(result);
    });
    let left = end.saturating_duration_since(Instant::now());
    match receive.recv_timeout(left) {
        Ok(Ok(bytes)) if bytes.len() as u64 > bounds.bytes => Err(Problem::Long),
        Ok(result) => result.map_err(Problem::Io),
        Err(_) => Err(Problem::Late),
    }
}

fn status(child: &mut Child, end: Instant) -> Result<ExitStatus, Problem> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status),
            Ok(None) if Instant::now() >= end => return Err(Problem::Late),
            Ok(None) => std::thread::sleep(Duration::from_millis(5)),
            Err(error) => return Err(Problem::Io(error)),
        }
    }
}

fn kill(child: &mut Child) {
    #[cfg(unix)]
    {
        let group = rustix::process::Pid::from_child(child);
        // It may have ended by itself.
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests read what was written")]
mod tests {
    use super::*;

    #[test]
    fn a_helper_is_no_path() {
        for name in ["../evil", "/bin/sh", "", "a b", "..\\evil", "a\u{1b}[2J"] {
            let why = ask(name, "a").err().unwrap();
            assert!(why.contains("not the name of a program") && !why.contains('\u{1b}'), "{why}");
        }
        assert!(ask("no-such-helper", "a").err().unwrap().contains("docker-credential-no-such-helper"));
    }

    #[cfg(unix)]
    fn helper(directory: &tempfile::TempDir, script: &str) -> String {
        use std::os::unix::fs::PermissionsExt as _;
        let path = directory.path().join("helper");
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path.to_str().unwrap().to_owned()
    }

    #[cfg(unix)]
    fn check(script: &str, expected: &str) {
        let directory = tempfile::tempdir().unwrap();
        let bounds = Bounds { time: Duration::from_millis(500), bytes: 1 << 10 };
        let why = ask_program(&helper(&directory, script), "a", bounds).err().unwrap();
        assert!(why.contains(expected), "{script}: {why}");
    }

    #[cfg(unix)]
    #[test]
    fn a_helper_that_misbehaves_is_ended() {
        check("sleep 1000", "did not end within");
        check("exec >&-; sleep 1000", "did not end within");
        check("while :; do echo yyyyyyyyyyyyyyyy; done", "more than 1 KiB");
        check("while :; do echo yyyyyyyyyyyyyyyy >&2; done", "did not end within");
        check("exit 3", "exit status: 3");
        check("echo s3cret-but-no-json", "not valid JSON");
    }

    #[cfg(unix)]
    #[test]
    fn nothing_that_it_started_runs_on() {
        let directory = tempfile::tempdir().unwrap();
        let pid = directory.path().join("pid");
        let script = format!("sleep 1000 & echo $! > '{}'; wait", pid.display());
        let bounds = Bounds { time: Duration::from_secs(1), bytes: 1 << 10 };
        assert!(ask_program(&helper(&directory, &script), "a", bounds).is_err());
        let started: i32 = std::fs::read_to_string(pid).unwrap().trim().parse().unwrap();
        let started = rustix::process::Pid::from_raw(started).unwrap();
        // Until its parent has waited for it, it is a zombie.
        let is_dead = || {
            let stat = std::fs::read_to_string(format!("/proc/{}/stat", started.as_raw_nonzero()));
            rustix::process::test_kill_process(started).is_err()
                || stat.is_ok_and(|stat| stat.contains(") Z "))
        };
        while !is_dead() {
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    #[cfg(unix)]
    #[test]
    fn an_answer_may_take_a_while() {
        let directory = tempfile::tempdir().unwrap();
        let script = "cat > /dev/null; sleep 0.1; echo '{\"Username\": \"<token>\", \"Secret\": \"t\"}'";
        let found = ask_program(&helper(&directory, script), "a", BOUNDS);
        assert!(found == Ok(Some(Credentials::IdentityToken("t".to_owned()))));
    }
}
