//! What a change did, for who reviews it: growth, layers with their lines, packages, findings that came and went.

use std::cmp::Reverse;

use leptos::prelude::*;
use plimsoll_analysis::compare::PackageChange;
use plimsoll_analysis::findings::{Advice, Finding, NamedFinding};
use plimsoll_analysis::improvements::ImprovementKind;
use plimsoll_analysis::regressions::RegressionKind;
use plimsoll_analysis::review::{LayerChange, changed_layers, review};
use plimsoll_report::format::{count, one_line, shorten};
use plimsoll_snapshot::{Bytes, Order as _};

use super::packages::versions;
use super::{Anchor, change, size};
use crate::anchors;
use crate::state::State;
use crate::text::{self, messages, words};

/// How many lines of a list are shown, and how many more when it is unfolded: the sections below have all.
const SHOWN: usize = 5;
const UNFOLDED: usize = 40;
/// How much of an instruction is shown.
const INSTRUCTION: usize = 80;

/// A line of a list: its figure, what it leads to, and what else is to be known of it.
struct Line {
    figure: AnyView,
    name: String,
    is_code: bool,
    /// The services that it is true of, the first of which it leads to.
    services: Vec<usize>,
    anchor: String,
    beside: Vec<String>,
}

/// A change with the services that have it.
type Shared<T> = (Vec<usize>, T);

/// One entry for equal changes of several services. Equal ones are neighbours in a sorted list.
fn merged<T: PartialEq>(sorted: impl IntoIterator<Item = (usize, T)>) -> Vec<Shared<T>> {
    let mut merged: Vec<Shared<T>> = Vec::new();
    for (service, one) in sorted {
        match merged.last_mut() {
            Some((services, last)) if *last == one => services.push(service),
            _ => merged.push((vec![service], one)),
        }
    }
    merged
}

/// The section; nothing where there is nothing to compare, or nothing changed.
#[component]
pub(crate) fn Did(state: State) -> impl IntoView {
    let report = state.report;
    if !report.comparison.has_before() {
        return None;
    }
    let page = &words().page;
    let lists = [
        list(state, page.did_layers, page.more_layers, layers(state)),
        list(state, page.did_packages, page.more_packages, packages(state)),
        list(state, page.new_findings, page.more_findings, new_findings(state)),
        list(state, page.fixed_findings, page.more_findings, fixed_findings(state)),
    ];
    let lists: Vec<AnyView> = lists.into_iter().flatten().collect();
    let review = review(&report.comparison, &report.bundle.after);
    let [own, base, total] =
        [review.own, review.base, review.total].map(|size| text::delta(size.delta).to_string());
    (!lists.is_empty()).then(|| {
        view! {
            <section class="engineer" aria-labelledby="change">
                <h2 id="change">{page.did}</h2>
                <p class="lead">{(page.did_lead)(&own, &base, &total)}</p>
                <div class="did">{lists}</div>
            </section>
        }
    })
}

fn list(
    state: State,
    title: &'static str,
    more: fn(&str) -> String,
    (mut lines, all): (Vec<Line>, usize),
) -> Option<AnyView> {
    if lines.is_empty() {
        return None;
    }
    let rest = lines.split_off(lines.len().min(SHOWN));
    let items = |lines: Vec<Line>| lines.into_iter().map(|line| item(state, line)).collect_view();
    let left = all - lines.len();
    let rest = (!rest.is_empty()).then(|| {
        view! {
            <details class="bytes">
                <summary>{more(&count(left as u64))}</summary>
                <ul>{items(rest)}</ul>
            </details>
        }
    });
    Some(view! { <div><h3>{title}" "<small>{count(all as u64)}</small></h3><ul>{items(lines)}</ul>{rest}</div> }.into_any())
}

fn item(state: State, line: Line) -> impl IntoView {
    let all = &state.report.comparison.services;
    let names = line.services.iter().filter(|_| all.len() > 1).filter_map(|at| all.get(*at));
    let names: Vec<String> = names.map(|service| text::name(&service.name)).collect();
    let beside: Vec<String> =
        [names.join(", ")].into_iter().chain(line.beside).filter(|text| !text.is_empty()).collect();
    let first = line.services.first().copied();
    let name =
        if line.is_code { view! { <code>{line.name}</code> }.into_any() } else { line.name.into_any() };
    view! {
        <li>
            <span class="figure">{line.figure}</span>
            <span>
                <Anchor state to=line.anchor service=first>{name}</Anchor>
                {(!beside.is_empty()).then(|| view! { <small>{beside.join(" · ")}</small> })}
            </span>
        </li>
    }
}

fn layers(state: State) -> (Vec<Line>, usize) {
    let report = state.report;
    let changes = changed_layers(&report.comparison, &report.bundle.after);
    let all = changes.len();
    let line = |LayerChange { service, pair, is_base, place, delta }: LayerChange| {
        let compared = &report.comparison.services[service];
        let instruction = compared.instruction(&compared.layers[pair]);
        Line {
            figure: change(delta).into_any(),
            name: instruction.map_or_else(
                || words().no_instruction.to_owned(),
                |instruction| shorten(&one_line(instruction), INSTRUCTION),
            ),
            is_code: true,
            services: vec![service],
            anchor: anchors::of_layer(pair),
            beside: vec![
                place.map(|place| format!("{}:{}", text::name(&place.file), place.line)).unwrap_or_default(),
                if is_base { words().page.of_base.to_owned() } else { String::new() },
            ],
        }
    };
    (changes.into_iter().take(SHOWN + UNFOLDED).map(line).collect(), all)
}

fn packages(state: State) -> (Vec<Line>, usize) {
    let services = state.report.comparison.services.iter().enumerate();
    let all =
        services.flat_map(|(service, compared)| compared.packages.iter().map(move |one| (service, one)));
    let mut changes: Vec<(usize, &PackageChange)> = all.collect();
    changes.order_by_key(|&(service, one)| {
        (Reverse(one.size.delta.magnitude()), &*one.name, one.ecosystem, service)
    });
    let changes = merged(changes);
    let all = changes.len();
    let line = |(services, one): Shared<&PackageChange>| Line {
        figure: change(one.size.delta).into_any(),
        name: text::name(&one.name),
        is_code: false,
        services,
        anchor: anchors::of_package(&one.name),
        beside: vec![text::ecosystem(one.ecosystem).to_owned(), version(one)],
    };
    (changes.into_iter().take(SHOWN + UNFOLDED).map(line).collect(), all)
}

/// The versions of a package that has any.
fn version(one: &PackageChange) -> String {
    let has_any = one.before.iter().chain(&one.after).any(|version| !version.is_empty());
    if has_any { versions(&one.before, &one.after) } else { String::new() }
}

fn new_findings(state: State) -> (Vec<Line>, usize) {
    let report = state.report;
    let new = report.changes.regressions.iter().filter_map(|one| match &one.kind {
        RegressionKind::NewFindings { findings, .. } => Some((one.service.as_deref()?, findings)),
        _ => None,
    });
    let named = new.flat_map(|(service, findings)| findings.iter().map(move |finding| (service, finding)));
    let bytes = |service: usize, named: &NamedFinding| {
        found(report.changes.advice.get(service)?[1].as_ref(), named).map(|finding| finding.saving)
    };
    let named = named.filter_map(|(service, named)| {
        let service = report.position(service)?;
        Some((service, (bytes(service, named).unwrap_or_default(), named)))
    });
    findings(state, named.collect(), 1, anchors::of_finding)
}

fn fixed_findings(state: State) -> (Vec<Line>, usize) {
    let report = state.report;
    let fixed = report.changes.improvements.iter().filter_map(|one| match &one.kind {
        ImprovementKind::FixedFindings { findings, .. } => Some((one.service.as_deref()?, findings)),
        _ => None,
    });
    let named = fixed.flat_map(|(service, findings)| findings.iter().map(move |finding| (service, finding)));
    let named =
        named.filter_map(|(service, fixed)| Some((report.position(service)?, (fixed.saved, &fixed.finding))));
    findings(state, named.collect(), 0, anchors::of_fixed)
}

/// The findings of one side, what weighs most first.
fn findings(
    state: State,
    mut named: Vec<(usize, (Bytes, &'static NamedFinding))>,
    side: usize,
    anchor: fn(&str) -> String,
) -> (Vec<Line>, usize) {
    named.order_by_key(|&(service, (bytes, named))| (Reverse(bytes), named.rule, service));
    let named = merged(named);
    let all = named.len();
    let line = |(services, (bytes, named)): Shared<(Bytes, &'static NamedFinding)>| {
        let advice = services.first().and_then(|&first| state.report.changes.advice.get(first));
        let found = found(advice.and_then(|advice| advice[side].as_ref()), named);
        let evidence = found.and_then(|finding| finding.evidence.first());
        let place = evidence
            .and_then(|evidence| evidence.line)
            .map(|line| (words().evidence_line)(&line.to_string()));
        let instruction = evidence.and_then(|evidence| evidence.instruction.as_deref());
        let instruction = instruction.map(|instruction| shorten(&one_line(instruction), INSTRUCTION));
        Line {
            figure: if bytes.is_zero() { text::NONE.into_any() } else { size(bytes).into_any() },
            name: one_line(&(messages().headline)(&named.headline)),
            is_code: false,
            services,
            anchor: anchor(named.rule.as_str()),
            beside: place.into_iter().chain(instruction).collect(),
        }
    };
    (named.into_iter().take(SHOWN + UNFOLDED).map(line).collect(), all)
}

fn found<'a>(advice: Option<&'a Advice>, named: &NamedFinding) -> Option<&'a Finding> {
    let mut findings = advice?.findings.iter();
    findings.find(|finding| finding.rule == named.rule && finding.headline == named.headline)
}
