//! Runs commands within the time that they have, and ends everything that they started.

use std::fs;
use std::io::{self, Read as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

#[cfg(unix)]
use super::identity::identity;

/// The end of an output that is kept.
const KEPT: u64 = 64 * 1024;
/// How long a command may take to end by itself when it is asked to: clients of engines cancel what they started.
const GRACE: Duration = Duration::from_secs(5);

/// How a command ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// It succeeded. Its output, as far as it is kept.
    Well(String),
    /// It failed. The last line that it printed.
    Badly(String),
    /// It had to be killed.
    TooLate,
}

/// Runs a command. `started` gets its process, which leads its own group, and `None` when it has ended.
pub(super) fn run(
    mut command: Command,
    timeout: Duration,
    started: &dyn Fn(Option<u32>),
) -> io::Result<Ended> {
    let log = tempfile::tempfile()?;
    command.stdin(Stdio::null()).stdout(Stdio::from(log.try_clone()?)).stderr(Stdio::from(log.try_clone()?));
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    adopt();
    let mut child = command.spawn()?;
    let process = child.id();
    started(Some(process));
    let status = ended(&mut child, Instant::now() + timeout);
    if status.is_none() {
        ask_to_end(process);
        let _ = ended(&mut child, Instant::now() + GRACE);
    }
    // What it left running would go on for ever.
    kill_all(process);
    if status.is_none() {
        let _ = child.kill();
        let _ = child.wait();
    }
    started(None);
    let text = end_of(log);
    Ok(match status {
        Some(true) => Ended::Well(text),
        Some(false) => Ended::Badly(last_line(&text)),
        None => Ended::TooLate,
    })
}

/// Whether a process succeeded; `None` if it still runs at the end of its time.
fn ended(child: &mut Child, end: Instant) -> Option<bool> {
    let mut pause = Duration::from_millis(10);
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status.success()),
            Err(_) => return Some(false),
            Ok(None) if Instant::now() > end => return None,
            Ok(None) => {
                std::thread::sleep(pause);
                pause = (pause * 2).min(Duration::from_millis(250));
            }
        }
    }
}

/// Makes this program the parent of what its children leave behind: a process that left the group of its command is found
/// among the children then.
fn adopt() {
    #[cfg(target_os = "linux")]
    {
        // Without it, only the group is killed.
        let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
    }
}

/// Asks a group to end.
fn ask_to_end(process: u32) {
    #[cfg(unix)]
    if let Some(group) = identity(process) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::TERM);
    }
    #[cfg(not(unix))]
    let _ = process;
}

/// Kills the group of a process, and everything else that it started.
pub(super) fn kill_all(process: u32) {
    #[cfg(unix)]
    if let Some(group) = identity(process) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    #[cfg(not(unix))]
    let _ = process;
    #[cfg(target_os = "linux")]
    super::descendants::kill(process);
}

/// The end of what was printed.
fn end_of(mut log: fs::File) -> String {
    use std::io::Seek as _;
    let end = log.seek(io::SeekFrom::End(0)).unwrap_or(0);
    let mut bytes = Vec::new();
    let _ = log.seek(io::SeekFrom::Start(end.saturating_sub(KEPT)));
    let _ = log.take(KEPT).read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The last line that says something.
fn last_line(text: &str) -> String {
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("---"));
    lines().next_back().unwrap_or("it printed nothing").to_owned()
}

#[cfg(all(test, target_os = "linux"))]
#[expect(clippy::disallowed_methods, reason = "tests read what their commands wrote")]
mod tests {
    use super::*;

    fn shell(command: &str) -> Command {
        let mut shell = Command::new("sh");
        shell.args(["-c", command]);
        shell
    }

    fn is_alive(file: &std::path::Path) -> bool {
        let process = fs::read_to_string(file).expect("the command wrote its number");
        std::path::Path::new(&format!("/proc/{}", process.trim())).exists()
    }

    #[test]
    fn what_leaves_the_group_ends_with_its_command() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("process");
        // Its own session, whose parent ends at once.
        let escape = format!("(setsid sh -c 'echo $$ > {}; exec sleep 600' &) ; sleep 1", file.display());
        for (rest, timeout) in [("", 60), ("; sleep 600", 3)] {
            let start = Instant::now();
            let ended =
                run(shell(&format!("{escape}{rest}")), Duration::from_secs(timeout), &|_| ()).unwrap();
            assert_eq!(ended == Ended::TooLate, !rest.is_empty());
            assert!(start.elapsed() < Duration::from_secs(30));
            assert!(!is_alive(&file));
            fs::remove_file(&file).unwrap();
        }
    }

    #[test]
    fn a_command_is_asked_to_end_before_it_is_killed() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("asked");
        let command = format!("trap 'echo yes > {}; exit 0' TERM; sleep 600 & wait", file.display());
        assert_eq!(run(shell(&command), Duration::from_secs(1), &|_| ()).unwrap(), Ended::TooLate);
        assert_eq!(fs::read_to_string(file).unwrap(), "yes\n");
    }

    #[test]
    fn the_last_line_says_what_failed() {
        let ended = run(shell("echo one; echo two >&2; echo; exit 3"), Duration::from_secs(9), &|_| ());
        assert_eq!(ended.unwrap(), Ended::Badly("two".to_owned()));
        let ended = run(shell("exit 3"), Duration::from_secs(9), &|_| ());
        assert_eq!(ended.unwrap(), Ended::Badly("it printed nothing".to_owned()));
    }
}
