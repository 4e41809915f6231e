//! One finding. It folds open: its evidence, the lines that fix it, why it matters, the limits of its rule.

use leptos::prelude::*;
use plimsoll_analysis::findings::{Evidence, Finding, Fix};
use plimsoll_analysis::lines::Unfit;
use plimsoll_report::format::{count, one_line, shorten};
use plimsoll_snapshot::Bytes;

use crate::anchors;
use crate::components::{Fold, maybe_size};
use crate::share::{self, Said};
use crate::state::State;
use crate::text::{self, language, messages, words};

/// How much of a note or an instruction is shown.
const LONG: usize = 300;

/// A finding with its figure, and a word for what became of it.
pub(super) fn entry(
    state: State,
    finding: &Finding,
    figure: AnyView,
    mark: Option<&'static str>,
) -> impl IntoView + use<> {
    let rule = finding.rule.as_str();
    let is_fixed = mark.is_some_and(|mark| mark != words().new);
    let fold = Fold::new(state, false);
    let noted = move |event: web_sys::Event| {
        // What opens for paper is not where the reader is.
        if fold.toggled(&event) && !state.everything.get_untracked() {
            state.at.set(if is_fixed { anchors::of_fixed(rule) } else { anchors::of_finding(rule) });
        }
    };
    let of_body = finding.clone();
    let severity = format!("severity {:?}", finding.severity).to_lowercase();
    view! {
        <li data-rule=rule data-fixed=is_fixed.then_some(rule) data-saving=finding.saving.0>
            // Paper that shows everything shows what is folded, too.
            <details prop:open=move || state.everything.get() on:toggle=noted>
                <summary>
                    <span class="figure">{figure}</span>
                    <span class="title">{text::title(finding)}</span>
                    {mark.map(|mark| view! { <span class="chip">{mark}</span> })}
                    <span class=severity>{(words().severity)(finding.severity)}</span>
                    <span class="confidence">{(words().confidence)(finding.confidence)}</span>
                </summary>
                {fold.content(move || body(&of_body))}
            </details>
        </li>
    }
}

fn body(finding: &Finding) -> impl IntoView + use<> {
    let rule = language().rule(finding.rule);
    let about = view! {
        <dl class="facts">
            <dt>{words().why_it_matters}</dt>
            <dd>{text::spans(rule.why)}</dd>
            <dt>{words().how}</dt>
            <dd>{text::spans(rule.how)}</dd>
            <dt>{words().rule_limits}</dt>
            <dd>{text::spans(rule.limits)}</dd>
            <dt>{words().rule}</dt>
            <dd><code>{finding.rule.as_str()}</code></dd>
        </dl>
    };
    let left = finding.evidence_count.saturating_sub(finding.evidence.len() as u64);
    let more = (left > 0).then(|| view! { <p class="lead">{(words().and_more)(&count(left))}</p> });
    view! {
        <div class="finding">
            {(!finding.evidence.is_empty()).then(|| table(&finding.evidence))}
            {more}
            {finding.fixes.iter().map(fix).collect_view()}
            {finding.left_out.iter().map(left_out).collect_view()}
            {about}
        </div>
    }
}

fn table(evidence: &[Evidence]) -> impl IntoView + use<> {
    let rows = evidence.iter().map(|evidence| {
        let place = evidence.line.map_or_else(
            || evidence.layer.map(|layer| (words().evidence_layer)(&layer.to_string())),
            |line| Some((words().evidence_line)(&line.to_string())),
        );
        let note = evidence
            .note
            .as_ref()
            .map(|note| format!(" · {}", shorten(&one_line(&(messages().note)(note)), LONG)));
        view! {
            <tr>
                <th scope="row"><code>{text::name(&(messages().subject)(&evidence.subject))}</code></th>
                <td>{maybe_size((evidence.bytes > Bytes::ZERO).then_some(evidence.bytes))}</td>
                <td class="note">{place}{note}</td>
            </tr>
        }
    });
    view! {
        <table class="plain evidence">
            <thead>
                <tr>
                    <th scope="col">{words().evidence}</th>
                    <th scope="col">{words().size_head}</th>
                    <th scope="col" class="note">{words().evidence_note}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
}

/// Why a fix, or a part of one, is left out.
fn left_out(unfit: &Unfit) -> impl IntoView + use<> {
    view! { <p class="lead" data-left-out="">{text::spans(&one_line(&(messages().unfit)(unfit)))}</p> }
}

/// A button that copies lines.
pub(super) fn copy_button(lines: String) -> impl IntoView + use<> {
    let said = use_context::<Said>();
    let copy = move |_| {
        if let Some(said) = said {
            share::copy(lines.clone(), said);
        }
    };
    view! { <button type="button" class="button screen" data-do="copy-fix" on:click=copy>{words().copy}</button> }
}

fn fix(fix: &Fix) -> impl IntoView + use<> {
    let replaces = fix.replaces.as_ref().map(|old| {
        view! { <p class="was">{words().replaces}" "<code>{shorten(&one_line(old), LONG)}</code></p> }
    });
    view! {
        <div class="fix">
            <p>
                <b>{(words().fix_kind)(fix.kind)}</b>": "{(messages().action)(fix.action)}
                {copy_button(fix.lines.to_string())}
            </p>
            {replaces}
            <pre tabindex="0"><code>{fix.lines.to_string()}</code></pre>
        </div>
    }
}
