//! Markdown for a pull request or a wiki. Whatever an image says is shown as text and does nothing.

use std::fmt::Write as _;

use plimsoll_analysis::compare::{Comparison, ServiceComparison};
use plimsoll_analysis::inspect::{ImageInspection, Inspection};
use plimsoll_snapshot::Bytes;

use crate::format::{bytes, count, delta, one_line, percent, shorten};
use crate::verdict::verdict;
use crate::{sizes, words};

/// The width that an instruction or a path is cut to.
const CELL: usize = 80;

/// An inspection.
#[must_use]
pub fn inspection(inspection: &Inspection) -> String {
    let mut text = String::new();
    for image in &inspection.images {
        text.push_str(&image_section(image));
    }
    if inspection.images.len() > 1 {
        let _ = writeln!(
            text,
            "**Stack**: {} with every layer once, {} added up.",
            bytes(inspection.stack.unique_bytes),
            bytes(inspection.stack.sum_bytes)
        );
    }
    text
}

fn image_section(image: &ImageInspection) -> String {
    let mut text = format!("## {}\n\n", escaped(&image.service));
    let name = image.reference.as_deref().unwrap_or("(no name)");
    let _ = writeln!(text, "{} · `{}` · {}\n", code(name), image.id.short(), image.platform);
    text.push_str("| size | bytes | meaning |\n|---|---:|---|\n");
    for (size, value) in [
        (sizes::IMAGE, Some(image.size_bytes)),
        (sizes::FINAL_TREE, Some(image.final_tree_bytes)),
        (sizes::HIDDEN, Some(image.hidden_bytes)),
        (sizes::DUPLICATE, Some(image.duplicate_bytes)),
        (sizes::COMPRESSED, image.compressed_bytes),
        (sizes::ALLOCATED, Some(image.allocated_estimate_bytes)),
    ] {
        if let Some(value) = value {
            let _ = writeln!(text, "| {} | {} | {} |", size.name, bytes(value), size.definition);
        }
    }
    text.push_str("\n| layer | files | size | hidden | instruction |\n|---:|---:|---:|---:|---|\n");
    for (index, layer) in image.layers.iter().enumerate() {
        let _ = writeln!(
            text,
            "| {index} | {} | {} | {} | {} |",
            count(layer.files),
            bytes(layer.file_bytes),
            bytes(layer.hidden_bytes),
            code(&shorten(&one_line(layer.instruction.as_deref().unwrap_or_default()), CELL)),
        );
    }
    if !image.hidden.is_empty() {
        text.push_str("\n| hidden | files | from layer | by layer | how |\n|---:|---:|---:|---:|---|\n");
        for group in &image.hidden {
            let how = words::cause(group.cause);
            let (size, files) = (bytes(group.bytes), count(group.files));
            let _ =
                writeln!(text, "| {size} | {files} | {} | {} | {how} |", group.from_layer, group.by_layer);
        }
    }
    for warning in &image.warnings {
        let _ = writeln!(text, "\n> warning: {}", escaped(&warning.message));
    }
    text.push('\n');
    text
}

/// A comparison.
#[must_use]
pub fn comparison(comparison: &Comparison) -> String {
    let mut text = format!("**{}**\n\n", escaped(&verdict(comparison)));
    text.push_str("| service | before | after | change | |\n|---|---:|---:|---:|---:|\n");
    for service in &comparison.services {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} |",
            escaped(&service.name),
            side(service.before.as_ref()),
            side(service.after.as_ref()),
            delta(service.size.delta),
            service.size.percent().map(percent).unwrap_or_default(),
        );
    }
    let total = comparison.total;
    let _ = writeln!(
        text,
        "| **all, shared layers once** | **{}** | **{}** | **{}** | **{}** |\n",
        bytes(total.before),
        bytes(total.after),
        delta(total.delta),
        total.percent().map(percent).unwrap_or_default(),
    );
    for service in &comparison.services {
        text.push_str(&service_section(service));
    }
    text
}

fn side(image: Option<&ImageInspection>) -> String {
    image.map_or_else(|| "–".to_owned(), |image| bytes(image.size_bytes).to_string())
}

fn service_section(service: &ServiceComparison) -> String {
    if service.bridge.is_empty() {
        return String::new();
    }
    let name = escaped(&service.name);
    let change = delta(service.size.delta);
    let mut text = format!("<details><summary>{name}: {change}</summary>\n\n");
    text.push_str("| why it changed | bytes |\n|---|---:|\n");
    for step in &service.bridge {
        let _ = writeln!(text, "| {} | {} |", words::bridge_cause(step.cause), delta(step.delta));
    }
    text.push_str("\n| layer | before | after | instruction |\n|---|---:|---:|---|\n");
    for pair in &service.layers {
        let size = |image: Option<&ImageInspection>, index: Option<usize>| -> Option<Bytes> {
            Some(image?.layers.get(index?)?.file_bytes)
        };
        let cell = |size: Option<Bytes>| size.map_or_else(|| "–".to_owned(), |size| bytes(size).to_string());
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} |",
            words::layer_match(pair.kind),
            cell(size(service.before.as_ref(), pair.before)),
            cell(size(service.after.as_ref(), pair.after)),
            code(&shorten(&one_line(service.instruction(pair).unwrap_or_default()), CELL)),
        );
    }
    text.push_str("\n| largest changes of files | bytes | |\n|---|---:|---|\n");
    for file in service.files.largest.iter().take(10) {
        let path = code(&shorten(&file.path, CELL));
        let _ =
            writeln!(text, "| {path} | {} | {} |", delta(file.size.delta), words::file_change(file.change));
    }
    if !service.config.is_empty() {
        text.push_str("\n| setting | before | after |\n|---|---|---|\n");
        for change in &service.config {
            let cell = |value: &Option<String>| {
                code(&shorten(&one_line(value.as_deref().unwrap_or_default()), CELL))
            };
            let setting = escaped(&change.setting);
            let _ = writeln!(text, "| {setting} | {} | {} |", cell(&change.before), cell(&change.after));
        }
    }
    text.push_str("\n</details>\n\n");
    text
}

/// Text in which nothing is markup, a mention or the end of a cell.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in one_line(text).chars() {
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // A zero-width space keeps a mention from calling anybody.
            '@' => out.push_str("@\u{200b}"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' => {
                out.push('\\');
                out.push(character);
            }
            _ => out.push(character),
        }
    }
    out
}

/// A code span. Its fence is longer than any run of backticks inside, and a bar does not end the cell.
fn code(text: &str) -> String {
    let text = one_line(text).replace('|', "\\|");
    if text.is_empty() {
        return String::new();
    }
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    if longest == 0 { format!("`{text}`") } else { format!("{fence} {text} {fence}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_an_image_says_is_markup() {
        assert_eq!(escaped("</script><img onerror=x>"), "&lt;/script&gt;&lt;img onerror=x&gt;");
        assert_eq!(escaped("a|b\n@all *x*"), "a\\|b @\u{200b}all \\*x\\*");
        assert_eq!(code("RUN echo `date` | tee"), "`` RUN echo `date` \\| tee ``");
        assert_eq!(code("```"), "```` ``` ````");
    }
}
