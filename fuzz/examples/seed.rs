//! Makes seeds of real files: `cargo run --example seed -- CORPUS_DIRECTORY… OUT_DIRECTORY`.
//!
//! What a fuzzer changes has to be small: layers lose most of their entries and the ends of long files. The harness
//! makes their digests right again.

use std::error::Error;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use plimsoll_collect::{ContentType, decompress, sniff};
use plimsoll_fuzz::{members, mend, places};
use plimsoll_snapshot::ReadLimits;

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// The longest content that is kept of a file in a layer.
const KEPT: usize = 200;

/// The most entries that are kept of a layer.
const ENTRIES: usize = 14;

/// The longest seed of a text.
const TEXT: usize = 16 << 10;

/// The largest archive that is read.
const ARCHIVE: u64 = 400 << 20;

const CATALOGERS: [&str; 7] =
    ["system_packages", "rpm", "language_packages", "java", "binaries", "imports", "secrets"];

fn main() -> Result {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let Some((out, corpora)) = arguments.split_last().filter(|(_, corpora)| !corpora.is_empty()) else {
        return Err("usage: seed CORPUS_DIRECTORY… OUT_DIRECTORY".into());
    };
    for corpus in corpora {
        walk(corpus, &mut |file| {
            add(file, out).map_err(|error| format!("{}: {error}", file.display()).into())
        })?;
    }
    Ok(())
}

fn walk(directory: &Path, visit: &mut impl FnMut(&Path) -> Result) -> Result {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(directory)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    entries.sort();
    for path in entries {
        if path.is_dir() { walk(&path, visit)? } else { visit(&path)? }
    }
    Ok(())
}

fn add(file: &Path, out: &Path) -> Result {
    if fs::metadata(file)?.len() > ARCHIVE {
        return Ok(());
    }
    let bytes = fs::read(file)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    match sniff(&bytes[..bytes.len().min(512)]) {
        ContentType::Tar => archive(&bytes, out),
        ContentType::Compressed(compression) => {
            let mut inner = Vec::new();
            decompress(compression, &bytes[..], &ReadLimits::default())?.read_to_end(&mut inner)?;
            match sniff(&inner[..inner.len().min(512)]) {
                ContentType::Tar => archive(&inner, out),
                ContentType::Json => write(out, "snapshot", &[], &inner),
                _ => Ok(()),
            }
        }
        _ => match &*name {
            "Dockerfile" => write(out, "dockerfile", &[], &bytes),
            _ if name.ends_with(".toml") => write(out, "targets", &[], &bytes),
            _ if name.ends_with(".plimsoll") => write(out, "snapshot", &[], &bytes),
            _ if name.ends_with(".yml") || name.ends_with(".yaml") => {
                write(out, "compose", &[], &bytes)?;
                write(out, "memory", &[], &bytes)
            }
            _ => write(out, "memory", &[], &bytes),
        },
    }
}

/// An archive with small layers, its layers, and what catalogers read in them.
fn archive(tar: &[u8], out: &Path) -> Result {
    let mut small = Vec::new();
    for member in members(tar) {
        let content = &tar[member.content()..member.content() + member.size];
        let mut inner = Vec::new();
        let found = sniff(&content[..content.len().min(512)]);
        match found {
            ContentType::Tar => inner.extend_from_slice(content),
            ContentType::Compressed(compression) => {
                decompress(compression, content, &ReadLimits::default())?.read_to_end(&mut inner)?;
            }
            _ => {}
        }
        let header = &tar[member.header..member.content()];
        if sniff(&inner[..inner.len().min(512)]) != ContentType::Tar {
            push(&mut small, header, content);
            continue;
        }
        files(&inner, out)?;
        let layer = shrunk(&inner);
        write_whole(out, "layer", &[1], &layer)?;
        push(&mut small, header, &layer);
    }
    small.resize(small.len() + 1024, 0);
    mend(&mut small);
    write_whole(out, "archive", &[1], &small)
}

/// The files of a layer that catalogers read.
fn files(layer: &[u8], out: &Path) -> Result {
    for member in members(layer) {
        let header = &layer[member.header..member.content()];
        let name = header[..100].split(|&byte| byte == 0).next().unwrap_or_default();
        let name = String::from_utf8_lossy(name);
        let content = &layer[member.content()..member.content() + member.size];
        for target in CATALOGERS {
            let alike = |place: &&str| {
                let (last, is_library) = (name.rsplit('/').next().unwrap_or_default(), place.contains(".so"));
                place.rsplit('/').next() == Some(last)
                    || is_library && name.contains(".so")
                    || target == "binaries" && content.starts_with(b"\x7fELF") && !is_library
                    || target == "imports" && place.rsplit('.').next() == last.rsplit('.').next()
            };
            for (index, _) in places(target).iter().enumerate().filter(|(_, place)| alike(place)) {
                write(out, target, &[u8::try_from(index)?], content)?;
            }
        }
    }
    Ok(())
}

/// A layer without most of its entries: what is no plain file goes first.
fn shrunk(layer: &[u8]) -> Vec<u8> {
    let mut small = Vec::new();
    let (mut kept, mut extended) = (0, Vec::new());
    for member in members(layer) {
        let header = &layer[member.header..member.content()];
        let content = &layer[member.content()..member.content() + member.size];
        if matches!(member.kind, b'x' | b'g' | b'L' | b'K') {
            push(&mut extended, header, content);
            continue;
        }
        let name = String::from_utf8_lossy(&header[..100]).into_owned();
        let is_rare =
            !extended.is_empty() || name.contains(".wh.") || matches!(member.kind, b'1' | b'3'..=b'6');
        if kept < ENTRIES || (is_rare && kept < 3 * ENTRIES) {
            kept += 1;
            small.append(&mut extended);
            push(&mut small, header, &content[..content.len().min(KEPT)]);
        }
        extended.clear();
    }
    small.resize(small.len() + 1024, 0);
    mend(&mut small);
    small
}

/// Adds a member under a header that is there, with another size.
fn push(tar: &mut Vec<u8>, header: &[u8], content: &[u8]) {
    let start = tar.len();
    tar.extend_from_slice(header);
    tar[start + 124..start + 136].copy_from_slice(format!("{:011o}\0", content.len()).as_bytes());
    tar.extend_from_slice(content);
    tar.resize(tar.len().next_multiple_of(512), 0);
}

/// Writes a seed, cut if it is long.
fn write(out: &Path, target: &str, head: &[u8], bytes: &[u8]) -> Result {
    let whole = matches!(target, "snapshot" | "rpm" | "java");
    write_whole(out, target, head, if whole { bytes } else { &bytes[..bytes.len().min(TEXT)] })
}

fn write_whole(out: &Path, target: &str, head: &[u8], bytes: &[u8]) -> Result {
    let directory = out.join(target);
    fs::create_dir_all(&directory)?;
    let seed = [head, bytes].concat();
    let name = seed.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    Ok(fs::write(directory.join(format!("{name:016x}")), seed)?)
}
