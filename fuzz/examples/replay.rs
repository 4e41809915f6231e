//! Runs inputs through a harness without a fuzzer: `cargo run --example replay -- TARGET FILE_OR_DIRECTORY…`.

use std::error::Error;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (target, paths) = arguments.split_first().ok_or("usage: replay TARGET FILE_OR_DIRECTORY…")?;
    let mut failed = 0;
    for path in paths {
        for file in files(Path::new(path))? {
            let data = fs::read(&file)?;
            let start = Instant::now();
            if catch_unwind(|| plimsoll_fuzz::run(target, &data)).is_err() {
                failed += 1;
                println!("failed: {}", file.display());
            }
            if start.elapsed().as_secs() > 0 {
                println!("slow ({:.1} s): {}", start.elapsed().as_secs_f64(), file.display());
            }
        }
    }
    if failed > 0 { Err(format!("{failed} inputs failed").into()) } else { Ok(()) }
}

fn files(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files: Vec<_> =
        fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    files.sort();
    Ok(files)
}
