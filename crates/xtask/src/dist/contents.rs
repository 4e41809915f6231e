//! The files that every archive and package contains.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::error::Result;
use crate::step::{output, run as start};
use crate::workspace::{root, target as target_directory};

use super::program::runnable;
use super::tables::Target;

/// One file: its path in the archive, its content, and whether it is a program.
#[derive(Debug)]
pub(super) struct Content {
    pub(super) path: String,
    pub(super) bytes: Vec<u8>,
    pub(super) is_program: bool,
}

/// The shells that completions are made for, and the names that they expect.
pub(super) const SHELLS: &[(&str, &str)] = &[
    ("bash", "plimsoll.bash"),
    ("zsh", "_plimsoll"),
    ("fish", "plimsoll.fish"),
    ("powershell", "plimsoll.ps1"),
    ("nushell", "plimsoll.nu"),
];

/// Everything, sorted by path.
pub(super) fn of(target: &Target, program: &Path) -> Result<Vec<Content>> {
    let mut files =
        vec![Content { path: target.program().to_owned(), bytes: fs::read(program)?, is_program: true }];
    let mut add = |path: String, bytes: Vec<u8>| files.push(Content { path, bytes, is_program: false });
    for name in ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "CHANGELOG.md"] {
        add(name.to_owned(), fs::read(root().join(name))?);
    }
    add("plimsoll.cdx.json".to_owned(), crate::supply::bill_of_materials()?.into_bytes());
    add("THIRD-PARTY-LICENSES.txt".to_owned(), crate::supply::licences()?.into_bytes());
    let program = runnable(program)?;
    for (shell, name) in SHELLS {
        let script = output(Command::new(&program).args(["generate-completions", shell]))
            .ok_or_else(|| format!("the program writes no completions for {shell}"))?;
        add(format!("completions/{name}"), script.into_bytes());
    }
    let pages = target_directory().join("dist-man");
    if pages.exists() {
        fs::remove_dir_all(&pages)?;
    }
    start(Command::new(&program).arg("generate-man").arg(&pages))?;
    for page in fs::read_dir(&pages)? {
        let page = page?;
        add(format!("man/man1/{}", page.file_name().to_string_lossy()), fs::read(page.path())?);
    }
    fs::remove_dir_all(&pages)?;
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}
