//! Changes inputs at random and runs them, without coverage but on stable Rust and many times as fast as a fuzzer:
//! `cargo run --release --example shake -- TARGET SECONDS OUT_DIRECTORY DICTIONARY FILE_OR_DIRECTORY…`.
//!
//! What the fuzzer found is the best to begin with. An input that breaks something, or takes a second, is written to
//! the directory.

use std::error::Error;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

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
    let mut random = Random(u64::from(std::process::id()) << 20 | inputs.len() as u64);
    let end = Instant::now() + Duration::from_secs(seconds.parse()?);
    let (mut runs, mut written) = (0_u64, 0);
    std::panic::set_hook(Box::new(|info| println!("{info}")));
    while Instant::now() < end && written < 20 {
        let mut data = inputs[random.below(inputs.len())].clone();
        for _ in 0..1 + random.below(5) {
            let other = &inputs[random.below(inputs.len())];
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

fn change(data: &mut Vec<u8>, other: &[u8], words: &[Vec<u8>], random: &mut Random) {
    const LONGEST: usize = 32 << 10;
    let at = random.below(data.len() + 1);
    let longest = [4, 16, 64, 1024][random.below(4)];
    let length = 1 + random.below(longest);
    let end = (at + length).min(data.len());
    match random.below(9) {
        0 if at < data.len() => data[at] ^= 1 << random.below(8),
        1 if at < data.len() => data[at] = random.below(256).to_le_bytes()[0],
        2 => drop(data.drain(at..end)),
        3 => {
            let piece = data[at..end].repeat(1 + random.below(4));
            data.splice(at..at, piece);
        }
        4 if !words.is_empty() => drop(data.splice(at..at, words[random.below(words.len())].clone())),
        5 if !words.is_empty() => drop(data.splice(at..end, words[random.below(words.len())].clone())),
        6 => drop(data.splice(at..end, NUMBERS[random.below(NUMBERS.len())].to_vec())),
        7 => {
            let start = random.below(other.len() + 1);
            let piece = &other[start..(start + length * 4).min(other.len())];
            data.splice(at..at, piece.to_vec());
        }
        _ => {
            let start = random.below(other.len() + 1);
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

/// A generator of numbers (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).unwrap_or(0)
    }
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
