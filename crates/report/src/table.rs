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
