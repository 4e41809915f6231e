//! Lists the names that exist where the user wrote one that does not.

use plimsoll_analysis::nearest::nearest;
use plimsoll_analysis::packages::inventory;
use plimsoll_report::format::one_line;
use plimsoll_snapshot::Snapshot;

/// The most names of a list.
const SHOWN: usize = 20;

/// `did you mean `backend`? its services are `backend`, `db``.
pub(crate) fn hint(wanted: &str, what: &str, known: &[String]) -> String {
    if known.is_empty() {
        return "none exist here".to_owned();
    }
    let near = nearest(wanted, known.iter().map(String::as_str));
    let near = near.map(|name| format!("did you mean `{}`? ", one_line(name))).unwrap_or_default();
    format!("{near}{what} {}", list(known))
}

/// The nearest package, and how to list all.
pub(crate) fn package_hint(snapshot: &Snapshot, wanted: &str) -> String {
    let inventory = inventory(snapshot);
    let packages = inventory.images.iter().flat_map(|image| image.packages.iter());
    let near = nearest(wanted, packages.map(|package| package.name.as_str()));
    let near = near.map(|name| format!("did you mean `{}`? ", one_line(name))).unwrap_or_default();
    format!("{near}`plimsoll packages --all` lists the packages of an image")
}

/// Names in backticks; of very many, the first.
pub(crate) fn list(names: &[String]) -> String {
    let shown: Vec<_> = names.iter().take(SHOWN).map(|name| format!("`{}`", one_line(name))).collect();
    let more = match names.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    if shown.is_empty() { "none".to_owned() } else { format!("{}{more}", shown.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_that_exist_are_listed() {
        let known = ["backend", "db"].map(str::to_owned);
        let expected = "did you mean `backend`? the services are `backend`, `db`";
        assert_eq!(hint("bakend", "the services are", &known), expected);
        assert_eq!(hint("redis", "the services are", &known), "the services are `backend`, `db`");
        assert_eq!(hint("redis", "the services are", &[]), "none exist here");
        assert!(list(&vec!["a".to_owned(); 23]).ends_with("`a` and 3 more"));
    }
}
