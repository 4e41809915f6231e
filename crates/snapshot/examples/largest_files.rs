//! Prints the ten largest files that the layers of a snapshot store:
//! `cargo run -p plimsoll-snapshot --example largest_files -- examples/agente-after.plimsoll`

#![expect(clippy::print_stdout, clippy::disallowed_types, reason = "an example is a program")]

use std::cmp::Reverse;
use std::error::Error;
use std::fs::File;

use plimsoll_snapshot::{Node, path};

fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args().nth(1).ok_or("usage: largest_files SNAPSHOT")?;
    let snapshot = plimsoll_snapshot::read(File::open(file)?)?;
    let contents = snapshot.layers.iter().filter_map(|layer| layer.contents.as_deref());
    let mut files: Vec<_> = contents
        .flat_map(|contents| contents.entries.iter())
        .filter_map(|entry| match entry.node {
            Node::File { size, .. } => Some((size, path::escape(entry.path).into_owned())),
            _ => None,
        })
        .collect();
    files.sort_by_key(|(size, _)| Reverse(*size));
    for (size, path) in files.iter().take(10) {
        println!("{:>12} {path}", size.0);
    }
    Ok(())
}
