//! The script runs here as it would for a user: against a server on the loopback interface.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, thread};

use super::*;
use crate::dist::archive::{gzip, tar};
use crate::dist::contents::Content;

fn archives() -> Archives {
    TARGETS.iter().map(|target| (target, sha256(target.triple.as_bytes()))).collect()
}

/// An archive with a program that prints its version.
fn archive(target: &Target) -> Vec<u8> {
    let bytes = b"#!/bin/sh\necho plimsoll 9.9.9\n".to_vec();
    gzip(&tar(&[Content { path: format!("{}/plimsoll", target.stem()), bytes, is_program: true }]).unwrap())
        .unwrap()
}

/// Serves one answer to every request, for as long as the test runs.
fn serve(body: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = write!(stream, "HTTP/1.0 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
            let _ = stream.write_all(&body);
        }
    });
    address
}

/// A directory with the script for a release in which every archive is `archive`.
struct Set {
    directory: tempfile::TempDir,
    base: String,
}

impl Set {
    fn new(served: Vec<u8>) -> Self {
        let base = serve(served);
        let archives: Archives = TARGETS.iter().map(|target| (target, sha256(&archive(target)))).collect();
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("install.sh"), script("https://host.invalid/v1", &archives)).unwrap();
        Self { directory, base }
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn bin(&self) -> PathBuf {
        self.path().join("bin")
    }

    /// Runs the script as on Linux with an x86_64 processor, whatever runs the test.
    fn run(&self, machine: &str, arguments: &[&str]) -> Output {
        let fake = self.path().join("fake");
        fs::create_dir_all(&fake).unwrap();
        let uname = fake.join("uname");
        fs::write(
            &uname,
            format!(
                "#!/bin/sh\ncase $1 in -s) echo {};; *) echo {};; esac\n",
                machine.split(' ').next().unwrap(),
                machine.split(' ').nth(1).unwrap()
            ),
        )
        .unwrap();
        fs::set_permissions(&uname, fs::Permissions::from_mode(0o755)).unwrap();
        let path = format!("{}:{}", fake.display(), env::var("PATH").unwrap());
        let mut command = Command::new("sh");
        command.arg(self.path().join("install.sh")).args(arguments).env("PATH", path);
        command.env("PLIMSOLL_DOWNLOAD_URL", &self.base).env("HOME", self.path());
        command.output().unwrap()
    }

    fn install(&self, machine: &str) -> Output {
        self.run(machine, &["--directory", self.bin().to_str().unwrap()])
    }

    /// What lies in the directory of programs.
    fn installed(&self) -> Vec<String> {
        let entries = fs::read_dir(self.bin()).into_iter().flatten();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

fn linux() -> &'static Target {
    &TARGETS[0]
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn it_says_what_it_does_and_installs_what_it_verified() {
    let set = Set::new(archive(linux()));
    let dry = set.run("Linux x86_64", &["--dry-run"]);
    assert!(dry.status.success(), "{}", text(&dry));
    for part in ["download  http://", "verify    SHA-256 ", ".local/bin/plimsoll", "Nothing else changes."] {
        assert!(text(&dry).contains(part), "{part}: {}", text(&dry));
    }
    assert!(!set.path().join(".local").exists());

    let output = set.install("Linux amd64");
    assert!(output.status.success(), "{}", text(&output));
    assert!(text(&output).contains("Installed plimsoll 9.9.9."), "{}", text(&output));
    assert_eq!(set.installed(), ["plimsoll"]);
    let again = set.install("Linux x86_64");
    assert!(text(&again).contains("replace   "), "{}", text(&again));
}

#[test]
fn a_wrong_checksum_installs_nothing() {
    let set = Set::new(b"something else".to_vec());
    let output = set.install("Linux x86_64");
    assert!(!output.status.success());
    assert!(text(&output).contains("nothing was installed"), "{}", text(&output));
    assert_eq!(set.installed(), [""; 0]);
}

#[test]
fn an_unknown_platform_is_named() {
    let set = Set::new(Vec::new());
    for machine in ["Linux riscv64", "FreeBSD amd64", "MINGW64_NT-10.0 x86_64"] {
        let output = set.install(machine);
        assert!(!output.status.success());
        assert!(text(&output).contains("there is no program for "), "{}", text(&output));
        assert!(text(&output).contains("hint: "), "{}", text(&output));
    }
}

#[test]
fn a_directory_that_cannot_be_written_is_named() {
    let set = Set::new(archive(linux()));
    // A file where the directory should be: root cannot write there either.
    fs::write(set.path().join("file"), "").unwrap();
    let directory = set.path().join("file/bin");
    let output = set.run("Linux x86_64", &["--directory", directory.to_str().unwrap()]);
    assert!(!output.status.success());
    assert!(text(&output).contains("cannot be written"), "{}", text(&output));
}

#[test]
fn no_server_and_no_https_are_errors() {
    let mut set = Set::new(Vec::new());
    set.base = "http://127.0.0.1:9".to_owned();
    let output = set.install("Linux x86_64");
    assert!(!output.status.success() && text(&output).contains("cannot be downloaded"), "{}", text(&output));
    set.base = "http://host.invalid".to_owned();
    let output = set.install("Linux x86_64");
    assert!(
        !output.status.success() && text(&output).contains("is not an HTTPS address"),
        "{}",
        text(&output)
    );
    assert_eq!(set.installed(), [""; 0]);
}

#[test]
fn a_script_that_was_cut_off_does_nothing() {
    let script = script("https://host.invalid/v1", &archives());
    let set = Set::new(archive(linux()));
    let lines: Vec<&str> = script.lines().collect();
    for end in (1..lines.len()).step_by(7) {
        fs::write(set.path().join("install.sh"), lines[..end].join("\n")).unwrap();
        set.install("Linux x86_64");
        assert_eq!(set.installed(), [""; 0], "cut off after line {end}");
    }
}

#[test]
fn the_linters_accept_the_installers() {
    let directory = tempfile::tempdir().unwrap();
    for (name, installer) in all("https://host.invalid/o/plimsoll", &archives()) {
        for marker in ["@VERSION@", "@BASE@", "@ARCHIVES@"] {
            assert!(!installer.contains(marker), "{name} contains {marker}");
        }
        let path = directory.path().join(name);
        fs::write(&path, installer).unwrap();
        let linter = match name.rsplit('.').next() {
            Some("sh") => ["shellcheck", "--severity=style"],
            Some("rb") => ["ruby", "-c"],
            _ => continue,
        };
        // A machine without the linter checks nothing; CI has both.
        if let Ok(output) = Command::new(linter[0]).arg(linter[1]).arg(&path).output() {
            assert!(output.status.success(), "{name}: {}", text(&output));
        }
    }
}

#[test]
fn all_installers_name_the_same_archives() {
    let files = all("https://host.invalid/o/plimsoll", &archives());
    for (target, sum) in archives() {
        let listed = files.values().filter(|text| {
            text.contains(&target.archive()) && (text.contains(&sum) || text.contains(&sum.to_uppercase()))
        });
        let expected = if target.is_windows() { 1 } else { 2 };
        assert_eq!(listed.count(), expected, "{}", target.triple);
    }
    assert!(
        files["Plimsoll.Plimsoll.installer.yaml"].contains(&format!("{}\\plimsoll.exe", TARGETS[3].stem()))
    );
}

#[test]
fn an_address_that_could_be_code_is_refused() {
    assert_eq!(checked("https://host.example/o/plimsoll/").unwrap(), "https://host.example/o/plimsoll");
    for address in
        ["http://host.example/o/p", "https://", "https://a/$(id)", "https://a/'b", "https://a/\"b#{c}"]
    {
        assert!(checked(address).is_err(), "{address}");
    }
}
