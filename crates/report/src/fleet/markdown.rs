//! A fleet as Markdown.

use plimsoll_analysis::fleet::FleetReport;
use plimsoll_snapshot::Bytes;

use super::{first, headline, money, prices, seconds, sentences, steps};
use crate::format::count;
use crate::language::Language;
use crate::markup::escaped;

/// The rows of each table.
const ROWS: usize = 20;

/// The report as Markdown.
#[must_use]
pub fn markdown(report: &FleetReport, language: Language) -> String {
    let words = language.fleet();
    let bytes = |bytes: Bytes| language.bytes(bytes).to_string();
    let mut text = format!("# {}\n\n", escaped(&headline(&report.totals, language)));
    for sentence in sentences(report, language) {
        text.push_str(&format!("- {}\n", escaped(&sentence)));
    }
    let mut section = |title: &str, lead: &str, heads: &[&str], rows: Vec<Vec<String>>, more: u64| {
        text.push_str(&format!("\n## {title}\n\n"));
        if rows.is_empty() {
            text.push_str(&format!("{}\n", words.nothing));
            return;
        }
        text.push_str(&format!("{}\n\n| {} |\n|---", escaped(lead), heads.join(" | ")));
        text.push_str(&"|---:".repeat(heads.len() - 1));
        text.push_str("|\n");
        for row in rows {
            text.push_str(&format!("| {} |\n", row.join(" | ")));
        }
        if more > 0 {
            text.push_str(&format!("\n{}\n", (words.more)(&count(more))));
        }
    };
    let rows = report.steps.iter().map(|step| {
        vec![escaped(&steps::text(&step.kind, language)), bytes(step.bytes), money(step.money, language)]
    });
    section(words.steps, words.steps_lead, &[words.step, words.saves, words.money], rows.collect(), 0);

    let (shown, more) = first(&report.projects, ROWS);
    let rows = shown.iter().map(|project| {
        vec![
            escaped(&project.name),
            count(project.images),
            bytes(project.unshared_bytes),
            bytes(project.stored_bytes),
            bytes(project.unique_bytes),
            money(project.storage_cost, language),
            money(project.pull_cost, language),
        ]
    });
    let heads = [
        words.project,
        words.images,
        words.unshared,
        words.stored,
        words.unique,
        words.storage_cost,
        words.pull_cost,
    ];
    section(words.projects, &prices(report, language), &heads, rows.collect(), more);

    let (shown, more) = first(&report.packages, ROWS);
    let rows = shown.iter().map(|package| {
        vec![
            escaped(&format!("{} ({})", package.name, package.ecosystem)),
            count(package.versions),
            count(package.images),
            bytes(package.image_bytes),
            bytes(package.stored_bytes),
        ]
    });
    let heads = [words.package, words.versions, words.images, words.in_images, words.in_layers];
    section(words.packages, words.packages_lead, &heads, rows.collect(), more);

    let (shown, more) = first(&report.contents, ROWS);
    let rows = shown.iter().map(|content| {
        vec![
            content.example.as_deref().map_or_else(|| words.small_file.to_owned(), escaped),
            bytes(content.size),
            count(content.layers),
            count(content.copies),
            bytes(content.duplicate_bytes),
        ]
    });
    let heads = [words.content, words.size, words.layers, words.copies, words.duplicate];
    section(words.contents, words.contents_lead, &heads, rows.collect(), more);

    let (shown, more) = first(&report.bases, ROWS);
    let rows = shown
        .iter()
        .map(|base| vec![escaped(&base.base), escaped(&base.newest), count(base.images.len() as u64)]);
    section(words.bases, words.bases_lead, &[words.base, words.newest, words.behind], rows.collect(), more);

    let rows = report
        .rules
        .iter()
        .map(|rule| vec![escaped(&rule.rule), count(rule.images), bytes(rule.saving_bytes)]);
    section(words.rules, words.rules_lead, &[words.rule, words.images, words.saves], rows.collect(), 0);

    let (shown, more) = first(&report.images, ROWS);
    let rows = shown.iter().map(|image| {
        vec![
            escaped(&image.reference),
            bytes(image.image_bytes),
            bytes(image.stored_bytes),
            bytes(image.hidden_bytes),
            bytes(image.saving_bytes),
            seconds(image.pull_seconds, language),
        ]
    });
    let heads = [words.image, words.image_size, words.stored, words.hidden_bytes, words.saving, words.pull];
    section(words.all_images, words.all_images_lead, &heads, rows.collect(), more);
    text
}
