//! Facts of both sides in one table: what is the same on both is there once.

use leptos::prelude::*;

use crate::text::{NONE, words};

/// A fact.
pub(crate) struct Fact {
    term: &'static str,
    sides: [Option<AnyView>; 2],
    /// Whether it spans both sides.
    is_one: bool,
    is_worse: bool,
}

impl Fact {
    /// A fact of either side; nothing where neither has it.
    pub(crate) fn of<T: PartialEq>(
        term: &'static str,
        sides: [Option<T>; 2],
        shown: impl Fn(T) -> AnyView,
    ) -> Option<Self> {
        let is_one = sides[0] == sides[1];
        let sides = sides.map(|side| side.map(&shown));
        sides.iter().any(Option::is_some).then_some(Self { term, sides, is_one, is_worse: false })
    }

    /// A fact of which no two sides are alike.
    pub(crate) fn of_views(term: &'static str, sides: [Option<AnyView>; 2]) -> Option<Self> {
        sides.iter().any(Option::is_some).then_some(Self { term, sides, is_one: false, is_worse: false })
    }

    /// A fact about both sides.
    pub(crate) fn of_both(term: &'static str, shown: AnyView) -> Self {
        Self { term, sides: [None, Some(shown)], is_one: true, is_worse: false }
    }

    /// Marks what got worse.
    pub(crate) fn worse(self, is_worse: bool) -> Self {
        Self { is_worse, ..self }
    }
}

/// The table. A side that is not there at all has no column.
pub(crate) fn pairs(are_there: [bool; 2], facts: impl IntoIterator<Item = Fact>) -> AnyView {
    let is_pair = are_there == [true, true];
    let row = move |Fact { term, sides: [before, after], is_one, is_worse }: Fact| {
        let none = || view! { <span class="none">{NONE}</span> }.into_any();
        let cells = if is_pair && !is_one {
            let (before, after) = (before.unwrap_or_else(none), after.unwrap_or_else(none));
            view! {
                <td data-label=words().before>{before}</td>
                <td data-label=words().after class:worsened=is_worse>{after}</td>
            }
            .into_any()
        } else {
            let span = if is_pair { "2" } else { "1" };
            view! { <td colspan=span class:worsened=is_worse>{after.or(before).unwrap_or_else(none)}</td> }
                .into_any()
        };
        view! { <tr><th scope="row">{term}</th>{cells}</tr> }
    };
    let head = is_pair.then(|| {
        view! {
            <thead><tr><td></td><th scope="col">{words().before}</th><th scope="col">{words().after}</th></tr></thead>
        }
    });
    view! {
        <table class="plain pairs reflow">
            {head}
            <tbody>{facts.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// A text.
pub(crate) fn plain(text: String) -> AnyView {
    text.into_any()
}

/// A text for machines.
pub(crate) fn code(text: String) -> AnyView {
    view! { <code>{text}</code> }.into_any()
}

/// A paragraph a line.
pub(crate) fn paragraphs(lines: Vec<String>) -> AnyView {
    lines.into_iter().map(|line| view! { <p>{line}</p> }).collect_view().into_any()
}
