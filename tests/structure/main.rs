//! The structure of the code: the modules of each crate point one way, and workflows do only what was reviewed.

#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

mod modules;
mod workflows;

use std::fs;

use modules::Modules;
use plimsoll_tests::root;

#[test]
fn no_module_needs_itself() {
    let crates = fs::read_dir(root().join("crates")).unwrap().map(|entry| entry.unwrap().path());
    let mut crates: Vec<_> = crates.filter(|path| path.join("Cargo.toml").is_file()).collect();
    crates.push(root().join("web"));
    crates.sort();
    let mut found = Vec::new();
    for directory in crates {
        let name = directory.file_name().unwrap().to_string_lossy().into_owned();
        let cycles = Modules::read(&directory).unwrap().cycles();
        found.extend(cycles.into_iter().map(|cycle| format!("{name}: {}", cycle.join(" → "))));
    }
    assert_eq!(found, [""; 0], "move what both need into a module below them");
}

fn cycles(files: &[(&str, &str)]) -> Vec<String> {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let file = directory.path().join("src").join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    let cycles = Modules::read(directory.path()).unwrap().cycles();
    cycles.into_iter().map(|cycle| cycle.join(" → ")).collect()
}

#[test]
fn modules_that_name_each_other_are_found() {
    let found = cycles(&[
        ("lib.rs", "mod a; mod b; mod c;"),
        ("a.rs", "use crate::b::B; pub struct A(B);"),
        ("b.rs", "pub struct B; fn f(_: super::c::C) {}"),
        ("c.rs", "pub struct C; impl C { fn f() { crate::a::A::g(); } }"),
    ]);
    assert_eq!(found, ["crate::a → crate::b → crate::c → crate::a"]);
}

#[test]
fn a_parent_may_list_what_lies_below_it_and_hand_it_on() {
    let found = cycles(&[
        ("lib.rs", "mod a; mod b; pub use a::A;"),
        ("a.rs", "use crate::b::B; pub struct A(B);"),
        ("b/mod.rs", "mod c; pub use c::C; pub struct B;"),
        ("b/c.rs", "pub struct C;"),
    ]);
    assert_eq!(found, [""; 0]);
    // But it must not use what needs it.
    let found = cycles(&[
        ("lib.rs", "mod b;"),
        ("b/mod.rs", "mod c; pub struct B; fn f() { c::f() }"),
        ("b/c.rs", "use super::B; pub fn f() -> B { B }"),
    ]);
    assert_eq!(found, ["crate::b → crate::b::c → crate::b"]);
}

#[test]
fn what_is_handed_on_belongs_to_the_module_that_defines_it() {
    let found = cycles(&[
        ("lib.rs", "mod a; pub use a::b::B;"),
        ("a/mod.rs", "pub mod b; mod c; pub use c::C;"),
        ("a/b.rs", "use super::C; pub struct B(C);"),
        ("a/c.rs", "pub struct C; #[cfg(test)] mod tests { use crate::B; }"),
    ]);
    assert_eq!(found, [""; 0]);
}
