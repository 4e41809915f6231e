//! Plain text for a terminal, complete without colour.

use std::fmt::Write as _;

use plimsoll_analysis::Changes;
use plimsoll_analysis::compare::ServiceComparison;
use plimsoll_analysis::inspect::{ImageInspection, Inspection, LayerInspection};
use plimsoll_snapshot::{Bytes, Transport};

use crate::format::{bytes, count, delta, name, one_line, percent, shorten};
use crate::language::Language;
use crate::table::{align_right, indented, push, table};
use crate::{memory, regressions, sizes, verdict, words};

/// The width that an instruction is cut to. The JSON has all of it.
const INSTRUCTION: usize = 64;
/// The width that a value of a setting is cut to.
const CONFIG: usize = 40;

/// An inspection.
#[must_use]
pub fn inspection(inspection: &Inspection) -> String {
    let mut text = String::new();
    for image in &inspection.images {
        push(&mut text, &image_section(image));
    }
    if inspection.images.len() > 1 {
        let stack = inspection.stack;
        let summary = figures(&[
            ("services", count(stack.services), ""),
            ("different images", count(stack.images), ""),
            (
                "sum of image sizes",
                bytes(stack.sum_bytes).to_string(),
                "shared layers counted for each image",
            ),
            (sizes::UNIQUE.name, bytes(stack.unique_bytes).to_string(), sizes::UNIQUE.definition),
        ]);
        push(&mut text, &format!("Stack\n{summary}"));
    }
    text
}

fn image_section(image: &ImageInspection) -> String {
    let mut text = format!("{}\n", one_line(&image.service));
    let name = image.reference.as_deref().map(one_line).unwrap_or_else(|| "(no name)".to_owned());
    let slashes = if image.source.transport == Transport::Docker { "//" } else { "" };
    let source = format!("{}:{slashes}{}", image.source.transport.name(), one_line(&image.source.name));
    let platform = one_line(&image.platform.to_string());
    let _ = writeln!(text, "  {name} · {} · {platform} · {source}", image.id.short());
    let compressed = image.compressed_bytes.map_or_else(|| "–".to_owned(), |size| bytes(size).to_string());
    let rows = [
        (sizes::IMAGE, bytes(image.size_bytes).to_string()),
        (sizes::FINAL_TREE, bytes(image.final_tree_bytes).to_string()),
        (sizes::HIDDEN, share(image.hidden_bytes, image.size_bytes)),
        (sizes::DUPLICATE, bytes(image.duplicate_bytes).to_string()),
        (sizes::COMPRESSED, compressed),
        (sizes::ALLOCATED, bytes(image.allocated_estimate_bytes).to_string()),
    ];
    let rows = rows.map(|(size, value)| (size.name, value, size.definition));
    text.push_str(&figures(&rows));
    if let Some(score) = image.dive_efficiency {
        let _ = writeln!(text, "  dive efficiency {:.1} %", score * 100.0);
    }
    text.push_str(&layers(&image.layers));
    if !image.hidden.is_empty() {
        text.push_str(&hidden(image));
    }
    for warning in image.warnings.iter() {
        let _ = writeln!(text, "  warning: {}", one_line(&warning.message));
    }
    text
}

fn share(part: Bytes, whole: Bytes) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a percentage of a few digits")]
    let percent = if whole == Bytes::ZERO { 0.0 } else { part.0 as f64 / whole.0 as f64 * 100.0 };
    format!("{} ({percent:.1} %)", bytes(part))
}

fn figures(rows: &[(&str, String, &str)]) -> String {
    let mut table = table(&[]);
    for (label, value, meaning) in rows {
        table.add_row([label, value.as_str(), meaning]);
    }
    align_right(&mut table, &[1]);
    indented(&table)
}

fn layers(layers: &[LayerInspection]) -> String {
    let mut table = table(&["#", "files", "size", "hidden", "stored", "instruction"]);
    for (index, layer) in layers.iter().enumerate() {
        let instruction = layer.instruction.as_deref().map(one_line).unwrap_or_default();
        table.add_row([
            index.to_string(),
            count(layer.files),
            bytes(layer.file_bytes).to_string(),
            if layer.hidden_bytes == Bytes::ZERO {
                "–".to_owned()
            } else {
                bytes(layer.hidden_bytes).to_string()
            },
            bytes(layer.blob_bytes).to_string(),
            shorten(&instruction, INSTRUCTION),
        ]);
    }
    align_right(&mut table, &[0, 1, 2, 3, 4]);
    format!("\n  Layers\n{}", indented(&table))
}

fn hidden(image: &ImageInspection) -> String {
    let mut table = table(&["bytes", "files", "from", "by", "how", "largest"]);
    for group in image.hidden.iter() {
        table.add_row([
            bytes(group.bytes).to_string(),
            count(group.files),
            group.from_layer.to_string(),
            group.by_layer.to_string(),
            words::cause(group.cause).to_owned(),
            group.examples.first().map(|file| shorten(&file.path, INSTRUCTION)).unwrap_or_default(),
        ]);
    }
    align_right(&mut table, &[0, 1, 2, 3]);
    format!("\n  Hidden bytes\n{}", indented(&table))
}

/// A comparison.
#[must_use]
pub fn comparison(changes: &Changes) -> String {
    let comparison = &changes.comparison;
    let mut text = format!("{}\n\n", verdict::of(changes, Language::English));
    text.push_str(&regressions::text(&changes.regressions, Language::English));
    let mut table = table(&["service", "before", "after", "change", "", "hidden before", "hidden after"]);
    for service in &comparison.services {
        table.add_row([
            name(&service.name),
            side(service.before.as_ref(), |image| image.size_bytes),
            side(service.after.as_ref(), |image| image.size_bytes),
            delta(service.size.delta).to_string(),
            service.size.percent().map(percent).unwrap_or_default(),
            side(service.before.as_ref(), |image| image.hidden_bytes),
            side(service.after.as_ref(), |image| image.hidden_bytes),
        ]);
    }
    let total = comparison.total;
    table.add_row([
        "all, shared layers once".to_owned(),
        bytes(total.before).to_string(),
        bytes(total.after).to_string(),
        delta(total.delta).to_string(),
        total.percent().map(percent).unwrap_or_default(),
    ]);
    align_right(&mut table, &[1, 2, 3, 4, 5, 6]);
    text.push_str(&indented(&table));
    for service in &comparison.services {
        push(&mut text, &service_section(service));
    }
    if let Some(compared) = &changes.memory {
        push(&mut text, &memory::comparison_text(compared, Language::English));
    }
    text
}

fn side(image: Option<&ImageInspection>, figure: fn(&ImageInspection) -> Bytes) -> String {
    image.map_or_else(|| "–".to_owned(), |image| bytes(figure(image)).to_string())
}

fn service_section(service: &ServiceComparison) -> String {
    let mut text = format!("{}\n", one_line(&service.name));
    if service.bridge.is_empty() {
        text.push_str("  no difference in size\n");
    } else {
        let english = Language::English;
        let mut table = table(&["", "why it changed", "most of it"]);
        for step in service.bridge.iter() {
            table.add_row([
                delta(step.delta).to_string(),
                english.bridge_cause(step.cause),
                english.bridge_parts(step),
            ]);
        }
        align_right(&mut table, &[0]);
        text.push_str(&indented(&table));
    }
    text.push_str(&layer_pairs(service));
    text.push_str(&base_line(service));
    if !service.files.largest.is_empty() {
        let mut table = table(&["", "largest changes of files", ""]);
        for file in service.files.largest.iter().take(10) {
            let change = words::file_change(file.change).to_owned();
            table.add_row([delta(file.size.delta).to_string(), file.path.clone(), change]);
        }
        align_right(&mut table, &[0]);
        let _ = write!(text, "\n{}", indented(&table));
    }
    if service.moves.files > 0 {
        let (files, size) = (count(service.moves.files), bytes(service.moves.bytes));
        let _ = writeln!(text, "\n  moved, with the same content: {files} files, {size}");
    }
    if !service.config.is_empty() {
        let mut table = table(&["setting", "before", "after"]);
        for change in service.config.iter() {
            let cell = |value: &Option<String>| {
                value.as_deref().map_or_else(|| "–".to_owned(), |value| shorten(&one_line(value), CONFIG))
            };
            table.add_row([one_line(&change.setting), cell(&change.before), cell(&change.after)]);
        }
        align_right(&mut table, &[]);
        let _ = write!(text, "\n{}", indented(&table));
    }
    text
}

fn base_line(service: &ServiceComparison) -> String {
    let base = &service.base;
    if base.shared_layers == 0 {
        return String::new();
    }
    let name = base.after.as_deref().map(|name| format!(" ({})", one_line(name))).unwrap_or_default();
    format!(
        "  base: the lowest {} layers{name}, {}, are the same\n",
        base.shared_layers,
        bytes(base.shared_bytes)
    )
}

fn layer_pairs(service: &ServiceComparison) -> String {
    let mut table = table(&["layer", "before", "after", "instruction"]);
    let size = |image: Option<&ImageInspection>, index: Option<usize>| -> Option<Bytes> {
        Some(image?.layers.get(index?)?.file_bytes)
    };
    for pair in service.layers.iter() {
        let cell = |size: Option<Bytes>| size.map_or_else(|| "–".to_owned(), |size| bytes(size).to_string());
        table.add_row([
            words::layer_match(pair.kind).to_owned(),
            cell(size(service.before.as_ref(), pair.before)),
            cell(size(service.after.as_ref(), pair.after)),
            shorten(&one_line(service.instruction(pair).unwrap_or_default()), INSTRUCTION),
        ]);
    }
    align_right(&mut table, &[1, 2]);
    format!("\n{}", indented(&table))
}
