//! Checklist and targets: what is demanded and what became of it, unmet first. A figure can be changed where it stands.

use leptos::html;
use leptos::prelude::*;
use plimsoll_analysis::targets::{Judgement, LevelOutcome, Outcome, Status};

use plimsoll_report::format::one_line;
use plimsoll_report::targets::written;

use crate::judging::{Edits, Judging, key, sorted};
use crate::state::State;
use crate::text::{self, words};

const COMMANDS: [&str; 2] = [
    "plimsoll init --compose compose.yml",
    "plimsoll report before.plimsoll after.plimsoll --targets plimsoll.toml -o report.html",
];
/// The longest figure that is typed.
const LONGEST: u32 = 32;

/// The verdict on what is demanded, as long as the reader's figures hold.
pub(crate) fn judgement(state: State) -> Option<Memo<Judgement>> {
    let judging = state.report.judging()?;
    Some(Memo::new(move |_| judging.judge(&state.edits.get())))
}

/// The whole section.
#[component]
pub(crate) fn Checklist(state: State) -> impl IntoView {
    let found = state.report.judging().zip(judgement(state));
    let Some((judging, judgement)) = found else {
        let commands = COMMANDS.map(|command| view! { <p class="command"><code>{command}</code></p> });
        return view! {
            <section class="unfilled engineer" aria-labelledby="checklist">
                <h2 id="checklist">{words().checklist}</h2>
                <p class="lead">{words().running.targets_empty}</p>
                {commands.into_iter().collect_view()}
            </section>
        }
        .into_any();
    };
    let lead = if judging.is_given { words().running.targets_lead } else { words().running.plain_lead };
    // Whether what is met is unfolded outlives a change of the verdict.
    let is_unfolded = RwSignal::new(false);
    view! {
        <section class="checklist engineer" aria-labelledby="checklist">
            <h2 id="checklist">{words().checklist}</h2>
            <p class="lead">{lead}</p>
            <p class="score" role="status">{move || judgement.with(score)}</p>
            <Changed state />
            {move || judgement.with(|judgement| lists(state, judging, judgement, is_unfolded).into_any())}
        </section>
    }
    .into_any()
}

/// `11 of 13 met, 1 missed, 1 unknown; 2 of 3 ideals reached`.
pub(crate) fn score(judgement: &Judgement) -> String {
    let head = &words().running;
    let required = judgement.passed + judgement.failed + judgement.unknown;
    let mut score = (head.verdict)(&judgement.passed.to_string(), &required.to_string());
    for part in rest(judgement) {
        score.push_str(", ");
        score.push_str(&part);
    }
    if judgement.ideals > 0 {
        score.push_str("; ");
        score.push_str(&(head.ideals)(&judgement.ideals_reached.to_string(), &judgement.ideals.to_string()));
    }
    score
}

/// What is missed and what is not known, with their marks.
pub(crate) fn rest(judgement: &Judgement) -> Vec<String> {
    let head = &words().running;
    let missed =
        (judgement.failed > 0).then(|| format!("▲ {}", (head.missed)(&judgement.failed.to_string())));
    let unknown = (judgement.unknown > 0)
        .then(|| format!("◌ {}", (head.unknown_count)(&judgement.unknown.to_string())));
    missed.into_iter().chain(unknown).collect()
}

/// How many figures are the reader's, and the way back.
#[component]
fn Changed(state: State) -> impl IntoView {
    let count = move || state.edits.with(Edits::len);
    move || {
        (count() > 0).then(|| {
            view! {
                <p class="edited">
                    {(words().running.edited)(&count().to_string())} " "
                    <button type="button" data-do="reset-targets" on:click=move |_| state.edits.update(Edits::clear)>
                        {words().running.reset}
                    </button>
                </p>
            }
        })
    }
}

fn lists(
    state: State,
    judging: &'static Judging,
    judgement: &Judgement,
    is_unfolded: RwSignal<bool>,
) -> impl IntoView {
    let (unmet, met) = sorted(&judgement.outcomes);
    let number = met.len();
    let unmet_rows = unmet.iter().map(|outcome| row(state, judging, outcome).into_any()).collect_view();
    let met_rows = met.iter().map(|outcome| row(state, judging, outcome).into_any()).collect_view();
    let details = NodeRef::<html::Details>::new();
    let remember = move |_| {
        if let Some(details) = details.get_untracked() {
            is_unfolded.set(details.open());
        }
    };
    view! {
        {unmet.is_empty().then(|| view! { <p>{words().running.all_met}</p> })}
        <ul class="outcomes">{unmet_rows}</ul>
        {(number > 0).then(|| view! {
            <details class="met" node_ref=details open=move || is_unfolded.get_untracked() || state.everything.get() on:toggle=remember>
                <summary><span class="pass">"●"</span>" "{(words().running.met)(&number.to_string())}</summary>
                <ul class="outcomes">{met_rows}</ul>
            </details>
        })}
    }
}

fn row(state: State, judging: &'static Judging, outcome: &Outcome) -> impl IntoView {
    let head = &words().running;
    let (mark, class) = match outcome.status {
        Status::Pass => ("●", "pass"),
        Status::Fail => ("▲", "fail"),
        Status::Unknown => ("◌", "unknown"),
    };
    let messages = text::messages();
    let title = one_line(&(messages.title)(&outcome.title));
    let levels =
        outcome.levels.iter().map(|level| demand(state, judging, outcome, level).into_any()).collect_view();
    let evidence = text::lines(&outcome.evidence, messages.reason);
    let evidence = evidence.into_iter().map(|line| view! { <li>{text::spans(&line)}</li> }).collect_view();
    view! {
        <li data-target=outcome.id.clone() data-status=class>
            <span class=format!("status {class}") title=(head.status)(outcome.status)>
                <span aria-hidden="true">{mark}</span>
                <span class="unseen-text">{(head.status)(outcome.status)}</span>
            </span>
            <div class="what">
                {outcome.service.as_deref().map(|service| view! { <b>{text::name(service)}</b>": " })}
                {text::spans(&title)}
                {outcome.attested.then(|| view! { " " <span class="chip">{head.manual}</span> })}
                {(!outcome.required).then(|| view! { " " <span class="chip">{head.ideal_only}</span> })}
            </div>
            <div class="found">
                {outcome.measured.as_ref().map(|found| view! { <p><b>{(messages.measure)(found)}</b></p> })}
                {levels}
                <ul class="reasons">{evidence}</ul>
            </div>
        </li>
    }
}

/// One level: what it demands, to be changed, and how far away it is.
fn demand(state: State, judging: &'static Judging, outcome: &Outcome, level: &LevelOutcome) -> impl IntoView {
    let head = &words().running;
    let messages = text::messages();
    let figure = written(&level.demand);
    let key = key(outcome, level.level);
    let shown = state.edits.with_untracked(|edits| edits.get(&key).cloned()).unwrap_or(figure);
    let is_refused = RwSignal::new(None::<String>);
    let change = {
        let (key, shown) = (key.clone(), shown.clone());
        move |typed: String| {
            let typed = typed.trim().to_owned();
            if typed == shown {
                return is_refused.set(None);
            }
            if judging.accepts(&key, &typed) {
                state.edits.update(|edits| drop(edits.insert(key.clone(), typed)));
                // Its row is a new one.
                let selector = format!("[data-edit=\"{}\"]", key.replace('\\', "\\\\").replace('"', "\\\""));
                set_timeout(move || crate::document::focus(&selector), std::time::Duration::from_millis(30));
            } else {
                is_refused.set(Some((words().running.refused)(&text::name(&typed))));
            }
        }
    };
    let (mark, class) = match level.status {
        Status::Pass => ("●", "pass"),
        Status::Fail => ("▲", "fail"),
        Status::Unknown => ("◌", "unknown"),
    };
    let margin = (messages.margin)(level).map(|margin| format!(", {margin}"));
    view! {
        <p class="level">
            <span class=class title=(head.status)(level.status)>{mark}</span>
            " "
            {(head.level)(level.level)}": "{(messages.bound)(level.good)}" "
            <input
                type="text"
                maxlength=LONGEST.to_string()
                data-edit=key
                aria-label=(head.edit)(&one_line(&(messages.title)(&outcome.title)), (head.level)(level.level))
                aria-invalid=move || if is_refused.with(Option::is_some) { "true" } else { "false" }
                prop:value=shown
                on:change:target=move |event| change(event.target().value())
            />
            {margin}
            {move || is_refused.get().map(|message| view! { <span class="refused" role="alert">" "{message}</span> })}
        </p>
    }
}
