//! The snapshots that the page holds: more of them, and which two are compared.

use leptos::prelude::*;
use plimsoll_analysis::inspect::stack_size;
use plimsoll_report::format::{bytes, one_line};
use plimsoll_snapshot::Bytes;
use wasm_bindgen::JsCast as _;
use web_sys::HtmlInputElement;

use crate::desk::{Desk, Held, Job, Pair, Role};
use crate::{save, text};

/// The buttons in the bar.
#[component]
pub(crate) fn Others() -> impl IntoView {
    let desk = use_context::<Desk>()?;
    Some(view! {
        <span class="others">
            <button type="button" data-do="swap" title=text::SWAP_LONG on:click=move |_| desk.swap()>{text::SWAP}</button>
            <button type="button" data-do="choose" popovertarget="others">{text::CHOOSE_OPEN}</button>
        </span>
    })
}

/// The list over a report.
#[component]
pub(crate) fn ChooseOver(desk: Desk) -> impl IntoView {
    view! {
        <section id="others" class="choose" popover="auto" aria-labelledby="choose">
            <h2 id="choose">{text::CHOOSE}</h2>
            <Choose desk />
            <p><button type="button" class="button" data-do="close" popovertarget="others">{text::CLOSE}</button></p>
        </section>
    }
}

/// What takes the place of a report where there is none.
#[component]
pub(crate) fn ChooseFirst(desk: Desk) -> impl IntoView {
    view! {
        <main id="report" class="wrap choose">
            <h1>{text::CHOOSE_EMPTY}</h1>
            <Choose desk />
            <Show when=move || desk.pair.get().before.is_some()>
                <p>{text::CHOOSE_NEXT}</p>
            </Show>
        </main>
    }
}

/// Files to be read, snapshots that were.
#[component]
fn Choose(desk: Desk) -> impl IntoView {
    let inputs = Role::ALL.map(|role| {
        let chosen = move |event: web_sys::Event| {
            let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
            let Some(input) = input else { return };
            if let Some(files) = input.files() {
                desk.receive(&files, role);
            }
            // The same file may be chosen again.
            input.set_value("");
        };
        view! {
            <label class="button" data-drop=role.key()>
                {text::role(role)}
                <input type="file" multiple data-choose=role.key() on:change=chosen />
            </label>
        }
    });
    view! {
        <p class="lead">{text::CHOOSE_LEAD}</p>
        <p class="inputs">{inputs.collect_view()}</p>
        {move || desk.held.with(|held| (!held.is_empty()).then(|| list(desk, held)))}
    }
}

fn list(desk: Desk, held: &[Held]) -> impl IntoView + use<> {
    let rows = held.iter().map(|held| {
        let size = stack_size(&held.snapshot);
        let services: Vec<_> = held.snapshot.services.iter().map(|service| one_line(&service.name)).collect();
        view! {
            <tr data-held=held.id>
                <th scope="row">{one_line(&held.name)}</th>
                <td class="names">{services.join(", ")}</td>
                <td data-bytes=size.unique_bytes.0>{bytes(size.unique_bytes).to_string()}</td>
                {side(desk, Role::Before, Some(held.id), &held.name)}
                {side(desk, Role::After, Some(held.id), &held.name)}
            </tr>
        }
    });
    let save_as = move |_| {
        if let Some(Err(error)) = desk.report(desk.pair.get_untracked()).map(save::save) {
            desk.fail(text::not_saved(&error));
        }
    };
    view! {
        <table class="plain held">
            <caption>{text::HELD}</caption>
            <thead>
                <tr>
                    <th scope="col">{text::SNAPSHOT}</th>
                    <th scope="col">{text::HOLDS_SERVICES}</th>
                    <th scope="col">{text::CARD_TOTAL}</th>
                    <th scope="col">{text::BEFORE}</th>
                    <th scope="col">{text::AFTER}</th>
                </tr>
            </thead>
            <tbody>
                {rows.collect_view()}
                <tr>
                    <th scope="row" colspan="3">{text::NOTHING}</th>
                    {side(desk, Role::Before, None, text::NOTHING)}
                    <td></td>
                </tr>
            </tbody>
        </table>
        <p class="inputs">
            <button type="button" class="button" on:click=move |_| desk.swap()>{text::SWAP_LONG}</button>
            <button
                type="button"
                class="button"
                data-do="save"
                disabled=move || desk.pair.get().after.is_none()
                on:click=save_as
            >
                {text::SAVE}
            </button>
        </p>
    }
}

/// The cell that puts a snapshot on a side.
fn side(desk: Desk, role: Role, id: Option<u32>, name: &str) -> impl IntoView + use<> {
    let of = move |pair: Pair| if role == Role::Before { pair.before } else { pair.after };
    let choose = move |_| {
        desk.pair.update(|pair| match role {
            Role::Before => pair.before = id,
            _ => pair.after = id,
        });
    };
    let label = format!("{}: {}", text::role(role), one_line(name));
    view! {
        <td>
            <input
                type="radio"
                name=role.key()
                aria-label=label
                prop:checked=move || of(desk.pair.get()) == id
                on:change=choose
            />
        </td>
    }
}

/// What is being read, and what went wrong: over everything, wherever the reader is.
#[component]
pub(crate) fn Messages(desk: Desk) -> impl IntoView {
    let jobs = move || desk.jobs.get().into_iter().map(|job| view! { <Reading desk job /> }).collect_view();
    let failures = move || {
        let failures = desk.failures.get();
        let items = failures.into_iter().map(|(id, message)| {
            view! {
                <li class="failed">
                    <span>{message}</span>
                    <button type="button" class="button" data-do="dismiss" on:click=move |_| desk.dismiss(id)>
                        {text::DISMISS}
                    </button>
                </li>
            }
        });
        items.collect_view()
    };
    view! {
        <div class="messages">
            <ul role="alert">{failures}</ul>
            <ul role="status">{jobs}</ul>
        </div>
    }
}

#[component]
fn Reading(desk: Desk, job: Job) -> impl IntoView {
    let Job { id, name, progress } = job;
    let name = one_line(&name);
    let share = move || progress.get().map_or(0.0, |(done, total)| done / total.max(1.0));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sizes are whole numbers")]
    let figures =
        move || progress.get().map(|(done, total)| text::progress(Bytes(done as u64), Bytes(total as u64)));
    view! {
        <li class="reading" data-job=id>
            <span>{name.clone()}</span>
            <progress max="1" value=share aria-label=name></progress>
            <small aria-hidden="true">{figures}</small>
            <button type="button" class="button" data-do="cancel" on:click=move |_| desk.cancel(id)>{text::CANCEL}</button>
        </li>
    }
}
