//! What is to be known of a service: the limit it should have and why, kills, starts, health, its log.

use leptos::prelude::*;
use plimsoll_analysis::memory::compare::{MemoryComparison, ServiceMemoryComparison};
use plimsoll_analysis::memory::{Bound, PostgresSettings, ServiceMemory};
use plimsoll_analysis::regressions::RegressionKind as Kind;
use plimsoll_analysis::targets::{Good, Measure};
use plimsoll_report::format::{count, one_line};

use crate::components::{Fact, pairs};
use crate::running::Running;
use crate::text::{self, words};

/// A fact: what it is called, what is to be said of a service, and whether it is about something that got worse.
type Known = (&'static str, fn(&ServiceMemory) -> Vec<String>, fn(&Kind) -> bool);

/// The facts of both sides.
#[component]
pub(crate) fn Facts(running: &'static Running, name: &'static str) -> impl IntoView {
    let sides = running.service(name);
    let head = &words().running;
    let nothing = |_: &Kind| false;
    let known: [Known; 10] = [
        (head.suggestion, suggestion, nothing),
        (head.kills, kills, |kind| matches!(kind, Kind::Kills { .. })),
        (head.start_up, start_ups, |kind| matches!(kind, Kind::SlowerStart { .. })),
        (head.health, health, |kind| {
            matches!(kind, Kind::Unhealthy | Kind::LostHealthCheck | Kind::SlowerChecks { .. })
        }),
        (head.restarts, restarts, |kind| matches!(kind, Kind::CrashLoop | Kind::FailedEnds { .. })),
        (head.log, log, |kind| matches!(kind, Kind::UnboundedLog)),
        (
            head.trend,
            |service| vec![(text::messages().trend)(&service.trend.reason)],
            |kind| matches!(kind, Kind::RisingMemory { .. }),
        ),
        (head.peak, |service| service.peak.into_iter().map(text::memory).collect(), nothing),
        (
            head.swap,
            |service| service.swap.filter(|swap| !swap.is_zero()).into_iter().map(text::memory).collect(),
            nothing,
        ),
        (
            head.limit_hits,
            |service| {
                service
                    .limit_hits
                    .into_iter()
                    .map(|hits| text::many(hits, &words().running.time_noun))
                    .collect()
            },
            nothing,
        ),
    ];
    let rows = known
        .into_iter()
        .filter_map(|(label, read, is)| fact(label, sides, read, running.is_worse(Some(name), is)));
    let compared = running.compared(name).zip(running.comparison.as_ref());
    let settings = sides[1].or(sides[0]).and_then(|side| side.postgres.as_ref());
    let difference = compared.map(|(service, comparison)| difference(service, comparison));
    let facts = difference.into_iter().chain(rows).chain(settings.map(postgres));
    pairs(sides.map(|side| side.is_some()), facts)
}

fn fact(
    label: &'static str,
    sides: [Option<&ServiceMemory>; 2],
    read: fn(&ServiceMemory) -> Vec<String>,
    is_worse: bool,
) -> Option<Fact> {
    let told = sides.map(|side| side.map(read).filter(|lines| !lines.is_empty()));
    Fact::of(label, told, lines).map(|fact| fact.worse(is_worse))
}

/// The first line, and what stands behind it smaller.
fn lines(told: Vec<String>) -> AnyView {
    let mut told = told.into_iter();
    let first = told.next();
    let rest = told.map(|line| view! { <li>{text::spans(&line)}</li> }).collect_view();
    view! { <p>{first.as_deref().map(text::spans)}</p><ul class="reasons">{rest}</ul> }.into_any()
}

fn suggestion(service: &ServiceMemory) -> Vec<String> {
    let suggestion = &service.suggestion;
    let head = &words().running;
    let mut lines = match (suggestion.limit, suggestion.confidence) {
        (Some(limit), Some(confidence)) => {
            let at_least = if suggestion.at_least { "≥ " } else { "" };
            let limit = format!("{at_least}{}", text::memory(limit));
            vec![(head.suggest)(&limit, (head.confidence)(confidence))]
        }
        _ => vec![head.not_suggested.to_owned()],
    };
    lines.extend(text::lines(&suggestion.reasons, text::messages().limit_reason));
    lines.extend(text::lines(&suggestion.refused, text::messages().limit_refusal));
    let reservation = suggestion.reservation.filter(|_| suggestion.limit.is_some());
    lines.extend(reservation.map(|bytes| (head.suggest_reservation)(&text::memory(bytes))));
    lines
}

fn kills(service: &ServiceMemory) -> Vec<String> {
    let oom = &service.oom;
    let verdict = (words().running.kill_verdict)(oom.verdict, &count(oom.kills));
    let mark = if oom.verdict.is_kill() { "▲ " } else { "" };
    [format!("{mark}{verdict}")]
        .into_iter()
        .chain(text::lines(&oom.evidence, text::messages().kill))
        .collect()
}

fn start_ups(service: &ServiceMemory) -> Vec<String> {
    service
        .start_ups
        .iter()
        .take(3)
        .map(|start| (words().running.healthy_within)(&text::start_up(start)))
        .collect()
}

fn health(service: &ServiceMemory) -> Vec<String> {
    let health = &service.health;
    let cost = health.checks_per_day.zip(health.check_ms).map(|(checks, milliseconds)| {
        (words().running.checks)(&count(checks), &text::duration(milliseconds))
    });
    [(words().running.health_verdict)(health.verdict).to_owned()].into_iter().chain(cost).collect()
}

fn restarts(service: &ServiceMemory) -> Vec<String> {
    let head = &words().running;
    let restarts = service.restarts.map(|restarts| text::many(restarts, &head.restart));
    let ends =
        Some(service.failed_ends).filter(|ends| *ends > 0).map(|ends| text::many(ends, &head.failed_end));
    restarts.into_iter().chain(ends).collect()
}

fn log(service: &ServiceMemory) -> Vec<String> {
    let log = &service.log;
    let messages = text::messages();
    let reason = one_line(&(messages.log)(&log.reason));
    let bound = match log.bound {
        Bound::Bounded(bytes) => format!("{} {}", (messages.bound)(Good::AtMost), text::bytes(bytes)),
        Bound::Unbounded => format!("▲ {}", (messages.measure)(&Measure::Unbounded)),
        Bound::Elsewhere | Bound::Unknown => return vec![reason],
    };
    vec![bound, reason]
}

fn difference(service: &ServiceMemoryComparison, comparison: &MemoryComparison) -> Fact {
    let verdict = text::change_verdict(service.verdict);
    // Figures that must not be compared are not subtracted either.
    let figures = service.max.zip(service.median).map(|(most, median)| {
        let (most, median) = (text::memory_delta(most), text::memory_delta(median));
        format!("{} {most}, {} {median}", words().running.most, words().running.median)
    });
    let messages = text::messages();
    let reason = one_line(&(messages.change)(&service.reason));
    let gates = comparison.gates.iter().map(|gate| {
        let (mark, what) = match gate.alike {
            Some(true) => ("●", words().running.alike),
            Some(false) => ("▲", words().running.unlike),
            None => ("◌", words().running.unknown),
        };
        let class = match gate.alike {
            Some(true) => "pass",
            Some(false) => "fail",
            None => "unknown",
        };
        view! {
            <li>
                <span class=class>{mark}</span>
                {format!(" {}: {what}, {}", (messages.gate)(gate.name), one_line(&(messages.gate_detail)(&gate.detail)))}
            </li>
        }
    });
    let gates = gates.collect_view();
    let shown = view! {
        <p>{figures.map(|figures| format!("{figures}. "))}{verdict}": "{reason}</p>
        <details class="bytes">
            <summary>{words().running.comparable}</summary>
            <ul class="gates">{gates}</ul>
        </details>
    };
    Fact::of_both(words().running.difference, shown.into_any())
}

fn postgres(settings: &PostgresSettings) -> Fact {
    let text = format!(
        "shared_buffers = {}, effective_cache_size = {}, work_mem = {}, maintenance_work_mem = {}, max_connections = {}",
        setting(settings.shared_buffers),
        setting(settings.effective_cache_size),
        setting(settings.work_mem),
        setting(settings.maintenance_work_mem),
        settings.max_connections
    );
    let reasons = text::lines(&settings.reasons, text::messages().postgres);
    let shown = view! {
        <p>{text::memory(settings.limit)}": "<code>{text}</code></p>
        <ul class="reasons">{reasons.into_iter().map(|line| view! { <li>{text::spans(&line)}</li> }).collect_view()}</ul>
    };
    Fact::of_both(words().running.postgres, shown.into_any())
}

/// As PostgreSQL writes memory: whole megabytes.
fn setting(bytes: plimsoll_snapshot::Bytes) -> String {
    format!("{}MB", bytes.0 >> 20)
}
