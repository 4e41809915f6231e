//! Makes one file of what trunk built: `viewer.html`.
//!
//! The WASM goes in as text (gzip, base64), the glue as an inline script, and a policy that admits these
//! scripts and nothing else. A report is the same file with its slots filled (`plimsoll_report::html`).

use std::io::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use plimsoll_snapshot::SCHEMA_VERSION;
use sha2::{Digest, Sha256};

use crate::Result;

/// What stands for the policy in `index.html`.
const POLICY: &str = "<!--plimsoll:policy-->";
/// What trunk writes for the program, as `Trunk.toml` says.
const PROGRAM: &str = "<script src=\"plimsoll-web.js\"></script>";

/// Bundles the staging directory that trunk names.
pub(crate) fn run() -> Result {
    let directory = env::var_os("TRUNK_STAGING_DIR")
        .map(PathBuf::from)
        .ok_or("`TRUNK_STAGING_DIR` is not set: this is started by trunk")?;
    if directory.join("snippets").exists() {
        return Err("a crate brings JavaScript of its own, which a page of one file cannot import".into());
    }
    let read = |name: &str| -> Result<Vec<u8>> {
        fs::read(directory.join(name)).map_err(|error| format!("`{name}` cannot be read: {error}").into())
    };
    let index = String::from_utf8(read("index.html")?)?;
    let glue = String::from_utf8(read("plimsoll-web.js")?)?;
    let wasm = read("plimsoll-web_bg.wasm")?;

    let stripped = without_custom_sections(&wasm)?;
    let packed = gzip(&stripped)?;
    let viewer = bundle(&index, &glue, &packed)?;
    println!(
        "  WASM {} bytes, {} without custom sections, {} as gzip; viewer {} bytes",
        wasm.len(),
        stripped.len(),
        packed.len(),
        viewer.len()
    );
    let file = directory.join("viewer.html");
    fs::write(&file, &viewer)?;
    keep_time_if_unchanged(&file, &viewer)
}

/// Gives the viewer the time of the one before it if they are the same: cargo need not build the program anew.
fn keep_time_if_unchanged(file: &Path, viewer: &str) -> Result {
    let last = crate::workspace::viewer();
    if fs::read(&last).is_ok_and(|bytes| bytes == viewer.as_bytes()) {
        let time = fs::metadata(&last)?.modified()?;
        fs::File::options().write(true).open(file)?.set_modified(time)?;
    }
    Ok(())
}

fn bundle(index: &str, glue: &str, packed_wasm: &[u8]) -> Result<String> {
    for text in ["</script", "<!--", "<script"] {
        if glue.to_ascii_lowercase().contains(text) {
            return Err(format!("the glue holds `{text}`, which would end its script").into());
        }
    }
    // Pasted between what comes before and after it: nothing within the glue is read as a pattern.
    let (before, after) = once(index, PROGRAM)?;
    let page = format!(
        "{before}<script type=\"application/gzip\" id=\"plimsoll-wasm\">{}</script>\n<script id=\"plimsoll-glue\">{glue}</script>{after}",
        STANDARD.encode(packed_wasm)
    );
    let hashes: Vec<String> = inline_scripts(&page)?
        .into_iter()
        .map(|script| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(script))))
        .collect();
    if hashes.len() != 2 {
        return Err(format!("the page has {} scripts instead of two, boot and glue", hashes.len()).into());
    }
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
            // The glue has a name, by which it is found when a worker needs it.
            "" | "id=\"plimsoll-glue\"" => scripts.push(content),
            data if data.starts_with("type=\"application/gzip\"") => {}
            other => return Err(format!("the page has a script the policy cannot name: `{other}`").into()),
        }
        rest = after;
    }
    Ok(scripts)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
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

    const INDEX: &str = "<head><!--plimsoll:policy--><script>boot()</script></head>\
        <script type=\"application/gzip\" id=\"plimsoll-data\"></script>\
        <script src=\"plimsoll-web.js\"></script>";

    #[test]
    fn the_policy_names_both_scripts_and_no_data() {
        let page = bundle(INDEX, "glue(\"$&\")", b"wasm").unwrap();
        let hash = |script: &str| STANDARD.encode(Sha256::digest(script));
        let expected = format!(
            "script-src 'sha256-{}' 'sha256-{}' 'wasm-unsafe-eval';",
            hash("boot()"),
            hash("glue(\"$&\")")
        );
        assert!(page.contains(&expected), "{page}");
        assert!(
            page.contains(
                "id=\"plimsoll-wasm\">d2FzbQ==</script>\n<script id=\"plimsoll-glue\">glue(\"$&\")</script>"
            ),
            "{page}"
        );
    }

    #[test]
    fn what_would_break_the_page_is_refused() {
        let error = |index: &str, glue: &str| bundle(index, glue, b"").unwrap_err().to_string();
        assert!(error(INDEX, "'</SCRIPT'").contains("`</script`"));
        assert!(error(INDEX, "'<!--'").contains("`<!--`"));
        assert!(error("", "").contains("lacks"));
        assert!(error(&INDEX.repeat(2), "").contains("more than once"));
        assert!(error(&INDEX.replace("<head>", "<script>more()</script>"), "").contains("3 scripts"));
        assert!(
            error(&INDEX.replace("<script>boot", "<script src=\"x.js\">boot"), "").contains("`src=\"x.js\"`")
        );
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

    #[test]
    fn packing_knows_no_clock() {
        assert_eq!(gzip(b"wasm").unwrap()[4..8], [0; 4], "the time in the header of the gzip file");
    }
}
