//! Packages for the package managers of Linux, by nfpm, and wheels for those of Python.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::error::Result;
use crate::step::run as start;
use crate::tools;
use crate::workspace::target as target_directory;

use super::archive::zip;
use super::contents::Content;
use super::release::{VERSION, directory, time};
use super::tables::Target;

const SUMMARY: &str = "Measure container images and their memory, find waste, and prove the improvement";

/// Where Debian, Fedora, Alpine and Arch expect a file of the archive; nothing for one that they do not need.
fn place(path: &str) -> Option<String> {
    let place = match path {
        "plimsoll" => "/usr/bin/plimsoll".to_owned(),
        "completions/plimsoll.bash" => "/usr/share/bash-completion/completions/plimsoll".to_owned(),
        "completions/_plimsoll" => "/usr/share/zsh/site-functions/_plimsoll".to_owned(),
        "completions/plimsoll.fish" => "/usr/share/fish/vendor_completions.d/plimsoll.fish".to_owned(),
        "completions/plimsoll.nu" => "/usr/share/nushell/vendor/autoload/plimsoll.nu".to_owned(),
        "completions/plimsoll.ps1" => return None,
        _ if path.starts_with("man/") => format!("/usr/share/{path}"),
        _ => format!("/usr/share/doc/plimsoll/{path}"),
    };
    Some(place)
}

/// Writes `.deb`, `.rpm`, `.apk` and the package of Arch.
pub(super) fn linux(target: &Target, files: &[Content]) -> Result {
    let work = target_directory().join("dist-packages");
    if work.exists() {
        fs::remove_dir_all(&work)?;
    }
    for file in files {
        let path = work.join(&file.path);
        fs::create_dir_all(path.parent().ok_or("a file without a directory")?)?;
        fs::write(path, &file.bytes)?;
    }
    let config = work.join("nfpm.yaml");
    // Every JSON document is a YAML document.
    fs::write(&config, serde_json::to_string_pretty(&nfpm(target, files, &work)?)?)?;
    for packager in ["deb", "rpm", "apk", "archlinux"] {
        start(
            Command::new("nfpm")
                .args(["package", "--packager", packager, "--config"])
                .arg(&config)
                .arg("--target")
                .arg(directory())
                .env("PATH", tools::ensure_python(&tools::RELEASE)?)
                // RPM records the machine and the time of the build.
                .env("SOURCE_DATE_EPOCH", time().to_string()),
        )?;
    }
    Ok(fs::remove_dir_all(work)?)
}

/// The configuration of nfpm.
fn nfpm(target: &Target, files: &[Content], work: &Path) -> Result<Value> {
    let when = jiff::Timestamp::from_second(time())?.to_string();
    let mut contents: Vec<Value> = (files.iter())
        .filter_map(|file| {
            let mode = if file.is_program { 0o755 } else { 0o644 };
            Some(json!({
                "src": work.join(&file.path),
                "dst": place(&file.path)?,
                "file_info": {"mode": mode, "mtime": when},
            }))
        })
        .collect();
    // Where Docker looks for its plugins: `docker plimsoll` works as soon as the package is installed.
    contents.push(json!({
        "src": "/usr/bin/plimsoll",
        "dst": "/usr/libexec/docker/cli-plugins/docker-plimsoll",
        "type": "symlink",
        "file_info": {"mtime": when},
    }));
    Ok(json!({
        "name": "plimsoll",
        "arch": target.architecture,
        "platform": "linux",
        "version": VERSION,
        "version_schema": "semver",
        "section": "utils",
        "maintainer": "The Plimsoll maintainers <maintainers@plimsoll.invalid>",
        "description": SUMMARY,
        "license": "MIT OR Apache-2.0",
        "mtime": when,
        "contents": contents,
        "rpm": {"buildhost": "reproducible", "group": "Applications/System", "summary": SUMMARY},
        "deb": {"fields": {"Multi-Arch": "foreign"}},
        "archlinux": {"packager": "The Plimsoll maintainers <maintainers@plimsoll.invalid>"},
    }))
}

/// Writes a wheel that puts the program on the path. It is a zip archive with three documents, which no build tool has
/// to build the program again for.
pub(super) fn wheel(target: &Target, program: &Path) -> Result {
    let info = format!("plimsoll-{VERSION}.dist-info");
    let text = |path: String, text: String| Content { path, bytes: text.into_bytes(), is_program: false };
    let mut tags = String::new();
    for platform in target.wheel.split('.') {
        writeln!(tags, "Tag: py3-none-{platform}")?;
    }
    let mut files = vec![
        Content {
            path: format!("plimsoll-{VERSION}.data/scripts/{}", target.program()),
            bytes: fs::read(program)?,
            is_program: true,
        },
        text(
            format!("{info}/METADATA"),
            format!(
                "Metadata-Version: 2.4\nName: plimsoll\nVersion: {VERSION}\nSummary: {SUMMARY}\nLicense-Expression: MIT OR \
                 Apache-2.0\nRequires-Python: >=3.8\nKeywords: docker,container,image,size,memory\nDescription-Content-Type: \
                 text/markdown\n\n{}",
                fs::read_to_string(crate::workspace::root().join("README.md"))?
            ),
        ),
        text(
            format!("{info}/WHEEL"),
            format!(
                "Wheel-Version: 1.0\nGenerator: plimsoll-xtask {VERSION}\nRoot-Is-Purelib: false\n{tags}"
            ),
        ),
    ];
    let mut record = String::new();
    for file in &files {
        let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(&file.bytes));
        writeln!(record, "{},sha256={digest},{}", file.path, file.bytes.len())?;
    }
    writeln!(record, "{info}/RECORD,,")?;
    files.push(text(format!("{info}/RECORD"), record));
    let name = format!("plimsoll-{VERSION}-py3-none-{}.whl", target.wheel);
    Ok(fs::write(directory().join(name), zip(&files)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_go_where_systems_expect_them() {
        assert_eq!(place("plimsoll").unwrap(), "/usr/bin/plimsoll");
        assert_eq!(place("man/man1/plimsoll.1").unwrap(), "/usr/share/man/man1/plimsoll.1");
        assert_eq!(place("LICENSE-MIT").unwrap(), "/usr/share/doc/plimsoll/LICENSE-MIT");
        assert_eq!(place("completions/plimsoll.ps1"), None);
    }
}
