//! Looks for time that grows faster than the input: `cargo run --example grow -- TARGET FILE_OR_DIRECTORY…`.
//!
//! Some piece of an input is repeated until it is long, and until it is four times as long. What takes much more than
//! four times as long is reported, with the piece.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use fastrand::Rng;
use plimsoll_fuzz::files;

/// The sizes that are compared.
const SIZES: [usize; 2] = [60 << 10, 240 << 10];

/// Less is not worth a report.
const SLOW: Duration = Duration::from_millis(400);

/// How many pieces of an input are tried.
const PIECES: usize = 12;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (target, paths) = arguments.split_first().ok_or("usage: grow TARGET FILE_OR_DIRECTORY…")?;
    for path in paths {
        for file in files(Path::new(path))? {
            let data = fs::read(&file)?;
            let mut random = Rng::with_seed(data.len() as u64);
            for number in 0..PIECES {
                let (start, end) = piece(&data, number, &mut random);
                let [short, long] = SIZES.map(|size| took(target, &grown(&data, start, end, size)));
                if long > SLOW && long > short * 7 {
                    let piece = String::from_utf8_lossy(&data[start..end]);
                    println!("{}: {short:?}, {long:?} by {start}..{end} {:?}", file.display(), piece);
                }
            }
        }
    }
    Ok(())
}

fn took(target: &str, data: &[u8]) -> Duration {
    let start = Instant::now();
    plimsoll_fuzz::run(target, data);
    start.elapsed()
}

/// Everything but the first byte, which chooses; then lines; then any few bytes.
fn piece(data: &[u8], number: usize, random: &mut Rng) -> (usize, usize) {
    if data.len() < 3 || number == 0 {
        return (1.min(data.len()), data.len());
    }
    let at = 1 + random.usize(..data.len() - 2);
    if number % 2 == 1 {
        let start = data[..at].iter().rposition(|&byte| byte == b'\n').map_or(1, |end| end + 1);
        let end = data[at..].iter().position(|&byte| byte == b'\n').map_or(data.len(), |end| at + end + 1);
        return (start.min(end), end);
    }
    (at, (at + 1 + random.usize(..8)).min(data.len()))
}

fn grown(data: &[u8], start: usize, end: usize, size: usize) -> Vec<u8> {
    let times = size / (end - start).max(1);
    [&data[..start], &data[start..end].repeat(times.max(1)), &data[end..]].concat()
}
