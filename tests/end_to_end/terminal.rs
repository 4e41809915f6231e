//! The terminal browser in a real terminal: tmux presses keys and shows what the screen has. Without tmux, nothing is run.

use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use plimsoll_tests::{image, program};

/// A terminal with a separate server, which ends with it.
struct Tmux {
    socket: String,
}

impl Tmux {
    /// Starts a shell; nothing where tmux is missing.
    fn start(width: u32, height: u32) -> Option<Self> {
        static NUMBER: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        if Command::new("tmux").arg("-V").output().is_err() {
            return None;
        }
        let number = NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let tmux = Self { socket: format!("plimsoll-{}-{number}", std::process::id()) };
        let (width, height) = (width.to_string(), height.to_string());
        let shell = ["new-session", "-d", "-x", &width, "-y", &height, "env PS1='$ ' sh"];
        tmux.run(&["-f", "/dev/null"], &shell);
        Some(tmux)
    }

    fn run(&self, before: &[&str], arguments: &[&str]) -> String {
        let mut command = Command::new("tmux");
        command.args(["-L", &self.socket]).args(before).args(arguments).env("TERM", "xterm-256color");
        String::from_utf8_lossy(&command.output().unwrap().stdout).into_owned()
    }

    fn screen(&self) -> String {
        self.run(&[], &["capture-pane", "-p"])
    }

    fn keys(&self, keys: &[&str]) {
        for key in keys {
            self.run(&[], &["send-keys", key]);
        }
    }

    fn line(&self, text: &str) {
        self.run(&[], &["send-keys", "-l", text]);
        self.keys(&["Enter"]);
    }

    /// Waits until the screen has a text, and gives the screen.
    fn wait_for(&self, text: &str) -> String {
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            let screen = self.screen();
            if screen.contains(text) {
                return screen;
            }
            assert!(Instant::now() < until, "`{text}` does not come:\n{screen}");
            sleep(Duration::from_millis(50));
        }
    }

    fn browse(&self, environment: &str, arguments: &str) {
        let source = image("docker-26.1.5-graphdriver/micro3.save.tar.gz");
        self.line(&format!(
            "{environment} PLIMSOLL_NO_CACHE=true {} browse {} {arguments}; echo ended $?",
            program::path().display(),
            source.display()
        ));
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        self.run(&[], &["kill-server"]);
    }
}

#[test]
fn an_image_is_browsed_at_three_sizes() {
    for (width, height) in [(40, 10), (80, 24), (160, 50)] {
        let Some(tmux) = Tmux::start(width, height) else { return };
        tmux.browse("LC_ALL=C.UTF-8", "");
        let screen = tmux.wait_for("Layers (");
        assert!(screen.contains("q quit"), "{screen}");
        tmux.keys(&["j", "Tab"]);
        tmux.wait_for("Files: changes of layer 1");
        tmux.keys(&["?"]);
        tmux.wait_for("Keys");
        tmux.keys(&["x", "w"]);
        tmux.wait_for("Files: whole");
        tmux.keys(&["q"]);
        // The shell has its screen again, with what was there before.
        let screen = tmux.wait_for("ended 0");
        assert!(!screen.contains("Files:"), "{screen}");
        tmux.line("stty -a | tr ' ' '\\n' | grep -x -e '-*echo' -e '-*icanon'");
        let screen = tmux.wait_for("icanon\n");
        assert!(!screen.contains("-icanon\n") && !screen.contains("-echo\n"), "{screen}");
    }
}

#[test]
fn a_terminal_without_colours_and_unicode_gets_neither() {
    let Some(tmux) = Tmux::start(80, 24) else { return };
    tmux.browse("LC_ALL=C NO_COLOR=1", "--language es");
    tmux.wait_for("Capas (");
    tmux.keys(&["Tab"]);
    tmux.wait_for("Archivos:");
    let screen = tmux.run(&[], &["capture-pane", "-p", "-e"]);
    assert!(screen.is_ascii(), "{screen}");
    assert!(!["[31m", "[32m", "[33m", "[35m", "[36m"].iter().any(|code| screen.contains(code)), "{screen:?}");
}

#[test]
fn a_resized_terminal_is_drawn_anew() {
    let Some(tmux) = Tmux::start(160, 40) else { return };
    tmux.browse("LC_ALL=C.UTF-8", "");
    let screen = tmux.wait_for("Files: whole image");
    assert!(screen.contains("Layers ("), "{screen}");
    tmux.run(&[], &["resize-window", "-x", "40", "-y", "10"]);
    let until = Instant::now() + Duration::from_secs(20);
    while tmux.screen().contains("Files: whole") && Instant::now() < until {
        sleep(Duration::from_millis(50));
    }
    let screen = tmux.wait_for("Layers (");
    assert!(!screen.contains("Files: whole"), "{screen}");
    tmux.keys(&["q"]);
    tmux.wait_for("ended 0");
}

#[test]
fn a_signal_gives_the_terminal_back() {
    let Some(tmux) = Tmux::start(80, 24) else { return };
    tmux.browse("LC_ALL=C.UTF-8", "");
    tmux.wait_for("Layers (");
    let shell = tmux.run(&[], &["display-message", "-p", "#{pane_pid}"]);
    let children = Command::new("pgrep").args(["-P", shell.trim()]).output().unwrap();
    let child = String::from_utf8_lossy(&children.stdout).trim().to_owned();
    Command::new("kill").args(["-TERM", &child]).status().unwrap();
    let screen = tmux.wait_for("ended 130");
    assert!(!screen.contains("Layers ("), "{screen}");
}

#[test]
fn a_pipe_is_no_terminal() {
    let source = image("docker-26.1.5-graphdriver/micro3.save.tar.gz");
    let run = program::run(["browse".as_ref(), source.as_os_str()]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(
        run.stderr.contains("needs a terminal") && run.stderr.contains("plimsoll inspect"),
        "{}",
        run.stderr
    );
}
