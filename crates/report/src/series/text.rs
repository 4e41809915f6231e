//! A series for a terminal.

use plimsoll_analysis::series::Series;

use super::{conclusions, figures, lead, no_steps, row, services, step, total};
use crate::language::Language;
use crate::table::{align_right, head, indented, push, table};

/// Every point, without looking for causes.
#[must_use]
pub fn points(series: &Series, language: Language) -> String {
    let heads: Vec<String> = super::heads(series, language).into_iter().map(head).collect();
    let mut rows = table(&heads.iter().map(String::as_str).collect::<Vec<_>>());
    for index in 0..series.states.len() {
        rows.add_row(row(series, index, language));
    }
    align_right(&mut rows, &(2..2 + figures(series)).collect::<Vec<_>>());
    let mut text = format!("{}\n{}\n", lead(series, language), total(series, language));
    if !series.states.is_empty() {
        push(&mut text, &indented(&rows));
    }
    text
}

/// Every point, the services, the steps with their causes, drift and budget.
#[must_use]
pub fn series(series: &Series, language: Language) -> String {
    let words = language.words();
    let mut text = points(series, language);
    let services = services(series, language);
    if !services.is_empty() {
        let heads = [words.service, words.series.first_head, words.series.last_head, words.change].map(head);
        let mut rows = table(&heads.each_ref().map(String::as_str));
        for row in services {
            rows.add_row(row);
        }
        align_right(&mut rows, &[1, 2, 3]);
        push(&mut text, &indented(&rows));
    }
    if series.steps.is_empty() {
        push(&mut text, &format!("{}\n", no_steps(series, language)));
    } else {
        let mut rows = table(&[]);
        for of in &series.steps {
            rows.add_row(step(series, of, language));
        }
        align_right(&mut rows, &[1]);
        push(&mut text, &format!("{}\n{}", words.series.steps, indented(&rows)));
    }
    let conclusions = conclusions(series, language);
    if !conclusions.is_empty() {
        push(&mut text, &format!("{}\n", conclusions.join("\n")));
    }
    text
}
