//! Prints the layers of an image archive, and what could not be read of them:
//! `docker save app | cargo run -p plimsoll-collect --example layers`

#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "an example is a program")]

use std::error::Error;
use std::io::stdin;

use plimsoll_snapshot::ReadLimits;

fn main() -> Result<(), Box<dyn Error>> {
    let snapshot = plimsoll_collect::read(stdin().lock(), "standard input", &ReadLimits::default())?;
    for image in &snapshot.images {
        println!("{} ({})", image.reference.as_deref().unwrap_or("no reference"), image.id);
        for layer in &image.layers {
            println!("  {:>12} bytes  {}", layer.blob_bytes.0, snapshot.layers[layer.layer].diff_id);
        }
        for warning in &image.warnings {
            println!("  warning: {warning}");
        }
    }
    Ok(())
}
