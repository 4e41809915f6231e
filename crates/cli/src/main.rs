//! Before and after of container images, as one HTML file.

use std::io::{self, Write};

mod viewer;

fn main() -> io::Result<()> {
    match viewer::text() {
        Some(text) => writeln!(io::stdout(), "the viewer has {} bytes", text.len()),
        None => writeln!(io::stdout(), "the viewer was not built: run `cargo xtask build`"),
    }
}
