//! What can be done with the report: copy, save, print.

use leptos::html;
use leptos::prelude::*;
use plimsoll_report::{csv, json, markdown};
use web_sys::KeyboardEvent;

use crate::share::{self, Said};
use crate::state::State;
use crate::text::{self, words};

/// The entries, in their order.
#[derive(Clone, Copy)]
enum Act {
    Link,
    Markdown,
    Services,
    Files,
    Json,
    Summary,
    Everything,
}

impl Act {
    const ALL: [Self; 7] = [
        Self::Link,
        Self::Markdown,
        Self::Services,
        Self::Files,
        Self::Json,
        Self::Summary,
        Self::Everything,
    ];

    /// Its name in attributes.
    const fn key(self) -> &'static str {
        match self {
            Self::Link => "copy-link",
            Self::Markdown => "copy-markdown",
            Self::Services => "save-csv",
            Self::Files => "save-files-csv",
            Self::Json => "save-json",
            Self::Summary => "print-summary",
            Self::Everything => "print-all",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Link => words().copy_link,
            Self::Markdown => words().copy_markdown,
            Self::Services => words().save_csv,
            Self::Files => words().save_files_csv,
            Self::Json => words().save_json,
            Self::Summary => words().print_summary,
            Self::Everything => words().print_all,
        }
    }

    fn run(self, state: State, said: Said) {
        let comparison = &state.report.comparison;
        match self {
            Self::Link => share::copy(share::address(state), said),
            Self::Markdown => {
                share::copy(markdown::comparison(&state.report.changes, text::language()), said);
            }
            Self::Services => share::save("services.csv", "text/csv", &csv::services(comparison), said),
            Self::Files => {
                if let Some(tree) = state.report.trees.get(state.service.get_untracked()) {
                    share::save("files.csv", "text/csv", &csv::changed_files(&tree.union), said);
                }
            }
            Self::Json => {
                let mut document = Vec::new();
                if json::comparison(&state.report.changes, json::Definitions::Shown, &mut document).is_ok() {
                    let text = String::from_utf8_lossy(&document);
                    share::save("comparison.json", "application/json", &text, said);
                }
            }
            Self::Summary => share::print(state, false),
            Self::Everything => share::print(state, true),
        }
    }
}

/// A button that opens a list of buttons. Escape closes it, and so does whatever was chosen.
#[component]
pub(crate) fn Menu(state: State) -> impl IntoView {
    let said = expect_context::<Said>();
    let details = NodeRef::<html::Details>::new();
    let close = move || {
        if let Some(details) = details.get_untracked() {
            details.set_open(false);
        }
    };
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            close();
            crate::document::focus(".menu > summary");
        }
    };
    let acts = Act::ALL.map(|act| {
        let run = move |_| {
            close();
            act.run(state, said);
        };
        view! { <li><button type="button" data-do=act.key() on:click=run>{act.name()}</button></li> }
    });
    view! {
        <details class="menu" node_ref=details on:keydown=on_key>
            <summary>{words().share}</summary>
            <ul>{acts.into_iter().collect_view()}</ul>
        </details>
    }
}
