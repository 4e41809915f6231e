//! The snapshots that the page holds: more of them, and which two are compared.

use leptos::prelude::*;
use leptos::task::spawn_local;
use plimsoll_analysis::inspect::stack_size;
use plimsoll_report::format::one_line;
use plimsoll_snapshot::Bytes;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlInputElement};

use super::languages::Languages;
use crate::role::Role;
use crate::share::Said;
use crate::text::{self, words};
use crate::workspace::{Job, LoadedSnapshot, Pair, Workspace};
use crate::{document, save};

/// The buttons in the bar.
#[component]
pub(crate) fn Others() -> impl IntoView {
    let workspace = use_context::<Workspace>()?;
    Some(view! {
        <span class="others">
            <button type="button" data-do="swap" title=words().swap_long on:click=move |_| workspace.swap()>
                <span class="unseen-words">{words().swap}</span>
            </button>
            <button type="button" data-do="choose" popovertarget="others">{words().choose_open}</button>
        </span>
    })
}

/// The list over a report.
#[component]
pub(crate) fn ChooseOver(workspace: Workspace) -> impl IntoView {
    let toggled = move |event: web_sys::Event| {
        let list = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        workspace.is_over.set(list.is_some_and(|list| list.matches(":popover-open").unwrap_or(false)));
    };
    // Another report or language brings another list, which is closed.
    on_cleanup(move || _ = workspace.is_over.try_set(false));
    view! {
        <section id="others" class="choose" popover="auto" aria-labelledby="choose" on:toggle=toggled>
            <h2 id="choose">{words().choose}</h2>
            <Choose workspace is_over=true />
            <p><button type="button" class="button" data-do="close" popovertarget="others">{words().close}</button></p>
        </section>
    }
}

/// What takes the place of a report where there is none.
#[component]
pub(crate) fn ChooseFirst(workspace: Workspace) -> impl IntoView {
    view! {
        <main id="report" class="wrap choose">
            <Languages language=workspace.language />
            <h1>{words().choose_empty}</h1>
            <Choose workspace is_over=false />
            <Show when=move || workspace.pair.get().before.is_some()>
                <p>{words().choose_next}</p>
            </Show>
        </main>
    }
}

/// Files to be read, snapshots that were.
#[component]
fn Choose(
    workspace: Workspace,
    /// Whether it lies over the page, and so over the messages of the page, too.
    is_over: bool,
) -> impl IntoView {
    let inputs = Role::ALL.map(|role| {
        let chosen = move |event: web_sys::Event| {
            let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
            let Some(input) = input else { return };
            if let Some(files) = input.files() {
                workspace.receive(&files, role);
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
        <p class="lead">{words().choose_lead}</p>
        <p class="inputs">{inputs.collect_view()}</p>
        <Show when=move || is_over && workspace.is_over.get()><Messages workspace /></Show>
        {move || {
            // The trend offers the other states.
            let pair = workspace.pair.get_untracked();
            let is_listed = |one: &&LoadedSnapshot| !one.is_state || pair.has(one.id);
            let held = workspace.held.with(|held| held.iter().filter(is_listed).cloned().collect::<Vec<_>>());
            (!held.is_empty()).then(|| list(workspace, &held))
        }}
    }
}

fn list(workspace: Workspace, held: &[LoadedSnapshot]) -> impl IntoView + use<> {
    let rows = held.iter().map(|held| {
        let size = stack_size(&held.snapshot);
        let id = held.id;
        let remove = move |_| {
            workspace.remove(id);
            // Its button is gone; the reader goes on at the list.
            document::show("[data-choose=held]".to_owned());
        };
        let services: Vec<_> = held.snapshot.services.iter().map(|service| one_line(&service.name)).collect();
        view! {
            <tr data-held=held.id>
                <th scope="row">{text::held(&held.name)}</th>
                <td class="names">{services.join(", ")}</td>
                <td data-bytes=size.unique_bytes.0>{text::bytes(size.unique_bytes).to_string()}</td>
                {side(workspace, Role::Before, Some(held.id), &text::held(&held.name))}
                {side(workspace, Role::After, Some(held.id), &text::held(&held.name))}
                <td>
                    <button
                        type="button"
                        class="button"
                        data-do="remove"
                        aria-label=(words().remove_held)(&text::held(&held.name))
                        on:click=remove
                    >
                        {words().remove}
                    </button>
                </td>
            </tr>
        }
    });
    let said = expect_context::<Said>();
    let save_as = move |_| {
        let Some(report) = workspace.report(workspace.pair.get_untracked()) else { return };
        let language = text::language();
        spawn_local(async move {
            if let Err(error) = save::save(workspace, report, language, said).await {
                workspace.fail(text::not_saved(&error));
            }
        });
    };
    view! {
        <table class="plain held">
            <caption>{words().held}</caption>
            <thead>
                <tr>
                    <th scope="col">{words().snapshot}</th>
                    <th scope="col">{words().services}</th>
                    <th scope="col">{words().card_total}</th>
                    <th scope="col">{words().before}</th>
                    <th scope="col">{words().after}</th>
                    <td></td>
                </tr>
            </thead>
            <tbody>
                {rows.collect_view()}
                <tr>
                    <th scope="row" colspan="3">{words().nothing}</th>
                    {side(workspace, Role::Before, None, words().nothing)}
                    <td></td>
                    <td></td>
                </tr>
            </tbody>
        </table>
        <p class="inputs">
            <button type="button" class="button" on:click=move |_| workspace.swap()>{words().swap_long}</button>
            <button
                type="button"
                class="button"
                data-do="save"
                disabled=move || workspace.pair.get().after.is_none()
                on:click=save_as
            >
                {words().save_report}
            </button>
        </p>
    }
}

/// The cell that puts a snapshot on a side.
fn side(workspace: Workspace, role: Role, id: Option<u32>, name: &str) -> impl IntoView + use<> {
    let of = move |pair: Pair| if role == Role::Before { pair.before } else { pair.after };
    let choose = move |_| {
        let pair = workspace.pair.get_untracked();
        workspace.compare(match role {
            Role::Before => Pair { before: id, ..pair },
            _ => Pair { after: id, ..pair },
        });
    };
    let label = format!("{}: {}", text::role(role), name);
    view! {
        <td>
            <input
                type="radio"
                name=role.key()
                aria-label=label
                prop:checked=move || of(workspace.pair.get()) == id
                on:change=choose
            />
        </td>
    }
}

/// What is being read, and what went wrong: over everything, wherever the reader is.
#[component]
pub(crate) fn Messages(workspace: Workspace) -> impl IntoView {
    let jobs = move || {
        workspace.jobs.get().into_iter().map(|job| view! { <Reading workspace job /> }).collect_view()
    };
    let failures = move || {
        let failures = workspace.failures.get();
        let items = failures.into_iter().map(|(id, message)| {
            view! {
                <li class="failed">
                    <span>{message}</span>
                    <button type="button" class="button" data-do="dismiss" on:click=move |_| workspace.dismiss(id)>
                        {words().dismiss}
                    </button>
                </li>
            }
        });
        items.collect_view()
    };
    view! {
        <div class="messages">
            <div role="alert"><ul>{failures}</ul></div>
            <div role="status"><ul>{jobs}</ul></div>
        </div>
    }
}

#[component]
fn Reading(workspace: Workspace, job: Job) -> impl IntoView {
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
            <button type="button" class="button" data-do="cancel" on:click=move |_| workspace.cancel(id)>{words().cancel}</button>
        </li>
    }
}
