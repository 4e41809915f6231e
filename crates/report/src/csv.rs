//! Tables for a spreadsheet (RFC 4180). Sizes are whole bytes; no cell is a formula, whatever an image says.

use plimsoll_analysis::compare::{Comparison, FileChange, FileTree};
use plimsoll_snapshot::path;

use crate::format::one_line;
use crate::words;

/// The services, one per line. The heads are those of the JSON document, whatever the language.
#[must_use]
pub fn services(comparison: &Comparison) -> String {
    let mut csv = String::from(
        "service,before_bytes,after_bytes,delta_bytes,hidden_before_bytes,hidden_after_bytes\r\n",
    );
    for service in &comparison.services {
        let figures = [service.size.before.0, service.size.after.0].map(|bytes| bytes.to_string());
        let hidden = [service.hidden.before.0, service.hidden.after.0].map(|bytes| bytes.to_string());
        let delta = service.size.delta.0.to_string();
        push(&mut csv, &[&cell(&service.name), &figures[0], &figures[1], &delta, &hidden[0], &hidden[1]]);
    }
    csv
}

/// The files of one service that are not the same on both sides, in the order of their paths.
#[must_use]
pub fn changed_files(tree: &FileTree<'_>) -> String {
    let mut csv = String::from("path,change,before_bytes,after_bytes,delta_bytes\r\n");
    let mut names: Vec<&[u8]> = Vec::new();
    for node in tree.nodes.iter().skip(1) {
        names.truncate(node.depth.saturating_sub(1) as usize);
        names.push(node.name);
        if node.change == FileChange::Unchanged || node.is_only_directory() {
            continue;
        }
        let size = node.own_size();
        let figures = [size.before.0, size.after.0].map(|bytes| bytes.to_string());
        let path = cell(&path::escape(&names.join(&b'/')));
        let change = words::file_change_key(node.change);
        push(&mut csv, &[&path, change, &figures[0], &figures[1], &size.delta.0.to_string()]);
    }
    csv
}

fn push(csv: &mut String, cells: &[&str]) {
    csv.push_str(&cells.join(","));
    csv.push_str("\r\n");
}

/// A text as one cell, on one line. What a spreadsheet would take for a formula gets an apostrophe in front, as OWASP
/// advises ("CSV Injection"); spreadsheets skip white space before one. Figures, which may begin with a minus, are not
/// passed through here.
#[must_use]
pub fn cell(text: &str) -> String {
    const SIGNS: [char; 11] = ['=', '+', '-', '@', '|', '%', '＝', '＋', '－', '＠', '−'];
    let line = one_line(text);
    let is_formula =
        line.trim_start_matches(|char: char| char.is_whitespace() || "'\"".contains(char)).starts_with(SIGNS);
    let line = if is_formula { format!("'{line}") } else { line };
    if is_formula || line.contains(['"', ',', ';']) {
        format!("\"{}\"", line.replace('"', "\"\""))
    } else {
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_or_breaks_its_line() {
        for (text, expected) in [
            ("backend", "backend"),
            ("=cmd|' /C calc'!A0", "\"'=cmd|' /C calc'!A0\""),
            ("-1+1", "\"'-1+1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("a,\"b\"\nc", "\"a,\"\"b\"\" c\""),
            (" =1+1", "\"'=1+1\""),
            ("\u{b}=1+1", "\"'=1+1\""),
            ("\t\r\n@x", "\"'@x\""),
            ("\u{a0}＝1+1", "\"'＝1+1\""),
            ("\"=1+1\"", "\"'\"\"=1+1\"\"\""),
            ("a\u{202e}b", "a\\u{202e}b"),
        ] {
            assert_eq!(cell(text), expected);
        }
    }
}
