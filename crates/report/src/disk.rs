//! The disk of a host: what an engine keeps there, what may go, and what would be lost.

use std::fmt::Write as _;
use std::io;

use plimsoll_analysis::disk::{DiskChange, DiskKind, DiskUse, ImageUse, Prune, Suggestion, Totals};
use plimsoll_analysis::inspect::SizeChange;
use plimsoll_snapshot::runtime::EngineKind;
use plimsoll_snapshot::{Bytes, DiskStore};
use serde::Serialize;

use crate::format::{count, one_line, shorten};
use crate::json_document::{Definitions, write};
use crate::language::Language;
use crate::markup::{code, escaped};
use crate::table::{align_right, heads, indented, push};

/// The width that names are cut to.
const NAME: usize = 48;
/// The most rows of a table; the JSON has all of them.
const ROWS: usize = 25;
/// The digits of an ID that stand for a thing without a name.
const ID_DIGITS: usize = 12;

/// A table in both forms: its title, its heads, which columns are figures, and its rows.
struct Table {
    title: &'static str,
    heads: Vec<&'static str>,
    figures: Vec<usize>,
    rows: Vec<Vec<String>>,
    /// How many rows there are beside these.
    more: usize,
}

/// The document for a terminal.
#[must_use]
pub fn text(used: &DiskUse, language: Language) -> String {
    let words = &language.words().disk;
    let mut text = format!("{}\n", words.title);
    for line in lead(used, language) {
        let _ = writeln!(text, "  {line}");
    }
    for table in tables(used, language) {
        let mut made = heads(&table.heads);
        for row in &table.rows {
            made.add_row(row.iter().map(|cell| one_line(cell)));
        }
        align_right(&mut made, &table.figures);
        push(&mut text, &format!("{}\n{}", table.title, indented(&made)));
        if table.more > 0 {
            let _ = writeln!(text, "  {}", (language.words().and_more)(&table.more.to_string()));
        }
    }
    let safe: Vec<&Suggestion> = used.suggestions.iter().filter(|one| one.kind.is_safe()).collect();
    let others: Vec<&Suggestion> = used.suggestions.iter().filter(|one| !one.kind.is_safe()).collect();
    for (title, suggestions) in [(words.safe, safe), (words.unsafe_, others)] {
        if suggestions.is_empty() {
            continue;
        }
        push(&mut text, &format!("{title}\n"));
        for suggestion in suggestions {
            let (what, frees) = suggested(suggestion, language);
            let _ = writeln!(text, "  {}\n      {what}{frees}", one_line(&suggestion.command));
        }
    }
    push(&mut text, &format!("{}\n", words.never_deletes));
    text
}

/// The document for a pull request or a wiki.
#[must_use]
pub fn markdown(used: &DiskUse, language: Language) -> String {
    let words = &language.words().disk;
    let mut text = format!("## {}\n\n", words.title);
    for line in lead(used, language) {
        let _ = writeln!(text, "{}\n", escaped(&line));
    }
    for table in tables(used, language) {
        let _ = writeln!(text, "### {}\n\n| {} |", table.title, table.heads.join(" | "));
        let rule = |column| if table.figures.contains(&column) { "---:" } else { "---" };
        let rules: Vec<&str> = (0..table.heads.len()).map(rule).collect();
        let _ = writeln!(text, "|{}|", rules.join("|"));
        for row in &table.rows {
            let cells: Vec<String> = row.iter().map(|cell| escaped(&one_line(cell))).collect();
            let _ = writeln!(text, "| {} |", cells.join(" | "));
        }
        if table.more > 0 {
            let _ = writeln!(text, "\n{}", (language.words().and_more)(&table.more.to_string()));
        }
        text.push('\n');
    }
    for (title, is_safe) in [(words.safe, true), (words.unsafe_, false)] {
        let suggestions = used.suggestions.iter().filter(|one| one.kind.is_safe() == is_safe);
        let lines: Vec<String> = suggestions
            .map(|suggestion| {
                let (what, frees) = suggested(suggestion, language);
                format!("- {}: {what}{frees}", code(&one_line(&suggestion.command)))
            })
            .collect();
        if !lines.is_empty() {
            let _ = writeln!(text, "### {title}\n\n{}\n", lines.join("\n"));
        }
    }
    let _ = writeln!(text, "{}", words.never_deletes);
    text
}

/// Two states of a disk, for a terminal.
#[must_use]
pub fn change_text(change: &DiskChange, language: Language) -> String {
    let table = changes(change, language);
    let mut made = heads(&table.heads);
    for row in &table.rows {
        made.add_row(row);
    }
    align_right(&mut made, &table.figures);
    format!("{}\n{}", table.title, indented(&made))
}

/// Two states of a disk, as Markdown.
#[must_use]
pub fn change_markdown(change: &DiskChange, language: Language) -> String {
    let table = changes(change, language);
    let mut text = format!("## {}\n\n| {} |\n|---|---:|---:|---:|\n", table.title, table.heads.join(" | "));
    for row in &table.rows {
        let _ = writeln!(text, "| {} |", row.join(" | "));
    }
    text
}

/// Writes two states of a disk for programs; see `docs/disk-format.md`.
pub fn change_json(change: &DiskChange, definitions: Definitions, out: impl io::Write) -> io::Result<()> {
    let kinds = change.kinds.iter().map(|&(kind, size)| KindDocument { kind, size }).collect();
    write("plimsoll-disk-change", &DiskChangeContent { kinds }, definitions, out)
}

/// Two states of a disk.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct DiskChangeContent {
    /// What is stored, by kind.
    kinds: Vec<KindDocument>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct KindDocument {
    /// What is stored.
    kind: DiskKind,
    #[serde(flatten)]
    size: SizeChange,
}

fn changes(change: &DiskChange, language: Language) -> Table {
    let words = language.words();
    let name = |kind| match kind {
        DiskKind::Images => words.disk.images,
        DiskKind::Containers => words.disk.containers,
        DiskKind::Logs => words.disk.logs,
        DiskKind::Volumes => words.disk.volumes,
        DiskKind::Cache => words.disk.cache,
        DiskKind::All => words.disk.all,
        DiskKind::Reclaimable => words.disk.safe,
    };
    let row = |&(kind, size): &(DiskKind, SizeChange)| {
        vec![
            name(kind).to_owned(),
            language.bytes(size.before).to_string(),
            language.bytes(size.after).to_string(),
            language.delta(size.delta).to_string(),
        ]
    };
    Table {
        title: words.disk.title,
        heads: vec![words.disk.kind_head, words.before, words.after, words.change],
        figures: vec![1, 2, 3],
        rows: change.kinds.iter().map(row).collect(),
        more: 0,
    }
}

/// Writes the document for programs; see `docs/disk-format.md`.
pub fn json(used: &DiskUse, definitions: Definitions, out: impl io::Write) -> io::Result<()> {
    write("plimsoll-disk", used, definitions, out)
}

fn lead(used: &DiskUse, language: Language) -> Vec<String> {
    let words = &language.words().disk;
    let bytes = |bytes: Bytes| language.bytes(bytes).to_string();
    let Totals { images_bytes, listed_bytes, content_bytes, .. } = used.totals;
    let reclaimable = used.reclaimable_bytes.map(bytes);
    let mut lines = Vec::new();
    if let Some(engine) = &used.engine {
        lines.push((words.engine)(engine_name(engine.kind), &one_line(&engine.version)));
    }
    let all = used.totals.bytes();
    let is_minimum = !used.totals.are_known();
    lines.push((words.summary)(
        (!all.is_zero() || !is_minimum).then(|| bytes(all)).as_deref(),
        is_minimum,
        reclaimable.as_deref(),
    ));
    lines.push(match (content_bytes, images_bytes) {
        (Some(content), _) => {
            let unpacked = Bytes(listed_bytes.0.saturating_sub(content.0));
            (words.containerd)(&bytes(content), &bytes(listed_bytes), &bytes(unpacked))
        }
        (None, Some(layers)) if used.store == DiskStore::Unpacked => {
            (words.unpacked)(&bytes(listed_bytes), &bytes(layers))
        }
        (None, Some(layers)) => (words.unknown_store)(&bytes(listed_bytes), &bytes(layers)),
        (None, None) => (words.unknown_layers)(&bytes(listed_bytes)),
    });
    if used.copies_layers {
        lines.push(words.copied_layers.to_owned());
    }
    lines
}

const fn engine_name(kind: EngineKind) -> &'static str {
    match kind {
        EngineKind::Docker => "Docker",
        EngineKind::Podman => "Podman",
        EngineKind::Nerdctl => "nerdctl",
        EngineKind::Kubernetes => "Kubernetes",
    }
}

fn tables(used: &DiskUse, language: Language) -> Vec<Table> {
    let all = [
        kinds(used, language),
        images(used, language),
        containers(used, language),
        volumes(used, language),
        cache(used, language),
        prunes(used, language),
    ];
    all.into_iter().filter(|table| !table.rows.is_empty()).collect()
}

/// The first rows, and how many are left.
fn cut<T>(list: &[T], row: impl Fn(&T) -> Vec<String>) -> (Vec<Vec<String>>, usize) {
    (list.iter().take(ROWS).map(row).collect(), list.len().saturating_sub(ROWS))
}

fn dash() -> String {
    "–".to_owned()
}

fn maybe(bytes: Option<Bytes>, language: Language) -> String {
    bytes.map_or_else(dash, |bytes| language.bytes(bytes).to_string())
}

fn maybe_count(number: Option<u64>) -> String {
    number.map_or_else(dash, count)
}

fn kinds(used: &DiskUse, language: Language) -> Table {
    let words = &language.words().disk;
    let totals = used.totals;
    let containers = used.containers.as_ref().map(|list| list.len() as u64);
    let rows = [
        (words.images, Some(used.images.len() as u64), totals.images_bytes),
        (words.containers, containers, totals.containers_bytes),
        (words.logs, containers, totals.logs_bytes),
        (words.volumes, used.volumes.as_ref().map(|list| list.len() as u64), totals.volumes_bytes),
        (
            words.cache,
            used.cache.as_ref().map(|kinds| kinds.iter().map(|kind| kind.records).sum()),
            totals.cache_bytes,
        ),
    ];
    let rows =
        rows.map(|(name, number, bytes)| vec![name.to_owned(), maybe_count(number), maybe(bytes, language)]);
    Table {
        title: words.kinds,
        heads: vec![words.kind_head, words.number_head, words.bytes_head],
        figures: vec![1, 2],
        rows: rows.to_vec(),
        more: 0,
    }
}

/// The names of an image, or the start of its ID.
fn image_name(image: &ImageUse) -> String {
    let id = image.id.strip_prefix("sha256:").unwrap_or(&image.id);
    let id: String = id.chars().take(ID_DIGITS).collect();
    if image.tags.is_empty() { id } else { shorten(&one_line(&image.tags.join(", ")), NAME) }
}

fn images(used: &DiskUse, language: Language) -> Table {
    let words = &language.words().disk;
    let (rows, more) = cut(&used.images, |image| {
        let unique = maybe(image.unique_bytes, language);
        let engine = image.engine_unique_bytes.map(|unique| language.bytes(unique).to_string());
        let engine = engine.filter(|engine| *engine != unique).map(|engine| (words.engine_says)(&engine));
        let only_here = image.is_only_here == Some(true) && !image.tags.is_empty();
        let notes = [
            image.has_unknown_names.then(|| words.unknown_name.to_owned()),
            (image.tags.is_empty() && !image.has_unknown_names).then(|| words.untagged.to_owned()),
            only_here.then(|| words.only_here.to_owned()),
            (image.containers == Some(0)).then(|| words.unused.to_owned()),
            engine,
        ];
        vec![
            unique,
            maybe(image.shared_bytes, language),
            language.bytes(image.listed_bytes).to_string(),
            maybe_count(image.containers),
            image_name(image),
            notes.into_iter().flatten().collect::<Vec<_>>().join(", "),
        ]
    });
    Table {
        title: words.images,
        heads: vec![
            words.unique_head,
            words.shared_head,
            words.listed_head,
            words.containers,
            words.name_head,
            "",
        ],
        figures: vec![0, 1, 2, 3],
        rows,
        more,
    }
}

fn containers(used: &DiskUse, language: Language) -> Table {
    let words = &language.words().disk;
    let (rows, more) = cut(used.containers.as_deref().unwrap_or_default(), |container| {
        vec![
            maybe(container.writable_bytes, language),
            maybe(container.log_bytes, language),
            (words.status)(container.status).to_owned(),
            shorten(&one_line(&container.name), NAME),
        ]
    });
    Table {
        title: words.containers,
        heads: vec![words.written_head, words.logs, words.status_head, words.name_head],
        figures: vec![0, 1],
        rows,
        more,
    }
}

fn volumes(used: &DiskUse, language: Language) -> Table {
    let words = &language.words().disk;
    let (rows, more) = cut(used.volumes.as_deref().unwrap_or_default(), |volume| {
        vec![
            maybe(volume.bytes, language),
            maybe_count(volume.containers),
            shorten(&one_line(&volume.name), NAME),
            if volume.is_anonymous { words.anonymous.to_owned() } else { String::new() },
        ]
    });
    Table {
        title: words.volumes,
        heads: vec![words.bytes_head, words.containers, words.name_head, ""],
        figures: vec![0, 1],
        rows,
        more,
    }
}

fn cache(used: &DiskUse, language: Language) -> Table {
    let words = &language.words().disk;
    let (rows, more) = cut(used.cache.as_deref().unwrap_or_default(), |kind| {
        let bytes = |bytes: Bytes| language.bytes(bytes).to_string();
        let [day, week, older] = kind.by_age;
        vec![
            bytes(kind.bytes),
            bytes(kind.shared_bytes),
            bytes(day),
            bytes(week),
            bytes(older),
            count(kind.records),
            shorten(&one_line(&kind.kind), NAME),
        ]
    });
    Table {
        title: words.cache,
        heads: vec![
            words.bytes_head,
            words.in_images_head,
            words.last_day_head,
            words.last_week_head,
            words.older_head,
            words.number_head,
            words.kind_head,
        ],
        figures: vec![0, 1, 2, 3, 4, 5],
        rows,
        more,
    }
}

fn prunes(used: &DiskUse, language: Language) -> Table {
    let words = &language.words().disk;
    let row = |prune: &Prune| {
        let loses: Vec<String> = prune.loses.iter().map(|loss| (words.loss)(loss)).collect();
        let loses = if loses.is_empty() { words.nothing.to_owned() } else { loses.join("; ") };
        vec![maybe(prune.frees_bytes, language), prune.command.clone(), loses]
    };
    let (rows, more) = cut(&used.prunes, row);
    Table {
        title: words.prunes,
        heads: vec![words.frees_head, words.command_head, words.loses_head],
        figures: vec![0],
        rows,
        more,
    }
}

fn suggested(suggestion: &Suggestion, language: Language) -> (&'static str, String) {
    let words = &language.words().disk;
    let frees = suggestion.frees_bytes.map(|bytes| (words.frees)(&language.bytes(bytes).to_string()));
    ((words.suggestion)(suggestion.kind), frees.unwrap_or_default())
}
