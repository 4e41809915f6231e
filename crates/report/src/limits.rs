//! The table of the limits, as `docs/hostile-input.md` has it.

use plimsoll_snapshot::{Bytes, Limit, LimitUnit};

use crate::format;
use crate::language::limit_help;

/// A Markdown table with a row for each limit: its flag, what it bounds, and its values in the program and in the page.
#[must_use]
pub fn table() -> String {
    let mut out = String::from("| flag | what it limits | default | in the page |\n|---|---|---|---|\n");
    for limit in Limit::ALL {
        let (short, more) = limit_help(limit);
        let stop = if more.is_empty() { "" } else { ". " };
        let (default, in_page) = (limit.default_value(), limit.page_value());
        let in_page = if in_page == default { String::new() } else { figure(limit, in_page) };
        let name = limit.name();
        let row =
            [format!("`--limit-{name}`"), format!("{short}{stop}{more}"), figure(limit, default), in_page];
        out.push_str(&format!("| {} |\n", row.join(" | ")).replace("|  |", "| |"));
    }
    out
}

fn figure(limit: Limit, value: u64) -> String {
    match limit.unit() {
        LimitUnit::Bytes if value >= 1 << 20 => format::memory(Bytes(value)),
        _ => format::count(value).replace('\u{202f}', ","),
    }
}
