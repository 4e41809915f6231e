//! The switch between languages.

use leptos::prelude::*;
use plimsoll_report::language::Language;

use super::choice::Choice;
use crate::text::words;

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
