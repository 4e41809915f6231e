//! Compares two archives or snapshots, service by service:
//! `cargo run -p plimsoll-analysis --example compare_images -- before.tar after.tar`

#![expect(clippy::print_stdout, clippy::disallowed_types, reason = "an example is a program")]

use std::{env, error::Error, fs::File};

use plimsoll_analysis::compare::compare;
use plimsoll_snapshot::{ReadLimits, Snapshot};

fn main() -> Result<(), Box<dyn Error>> {
    let [Some(before), Some(after)] = [env::args().nth(1), env::args().nth(2)] else {
        return Err("usage: compare_images BEFORE AFTER".into());
    };
    let comparison = compare(&read(&before)?, &read(&after)?);
    for service in &comparison.services {
        println!("{}: {} → {} bytes", service.name, service.size.before.0, service.size.after.0);
        // The steps of the bridge sum to the difference exactly.
        for step in service.bridge.iter() {
            println!("  {step:?}");
        }
    }
    Ok(())
}

fn read(path: &str) -> Result<Snapshot, Box<dyn Error>> {
    Ok(plimsoll_collect::read(File::open(path)?, path, &ReadLimits::default())?)
}
