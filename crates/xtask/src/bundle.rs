//! Makes one file of what trunk built: `viewer.html`.
//!
//! The program (the glue, the style and the WASM) goes in as text that `web/unpack.js` reads: LZMA, written with seven bits a
//! character. A policy admits the inline scripts and the glue, and nothing else. A report is the same file with its
//! slots filled (`plimsoll_report::html`).

use std::io::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lzma_rust2::{EncodeMode, LzmaOptions, LzmaWriter, MfType};
use plimsoll_snapshot::SCHEMA_VERSION;
use sha2::{Digest, Sha256};

use crate::error::Result;
use crate::reorder::reordered;
use crate::workspace;

/// What stands for the policy in `index.html`.
const POLICY: &str = "<!--plimsoll:policy-->";
/// What trunk writes for the program, as `Trunk.toml` says.
const PROGRAM: &str = "<script src=\"plimsoll-web.js\"></script>";

/// What trunk writes for the style of what the program shows, up to its end.
const STYLE: &str = "<link rel=\"stylesheet\" href=\"./page.css\"";

/// How much time packing may take.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    /// As small as possible: a minute.
    Release,
    /// For a page that is looked at once.
    Development,
}

/// Bundles the staging directory that trunk names.
pub(crate) fn run() -> Result {
    let directory = env::var_os("TRUNK_STAGING_DIR")
        .map(PathBuf::from)
        .ok_or("`TRUNK_STAGING_DIR` is not set: this is started by trunk")?;
    let viewer = bundled(&directory, Effort::Release)?;
    let file = directory.join("viewer.html");
    fs::write(&file, &viewer)?;
    keep_time_if_unchanged(&file, &viewer)
}

/// Bundles a directory without trunk, whose optimising build takes minutes.
pub(crate) fn develop(directory: &Path) -> Result {
    let root = workspace::root();
    fs::write(directory.join("index.html"), linked(&fs::read_to_string(root.join("index.html"))?, root)?)?;
    fs::copy(root.join("web/page.css"), directory.join("page.css"))?;
    let viewer = bundled(directory, Effort::Development)?;
    let file = workspace::viewer();
    fs::create_dir_all(file.parent().unwrap_or(root))?;
    Ok(fs::write(file, viewer)?)
}

/// The page with what its `data-trunk` links stand for, as trunk writes it.
fn linked(index: &str, root: &Path) -> Result<String> {
    let mut page = String::with_capacity(index.len());
    for line in index.lines() {
        let attribute =
            |name: &str| line.split_once(&format!(" {name}=\"")).and_then(|(_, rest)| rest.split('"').next());
        match (attribute("rel"), attribute("href")) {
            (Some("inline"), Some(file)) => {
                let element = if file.ends_with(".css") { "style" } else { "script" };
                let content = fs::read_to_string(root.join(file))?;
                page.push_str(&format!("<{element}>{content}</{element}>"));
            }
            (Some("css"), _) => page.push_str(&format!("{STYLE}>")),
            (Some("rust"), _) => page.push_str(PROGRAM),
            _ => page.push_str(line),
        }
        page.push('\n');
    }
    Ok(page)
}

fn bundled(directory: &Path, effort: Effort) -> Result<String> {
    if directory.join("snippets").exists() {
        return Err("a crate brings JavaScript of its own, which a page of one file cannot import".into());
    }
    let read = |name: &str| -> Result<Vec<u8>> {
        fs::read(directory.join(name)).map_err(|error| format!("`{name}` cannot be read: {error}").into())
    };
    let index = lean(&String::from_utf8(read("index.html")?)?);
    let glue = String::from_utf8(read("plimsoll-web.js")?)?;
    let style = String::from_utf8(read("page.css")?)?;
    let wasm = read("plimsoll-web_bg.wasm")?;

    let stripped = reordered(&without_custom_sections(&wasm)?)?;
    let viewer = bundle(&index, &glue, &style, &stripped, effort)?;
    println!(
        "  WASM {} bytes, {} without custom sections; viewer {} bytes",
        wasm.len(),
        stripped.len(),
        viewer.len()
    );
    Ok(viewer)
}

/// Gives the viewer the time of the one before it if they are the same: cargo need not build the program anew.
fn keep_time_if_unchanged(file: &Path, viewer: &str) -> Result {
    let last = workspace::viewer();
    if fs::read(&last).is_ok_and(|bytes| bytes == viewer.as_bytes()) {
        let time = fs::metadata(&last)?.modified()?;
        fs::File::options().write(true).open(file)?.set_modified(time)?;
    }
    Ok(())
}

fn bundle(index: &str, glue: &str, style: &str, wasm: &[u8], effort: Effort) -> Result<String> {
    let (before, after) = once(index, STYLE)?;
    let (_, after) = after.split_once('>').ok_or("the link to the style does not end")?;
    let index = format!("{before}{after}");
    let (before, after) = once(&index, PROGRAM)?;
    let page = format!(
        "{before}<script type=\"application/x-lzma\" id=\"plimsoll-program\">{}</script>{after}",
        text_of(&lzma(&program(glue, &lean(style), wasm)?, effort)?)
    );
    let scripts = inline_scripts(&page)?;
    if scripts.len() != 2 {
        return Err(
            format!("the page has {} scripts instead of two, `unpack` and `boot`", scripts.len()).into()
        );
    }
    let hashes: Vec<String> = scripts
        .into_iter()
        .chain([glue])
        .map(|script| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(script))))
        .collect();
    let policy = format!(
        "default-src 'none'; script-src {} 'wasm-unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:; \
         worker-src blob:; connect-src 'none'; base-uri 'none'; form-action 'none'",
        hashes.join(" ")
    );
    let (before, after) = once(&page, POLICY)?;
    Ok(format!(
        "{before}<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"generator\" content=\"plimsoll {}, which reads snapshots up to format {SCHEMA_VERSION}\">{after}",
        env!("CARGO_PKG_VERSION")
    ))
}

/// The text around something that is there exactly once.
fn once<'a>(text: &'a str, part: &str) -> Result<(&'a str, &'a str)> {
    match text.split_once(part) {
        Some((before, after)) if !after.contains(part) => Ok((before, after)),
        Some(_) => Err(format!("the page holds `{part}` more than once").into()),
        None => Err(format!("the page lacks `{part}`").into()),
    }
}

/// The content of every script that the browser runs; an error for one that it would load.
fn inline_scripts(page: &str) -> Result<Vec<&str>> {
    let mut scripts = Vec::new();
    let mut rest = page;
    while let Some((_, after)) = rest.split_once("<script") {
        let (attributes, after) = after.split_once('>').ok_or("a script tag does not end")?;
        let (content, after) = after.split_once("</script>").ok_or("a script does not end")?;
        match attributes.trim() {
            "" => scripts.push(content),
            data if data.starts_with("type=\"application/") => {}
            other => return Err(format!("the page has a script the policy cannot name: `{other}`").into()),
        }
        rest = after;
    }
    Ok(scripts)
}

/// The glue and the style with their lengths before them, and the module.
fn program(glue: &str, style: &str, wasm: &[u8]) -> Result<Vec<u8>> {
    let length = |text: &str| u32::try_from(text.len()).map(u32::to_le_bytes);
    Ok([&length(glue)?, &length(style)?, glue.as_bytes(), style.as_bytes(), wasm].concat())
}

/// A style, or a script, without indentation and without lines that are comments: those are for who works on it.
fn lean(text: &str) -> String {
    let mut lean = String::with_capacity(text.len());
    let mut in_comment = false;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let starts = line.starts_with("/*");
        in_comment |= starts;
        if !in_comment && !line.starts_with("// ") {
            lean.push_str(line);
            lean.push('\n');
        }
        in_comment &= !line.ends_with("*/");
    }
    lean
}

/// Packs as small as LZMA can: a module compresses best with the bytes before as context, whatever their position.
fn lzma(bytes: &[u8], effort: Effort) -> Result<Vec<u8>> {
    let smallest = LzmaOptions {
        dict_size: 1 << 23,
        lc: 4,
        lp: 0,
        pb: 0,
        mode: EncodeMode::Normal,
        nice_len: 273,
        mf: MfType::Bt4,
        depth_limit: 1000,
        preset_dict: None,
    };
    let options = match effort {
        Effort::Release => smallest,
        Effort::Development => {
            LzmaOptions { mode: EncodeMode::Fast, nice_len: 32, mf: MfType::Hc4, depth_limit: 4, ..smallest }
        }
    };
    let mut writer = LzmaWriter::new_use_header(Vec::new(), &options, Some(bytes.len() as u64))?;
    writer.write_all(bytes)?;
    Ok(writer.finish()?)
}

/// The values of seven bits that a script element does not hold as they are: a parser replaces the first two, and the
/// third could begin a tag.
const BARRED: [u8; 3] = [0x00, b'\r', b'<'];

/// Bytes as text of seven bits a character, which no encoding of a page changes. A barred value and the seven bits
/// behind it become one character from U+0080 on.
fn text_of(bytes: &[u8]) -> String {
    let mut sevens = Vec::with_capacity(bytes.len() * 8 / 7 + 2);
    let (mut bits, mut held) = (0_u32, 0);
    for &byte in bytes {
        bits = bits << 8 | u32::from(byte);
        held += 8;
        while held >= 7 {
            held -= 7;
            sevens.push((bits >> held & 0x7f) as u8);
        }
    }
    // What is left fills up with zeros. A character that stands for two values needs both.
    sevens.push((bits << (7 - held) & 0x7f) as u8);
    let mut text = String::with_capacity(sevens.len() + sevens.len() / 32);
    let mut sevens = sevens.into_iter();
    while let Some(seven) = sevens.next() {
        match BARRED.iter().zip(0..).find(|(barred, _)| **barred == seven) {
            None => text.push(char::from(seven)),
            Some((_, which)) => {
                let code = 0x80 + (which << 7) + u32::from(sevens.next().unwrap_or(0));
                text.push(char::from_u32(code).expect("it is below U+0200"));
            }
        }
    }
    text
}

/// The module without names, producers and target features: nothing reads them any more.
fn without_custom_sections(wasm: &[u8]) -> Result<Vec<u8>> {
    const HEADER: &[u8] = b"\0asm\x01\0\0\0";
    if !wasm.starts_with(HEADER) {
        return Err("this is no WASM module".into());
    }
    let mut kept = HEADER.to_vec();
    let mut rest = &wasm[HEADER.len()..];
    while let [id, after @ ..] = rest {
        let (length, digits) = leb128(after)?;
        let end = (1 + digits).checked_add(length).filter(|end| *end <= rest.len());
        let (section, after) = rest.split_at(end.ok_or("a section of the WASM module is cut off")?);
        if *id != 0 {
            kept.extend_from_slice(section);
        }
        rest = after;
    }
    Ok(kept)
}

/// An unsigned number of at most 32 bits, and how many bytes it takes.
fn leb128(bytes: &[u8]) -> Result<(usize, usize)> {
    let mut value = 0;
    for (at, byte) in bytes.iter().enumerate().take(5) {
        value |= usize::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Ok((value, at + 1));
        }
    }
    Err("a number in the WASM module is cut off or too long".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const INDEX: &str = "<head><!--plimsoll:policy--><script>unpack()</script><script>boot()</script>\
        <link rel=\"stylesheet\" href=\"./page.css\"/></head>\
        <script type=\"application/gzip\" id=\"plimsoll-data\"></script>\
        <script src=\"plimsoll-web.js\"></script>";

    #[test]
    fn the_policy_names_the_scripts_and_no_data() {
        let page = bundle(INDEX, "glue(\"</script>\")", "a {}", b"wasm", Effort::Release).unwrap();
        let hash = |script: &str| STANDARD.encode(Sha256::digest(script));
        let expected = format!(
            "script-src 'sha256-{}' 'sha256-{}' 'sha256-{}' 'wasm-unsafe-eval';",
            hash("unpack()"),
            hash("boot()"),
            hash("glue(\"</script>\")")
        );
        assert!(page.contains(&expected), "{page}");
        assert_eq!(page.matches("<script").count(), 4);
    }

    #[test]
    fn what_would_break_the_page_is_refused() {
        let error = |index: &str| bundle(index, "", "", b"", Effort::Release).unwrap_err().to_string();
        assert!(error("").contains("lacks"));
        assert!(error(&INDEX.repeat(2)).contains("more than once"));
        assert!(error(&INDEX.replace("<head>", "<script>more()</script>")).contains("3 scripts"));
        assert!(
            error(&INDEX.replace("<script>boot", "<script src=\"x.js\">boot")).contains("`src=\"x.js\"`")
        );
    }

    #[test]
    fn packed_bytes_are_text_that_a_script_element_holds() {
        for bytes in [
            &b""[..],
            b"\0",
            b"\xff",
            b"\0\0\0\0\0\0\0",
            b"a program",
            &[0x1a; 9],
            &(0..=255).collect::<Vec<u8>>(),
        ] {
            let text = text_of(bytes);
            assert!(!text.contains(BARRED.map(char::from)), "{text:?}");
            let sevens = text.chars().flat_map(|character| {
                let code = u32::from(character);
                let barred = code.checked_sub(0x80).map(|code| u32::from(BARRED[(code >> 7) as usize]));
                barred.into_iter().chain([code & 0x7f])
            });
            let (mut bits, mut held, mut read) = (0, 0, Vec::new());
            for seven in sevens {
                (bits, held) = (bits << 7 | seven, held + 7);
                if held >= 8 {
                    held -= 8;
                    read.push((bits >> held & 0xff) as u8);
                }
            }
            assert_eq!(read[..bytes.len()], *bytes);
        }
    }

    #[test]
    fn comments_and_indentation_are_left_out() {
        let css = "/* One.\n   Two. */\n\na {\n  b: c; /* kept */\n}\n/* d */\ne { f: \"// g\"; }\n";
        assert_eq!(lean(css), "a {\nb: c; /* kept */\n}\ne { f: \"// g\"; }\n");
        assert_eq!(lean("// h\n\"use strict\";\n"), "\"use strict\";\n");
    }

    #[test]
    fn packing_knows_no_clock_and_loses_nothing() {
        let bytes = program("glue", "style", &[7; 5000]).unwrap();
        let packed = lzma(&bytes, Effort::Release).unwrap();
        assert_eq!(packed, lzma(&bytes, Effort::Release).unwrap());
        let mut content = Vec::new();
        let mut reader = lzma_rust2::LzmaReader::new_mem_limit(&packed[..], u32::MAX, None).unwrap();
        std::io::Read::read_to_end(&mut reader, &mut content).unwrap();
        assert_eq!(content, bytes);
    }

    #[test]
    fn custom_sections_are_dropped_and_others_kept() {
        let module = |sections: &[&[u8]]| [b"\0asm\x01\0\0\0", &sections.concat()[..]].concat();
        let long = [&[1, 0x80, 0x01][..], &[7; 128]].concat();
        assert_eq!(
            without_custom_sections(&module(&[&[0, 2, 1, 1], &long, &[0, 0], &[3, 1, 9]])).unwrap(),
            module(&[&long, &[3, 1, 9]])
        );
        assert!(without_custom_sections(&module(&[&[1, 9, 0]])).is_err());
        assert!(without_custom_sections(&module(&[&[1, 0x80]])).is_err());
        assert!(without_custom_sections(b"text").is_err());
    }
}
