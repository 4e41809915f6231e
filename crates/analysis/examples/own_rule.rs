//! A rule of your own: reports programs that lie outside of the usual directories, with the package that owns each.
//! `cargo run -p plimsoll-analysis --example own_rule -- image.tar`
//!
//! The rules of `plimsoll findings` are a closed list, because each language has a text for every one of them. A rule
//! outside of it uses the same input, and prints its findings itself.

#![expect(clippy::print_stdout, clippy::disallowed_types, reason = "an example is a program")]

use std::{env, error::Error, fs::File};

use plimsoll_analysis::findings::Input;
use plimsoll_analysis::packages::catalogue;
use plimsoll_analysis::squash;
use plimsoll_snapshot::{ReadLimits, path};

/// Where programs are expected.
const USUAL: &[&[u8]] = &[b"bin/", b"sbin/", b"usr/", b"opt/"];

fn main() -> Result<(), Box<dyn Error>> {
    let archive = env::args().nth(1).ok_or("usage: own_rule ARCHIVE")?;
    let snapshot = plimsoll_collect::read(File::open(&archive)?, &archive, &ReadLimits::default())?;
    for service in &snapshot.services {
        let image = &snapshot.images[service.image];
        let squashed = squash(&snapshot, image);
        let catalogue = catalogue(&snapshot, image, &squashed);
        let input = Input::new(&snapshot, service, &squashed, &catalogue);
        for (_, inode, owner) in input.visible() {
            let file = input.path(inode);
            let is_program = input.mode(inode) & 0o111 != 0;
            if is_program && USUAL.iter().all(|directory| !file.starts_with(directory)) {
                let package = input.package(owner).map_or("no package", |package| &package.name);
                println!("{}: {} ({} bytes, {package})", service.name, path::escape(file), inode.size.0);
            }
        }
    }
    Ok(())
}
