//! Runs suggested commands in empty directories, with stubs in place of every program.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;

/// The programs that suggested lines call. Nothing else is there but `touch`, which planted words call.
const PROGRAMS: [&str; 18] = [
    "plimsoll", "pip", "hf", "python", "python3", "make", "find", "useradd", "strip", "chmod", "chown", "rm",
    "ln", "apt-get", "npm", "yarn", "pnpm", "apk",
];

/// Runs every command in every shell; none may leave a file behind.
pub(crate) fn run_all(commands: &BTreeSet<String>) {
    let place = tempfile::tempdir().unwrap();
    let place = place.path();
    let programs = place.join("programs");
    fs::create_dir(&programs).unwrap();
    for program in PROGRAMS {
        let file = programs.join(program);
        fs::write(&file, "#!/bin/sh\nexit 0\n").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let touch = ["/usr/bin/touch", "/bin/touch"].into_iter().find(|file| Path::new(file).exists());
    symlink(touch.unwrap(), programs.join("touch")).unwrap();
    for (at, command) in commands.iter().enumerate() {
        assert!(!command.contains("> /etc"), "{command}");
        fs::write(place.join(format!("{at}.sh")), command).unwrap();
    }
    for shell in all() {
        // It works at all: what is planted would be seen.
        assert_eq!(left_by(shell, place, &programs, "control", "find $(touch PWN)"), ["PWN"]);
        let script = "for at in *.sh; do (mkdir out && cd out && . ../\"$at\"); \
                      for left in out/* out/.[!.]*; do [ -e \"$left\" ] && echo \"$at $left\"; done; \
                      rm -r out; done";
        let output = Command::new(shell)
            .args(["-c", &script.replace("mkdir", "/bin/mkdir").replace("rm -r", "/bin/rm -r")])
            .current_dir(place)
            .env_clear()
            .env("PATH", &programs)
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        let left = String::from_utf8_lossy(&output.stdout);
        let culprit = left.lines().next().map(|line| {
            let at: usize = line.split('.').next().unwrap().parse().unwrap();
            (line, commands.iter().nth(at).unwrap())
        });
        assert_eq!(culprit, None, "{shell}");
    }
}

/// The shells of this machine.
pub(crate) fn all() -> impl Iterator<Item = &'static str> {
    ["/bin/bash", "/bin/sh", "/bin/dash"].into_iter().filter(|shell| Path::new(shell).exists())
}

/// What a program gets for a word.
pub(crate) fn printed(shell: &str, word: &str) -> String {
    let output = Command::new(shell).args(["-c", &format!("printf %s {word}")]).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn left_by(shell: &str, place: &Path, programs: &Path, name: &str, command: &str) -> Vec<String> {
    let directory = place.join(name);
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir(&directory).unwrap();
    let mut run = Command::new(shell);
    run.args(["-c", command]).current_dir(&directory).env_clear().env("PATH", programs);
    run.output().unwrap();
    let left = fs::read_dir(&directory).unwrap();
    left.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
}
