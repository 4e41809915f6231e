//! The bar at the top: what is compared with what, for whom, in which colours.

use leptos::prelude::*;
use plimsoll_analysis::inspect::ImageInspection;
use plimsoll_report::format::date;
use plimsoll_report::language::Language;

use super::{FIND, Menu, Others};
use crate::state::{State, Theme, View};
use crate::text::{self, words};

/// The bar. The images are those of the service that is chosen.
#[component]
pub(crate) fn Bar(state: State) -> impl IntoView {
    let images = move || {
        let service = state.selected()?;
        Some(view! {
            <p class="sides">
                {side(words().before, service.before.as_ref())}
                <span class="arrow" aria-hidden="true">"→"</span>
                {side(words().after, service.after.as_ref())}
            </p>
        })
    };
    view! {
        <header class="bar">
            <div class="wrap">
                <span class="brand"><Mark /><span>{text::NAME}</span></span>
                {images}
                <Others />
                {(!state.report.comparison.services.is_empty()).then(|| view! {
                    <button
                        type="button"
                        class="find"
                        data-do="find"
                        popovertarget=FIND
                        aria-keyshortcuts="/"
                        title=words().find_long
                    >
                        <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
                            <circle cx="6" cy="6" r="4.2" /><path d="M9.2 9.2L13 13" />
                        </svg>
                        <span>{words().find}</span>
                        <kbd aria-hidden="true">"/"</kbd>
                    </button>
                })}
                <Choice
                    label=words().view
                    class="views"
                    all=View::ALL.map(|view| (view, view.key(), text::view(view))).to_vec()
                    chosen=state.view
                />
                <Languages language=state.language />
                <Choice
                    label=words().theme
                    class="themes"
                    all=Theme::ALL.map(|theme| (theme, theme.key(), text::theme(theme))).to_vec()
                    chosen=state.theme
                />
                <Menu state />
            </div>
        </header>
    }
}

/// Plimsoll's mark: a circle crossed by the line a ship may sink to.
#[component]
fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
            <circle cx="11" cy="11" r="6.5" />
            <path d="M0 11h22" />
        </svg>
    }
}

fn side(label: &'static str, image: Option<&'static ImageInspection>) -> impl IntoView {
    let (name, rest) = match image {
        Some(image) => {
            let name = image.reference.as_deref().map(text::name);
            let parts = [
                name.is_some().then(|| image.id.short().to_owned()),
                image.created.as_deref().and_then(date),
            ];
            let rest: Vec<String> = parts.into_iter().flatten().collect();
            (name.unwrap_or_else(|| image.id.short().to_owned()), rest.join(" · "))
        }
        None => (words().absent.to_owned(), String::new()),
    };
    view! {
        <span class="side">
            <b>{label}</b>
            " "
            <span class="reference" title=name.clone()>{name.clone()}</span>
            " "
            <small class="identity">{rest}</small>
        </span>
    }
}

/// The language of the page.
#[component]
pub(crate) fn Languages(language: RwSignal<Language>) -> impl IntoView {
    view! {
        <Choice
            label=words().language
            class="languages"
            all=Language::ALL.map(|language| (language, language.tag(), language.name())).to_vec()
            chosen=language
        />
    }
}

/// One of a few, as buttons side by side.
#[component]
fn Choice<T>(
    label: &'static str,
    class: &'static str,
    all: Vec<(T, &'static str, &'static str)>,
    chosen: RwSignal<T>,
) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let buttons = all.into_iter().map(|(value, key, name)| {
        view! {
            <button
                type="button"
                data-value=key
                title=name
                aria-pressed=move || if chosen.get() == value { "true" } else { "false" }
                on:click=move |_| chosen.set(value)
            >
                <span>{name}</span>
            </button>
        }
    });
    view! {
        <div class=format!("choice {class}") role="group" aria-label=label>
            {buttons.collect_view()}
        </div>
    }
}
