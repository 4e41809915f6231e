//! Prints how many bytes of an image later layers hide:
//! `cargo run -p plimsoll-analysis --example hidden_bytes -- image.tar`

#![expect(clippy::print_stdout, clippy::disallowed_types, reason = "an example is a program")]

use std::{env, error::Error, fs::File};

use plimsoll_snapshot::ReadLimits;

fn main() -> Result<(), Box<dyn Error>> {
    let path = env::args().nth(1).ok_or("usage: hidden_bytes ARCHIVE")?;
    let snapshot = plimsoll_collect::read(File::open(&path)?, &path, &ReadLimits::default())?;
    for image in plimsoll_analysis::inspect::inspect(&snapshot).images {
        println!("{}: {} of {} bytes are hidden", image.service, image.hidden_bytes.0, image.size_bytes.0);
    }
    Ok(())
}
