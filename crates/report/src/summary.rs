//! The part of the page that is painted before anything runs, and that stays if nothing does: verdict and services.

use std::fmt::Write as _;

use plimsoll_analysis::compare::Comparison;
use plimsoll_analysis::inspect::ImageInspection;

use crate::format::{bytes, delta, one_line, percent, unbroken};
use crate::html::escape;
use crate::verdict::verdict;

/// What stands there in a page without data.
pub const NOTHING: &str = "<h1>Compare container images</h1>\n<p>This page reads images and snapshots that are dropped \
    on it, by a program it brings along. It needs JavaScript, and no network.</p>\n";

/// The summary as HTML. All text is escaped, so it can be put into the page as it is.
#[must_use]
pub fn summary(comparison: &Comparison) -> String {
    let mut html = format!("<h1>{}</h1>\n", escape(&unbroken(&verdict(comparison))));
    html.push_str(
        "<table><thead><tr><th>Service</th><th>Before</th><th>After</th><th>Change</th><th></th></tr></thead><tbody>\n",
    );
    for service in &comparison.services {
        let _ = writeln!(
            html,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escape(&one_line(&service.name)),
            side(service.before.as_ref()),
            side(service.after.as_ref()),
            delta(service.size.delta),
            service.size.percent().map(percent).unwrap_or_default(),
        );
    }
    let total = comparison.total;
    let _ = writeln!(
        html,
        "</tbody><tfoot><tr><td>All services, shared layers once</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr></tfoot></table>",
        bytes(total.before),
        bytes(total.after),
        delta(total.delta),
        total.percent().map(percent).unwrap_or_default(),
    );
    html
}

fn side(image: Option<&ImageInspection>) -> String {
    image.map_or_else(|| "–".to_owned(), |image| bytes(image.size_bytes).to_string())
}
