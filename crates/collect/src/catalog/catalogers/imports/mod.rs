//! What the source files of applications import: Python, notebooks, JavaScript, TypeScript, and modules that shell
//! scripts run.

pub(super) mod javascript;
mod modules;
pub(super) mod python;
mod shell;

use plimsoll_snapshot::{Ecosystem, ImportFact, MetadataFault, MetadataProblem, path};

pub(super) use self::modules::Modules;
use crate::catalog::cataloger::{Candidate, Cataloger, Read, SourceFile, nothing};
use crate::catalog::facts::Catalog;

pub(crate) const CATALOGER: Cataloger =
    Cataloger { id: "imports", wants, read: Read::Whole(read), complete: nothing };

/// Larger sources were generated.
const MAX_SOURCE: u64 = 2 << 20;
/// Notebooks carry the pictures they drew.
const MAX_NOTEBOOK: u64 = 16 << 20;

fn wants(candidate: &Candidate<'_>) -> bool {
    let Some(language) = language(candidate.name) else { return false };
    let limit = if language == Language::Notebook { MAX_NOTEBOOK } else { MAX_SOURCE };
    candidate.size <= limit && candidate.size > 0 && is_of_application(candidate.path)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Language {
    Python,
    Notebook,
    JavaScript,
    Shell,
}

fn language(name: &[u8]) -> Option<Language> {
    let dot = name.iter().rposition(|&byte| byte == b'.')?;
    match &name[dot..] {
        b".py" => Some(Language::Python),
        b".ipynb" => Some(Language::Notebook),
        // What is bundled for browsers wraps itself in a `require` that is never called.
        b".js" if name.ends_with(b".min.js") => None,
        b".ts" if name.ends_with(b".d.ts") => None,
        b".js" | b".mjs" | b".cjs" | b".ts" | b".mts" | b".cts" | b".tsx" | b".jsx" => {
            Some(Language::JavaScript)
        }
        b".sh" => Some(Language::Shell),
        _ => None,
    }
}

/// Whether a path is not one where systems, interpreters and package managers put their files.
pub(super) fn is_of_application(file: &[u8]) -> bool {
    const OF_SYSTEM: [&[u8]; 10] = [
        b"usr/lib/",
        b"usr/lib64/",
        b"usr/share/",
        b"usr/bin/",
        b"usr/sbin/",
        b"usr/include/",
        b"bin/",
        b"lib/",
        b"etc/python",
        b"opt/yarn-",
    ];
    let mut is_in_lib = false;
    let mut is_foreign = |part: &[u8]| {
        let is_interpreter = is_in_lib && (part.starts_with(b"python") || part.starts_with(b"pypy"));
        is_in_lib = matches!(part, b"lib" | b"lib64");
        is_interpreter
            || matches!(
                part,
                b"site-packages"
                    | b"dist-packages"
                    | b"node_modules"
                    | b".cache"
                    | b".git"
                    | b".npm"
                    | b".yarn"
            )
    };
    !OF_SYSTEM.iter().any(|top| file.starts_with(top))
        && !path::parent(file).split(|&byte| byte == b'/').any(&mut is_foreign)
}

fn read(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let Some(language) = language(path::name(file.path)) else { return };
    let mut modules = Modules::default();
    match language {
        Language::Python => python::read(file.bytes, &mut modules),
        Language::Notebook => {
            if let Err(error) = python::read_notebook(file.bytes, &mut modules) {
                catalog.problem(
                    file.entry,
                    MetadataFault::from(MetadataProblem::InvalidNotebook).because(error),
                );
            }
        }
        Language::JavaScript => javascript::read(file.bytes, &mut modules),
        Language::Shell => shell::read(file.bytes, &mut modules),
    }
    if modules.0.is_empty() {
        return;
    }
    catalog.imports.push(ImportFact {
        entry: file.entry,
        ecosystem: if language == Language::JavaScript { Ecosystem::Npm } else { Ecosystem::Python },
        modules: modules.0.into_iter().collect(),
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::testing::catalogue;

    #[test]
    fn only_sources_of_applications_are_read() {
        let check = |path: &str, expected| assert_eq!(is_of_application(path.as_bytes()), expected, "{path}");
        for path in ["app/main.py", "main.py", "usr/src/app/x.js", "usr/local/bin/run.sh", "srv/lib/x.py"] {
            check(path, true);
        }
        for path in [
            "usr/lib/python3/x.py",
            "usr/local/lib/python3.11/json/decoder.py",
            "opt/venv/lib/python3.11/site-packages/a/b.py",
            "opt/conda/lib/pypy3.9/x.py",
            "app/node_modules/a/x.js",
            "usr/share/gdb/x.py",
        ] {
            check(path, false);
        }
    }

    #[test]
    fn every_language_gives_facts_of_its_world() {
        let (facts, warnings) = catalogue([
            ("app/a.py", &b"import b"[..]),
            ("app/empty.py", b"x = 1"),
            ("app/b.ipynb", br#"{"cells": [{"cell_type": "code", "source": ["import b\n", "import c"]}]}"#),
            ("app/bad.ipynb", b"{"),
            ("app/c.tsx", b"import a from 'react'"),
            ("app/d.min.js", b"require('x')"),
            ("app/run.sh", b"exec uvicorn main:app\n"),
        ]);
        let read: Vec<_> = facts.imports.iter().map(|it| (it.ecosystem, it.modules.join(" "))).collect();
        let (python, npm) = (Ecosystem::Python, Ecosystem::Npm);
        let expected = [(python, "b"), (python, "b c"), (npm, "react"), (python, "uvicorn")];
        assert_eq!(read, expected.map(|(world, modules)| (world, modules.to_owned())));
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert!(warnings[0].contains("app/bad.ipynb") && warnings[0].contains("line 1"), "{warnings:?}");
    }

    #[test]
    fn any_bytes_are_read_in_no_time() {
        let noise: Vec<u8> =
            (0..200_000_u32).map(|it| it.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
        let mut inputs = vec![noise];
        for piece in [
            "`${",
            "import(",
            "from a import (",
            "\"\"\"",
            "/*",
            "/",
            "\\",
            "'",
            "{[(",
            "[/",
            "export{",
            "import a,",
            "}",
        ] {
            inputs.push(piece.repeat(200_000 / piece.len()).into_bytes());
        }
        for input in &inputs {
            for name in ["a.py", "a.js", "a.sh", "a.ipynb"] {
                catalogue([(name, &input[..])]);
            }
        }
    }
}
