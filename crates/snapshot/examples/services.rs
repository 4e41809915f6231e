//! Prints the services of a snapshot, with their layers:
//! `cargo run -p plimsoll-snapshot --example services -- examples/agente-after.plimsoll`

#![expect(clippy::print_stdout, clippy::disallowed_types, reason = "an example is a program")]

use std::error::Error;
use std::fs::File;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("usage: services SNAPSHOT")?;
    let snapshot = plimsoll_snapshot::read(File::open(path)?)?;
    for service in &snapshot.services {
        let image = &snapshot.images[service.image];
        println!("{}: {} for {}", service.name, image.id, image.platform);
        for layer in &image.layers {
            println!("  {}", snapshot.layers[layer.layer].diff_id);
        }
    }
    Ok(())
}
