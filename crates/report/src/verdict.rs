//! The one sentence that says what came of it: in the title, the page, the terminal and the pull request.

use plimsoll_analysis::compare::{Comparison, ServiceComparison, SizeChange};

use crate::format::{bytes, delta, one_line, percent};

/// The number of services that the sentence names.
const NAMED: usize = 4;

/// The verdict on a comparison.
#[must_use]
pub fn verdict(comparison: &Comparison) -> String {
    let subject = match &comparison.services[..] {
        [] => return "There is nothing to compare: neither side has a service.".to_owned(),
        [only] => return format!("{}.", service_clause(only)),
        services => format!("The stack of {} services", services.len()),
    };
    let mut named: Vec<_> = comparison.services.iter().take(NAMED).map(short_clause).collect();
    if comparison.services.len() > NAMED {
        named.push(format!("{} more", comparison.services.len() - NAMED));
    }
    format!("{subject} {}: {}.", movement(&comparison.total), named.join(", "))
}

/// The verdict in a few characters, for the title of the page.
#[must_use]
pub fn title(comparison: &Comparison) -> String {
    let SizeChange { before, after, .. } = comparison.total;
    let change =
        comparison.total.percent().map(|change| format!(" ({})", percent(change))).unwrap_or_default();
    format!("{} → {}{change}", bytes(before), bytes(after))
}

fn movement(size: &SizeChange) -> String {
    let sizes = format!("from {} to {}", bytes(size.before), bytes(size.after));
    let change = size.percent().map(|change| format!(" ({})", percent(change))).unwrap_or_default();
    match size.delta.0 {
        ..=-1 => format!("fell {sizes}{change}"),
        0 => format!("stayed at {}", bytes(size.after)),
        1.. => format!("grew {sizes}{change}"),
    }
}

fn service_clause(service: &ServiceComparison) -> String {
    let name = one_line(&service.name);
    match (&service.before, &service.after) {
        (None, _) => format!("{name} is new, with {}", bytes(service.size.after)),
        (_, None) => format!("{name} is gone, with {}", bytes(service.size.before)),
        _ => format!("{name} {}", movement(&service.size)),
    }
}

fn short_clause(service: &ServiceComparison) -> String {
    let name = one_line(&service.name);
    match (&service.before, &service.after, service.size.percent()) {
        (None, _, _) => format!("{name} new"),
        (_, None, _) => format!("{name} gone"),
        _ if service.size.delta.0 == 0 => format!("{name} unchanged"),
        (_, _, Some(change)) => format!("{name} {}", percent(change)),
        _ => format!("{name} {}", delta(service.size.delta)),
    }
}
