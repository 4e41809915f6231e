//! The installers of a release: each contains the checksums of the archives, and is made from the table of targets.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use crate::error::Result;

use super::archive::sha256;
use super::release::{VERSION, directory};
use super::tables::{TARGETS, Target};

const SCRIPT: &str = include_str!("install.sh");
const SUMMARY: &str = "Measure container images and their memory, and find waste";

/// The archives that are there: each target with the checksum of its archive.
type Archives = Vec<(&'static Target, String)>;

/// Writes `install.sh`, and what Homebrew and winget need.
pub(super) fn write(repository: &str) -> Result {
    let repository = checked(repository)?;
    let mut archives = Archives::new();
    for target in TARGETS {
        let path = directory().join(target.archive());
        if path.is_file() {
            archives.push((target, sha256(&fs::read(path)?)));
        }
    }
    for (name, text) in all(repository, &archives) {
        fs::write(directory().join(name), text)?;
    }
    Ok(())
}

/// An address that needs no quotes in a shell, in Ruby or in YAML.
fn checked(repository: &str) -> Result<&str> {
    let address = repository.trim_end_matches('/');
    let is_plain = |rest: &str| rest.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._/:".contains(&b));
    match address.strip_prefix("https://") {
        Some(rest) if !rest.is_empty() && is_plain(rest) => Ok(address),
        _ => {
            Err(format!("`{repository}` is not the address of a repository: `https://HOST/OWNER/NAME`")
                .into())
        }
    }
}

/// Every installer by the name of its file.
fn all(repository: &str, archives: &Archives) -> BTreeMap<&'static str, String> {
    let base = format!("{repository}/releases/download/v{VERSION}");
    let mut files = BTreeMap::from([
        ("install.sh", script(&base, archives)),
        ("plimsoll.rb", formula(repository, &base, archives)),
    ]);
    if let Some((target, sum)) = archives.iter().find(|(target, _)| target.is_windows()) {
        files.extend(winget(repository, &base, target, sum));
    }
    files
}

fn script(base: &str, archives: &Archives) -> String {
    let mut cases = String::new();
    for (target, sum) in archives {
        if let Some((system, machine)) = target.uname {
            let _ = writeln!(cases, "    '{system} {machine}') echo '{} {sum}' ;;", target.archive());
        }
    }
    SCRIPT.replace("@VERSION@", VERSION).replace("@BASE@", base).replace("@ARCHIVES@\n", &cases)
}

/// A formula of Homebrew.
fn formula(repository: &str, base: &str, archives: &Archives) -> String {
    let mut text = format!(
        "class Plimsoll < Formula\n  desc \"{SUMMARY}\"\n  homepage \"{repository}\"\n  version \"{VERSION}\"\n  license any_of: \
         [\"MIT\", \"Apache-2.0\"]\n"
    );
    for (block, system) in [("on_linux", "Linux"), ("on_macos", "Darwin")] {
        let of_system = |target: &Target| target.uname.is_some_and(|(name, _)| name == system);
        let list: Vec<_> = archives.iter().filter(|(target, _)| of_system(target)).collect();
        if list.is_empty() {
            continue;
        }
        let _ = write!(text, "\n  {block} do\n");
        for (target, sum) in list {
            let machine = if target.architecture == "arm64" { "on_arm" } else { "on_intel" };
            let _ = write!(
                text,
                "    {machine} do\n      url \"{base}/{}\"\n      sha256 \"{sum}\"\n    end\n",
                target.archive()
            );
        }
        text.push_str("  end\n");
    }
    text.push_str(
        "\n  def install\n    bin.install \"plimsoll\"\n    man1.install Dir[\"man/man1/*.1\"]\n    bash_completion.install \
         \"completions/plimsoll.bash\" => \"plimsoll\"\n    zsh_completion.install \"completions/_plimsoll\"\n    \
         fish_completion.install \"completions/plimsoll.fish\"\n  end\n\n  test do\n    assert_match version.to_s, \
         shell_output(\"#{bin}/plimsoll --version\")\n  end\nend\n",
    );
    text
}

/// The three documents of a winget manifest.
fn winget(repository: &str, base: &str, target: &Target, sum: &str) -> [(&'static str, String); 3] {
    let head = format!("PackageIdentifier: Plimsoll.Plimsoll\nPackageVersion: {VERSION}\n");
    let tail = |kind: &str| format!("ManifestType: {kind}\nManifestVersion: 1.10.0\n");
    [
        ("Plimsoll.Plimsoll.yaml", format!("{head}DefaultLocale: en-US\n{}", tail("version"))),
        (
            "Plimsoll.Plimsoll.locale.en-US.yaml",
            format!(
                "{head}PackageLocale: en-US\nPublisher: The Plimsoll maintainers\nPackageName: Plimsoll\nPackageUrl: \
                 {repository}\nLicense: MIT OR Apache-2.0\nShortDescription: {SUMMARY}\n{}",
                tail("defaultLocale")
            ),
        ),
        (
            "Plimsoll.Plimsoll.installer.yaml",
            format!(
                "{head}InstallerType: zip\nNestedInstallerType: portable\nNestedInstallerFiles:\n  - RelativeFilePath: {stem}\\plimsoll.exe\n    \
                 PortableCommandAlias: plimsoll\nInstallers:\n  - Architecture: x64\n    InstallerUrl: {base}/{archive}\n    \
                 InstallerSha256: {sum}\n{tail}",
                stem = target.stem(),
                archive = target.archive(),
                sum = sum.to_uppercase(),
                tail = tail("installer")
            ),
        ),
    ]
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
