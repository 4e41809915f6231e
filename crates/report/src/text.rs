//! Plain text for a terminal, complete without colour.

use std::fmt::Write as _;

use plimsoll_analysis::Changes;
use plimsoll_analysis::compare::ServiceComparison;
use plimsoll_analysis::inspect::{HistoryStep, ImageInspection, Inspection, LayerInspection};
use plimsoll_snapshot::{Bytes, Transport};

use crate::format::{count, minute, name, one_line, shorten};
use crate::language::Language;
use crate::table::{align_right, head, heads, indented, push, table};
use crate::{memory, sizes, turns, verdict, warnings};

/// The width that an instruction is cut to. The JSON has all of it.
const INSTRUCTION: usize = 64;
/// The width that a value of a setting is cut to.
const CONFIG: usize = 40;

/// An inspection.
#[must_use]
pub fn inspection(inspection: &Inspection, language: Language) -> String {
    let mut text = String::new();
    for image in &inspection.images {
        push(&mut text, &image_section(image, language));
    }
    if inspection.images.len() > 1 {
        let stack = inspection.stack;
        let words = &language.words().terminal;
        let unique = language.size(&sizes::UNIQUE);
        let sum = language.bytes(stack.sum_bytes).to_string();
        let summary = figures(&[
            (language.words().service_noun.more, count(stack.services), ""),
            (words.different_images, count(stack.images), ""),
            (words.sum_of_sizes, sum, words.sum_of_sizes_means),
            (unique.name, language.bytes(stack.unique_bytes).to_string(), unique.definition),
        ]);
        push(&mut text, &format!("{}\n{summary}", words.stack));
    }
    text
}

fn image_section(image: &ImageInspection, language: Language) -> String {
    let words = language.words();
    let mut text = format!("{}\n", one_line(&image.service));
    let name = image.reference.as_deref().map_or_else(|| words.no_name.to_owned(), one_line);
    let slashes = if image.source.transport == Transport::Docker { "//" } else { "" };
    let source = format!("{}:{slashes}{}", image.source.transport.name(), one_line(&image.source.name));
    let platform = one_line(&image.platform.to_string());
    let _ = writeln!(text, "  {name} · {} · {platform} · {source}", image.id.short());
    let figure = |bytes: Bytes| language.bytes(bytes).to_string();
    let hidden_share = language.share(image.hidden_bytes, image.size_bytes);
    let rows = [
        (sizes::IMAGE, figure(image.size_bytes)),
        (sizes::FINAL_TREE, figure(image.final_tree_bytes)),
        (sizes::HIDDEN, format!("{} ({hidden_share})", figure(image.hidden_bytes))),
        (sizes::DUPLICATE, figure(image.duplicate_bytes)),
        (sizes::COMPRESSED, image.compressed_bytes.map_or_else(dash, figure)),
        (sizes::ALLOCATED, figure(image.allocated_estimate_bytes)),
    ];
    let rows = rows.map(|(size, value)| {
        let size = language.size(&size);
        (size.name, value, size.definition)
    });
    text.push_str(&figures(&rows));
    if let Some(score) = image.dive_efficiency {
        let score = language.decimal(format!("{:.1} %", score * 100.0));
        let _ = writeln!(text, "  {} {score}", language.size(&sizes::DIVE_EFFICIENCY).name);
    }
    text.push_str(&layers(&image.layers, language));
    if !image.history.is_empty() {
        text.push_str(&history(&image.history, language));
    }
    if !image.hidden.is_empty() {
        text.push_str(&hidden(image, language));
    }
    for warning in warnings::lines(image, language) {
        let _ = writeln!(text, "  {}: {}", words.warning, one_line(&warning));
    }
    text
}

fn dash() -> String {
    "–".to_owned()
}

fn figures(rows: &[(&str, String, &str)]) -> String {
    let mut table = table(&[]);
    for (label, value, meaning) in rows {
        table.add_row([label, value.as_str(), meaning]);
    }
    align_right(&mut table, &[1]);
    indented(&table)
}

fn layers(layers: &[LayerInspection], language: Language) -> String {
    let words = language.words();
    let mut table = heads(&[
        "#",
        words.files_head,
        words.size_head,
        words.hidden,
        words.terminal.stored,
        words.instruction,
    ]);
    for (index, layer) in layers.iter().enumerate() {
        let instruction = layer.instruction.as_deref().map(one_line).unwrap_or_default();
        table.add_row([
            index.to_string(),
            count(layer.files),
            language.bytes(layer.file_bytes).to_string(),
            if layer.hidden_bytes.is_zero() {
                dash()
            } else {
                language.bytes(layer.hidden_bytes).to_string()
            },
            language.bytes(layer.blob_bytes).to_string(),
            shorten(&instruction, INSTRUCTION),
        ]);
    }
    align_right(&mut table, &[0, 1, 2, 3, 4]);
    format!("\n  {}\n{}", words.layers, indented(&table))
}

fn history(steps: &[HistoryStep], language: Language) -> String {
    let words = language.words();
    let has_lines = steps.iter().any(|step| step.lines.is_some());
    let mut columns = vec![
        words.terminal.created,
        words.size_head,
        words.layer_head,
        words.terminal.line,
        words.instruction,
    ];
    if !has_lines {
        columns.remove(3);
    }
    let mut table = heads(&columns);
    for step in steps {
        let made = step.layer.map(|_| language.bytes(step.file_bytes).to_string());
        let mut row = vec![
            step.created.as_deref().and_then(minute).unwrap_or_else(dash),
            made.unwrap_or_else(dash),
            step.layer.map_or_else(dash, |layer| layer.to_string()),
            step.lines.map_or_else(dash, |[first, _]| first.to_string()),
            shorten(&one_line(&step.instruction), INSTRUCTION),
        ];
        if !has_lines {
            row.remove(3);
        }
        table.add_row(row);
    }
    align_right(&mut table, if has_lines { &[1, 2, 3] } else { &[1, 2] });
    format!("\n  {}\n{}", words.terminal.history, indented(&table))
}

fn hidden(image: &ImageInspection, language: Language) -> String {
    let words = language.words();
    let mut table = heads(&[
        words.bytes_head,
        words.files_head,
        words.from_layer,
        words.by_layer,
        words.how,
        words.terminal.largest,
    ]);
    for group in image.hidden.iter() {
        table.add_row([
            language.bytes(group.bytes).to_string(),
            count(group.files),
            group.from_layer.to_string(),
            group.by_layer.to_string(),
            (words.cause)(group.cause).to_owned(),
            group.examples.first().map(|file| shorten(&file.path, INSTRUCTION)).unwrap_or_default(),
        ]);
    }
    align_right(&mut table, &[0, 1, 2, 3]);
    format!("\n  {}\n{}", words.terminal.hidden_bytes, indented(&table))
}

/// A comparison.
#[must_use]
pub fn comparison(changes: &Changes, language: Language) -> String {
    let comparison = &changes.comparison;
    let words = language.words();
    let mut text = format!("{}\n\n", verdict::of(changes, language));
    text.push_str(&turns::text(changes, language));
    let mut table = heads(&[
        words.service,
        words.before,
        words.after,
        words.change,
        "",
        words.terminal.hidden_before,
        words.terminal.hidden_after,
    ]);
    let side = |image: Option<&ImageInspection>, figure: fn(&ImageInspection) -> Bytes| {
        image.map_or_else(dash, |image| language.bytes(figure(image)).to_string())
    };
    let percent = |percent: Option<f64>| percent.map(|percent| language.percent(percent)).unwrap_or_default();
    for service in &comparison.services {
        table.add_row([
            name(&service.name),
            side(service.before.as_ref(), |image| image.size_bytes),
            side(service.after.as_ref(), |image| image.size_bytes),
            language.delta(service.size.delta).to_string(),
            percent(service.size.percent()),
            side(service.before.as_ref(), |image| image.hidden_bytes),
            side(service.after.as_ref(), |image| image.hidden_bytes),
        ]);
    }
    let total = comparison.total;
    table.add_row([
        head(words.all_services),
        language.bytes(total.before).to_string(),
        language.bytes(total.after).to_string(),
        language.delta(total.delta).to_string(),
        percent(total.percent()),
    ]);
    align_right(&mut table, &[1, 2, 3, 4, 5, 6]);
    text.push_str(&indented(&table));
    for service in &comparison.services {
        push(&mut text, &service_section(service, language));
    }
    if let Some(compared) = &changes.memory {
        push(&mut text, &memory::comparison_text(compared, language));
    }
    text
}

fn service_section(service: &ServiceComparison, language: Language) -> String {
    let words = language.words();
    let mut text = format!("{}\n", one_line(&service.name));
    if service.bridge.is_empty() {
        let _ = writeln!(text, "  {}", words.terminal.no_difference);
    } else {
        let mut table = table(&["", words.terminal.why_changed, words.terminal.most_of_it]);
        for step in service.bridge.iter() {
            table.add_row([
                language.delta(step.delta).to_string(),
                language.bridge_cause(step.cause),
                language.bridge_parts(step),
            ]);
        }
        align_right(&mut table, &[0]);
        text.push_str(&indented(&table));
    }
    text.push_str(&layer_pairs(service, language));
    text.push_str(&base_line(service, language));
    if !service.files.largest.is_empty() {
        let mut table = heads(&["", words.largest_files, ""]);
        for file in service.files.largest.iter().take(10) {
            let change = (words.file_change)(file.change).to_owned();
            table.add_row([language.delta(file.size.delta).to_string(), file.path.clone(), change]);
        }
        align_right(&mut table, &[0]);
        let _ = write!(text, "\n{}", indented(&table));
    }
    if service.moves.files > 0 {
        let files = language.many(service.moves.files, &words.file);
        let size = language.bytes(service.moves.bytes).to_string();
        let _ = writeln!(text, "\n  {}", (words.terminal.moved)(&files, &size));
    }
    if !service.config.is_empty() {
        let mut table = heads(&[words.setting_head, words.before, words.after]);
        for change in service.config.iter() {
            let cell = |value: &Option<String>| {
                value.as_deref().map_or_else(dash, |value| {
                    let value = language.setting_value(&change.setting, value);
                    shorten(&one_line(&value), CONFIG)
                })
            };
            let setting = one_line(&language.setting(&change.setting));
            table.add_row([setting, cell(&change.before), cell(&change.after)]);
        }
        align_right(&mut table, &[]);
        let _ = write!(text, "\n{}", indented(&table));
    }
    text
}

fn base_line(service: &ServiceComparison, language: Language) -> String {
    let base = &service.base;
    if base.shared_layers == 0 {
        return String::new();
    }
    let name = base.after.as_deref().map(|name| format!(" ({})", one_line(name))).unwrap_or_default();
    let size = language.bytes(base.shared_bytes).to_string();
    format!("  {}\n", (language.words().terminal.base)(base.shared_layers, &name, &size))
}

fn layer_pairs(service: &ServiceComparison, language: Language) -> String {
    let words = language.words();
    let mut table = heads(&[words.layer_head, words.before, words.after, words.instruction]);
    let size = |image: Option<&ImageInspection>, index: Option<usize>| -> Option<Bytes> {
        Some(image?.layers.get(index?)?.file_bytes)
    };
    for pair in service.layers.iter() {
        let cell = |size: Option<Bytes>| size.map_or_else(dash, |size| language.bytes(size).to_string());
        table.add_row([
            (words.layer_match)(pair.kind).to_owned(),
            cell(size(service.before.as_ref(), pair.before)),
            cell(size(service.after.as_ref(), pair.after)),
            shorten(&one_line(service.instruction(pair).unwrap_or_default()), INSTRUCTION),
        ]);
    }
    align_right(&mut table, &[1, 2]);
    format!("\n{}", indented(&table))
}
