//! Files that lead elsewhere: interpreters of scripts and homes of environments in caches, and directories that Python
//! searches.

use std::collections::BTreeSet;

use plimsoll_snapshot::LeadFact;

use crate::cache_paths;
use crate::catalog::cataloger::{Candidate, Cataloger, Read, Scan, nothing};
use crate::catalog::facts::Catalog;

pub(crate) const CATALOGER: Cataloger = Cataloger {
    id: "leads",
    wants,
    read: Read::Pieces(|file| Box::new(Passing::new(file))),
    complete: nothing,
};

/// Scripts that start something are small.
const MOST: u64 = 64 << 10;

fn wants(candidate: &Candidate<'_>) -> bool {
    candidate.size <= MOST
        && candidate.size > 2
        && (candidate.mode & 0o111 != 0 || is_settings(candidate.name) || is_script(candidate.name))
}

/// Files whose every word counts: the settings of an environment (PEP 405), directories to search (Python, `site`), and
/// arguments of Java (`@argfile`).
fn is_settings(name: &[u8]) -> bool {
    name == b"pyvenv.cfg"
        || name.ends_with(b".pth")
        || name.ends_with(b".argfile")
        || name.ends_with(b".classpath")
}

fn is_script(name: &[u8]) -> bool {
    name.ends_with(b".sh")
}

/// A small file that passes by.
struct Passing {
    is_settings: bool,
    is_pth: bool,
    is_script: bool,
    bytes: Vec<u8>,
}

impl Passing {
    fn new(file: &Candidate<'_>) -> Self {
        Self {
            is_settings: is_settings(file.name),
            is_pth: file.name.ends_with(b".pth"),
            is_script: is_script(file.name),
            bytes: Vec::new(),
        }
    }
}

impl Scan for Passing {
    fn feed(&mut self, bytes: &[u8]) {
        let is_first = self.bytes.is_empty();
        if is_first && !self.is_settings && !self.is_script && !bytes.starts_with(b"#!") {
            return;
        }
        self.bytes.extend_from_slice(bytes);
    }

    fn finish(self: Box<Self>, entry: u32, catalog: &mut Catalog) {
        let text = String::from_utf8_lossy(&self.bytes);
        let lines = text.lines().enumerate();
        let counts = |&(number, line): &(usize, &str)| self.is_settings || is_run(number, line);
        let directory = |line| directory(line).filter(|_| self.is_pth);
        let paths: BTreeSet<&str> = (lines.filter(counts))
            .flat_map(|(_, line)| cache_paths::find(line).chain(directory(line)))
            .collect();
        if !paths.is_empty() {
            let paths = paths.into_iter().map(str::to_owned).collect();
            catalog.leads.push(LeadFact { entry, paths });
        }
    }
}

/// The directory that a line of a `.pth` file adds to those that Python searches (Python, `site`): that of a project
/// that is installed where it lies.
fn directory(line: &str) -> Option<&str> {
    let line = line.trim_end();
    (line.starts_with('/') && line.len() <= cache_paths::MAX_LENGTH).then_some(line)
}

/// Whether a line of a script runs what it names, rather than tidying up or saying where a cache lies.
fn is_run(number: usize, line: &str) -> bool {
    const TIDY: [&str; 9] = ["rm", "mkdir", "chown", "chmod", "find", "du", "echo", "touch", "mv"];
    let line = line.trim_start();
    if line.starts_with("#!") {
        return number == 0;
    }
    let mut words = line.split(|character: char| character.is_whitespace() || ";&|".contains(character));
    !line.starts_with('#') && !line.contains("CACHE") && !words.any(|word| TIDY.contains(&word))
}

#[cfg(test)]
mod tests {
    use crate::catalog::testing::catalogue;

    #[test]
    fn what_files_lead_to_is_read() {
        let check = |path: &str, content: &str, expected: &str| {
            let (facts, _) = catalogue([(path, content.as_bytes())]);
            let paths: Vec<_> = facts.leads.iter().flat_map(|fact| fact.paths.clone()).collect();
            assert_eq!(paths.join(" "), expected, "{content}");
        };
        check("usr/local/bin/x", "#!/root/.cache/v/bin/python\nimport x", "/root/.cache/v/bin/python");
        check("v/pyvenv.cfg", "home = /root/.cache/py/bin\nversion = 3\n", "/root/.cache/py/bin");
        check("v/site-packages/a.pth", "/root/.cache/lib\n", "/root/.cache/lib");
        check("v/site-packages/__editable__.a.pth", "/src/a\nimport x; x('/y')\n../b\n", "/src/a");
        let script = "#!/bin/sh\nrm -rf /root/.cache/pip\n# /root/.cache/a\nexport UV_CACHE_DIR=/root/.cache/uv\n\
            exec java -cp \"/app.jar:$HOME/.m2/repository/a.jar\" Main\n";
        check("entrypoint.sh", script, "$HOME/.m2/repository/a.jar");
        check("bin/program", "\x7fELF /root/.cache/a", "");
        check("bin/other", "#!/usr/bin/python3\nprint('/usr/lib')", "");
    }
}
