//! Markdown for a pull request or a wiki. Whatever an image says is shown as text and does nothing.

use std::fmt::Write as _;

use plimsoll_analysis::Changes;
use plimsoll_analysis::compare::{Comparison, ServiceComparison};
use plimsoll_analysis::inspect::{ImageInspection, Inspection};
use plimsoll_analysis::memory::Memory;
use plimsoll_snapshot::Bytes;

use crate::format::{count, minute, one_line, shorten};
use crate::language::Language;
use crate::markup::{code, escaped, escaped_html};
use crate::{memory, sizes, turns, verdict, warnings, why};

/// The width that an instruction or a path is cut to.
const CELL: usize = 80;
/// The most services that the table at the top names, and the most rows of a table that is folded.
const ROWS: usize = 10;
const FOLDED_ROWS: usize = 40;
/// The most steps of a build.
const FOLDED_STEPS: usize = 200;
/// A comment on GitHub takes 65,536 characters. Bytes are counted, which is never less than characters.
const LIMIT: usize = 60_000;

/// An inspection.
#[must_use]
pub fn inspection(inspection: &Inspection, language: Language) -> String {
    let mut text = String::new();
    for image in &inspection.images {
        text.push_str(&image_section(image, language));
    }
    if inspection.images.len() > 1 {
        let (unique, sum) = (inspection.stack.unique_bytes, inspection.stack.sum_bytes);
        let stack = language.words().stack_line;
        let _ = writeln!(
            text,
            "{}",
            stack(&language.bytes(unique).to_string(), &language.bytes(sum).to_string())
        );
    }
    text
}

/// One side as a comment: the verdict, what runs, and what each image weighs. What does not fit into a comment is left
/// out whole.
#[must_use]
pub fn single(
    changes: &Changes,
    inspection: &Inspection,
    memory: Option<&Memory>,
    language: Language,
) -> String {
    let mut text = format!("**{}**\n\n", escaped(&verdict::of(changes, language)));
    let left_out = format!("_{}_\n", language.words().left_out);
    let running = memory.map(|memory| memory::markdown(memory, language));
    if let Some(running) = running.filter(|running| text.len() + running.len() + left_out.len() <= LIMIT) {
        text.push_str(&running);
        text.push('\n');
    }
    for image in &inspection.images {
        let section = image_section(image, language);
        if text.len() + section.len() + left_out.len() > LIMIT {
            text.push_str(&left_out);
            break;
        }
        text.push_str(&section);
    }
    text
}

fn image_section(image: &ImageInspection, language: Language) -> String {
    let words = language.words();
    let mut text = format!("## {}\n\n", escaped(&image.service));
    let name = image.reference.as_deref().unwrap_or(words.no_name);
    let _ = writeln!(text, "{} · `{}` · {}\n", code(name), image.id.short(), escaped(&image.platform));
    let _ =
        writeln!(text, "| {} | {} | {} |\n|---|---:|---|", words.size_head, words.bytes_head, words.meaning);
    for (size, value) in [
        (sizes::IMAGE, Some(image.size_bytes)),
        (sizes::FINAL_TREE, Some(image.final_tree_bytes)),
        (sizes::HIDDEN, Some(image.hidden_bytes)),
        (sizes::DUPLICATE, Some(image.duplicate_bytes)),
        (sizes::COMPRESSED, image.compressed_bytes),
        (sizes::ALLOCATED, Some(image.allocated_estimate_bytes)),
    ] {
        if let Some(value) = value {
            let size = language.size(&size);
            let _ = writeln!(text, "| {} | {} | {} |", size.name, language.bytes(value), size.definition);
        }
    }
    let _ = writeln!(
        text,
        "\n| {} | {} | {} | {} | {} |\n|---:|---:|---:|---:|---|",
        words.layer_head, words.files_head, words.size_head, words.hidden, words.instruction
    );
    for (index, layer) in image.layers.iter().enumerate() {
        let _ = writeln!(
            text,
            "| {index} | {} | {} | {} | {} |",
            count(layer.files),
            language.bytes(layer.file_bytes),
            language.bytes(layer.hidden_bytes),
            code(&shorten(&one_line(layer.instruction.as_deref().unwrap_or_default()), CELL)),
        );
    }
    if !image.history.is_empty() {
        text.push_str(&history(image, language));
    }
    if !image.hidden.is_empty() {
        let _ = writeln!(
            text,
            "\n| {} | {} | {} | {} | {} |\n|---:|---:|---:|---:|---|",
            words.hidden, words.files_head, words.from_layer, words.by_layer, words.how
        );
        for group in image.hidden.iter() {
            let how = (words.cause)(group.cause);
            let (size, files) = (language.bytes(group.bytes), count(group.files));
            let _ =
                writeln!(text, "| {size} | {files} | {} | {} | {how} |", group.from_layer, group.by_layer);
        }
    }
    for warning in warnings::lines(image, language) {
        let _ = writeln!(text, "\n> {}: {}", words.warning, escaped(&warning));
    }
    text.push('\n');
    text
}

/// Every step of the build, folded: most readers only want the layers.
fn history(image: &ImageInspection, language: Language) -> String {
    let words = language.words();
    let terminal = &words.terminal;
    let mut text = format!(
        "\n<details><summary>{}</summary>\n\n| {} | {} | {} | {} | {} |\n|---|---:|---:|---:|---|\n",
        terminal.history,
        terminal.created,
        words.size_head,
        words.layer_head,
        terminal.line,
        words.instruction
    );
    let dash = || "–".to_owned();
    for step in image.history.iter().take(FOLDED_STEPS) {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} |",
            step.created.as_deref().and_then(minute).unwrap_or_else(dash),
            step.layer.map_or_else(dash, |_| language.bytes(step.file_bytes).to_string()),
            step.layer.map_or_else(dash, |layer| layer.to_string()),
            step.lines.map_or_else(dash, |[first, _]| first.to_string()),
            code(&shorten(&one_line(&step.instruction), CELL)),
        );
    }
    if let Some(more) = image.history.len().checked_sub(FOLDED_STEPS).filter(|&more| more > 0) {
        let _ = writeln!(text, "| {} | | | | |", (words.and_more)(&more.to_string()));
    }
    text.push_str("\n</details>\n");
    text
}

/// A comparison as a comment: the verdict, what got worse and what got better, the services that changed most, why, what
/// became of the memory, and the rest folded. It fits into a comment whatever was compared; what does not is left out
/// whole, and the text says so.
#[must_use]
pub fn comparison(changes: &Changes, language: Language) -> String {
    let comparison = &changes.comparison;
    let mut text = format!("**{}**\n\n", escaped(&verdict::of(changes, language)));
    text.push_str(&turns::markdown(changes, language));
    text.push_str(&services(comparison, language));
    if let Some(service) = comparison.services.first() {
        let sentences = why::sentences(service, language);
        if !sentences.is_empty() {
            let name = escaped(&shorten(&service.name, CELL));
            let _ = writeln!(text, "{} ({name}):\n", language.words().why);
        }
        for sentence in &sentences {
            let _ = writeln!(text, "- {}", escaped(sentence));
        }
        text.push('\n');
    }
    let left_out = format!("_{}_\n", language.words().left_out);
    let compared = changes.memory.as_ref().map(|compared| memory::comparison_markdown(compared, language));
    if let Some(compared) = compared.filter(|compared| text.len() + compared.len() + left_out.len() <= LIMIT)
    {
        text.push_str(&compared);
        text.push('\n');
    }
    for service in &comparison.services {
        let section = service_section(service, language);
        if text.len() + section.len() + left_out.len() > LIMIT {
            text.push_str(&left_out);
            break;
        }
        text.push_str(&section);
    }
    text
}

fn services(comparison: &Comparison, language: Language) -> String {
    let words = language.words();
    let mut text = format!(
        "| {} | {} | {} | {} | |\n|---|---:|---:|---:|---:|\n",
        words.service, words.before, words.after, words.change
    );
    for service in comparison.services.iter().take(ROWS) {
        text.push_str(&service_row(service, language));
    }
    if let Some(more) = comparison.services.len().checked_sub(ROWS).filter(|&more| more > 0) {
        let _ = writeln!(text, "| {} | | | | |", (words.and_more)(&more.to_string()));
    }
    let total = comparison.total;
    let _ = writeln!(
        text,
        "| **{}** | **{}** | **{}** | **{}** | {} |\n",
        words.all_services,
        language.bytes(total.before),
        language.bytes(total.after),
        language.delta(total.delta),
        total.percent().map(|change| format!("**{}**", language.percent(change))).unwrap_or_default(),
    );
    text
}

/// One service as a row of a table.
#[must_use]
pub fn service_row(service: &ServiceComparison, language: Language) -> String {
    let side = |image: Option<&ImageInspection>| {
        image.map_or_else(|| "–".to_owned(), |image| language.bytes(image.size_bytes).to_string())
    };
    format!(
        "| {} | {} | {} | {} | {} |\n",
        escaped(&shorten(&service.name, CELL)),
        side(service.before.as_ref()),
        side(service.after.as_ref()),
        language.delta(service.size.delta),
        service.size.percent().map(|change| language.percent(change)).unwrap_or_default(),
    )
}

fn service_section(service: &ServiceComparison, language: Language) -> String {
    if service.bridge.is_empty() {
        return String::new();
    }
    let words = language.words();
    let name = escaped_html(&shorten(&one_line(&service.name), CELL));
    let change = language.delta(service.size.delta);
    let mut text = format!("<details><summary>{name}: {change}</summary>\n\n");
    let _ = writeln!(text, "| {} | {} |\n|---|---:|", words.why, words.bytes_head);
    for step in service.bridge.iter() {
        let mut cause = language.bridge_cause(step.cause);
        if !step.parts.is_empty() {
            let _ = write!(cause, " ({})", escaped(&language.bridge_parts(step)));
        }
        let _ = writeln!(text, "| {cause} | {} |", language.delta(step.delta));
    }
    text.push_str(&layers(service, language));
    let _ = writeln!(text, "\n| {} | {} | |\n|---|---:|---|", words.largest_files, words.bytes_head);
    for file in service.files.largest.iter().take(ROWS) {
        let path = code(&shorten(&file.path, CELL));
        let change = (words.file_change)(file.change);
        let _ = writeln!(text, "| {path} | {} | {change} |", language.delta(file.size.delta));
    }
    if !service.config.is_empty() {
        let _ = writeln!(
            text,
            "\n| {} | {} | {} |\n|---|---|---|",
            words.setting_head, words.before, words.after
        );
        for change in service.config.iter().take(FOLDED_ROWS) {
            let cell = |value: &Option<String>| {
                let value = value.as_deref().unwrap_or_default();
                code(&shorten(&one_line(&language.setting_value(&change.setting, value)), CELL))
            };
            let setting = escaped(&shorten(&language.setting(&change.setting), CELL));
            let _ = writeln!(text, "| {setting} | {} | {} |", cell(&change.before), cell(&change.after));
        }
        push_more(&mut text, service.config.len(), language);
    }
    text.push_str("\n</details>\n\n");
    text
}

fn layers(service: &ServiceComparison, language: Language) -> String {
    let words = language.words();
    let mut text = format!(
        "\n| {} | {} | {} | {} |\n|---|---:|---:|---|\n",
        words.layer_head, words.before, words.after, words.instruction
    );
    for pair in service.layers.iter().take(FOLDED_ROWS) {
        let size = |image: Option<&ImageInspection>, index: Option<usize>| -> Option<Bytes> {
            Some(image?.layers.get(index?)?.file_bytes)
        };
        let cell = |size: Option<Bytes>| {
            size.map_or_else(|| "–".to_owned(), |size| language.bytes(size).to_string())
        };
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} |",
            (words.layer_match)(pair.kind),
            cell(size(service.before.as_ref(), pair.before)),
            cell(size(service.after.as_ref(), pair.after)),
            code(&shorten(&one_line(service.instruction(pair).unwrap_or_default()), CELL)),
        );
    }
    push_more(&mut text, service.layers.len(), language);
    text
}

fn push_more(text: &mut String, rows: usize, language: Language) {
    if let Some(more) = rows.checked_sub(FOLDED_ROWS).filter(|&more| more > 0) {
        let _ = writeln!(text, "| {} |", (language.words().and_more)(&more.to_string()));
    }
}
