//! What runs were seen to use of an image, as text and Markdown: opened files, memory and start-up by package.

use std::fmt::Write as _;

use plimsoll_analysis::packages::{
    ImageInventory, MemoryOwner, ObservedRun, ObservedUse, Package, PackageMemory, PackageStartUp,
};
use plimsoll_snapshot::Bytes;

use crate::format::{count, one_line, shorten};
use crate::language::Language;
use crate::markup::escaped;
use crate::table::{align_right, heads, indented, push};

/// The rows that are shown of each table unless all are asked for.
const ROWS: usize = 15;

/// The width that a path or a name is cut to.
const CELL: usize = 60;

/// How much of something was opened, in a few words.
#[must_use]
pub fn opened(seen: &ObservedUse, language: Language) -> String {
    let words = &language.words().observed;
    let (runs, of_runs) = (count(seen.used_in), count(seen.runs));
    match (seen.opened_files, seen.used_in) {
        (0, 0) => words.never.to_owned(),
        (0, _) => (words.imported)(&runs, &of_runs),
        _ => (words.opened)(&count(seen.opened_files), &count(seen.files), &runs, &of_runs),
    }
}

/// Where containers have something else mounted over the code of an image.
pub(crate) fn mounted_code(image: &ImageInventory, language: Language) -> Option<String> {
    let places: Vec<_> = image.mounted_code.iter().map(|place| format!("`/{place}`")).collect();
    (!places.is_empty()).then(|| (language.words().observed.mounted_code)(&places.join(", ")))
}

/// A table of a section: its title, its columns, and which of these are figures.
struct Section {
    title: String,
    heads: Vec<&'static str>,
    figures: Vec<usize>,
    rows: Vec<Vec<String>>,
    more: usize,
    notes: Vec<String>,
}

/// Everything that runs showed of an image, for a terminal.
pub(crate) fn text(image: &ImageInventory, all: bool, language: Language) -> String {
    let mut text = String::new();
    for section in sections(image, all, language) {
        let mut table = heads(&section.heads);
        section.rows.iter().for_each(|row| {
            table.add_row(row.iter().map(|cell| shorten(&one_line(cell), CELL)));
        });
        align_right(&mut table, &section.figures);
        let mut part = format!("  {}\n", one_line(&section.title));
        if !section.rows.is_empty() {
            part.push_str(&indented(&table));
        }
        if section.more > 0 {
            let more = (language.words().terminal.and_more)(&count(section.more as u64));
            let _ = writeln!(part, "  {more} (`--all`)");
        }
        for note in &section.notes {
            let _ = writeln!(part, "  {}", one_line(note));
        }
        push(&mut text, &part);
    }
    text
}

/// The same as Markdown.
pub(crate) fn markdown(image: &ImageInventory, all: bool, language: Language) -> String {
    let mut text = String::new();
    for section in sections(image, all, language) {
        let _ = writeln!(text, "### {}\n", escaped(&section.title));
        if !section.rows.is_empty() {
            let rule: String = (0..section.heads.len())
                .map(|at| if section.figures.contains(&at) { "---:|" } else { "---|" })
                .collect();
            let _ = writeln!(text, "| {} |\n|{rule}", section.heads.join(" | "));
            for row in &section.rows {
                let cells: Vec<_> = row.iter().map(|cell| escaped(cell)).collect();
                let _ = writeln!(text, "| {} |", cells.join(" | "));
            }
            text.push('\n');
        }
        for note in &section.notes {
            let _ = writeln!(text, "- {}", escaped(note));
        }
        if !section.notes.is_empty() {
            text.push('\n');
        }
    }
    text
}

fn sections(image: &ImageInventory, all: bool, language: Language) -> Vec<Section> {
    let most = if all { usize::MAX } else { ROWS };
    let mut sections = Vec::new();
    if !image.runs.is_empty() {
        sections.push(runs(image, language));
    }
    if image.directories.iter().any(|directory| directory.observed.opened_files > 0) {
        sections.push(directories(image, most, language));
    }
    sections.extend(image.memory.as_ref().map(|memory| of_memory(memory, most, language)));
    sections.extend(image.start_up.as_ref().map(|start_up| of_start_up(start_up, most, language)));
    sections
}

/// One line for each run, and where static evidence says something else.
fn runs(image: &ImageInventory, language: Language) -> Section {
    let words = &language.words().observed;
    let mut notes: Vec<String> = image.runs.iter().map(|one| run(one, language)).collect();
    let differing = image.packages.iter().filter_map(|package| {
        let contradiction = package.observed?.contradiction?;
        Some(format!("{}: {}", package.label(), (words.contradiction)(contradiction)))
    });
    let differing: Vec<String> = differing.collect();
    if !differing.is_empty() {
        notes.push(words.contradictions.to_owned());
        notes.extend(differing);
    }
    Section {
        title: words.runs.to_owned(),
        heads: Vec::new(),
        figures: Vec::new(),
        rows: Vec::new(),
        more: 0,
        notes,
    }
}

/// A run: its file, its load, and what it opened.
pub(crate) fn run(run: &ObservedRun, language: Language) -> String {
    let words = &language.words().observed;
    let load = run.load.as_ref().map_or_else(|| words.no_load.to_owned(), |load| (words.load_of)(load));
    let mut parts = vec![load];
    if !run.from_start {
        parts.push(words.without_start.to_owned());
    }
    let figures = [run.opened_files, run.outside_files, run.failed_opens].map(count);
    parts.push((words.run)(&figures[0], &figures[1], &figures[2]));
    if !run.complete {
        parts.push((words.incomplete)(&count(run.lost_events), &count(run.unplaced_opens)));
    }
    format!("{}: {}", run.file, parts.join("; "))
}

fn directories(image: &ImageInventory, most: usize, language: Language) -> Section {
    let words = &language.words().observed;
    let row = |directory: &plimsoll_analysis::packages::DirectoryUse| {
        vec![
            language.bytes(directory.observed.unopened_bytes).to_string(),
            language.bytes(directory.observed.opened_bytes).to_string(),
            opened(&directory.observed, language),
            directory.path.clone(),
        ]
    };
    Section {
        title: words.directories.to_owned(),
        heads: vec![words.never_opened_head, words.opened_head, language.words().files_head, words.directory],
        figures: vec![0, 1],
        rows: image.directories.iter().take(most).map(row).collect(),
        more: image.directories.len().saturating_sub(most),
        notes: Vec::new(),
    }
}

fn of_memory(memory: &PackageMemory, most: usize, language: Language) -> Section {
    let all = language.words();
    let words = &all.observed;
    let figure = |bytes: Bytes| language.memory(bytes);
    let name = |of: &MemoryOwner| match of {
        MemoryOwner::Package { name, .. } => name.clone(),
        MemoryOwner::OtherFiles => words.other_files.to_owned(),
        MemoryOwner::Outside => words.outside.to_owned(),
        MemoryOwner::Heap => words.heap.to_owned(),
        MemoryOwner::Stacks => words.stacks.to_owned(),
        MemoryOwner::Anonymous => words.anonymous.to_owned(),
    };
    let row = |name: String, resident: &plimsoll_snapshot::runtime::Resident| {
        vec![figure(resident.proportional), figure(resident.resident), figure(resident.private), name]
    };
    let shown = memory.shares.iter().take(most);
    let mut rows: Vec<_> = shown.map(|share| row(name(&share.of), &share.resident)).collect();
    rows.push(row(words.total.to_owned(), &memory.total));
    let processes = language.many(memory.processes, &words.process);
    Section {
        title: format!("{} ({})", (words.memory)(&processes), memory.file),
        heads: vec![words.proportional, words.resident, words.private, all.package_head],
        figures: vec![0, 1, 2],
        rows,
        more: memory.shares.len().saturating_sub(most),
        notes: Vec::new(),
    }
}

fn of_start_up(start_up: &PackageStartUp, most: usize, language: Language) -> Section {
    let all = language.words();
    let words = &all.observed;
    let time = |microseconds: u64| language.duration(microseconds.saturating_add(500) / 1000);
    let rows = start_up.shares.iter().take(most).map(|share| {
        vec![
            time(share.own_us),
            share.cumulative_us.map_or_else(|| "–".to_owned(), time),
            count(share.modules),
            if share.package.is_some() { share.name.clone() } else { words.no_package.to_owned() },
        ]
    });
    let modules = language.many(start_up.modules, &words.module);
    Section {
        title: format!("{} ({})", (words.start_up)(&time(start_up.total_us), &modules), start_up.file),
        heads: vec![words.own_time, words.cumulative, words.modules, all.package_head],
        figures: vec![0, 1, 2],
        rows: rows.collect(),
        more: start_up.shares.len().saturating_sub(most),
        notes: if start_up.interleaved { vec![words.interleaved.to_owned()] } else { Vec::new() },
    }
}

/// What was seen of one package, with what static evidence says against it.
pub(crate) fn of_package(package: &Package, language: Language) -> Option<String> {
    let seen = package.observed.as_ref()?;
    let words = &language.words().observed;
    let mut text = opened(seen, language);
    if !seen.unopened_bytes.is_zero() {
        let never = language.bytes(seen.unopened_bytes);
        let _ = write!(text, "; {}: {never}", crate::table::head(words.never_opened_head));
    }
    if let Some(contradiction) = seen.contradiction {
        let _ = write!(text, "; {}", (words.contradiction)(contradiction));
    }
    Some(text)
}
