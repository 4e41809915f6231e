//! The table of the rig.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::row::{Built, Outcome, Row};

/// The difference between promised and saved bytes that is accepted, in percent.
const TOLERANCE: f64 = 2.0;
/// The same in bytes: below it a percentage says nothing, because a line of `.dockerignore` is in the image, too.
const TOLERATED: u64 = 4096;

/// The difference in percent of what was promised.
pub(crate) fn difference(promised: i64, saved: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a percentage needs no more digits")]
    let (promised, saved) = (promised as f64, saved as f64);
    if promised == 0.0 { 0.0 } else { (saved - promised) / promised * 100.0 }
}

/// Whether a fix saved what it promised.
pub(crate) fn is_close(promised: i64, saved: i64) -> bool {
    promised.abs_diff(saved) <= TOLERATED || difference(promised, saved).abs() <= TOLERANCE
}

/// A row as a line.
pub(crate) fn line(row: &Row) -> String {
    let fix = match row.build {
        Built::Case => "–".to_owned(),
        Built::Unchanged => "built again".to_owned(),
        Built::One => row.rules.join(", "),
        Built::All => format!("all: {}", row.rules.join(", ")),
    };
    let confidence = row.confidence.as_deref().unwrap_or("–");
    let rest = match &row.outcome {
        Outcome::Works { .. } if row.build == Built::Unchanged => "– | yes | – | – | – | –".to_owned(),
        Outcome::Works { promised, saved } => {
            let percent = difference(*promised, *saved);
            format!("yes | yes | yes | {promised} | {saved} | {percent:+.2}")
        }
        Outcome::Fails { step, partly } => {
            let (promised, saved) = partly.unwrap_or_default();
            let built = if step.contains("build of") { "**no**" } else { "yes" };
            format!("yes | {built} | **no**: {step} | {promised} | {saved} | –")
        }
        Outcome::Refused { reason } => format!("no: {reason} | – | – | – | – | –"),
        Outcome::Broken { error } => format!("**{error}** | – | – | – | – | –"),
    };
    let since = row.since.map_or("– | – | –".to_owned(), |since| {
        let mark = if since.is_right(row.build) { "" } else { "**" };
        format!(
            "{mark}{}{mark} | {} | {} saved, {} new",
            since.ledger, since.compared, since.saved, since.new
        )
    });
    format!("| {} | {fix} | {confidence} | {rest} | {since} |\n", row.case)
}

/// All rows, with their sums below.
pub(crate) fn table(rows: &[Row]) -> String {
    let mut table = String::from(
        "| Case | Fix | Confidence | Applied | Built | Ran | Promised bytes | Saved bytes | Difference % | Ledger | Compare | Since |\n\
         |---|---|---|---|---|---|---:|---:|---:|---:|---:|---|\n",
    );
    rows.iter().for_each(|row| table.push_str(&line(row)));
    let names: BTreeSet<&str> = rows.iter().map(|row| row.case.as_str()).collect();
    let (mut applied, mut built, mut ran, mut close, mut certain) = (0, 0, 0, 0, 0);
    for row in rows.iter().filter(|row| row.build != Built::Unchanged) {
        match &row.outcome {
            Outcome::Works { promised, saved } => {
                (applied, built, ran) = (applied + 1, built + 1, ran + 1);
                close += usize::from(is_close(*promised, *saved));
            }
            Outcome::Fails { step, .. } => {
                applied += 1;
                built += usize::from(!step.contains("build of"));
                certain += usize::from(row.confidence.as_deref() == Some("high"));
            }
            Outcome::Refused { .. } | Outcome::Broken { .. } => {}
        }
    }
    let pairs: Vec<&Row> = rows.iter().filter(|row| row.since.is_some()).collect();
    let unchanged = pairs.iter().filter(|row| row.build == Built::Unchanged);
    let right = |row: &&&Row| row.since.is_some_and(|since| since.is_right(row.build));
    let _ = writeln!(
        table,
        "\n{} cases; {applied} fixes applied, {built} built, {ran} ran, {close} saved what they promised within {TOLERANCE} %. \
         Fixes of confidence high that failed: {certain}.\n\
         {} pairs of images with a ledger, {} of them of unchanged builds: {} and {} are right.",
        names.len(),
        pairs.len(),
        unchanged.clone().count(),
        pairs.iter().filter(right).count(),
        unchanged.filter(right).count(),
    );
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_is_kept_within_two_percent_or_a_page() {
        assert!(is_close(1_000_000, 1_019_999));
        assert!(!is_close(1_000_000, 1_021_000));
        assert!(is_close(100, 4_000));
        assert!(is_close(0, 0));
    }
}
