//! The findings of the chosen service, and what became of earlier ones.

mod entry;

use leptos::prelude::*;
use plimsoll_analysis::findings::{Advice, Finding, Followed, Outcome, ServiceProgress};
use plimsoll_report::fix::patch_title;
use plimsoll_report::language::Term;
use plimsoll_report::progress::ledger_line;
use plimsoll_snapshot::Bytes;

use self::entry::{copy_button, entry};
use super::{Empty, Fold, explained, size};
use crate::findings::{self, Judged};
use crate::state::State;
use crate::text::{self, words};

/// The section: the service that is chosen, and what all of them have in common.
#[component]
pub(crate) fn Findings(state: State) -> impl IntoView {
    let services = &state.report.comparison.services;
    if services.is_empty() {
        return view! { <Empty id="findings" class="engineer" title=words().findings says=words().findings_empty /> }
            .into_any();
    }
    // The rules take their time: what stands above is there first.
    let ready = RwSignal::new(false);
    // By then the reader may have gone on to another page.
    set_timeout(move || _ = ready.try_set(true), std::time::Duration::ZERO);
    let shown = move || {
        let all = if state.everything.get() { 0..services.len() } else { one(state.service.get()) };
        ready.get().then(|| all.map(|position| service(state, position)).collect_view())
    };
    let together = move || {
        let found = if ready.get() && services.len() > 1 {
            findings::stack(&state.report.bundle.after)
        } else {
            Vec::new()
        };
        (!found.is_empty()).then(|| {
            view! {
                <h3>{words().findings_stack}</h3>
                <ul class="findings">{found.iter().map(|finding| entry(state, finding, figure(finding.saving), None)).collect_view()}</ul>
            }
        })
    };
    view! {
        <section class="engineer" aria-labelledby="findings">
            <h2 id="findings">{words().findings}</h2>
            {shown}
            {together}
        </section>
    }
    .into_any()
}

/// The range of one position: `position..position + 1`.
fn one(position: usize) -> std::ops::Range<usize> {
    position..position + 1
}

fn service(state: State, position: usize) -> impl IntoView {
    let judged = state.report.judged(position)?;
    let advice = judged.advice;
    let lead = (words().findings_lead)(&text::name(&advice.service));
    let sum = if advice.findings.is_empty() {
        words().findings_clean.to_owned()
    } else {
        (words().findings_sum)(
            &text::many(advice.findings.len() as u64, &words().finding),
            &text::bytes(advice.saving).to_string(),
            &text::bytes(advice.possible_saving).to_string(),
        )
    };
    let saved = judged.progress.filter(|progress| progress.predicted > Bytes::ZERO).map(|progress| {
        let predicted = text::bytes(progress.predicted).to_string();
        let added = text::bytes(progress.ledger.added()).to_string();
        let said = (words().findings_saved)(&text::bytes(progress.saved).to_string(), &predicted, &added);
        view! { <p data-saved=progress.saved.0 data-predicted=progress.predicted.0>{said}</p> }
    });
    let remaining = (!advice.findings.is_empty()).then(|| {
        let entries = advice.findings.iter().map(|finding| {
            let mark = judged.is_new(finding).then_some(words().new);
            entry(state, finding, figure(finding.saving), mark)
        });
        view! {
            {head(words().page.saving)}
            <ul class="findings">{entries.collect_view()}</ul>
        }
    });
    Some(view! {
        <p class="lead">{lead}</p>
        <p data-saving=advice.saving.0 data-possible=advice.possible_saving.0><b>{sum}</b>" "{overlaps(advice)}</p>
        {saved}
        {judged.progress.map(|progress| ledger(state, progress))}
        {remaining}
        {patch(state, &advice.service)}
        {done(state, judged)}
    })
}

/// The fixes of a service as one patch, if the report offers one.
fn patch(state: State, service: &str) -> Option<impl IntoView + use<>> {
    let mut patches = state.report.bundle.patches.iter();
    let patch = patches.find(|patch| patch.services.iter().any(|name| name == service))?;
    let fold = Fold::new(state, false);
    let content = move || {
        view! {
            <div class="fix">
                <p>{text::spans(words().fix.how_to_apply)}{copy_button(patch.text.clone())}</p>
                {patch.needs_buildkit.then(|| view! { <p>{words().fix.needs_buildkit}</p> })}
                <pre tabindex="0"><code>{patch.text.as_str()}</code></pre>
            </div>
        }
    };
    Some(view! {
        <details class="bytes" data-patch=patch.fixed on:toggle=move |event| _ = fold.toggled(&event)>
            <summary>{patch_title(patch, text::language())}</summary>
            {fold.content(content)}
        </details>
    })
}

/// What the columns of a list show. Who hears the page hears each figure with its unit and each word with its sign.
fn head(figure: &'static str) -> impl IntoView {
    let page = &words().page;
    view! {
        <p class="findings-head screen">
            <span class="figure">{figure}</span>
            <span class="title">{words().finding.one}</span>
            <span>{page.severity}</span>
            <span class="confidence">{explained(Term::Confidence, page.confidence)}</span>
        </p>
    }
}

/// How much of the single savings is in several findings.
fn overlaps(advice: &Advice) -> Option<String> {
    let sum: Bytes = advice.findings.iter().map(|finding| finding.saving).sum();
    let overlap = Bytes(sum.0.saturating_sub(advice.possible_saving.0));
    let said = || (words().page.overlaps)(&text::bytes(sum).to_string(), &text::bytes(overlap).to_string());
    (!overlap.is_zero()).then(said)
}

/// How the image size before becomes the one after.
fn ledger(state: State, progress: &'static ServiceProgress) -> impl IntoView {
    let ledger = &progress.ledger;
    let report = &words().findings_report;
    let fold = Fold::new(state, false);
    let [before, after] = [ledger.before, ledger.after].map(|size| text::bytes(size).to_string());
    view! {
        <details class="bytes" on:toggle=move |event| _ = fold.toggled(&event)>
            <summary>{(report.sizes)(&before, &after, &text::delta(ledger.delta()).to_string())}</summary>
            {fold.content(move || ledger_table(progress))}
        </details>
    }
}

fn ledger_table(progress: &'static ServiceProgress) -> impl IntoView {
    let ledger = &progress.ledger;
    let report = &words().findings_report;
    let lines = ledger.lines.iter().map(|line| {
        let title = ledger_line(progress, line, text::language());
        view! { <tr data-ledger=line.delta.0><th scope="row">{title}</th><td>{text::delta(line.delta).to_string()}</td></tr> }
    });
    let [before, after] = [ledger.before, ledger.after].map(|size| text::bytes(size).to_string());
    view! {
            <table class="plain ledger">
                <thead>
                    <tr><th scope="col">{words().cause_head}</th><th scope="col">{words().bytes_head}</th></tr>
                </thead>
                <tbody>
                    <tr><th scope="row">{report.size_before}</th><td>{before}</td></tr>
                    {lines.collect_view()}
                </tbody>
                <tfoot>
                    <tr><th scope="row">{report.size_after}</th><td>{after}</td></tr>
                </tfoot>
            </table>
    }
}

fn done(state: State, judged: Judged<'static>) -> impl IntoView {
    let done = judged.done();
    let entries = done.iter().map(|followed| {
        let mark = if followed.outcome == Outcome::Done { words().is_done } else { words().is_part };
        entry(state, &followed.finding, saved(followed), Some(mark))
    });
    let credited: Bytes = done.iter().map(|followed| followed.saved).sum();
    let said = (words().page.is_fixed)(
        &text::many(done.len() as u64, &words().finding),
        &text::bytes(credited).to_string(),
    );
    (!done.is_empty()).then(|| {
        view! {
            // Paper that shows everything shows what is folded, too.
            <details class="folded" prop:open=move || state.everything.get()>
                <summary><span class="pass">"●"</span>" "{said}</summary>
                {head(words().page.saved)}
                <ul class="findings done">{entries.collect_view()}</ul>
            </details>
        }
    })
}

/// What a finding would save; nothing for one that is not about bytes.
fn figure(saving: Bytes) -> AnyView {
    if saving == Bytes::ZERO { text::NONE.into_any() } else { size(saving).into_any() }
}

/// What was saved, of how much where some remains.
fn saved(followed: &Followed) -> AnyView {
    let Followed { finding: Finding { saving, .. }, saved, outcome, .. } = followed;
    // Of one that is done nothing remains: the rest is credited to a finding above.
    if *outcome == Outcome::Done {
        return figure(*saved);
    }
    let said = (words().saved_of)(&text::bytes(*saved).to_string(), &text::bytes(*saving).to_string());
    said.into_any()
}
