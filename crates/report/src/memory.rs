//! The memory of a stack as text, Markdown and JSON.

use std::fmt::Write as _;
use std::io::{self, Write};

use comfy_table::{CellAlignment, Table};
use plimsoll_analysis::inspect::Inspection;
use plimsoll_analysis::memory::compare::MemoryComparison;
use plimsoll_analysis::memory::words::{binary, duration};
use plimsoll_analysis::memory::{
    HealthVerdict, Limit, Memory, OomVerdict, ServiceMemory, Totals, TrendVerdict,
};
use plimsoll_snapshot::{ByteDelta, Bytes};
use serde::Serialize;

use crate::format::{MINUS, name, one_line};
use crate::json;
use crate::language::Language;
use crate::markup::escaped;

const HEADER: [&str; 9] =
    ["service", "median", "p95", "most", "limit", "headroom", "kills", "suggested limit", "health"];

/// The memory of a stack, for a terminal.
#[must_use]
pub fn text(memory: &Memory) -> String {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(HEADER);
    for service in &memory.services {
        table.add_row(row(service));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    for column in 1..=7 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut text = "Memory\n".to_owned();
    table.lines().for_each(|line| {
        let _ = writeln!(text, "  {}", line.trim_end());
    });
    for line in lines(memory) {
        let _ = writeln!(text, "  {line}");
    }
    text
}

/// The same for a pull request.
#[must_use]
pub fn markdown(memory: &Memory) -> String {
    let mut text =
        format!("## Memory\n\n| {} |\n|---|---:|---:|---:|---:|---:|---:|---:|---|\n", HEADER.join(" | "));
    for service in &memory.services {
        let cells: Vec<_> = row(service).iter().map(|cell| escaped(cell)).collect();
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    text.push('\n');
    for line in lines(memory) {
        let _ = writeln!(text, "- {}", escaped(&line));
    }
    text
}

/// What became of the memory between two recordings, for a terminal.
#[must_use]
pub fn comparison_text(comparison: &MemoryComparison) -> String {
    let mut text = "Memory\n".to_owned();
    comparison_lines(comparison, Language::English).iter().for_each(|line| {
        let _ = writeln!(text, "  {line}");
    });
    text
}

/// The same for a pull request.
#[must_use]
pub fn comparison_markdown(comparison: &MemoryComparison, language: Language) -> String {
    let mut text = format!("## {}\n\n", language.words().memory);
    comparison_lines(comparison, language).iter().for_each(|line| {
        let _ = writeln!(text, "- {}", escaped(line));
    });
    text
}

#[derive(Serialize)]
struct With<'a, T, M> {
    #[serde(flatten)]
    content: &'a T,
    memory: M,
}

/// An inspection with the memory of the stack beside the images, as JSON; see `docs/memory.md`.
pub fn inspection_json(inspection: &Inspection, memory: &Memory, out: impl Write) -> io::Result<()> {
    json::write("plimsoll-inspection", &With { content: inspection, memory }, None, out)
}

fn row(service: &ServiceMemory) -> Vec<String> {
    let dash = || "–".to_owned();
    let taken = |figure: fn(&plimsoll_analysis::memory::Distribution) -> Bytes| {
        service.working_set.as_ref().map_or_else(dash, |taken| binary(figure(taken)))
    };
    let at_least = if service.suggestion.at_least { "≥ " } else { "" };
    vec![
        name(&service.name),
        taken(|taken| taken.p50),
        taken(|taken| taken.p95),
        taken(|taken| taken.max),
        limit(service.limit),
        service.headroom.map_or_else(dash, binary),
        match service.oom.verdict {
            OomVerdict::Certain => service.oom.kills.to_string(),
            OomVerdict::Likely => format!("{} likely", service.oom.kills),
            OomVerdict::NoneSeen => "0".to_owned(),
            OomVerdict::Unknown => "unknown".to_owned(),
        },
        service.suggestion.limit.map_or_else(dash, |limit| format!("{at_least}{}", binary(limit))),
        match service.health.verdict {
            HealthVerdict::Healthy => "healthy",
            HealthVerdict::Unhealthy => "unhealthy",
            HealthVerdict::Starting => "starting",
            HealthVerdict::NoCheck => "no check",
            HealthVerdict::Unknown => "unknown",
        }
        .to_owned(),
    ]
}

fn limit(limit: Limit) -> String {
    match limit {
        Limit::Unknown => "unknown".to_owned(),
        Limit::Unlimited => "none".to_owned(),
        Limit::Limited(bytes) => binary(bytes),
    }
}

/// The sum of all limits, or what is known of it where some service has none.
fn sum(totals: &Totals) -> String {
    let missing = |services: &[String], what: &str| {
        let services = services.join(", ");
        match totals.limited {
            Bytes::ZERO => format!("{what} ({services})"),
            limited => format!("{what} of {services}, the others {}", binary(limited)),
        }
    };
    match totals.limits {
        Limit::Limited(bytes) => binary(bytes),
        Limit::Unlimited => missing(&totals.unlimited, "none"),
        Limit::Unknown if totals.unknown.is_empty() => "unknown".to_owned(),
        Limit::Unknown => missing(&totals.unknown, "unknown"),
    }
}

fn lines(memory: &Memory) -> Vec<String> {
    let mut lines = Vec::new();
    let totals = &memory.totals;
    let host = totals.host.map(|host| format!(", the host has {}", binary(host))).unwrap_or_default();
    lines.push(format!(
        "all limits: {}, with swap {}; reservations {}{host}",
        sum(totals),
        match (totals.limits, totals.limits_with_swap) {
            (Limit::Limited(_), Limit::Unlimited) => "unlimited".to_owned(),
            (_, with_swap) => limit(with_swap),
        },
        binary(totals.reservations)
    ));
    if let Some(at_once) = &memory.at_once {
        lines.push(match &at_once.loaded {
            Some(loaded) => format!(
                "all at one instant: p95 {} under load, {} at most",
                binary(loaded.p95),
                binary(at_once.all.max)
            ),
            None => format!("all at one instant: {} at most (no load is named)", binary(at_once.all.max)),
        });
    }
    if let Some(start) = &memory.start_up.whole {
        let without = match &memory.start_up.without_check[..] {
            [] => String::new(),
            services => format!("; without a health check: {}", services.join(", ")),
        };
        lines.push(format!("the stack is healthy after {}{without}", start.words()));
    }
    for service in &memory.services {
        let name = &service.name;
        if service.oom.verdict.is_kill() {
            lines.push(format!("{name}: {}", service.oom.evidence.join("; ")));
        }
        if let Some(restarts @ 1..) = service.restarts {
            lines.push(format!("{name}: the engine started it again, {restarts} × so far"));
        }
        if service.failed_ends > 0 {
            lines.push(format!(
                "{name}: it ended {} × with an error that no stop explains",
                service.failed_ends
            ));
        }
        if let Some(crashes) = &service.crashes {
            lines.push(format!("{name}: {crashes}"));
        }
        if matches!(service.trend.verdict, TrendVerdict::Rising | TrendVerdict::Risen) {
            lines.push(format!("{name}: {}", service.trend.reason));
        }
        for reason in &service.suggestion.reasons {
            lines.push(format!("{name}: {reason}"));
        }
        if !service.suggestion.refused.is_empty() {
            lines.push(format!("{name}: no limit suggested: {}", service.suggestion.refused.join("; ")));
        }
        if let (Some(checks), Some(took)) = (service.health.checks_per_day, service.health.check_ms) {
            let busy = service.health.busy_seconds_per_day.unwrap_or(0);
            lines.push(format!(
                "{name}: {checks} health checks a day of {}: {} a day",
                duration(took),
                duration(busy.saturating_mul(1000))
            ));
        }
        if let Some(postgres) = &service.postgres {
            lines.push(format!("{name}: PostgreSQL, {}", postgres.reasons.join("; ")));
        }
    }
    if !memory.bystanders.is_empty() {
        lines.push(format!("not counted, of no service: {}", memory.bystanders.join(", ")));
    }
    lines.iter().map(|line| one_line(line)).collect()
}

fn comparison_lines(comparison: &MemoryComparison, language: Language) -> Vec<String> {
    let words = &language.words().running;
    let mut lines = Vec::new();
    for service in &comparison.services {
        let figure = |name: &str, before: Bytes, after: Bytes, change: Option<ByteDelta>| {
            // Figures that must not be compared are not subtracted either.
            let change = change.map(|change| format!(" ({})", signed(change, language))).unwrap_or_default();
            format!(
                "{} {} → {}{change}",
                name.to_lowercase(),
                language.memory(before),
                language.memory(after)
            )
        };
        let interval = service
            .indicative
            .map(|(low, high)| (words.indicative)(&signed(low, language), &signed(high, language)));
        let (before, after) = (&service.before, &service.after);
        let parts = [
            Some(figure(words.median, before.p50, after.p50, service.median)),
            interval,
            Some(figure(words.most, before.max, after.max, service.max)),
            Some((words.change_verdict)(service.verdict).to_owned()),
            Some(language.said(&service.reason)),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        lines.push(format!("{}: {}", service.name, parts.join("; ")));
    }
    let (broken, unknown): (Vec<_>, Vec<_>) = comparison
        .gates
        .iter()
        .filter(|gate| gate.alike != Some(true))
        .partition(|gate| gate.alike.is_some());
    for gate in broken {
        lines.push(format!(
            "{}: {} ({})",
            words.unlike,
            language.said(gate.name),
            language.said(&gate.detail)
        ));
    }
    if !unknown.is_empty() {
        let names: Vec<_> = unknown.iter().map(|gate| language.said(gate.name)).collect();
        lines.push((words.alike_unknown)(&names.join(", ")));
    }
    lines.iter().map(|line| one_line(line)).collect()
}

/// A difference of memory, with its sign.
#[must_use]
pub fn signed(delta: ByteDelta, language: Language) -> String {
    let sign = match delta.0 {
        ..=-1 => MINUS.to_string(),
        0 => String::new(),
        1.. => "+".to_owned(),
    };
    format!("{sign}{}", language.memory(delta.magnitude()))
}
