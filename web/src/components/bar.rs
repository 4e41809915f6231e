//! The bar at the top: what is compared with what, for whom, in which colours.

use leptos::prelude::*;
use plimsoll_report::format::date;
use plimsoll_snapshot::{Bundle, Snapshot};

use super::choice::Choice;
use super::languages::Languages;
use super::{CONTENTS, FIND, Menu, Others};
use crate::state::State;
use crate::text::{self, words};
use crate::view::{Theme, View};

/// The bar.
#[component]
pub(crate) fn Bar(state: State) -> impl IntoView {
    let Bundle { before, after, names, .. } = state.report.bundle;
    let sides = view! {
        <p class="sides">
            {side(words().before, before, names[0].as_deref())}
            <span class="arrow" aria-hidden="true">"→"</span>
            {side(words().after, after, names[1].as_deref())}
        </p>
    };
    view! {
        <header class="bar">
            <div class="wrap">
                <span class="brand"><Mark /><span>{text::NAME}</span></span>
                <button type="button" class="button to-contents engineer" data-do="contents" popovertarget=CONTENTS>
                    {words().contents}
                </button>
                {sides}
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

/// A snapshot: the name of its file, or else of its image, and which it is.
fn side(label: &'static str, snapshot: &'static Snapshot, name: Option<&str>) -> impl IntoView + use<> {
    let newest = snapshot.images.iter().filter_map(|image| image.created.as_deref().and_then(date)).max();
    let services = || text::many(snapshot.services.len() as u64, &words().service_noun);
    let mut facts = Vec::new();
    let image = match &snapshot.images[..] {
        [image] => image.reference.as_deref().or_else(|| Some(image.id.short())),
        _ => None,
    };
    let name = match (name, image) {
        (Some(name), image) => {
            facts.push(image.map_or_else(services, text::name));
            text::name(name)
        }
        (None, Some(image)) => text::name(image),
        (None, None) if snapshot.services.is_empty() && snapshot.runtime.is_none() => {
            words().absent.to_owned()
        }
        (None, None) => services(),
    };
    facts.retain(|fact| *fact != name && !snapshot.services.is_empty());
    facts.extend(newest);
    view! {
        <span class="side">
            <b>{label}</b>
            " "
            <span class="reference" title=name.clone()>{name.clone()}</span>
            " "
            <small class="identity">{facts.join(" · ")}</small>
        </span>
    }
}
