//! Changes inputs at random and runs them, without coverage but on stable Rust and many times as fast as a fuzzer:
//! `cargo run --release --example shake -- TARGET SECONDS OUT_DIRECTORY DICTIONARY FILE_OR_DIRECTORY…`.
//!
//! What the fuzzer found is the best to begin with. An input that breaks something, or takes a second, is written to
//! the directory.

use std::error::Error;
use std::fs;
use std::panic::catch_unwind;
use std::path::Path;
use std::time::{Duration, Instant};

use fastrand::Rng;
use plimsoll_fuzz::files;

/// Numbers that readers stumble over.
const NUMBERS: [&[u8]; 9] = [
    b"0",
    b"-1",
    b"18446744073709551615",
    b"9223372036854775807",
    b"4294967296",
    b"1e308",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\0\0\0\0",
];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [target, seconds, out, dictionary, paths @ ..] = &arguments[..] else {
        return Err("usage: shake TARGET SECONDS OUT_DIRECTORY DICTIONARY FILE_OR_DIRECTORY…".into());
    };
    let mut inputs = Vec::new();
    for path in paths {
        for file in files(Path::new(path))? {
            inputs.push(fs::read(file)?);
        }
    }
    if inputs.is_empty() {
        return Err("there is no input".into());
    }
    let words = words(&fs::read_to_string(dictionary)?);
    let mut random = Rng::new();
    let end = Instant::now() + Duration::from_secs(seconds.parse()?);
    let (mut runs, mut written) = (0_u64, 0);
    std::panic::set_hook(Box::new(|info| println!("{info}")));
    while Instant::now() < end && written < 20 {
        let mut data = inputs[random.usize(..inputs.len())].clone();
        for _ in 0..1 + random.usize(..5) {
            let other = &inputs[random.usize(..inputs.len())];
            change(&mut data, other, &words, &mut random);
        }
        runs += 1;
        let start = Instant::now();
        let is_fine = catch_unwind(|| plimsoll_fuzz::run(target, &data)).is_ok();
        if !is_fine || start.elapsed() > Duration::from_secs(1) {
            let kind = if is_fine { "slow" } else { "broken" };
            fs::write(Path::new(out).join(format!("{target}-{kind}-{runs}")), &data)?;
            written += 1;
        }
    }
    println!("{target}: {runs} runs, {written} inputs written");
    Ok(())
}

fn change(data: &mut Vec<u8>, other: &[u8], words: &[Vec<u8>], random: &mut Rng) {
    const LONGEST: usize = 32 << 10;
    let at = random.usize(..data.len() + 1);
    let longest = [4, 16, 64, 1024][random.usize(..4)];
    let length = 1 + random.usize(..longest);
    let end = (at + length).min(data.len());
    match random.usize(..9) {
        0 if at < data.len() => data[at] ^= 1 << random.usize(..8),
        1 if at < data.len() => data[at] = random.u8(..),
        2 => drop(data.drain(at..end)),
        3 => {
            let piece = data[at..end].repeat(1 + random.usize(..4));
            data.splice(at..at, piece);
        }
        4 if !words.is_empty() => drop(data.splice(at..at, words[random.usize(..words.len())].clone())),
        5 if !words.is_empty() => drop(data.splice(at..end, words[random.usize(..words.len())].clone())),
        6 => drop(data.splice(at..end, NUMBERS[random.usize(..NUMBERS.len())].to_vec())),
        7 => {
            let start = random.usize(..other.len() + 1);
            let piece = &other[start..(start + length * 4).min(other.len())];
            data.splice(at..at, piece.to_vec());
        }
        _ => {
            let start = random.usize(..other.len() + 1);
            data.truncate(at);
            data.extend_from_slice(&other[start..]);
        }
    }
    data.truncate(LONGEST);
}

/// The words of a dictionary of libFuzzer: `"TEXT"`, with `\xHH`, `\\` and `\"`.
fn words(text: &str) -> Vec<Vec<u8>> {
    let quoted = text.lines().filter_map(|line| line.strip_prefix('"')?.strip_suffix('"'));
    quoted.map(unescaped).collect()
}

fn unescaped(word: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = word.bytes();
    while let Some(byte) = rest.next() {
        match (byte, rest.clone().next()) {
            (b'\\', Some(b'x')) => {
                rest.next();
                let digits: String = rest.by_ref().take(2).map(char::from).collect();
                bytes.extend(u8::from_str_radix(&digits, 16).ok());
            }
            (b'\\', Some(next)) => {
                rest.next();
                bytes.push(next);
            }
            _ => bytes.push(byte),
        }
    }
    bytes
}
