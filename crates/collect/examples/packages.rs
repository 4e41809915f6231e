//! Prints what package managers recorded in an image archive:
//! `docker save app | cargo run -p plimsoll-collect --example packages`

#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "an example is a program")]

use std::error::Error;
use std::io::stdin;

use plimsoll_snapshot::ReadLimits;

fn main() -> Result<(), Box<dyn Error>> {
    let snapshot = plimsoll_collect::read(stdin().lock(), "standard input", &ReadLimits::default())?;
    for contents in snapshot.layers.iter().filter_map(|layer| layer.contents.as_deref()) {
        for package in contents.facts.iter().flat_map(|facts| &facts.packages) {
            println!("{:?} {} {}", package.ecosystem, package.name, package.version);
        }
    }
    Ok(())
}
