//! Tables of plain text.

use comfy_table::{CellAlignment, Table};

/// A table without lines; an empty header is none.
pub(crate) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    if !header.is_empty() {
        table.set_header(header);
    }
    table
}

/// A table whose heads are words of a language, in lower case as all heads of the terminal.
pub(crate) fn heads(words: &[&str]) -> Table {
    let words: Vec<String> = words.iter().map(|word| head(word)).collect();
    table(&words.iter().map(String::as_str).collect::<Vec<_>>())
}

/// A word that may begin with a capital on the page, as the terminal shows it.
pub(crate) fn head(word: &str) -> String {
    let mut rest = word.chars();
    rest.next().map(|first| first.to_lowercase().chain(rest).collect()).unwrap_or_default()
}

/// Sets the columns apart and puts figures under each other.
pub(crate) fn align_right(table: &mut Table, columns: &[usize]) {
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    for &column in columns {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

/// The lines of a table, indented.
pub(crate) fn indented(table: &Table) -> String {
    table.lines().map(|line| format!("  {}\n", line.trim_end())).collect()
}

/// Adds a section, an empty line apart.
pub(crate) fn push(text: &mut String, section: &str) {
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(section);
}
