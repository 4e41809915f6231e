//! What the page says, in the language that its reader has chosen. The words are in `plimsoll_report::language`.
//!
//! The page is built anew when the language changes, so a component asks once, while it is built.

use std::cell::Cell;

use leptos::prelude::*;
use plimsoll_analysis::compare::FileChange;
use plimsoll_analysis::findings::Finding;
use plimsoll_analysis::memory::StartUp;
use plimsoll_analysis::memory::compare::ChangeVerdict;
use plimsoll_analysis::packages::{Catalogue, DependencyKind, PackageId, Root, Use, Want};
use plimsoll_collect::ForeignContent;
use plimsoll_report::format::{Quantity, count, one_line, shorten};
use plimsoll_report::language::{Language, Messages, Noun, Words};
use plimsoll_report::packages as report;
use plimsoll_snapshot::{ByteDelta, Bytes, Ecosystem, FormatError, Limit, SCHEMA_VERSION};
use plimsoll_view::packages::{self, Why};
use plimsoll_view::tree::{Filter, Order};

use crate::load::PROGRAM;
use crate::role::{Name, Role};
use crate::view::{Theme, View};

pub(crate) const NAME: &str = "Plimsoll";
pub(crate) const NONE: &str = "–";
pub(crate) const SAVED_AS: &str = "plimsoll-report.html";
/// How much of a name or a path is shown where a row or a sentence has to hold it.
const LENGTH: usize = 160;

thread_local! {
    // A page has one thread and speaks one language at a time.
    static SPOKEN: Cell<Language> = const { Cell::new(Language::English) };
}

/// From here on the page speaks this language.
pub(crate) fn speak(language: Language) {
    SPOKEN.set(language);
}

/// The language that is spoken.
pub(crate) fn language() -> Language {
    SPOKEN.get()
}

/// Its words.
pub(crate) fn words() -> &'static Words {
    language().words()
}

pub(crate) fn bytes(bytes: Bytes) -> Quantity {
    language().bytes(bytes)
}

/// Memory, in binary units.
pub(crate) fn memory(bytes: Bytes) -> String {
    language().memory(bytes)
}

/// A difference of memory, with its sign.
pub(crate) fn memory_delta(delta: ByteDelta) -> String {
    language().memory_delta(delta)
}

pub(crate) fn duration(milliseconds: u64) -> String {
    language().duration(milliseconds)
}

/// How long a start took: an interval.
pub(crate) fn start_up(start_up: &StartUp) -> String {
    (messages().start_up)(start_up)
}

/// The name of a world of packages.
pub(crate) fn ecosystem(ecosystem: Ecosystem) -> &'static str {
    language().ecosystem(ecosystem)
}

/// The title of a finding, on one line.
pub(crate) fn title(finding: &Finding) -> String {
    one_line(&(messages().headline)(&finding.headline))
}

/// How the language puts what the analysis concludes.
pub(crate) fn messages() -> &'static Messages {
    &words().messages
}

/// Conclusions as text, each on one line.
pub(crate) fn lines<M>(conclusions: &[M], text: fn(&M) -> String) -> Vec<String> {
    conclusions.iter().map(|conclusion| one_line(&text(conclusion))).collect()
}

/// A text whose parts between backquotes are code.
pub(crate) fn spans(text: &str) -> AnyView {
    if !text.matches('`').count().is_multiple_of(2) {
        return text.to_owned().into_any();
    }
    let part = |(at, part): (usize, &str)| {
        let part = part.to_owned();
        if at % 2 == 1 { view! { <code>{part}</code> }.into_any() } else { part.into_any() }
    };
    text.split('`').enumerate().map(part).collect_view().into_any()
}

pub(crate) fn share(part: Bytes, whole: Bytes) -> String {
    language().share(part, whole)
}

pub(crate) fn change_verdict(verdict: ChangeVerdict) -> &'static str {
    (words().running.change_verdict)(verdict)
}

pub(crate) fn delta(delta: ByteDelta) -> Quantity {
    language().delta(delta)
}

pub(crate) fn percent(percent: f64) -> String {
    language().percent(percent)
}

/// A comparison that could not be written.
pub(crate) fn not_saved(reason: &str) -> String {
    format!("{} {}", (words().not_saved)(reason), versions())
}

/// A number of things.
pub(crate) fn many(number: u64, noun: &Noun) -> String {
    language().many(number, noun)
}

/// All digits of a size.
pub(crate) fn exact(size: Bytes) -> String {
    many(size.0, &words().byte)
}

/// A name of an image on one line, whatever its length.
pub(crate) fn name(text: &str) -> String {
    shorten(&one_line(text), LENGTH)
}

pub(crate) fn view(view: View) -> &'static str {
    match view {
        View::Engineer => words().engineer,
        View::Stakeholder => words().stakeholder,
    }
}

pub(crate) fn theme(theme: Theme) -> &'static str {
    match theme {
        Theme::System => words().theme_system,
        Theme::Light => words().theme_light,
        Theme::Dark => words().theme_dark,
    }
}

pub(crate) fn file_change(change: FileChange) -> &'static str {
    (words().file_change)(change)
}

pub(crate) fn filter(filter: Filter) -> &'static str {
    match filter {
        Filter::All => words().all,
        Filter::Changed => words().page.changed_files,
        Filter::Only(change) => file_change(change),
    }
}

pub(crate) fn order(order: Order) -> &'static str {
    match order {
        Order::Name => words().name,
        Order::Size => words().after,
        Order::Change => words().change,
    }
}

/// Why a package is there, in a few words.
pub(crate) fn why(why: Why<'_>, catalogue: &Catalogue) -> String {
    match why {
        Why::PartOf(holder) => (words().part_of)(&package(catalogue, holder)),
        Why::Root(root) => self::root(root).to_owned(),
        Why::Needed(by, 1) => (words().needed_by)(&package(catalogue, by)),
        Why::Needed(by, all) => (words().needed_by_more)(&package(catalogue, by), &count(all as u64 - 1)),
        Why::Wanted(by) => wanted_by(by, catalogue),
        Why::Unknown => NONE.to_owned(),
    }
}

/// How much a package uses another; nothing if it cannot work without.
pub(crate) fn dependency(kind: DependencyKind) -> Option<&'static str> {
    report::dependency(kind, language())
}

/// Which package uses another that it also works without.
pub(crate) fn wanted_by(by: Want, catalogue: &Catalogue) -> String {
    report::wanted_by(by.kind, &package(catalogue, by.package), language())
}

/// Why a package would stay by itself.
pub(crate) fn root(root: &Root) -> &'static str {
    report::root(root, language())
}

/// Whether a package is used, in a few words.
pub(crate) fn usage(usage: &Use, catalogue: &Catalogue) -> String {
    name(&report::usage(usage, |id| package(catalogue, id), language()))
}

/// The head of the column of what is after: of one side alone, it is the size.
pub(crate) fn after_head(is_pair: bool) -> &'static str {
    if is_pair { words().after } else { words().size_head }
}

/// The name of a package.
pub(crate) fn package(catalogue: &Catalogue, id: PackageId) -> String {
    name(&catalogue.package(id).name)
}

pub(crate) fn package_filter(filter: packages::Filter) -> &'static str {
    match filter {
        packages::Filter::Changed => words().changed_packages,
        packages::Filter::Unused => words().unused_packages,
        packages::Filter::All => words().all,
    }
}

pub(crate) fn package_order(order: packages::Order) -> &'static str {
    match order {
        packages::Order::Name => words().package_head,
        packages::Order::Own => words().own,
        packages::Order::Retained => words().retained,
        packages::Order::Change => words().change,
    }
}

/// How many files are shown, and how many of them changed.
pub(crate) fn shown(files: u32, changed: u32) -> String {
    (words().shown)(&many(u64::from(files), &words().file), &count(u64::from(changed)))
}

/// What a file is chosen as.
pub(crate) fn role(role: Role) -> &'static str {
    match role {
        Role::Before => words().as_before,
        Role::After => words().as_after,
        Role::Loaded => words().as_held,
    }
}

/// What a snapshot that is held goes by.
pub(crate) fn held(name: &Name) -> String {
    match name {
        Name::Before => words().in_report_before.to_owned(),
        Name::After => words().in_report_after.to_owned(),
        Name::File(file) => one_line(file),
    }
}

/// How far a file is read.
pub(crate) fn progress(done: Bytes, total: Bytes) -> String {
    (words().progress)(&bytes(done).to_string(), &bytes(total).to_string())
}

fn versions() -> String {
    (words().versions)(PROGRAM, &SCHEMA_VERSION.to_string())
}

/// A file that is none of ours.
pub(crate) fn not_read(name: &str, found: &str) -> String {
    format!("{} {}", (words().not_read)(&one_line(name), &one_line(found)), versions())
}

/// A snapshot from the future.
pub(crate) fn too_new(name: &str, format: u64, program: Option<&str>) -> String {
    let (name, format) = (one_line(name), format.to_string());
    let why = match program {
        Some(program) => (words().too_new_by)(&name, &format, &one_line(program)),
        None => (words().too_new)(&name, &format),
    };
    format!("{why} {} {}", versions(), words().open_newer)
}

/// A file that is one of ours and cannot be read.
pub(crate) fn damaged(name: &str, reason: &str) -> String {
    format!("{} {}", (words().damaged)(&one_line(name), &one_line(reason)), versions())
}

/// A file that holds more than a page keeps in memory.
pub(crate) fn too_large_file(name: &str, reason: &str) -> String {
    (words().too_large_file)(&one_line(name), &one_line(reason))
}

/// A snapshot that cannot be used.
pub(crate) fn unusable(name: &str, error: &FormatError) -> String {
    match error {
        FormatError::TooLarge { .. } | FormatError::TooMany { .. } => too_large_file(name, &refused(error)),
        error => damaged(name, &refused(error)),
    }
}

/// What a file is that is none of ours.
pub(crate) fn foreign(content: ForeignContent) -> &'static str {
    match content {
        ForeignContent::Empty => words().found_empty,
        ForeignContent::Zip => words().found_zip,
        ForeignContent::WebPage => words().found_page,
        ForeignContent::Text => words().found_text,
        ForeignContent::Binary => words().found_binary,
        ForeignContent::Packed => words().found_packed,
    }
}

/// More than a page keeps in memory.
pub(crate) fn too_large(limit: Limit, place: &str, value: u64) -> String {
    (words().too_large)((messages().limit)(limit), place, &count(value))
}

/// Why a snapshot is not taken.
pub(crate) fn refused(error: &FormatError) -> String {
    match error {
        FormatError::TooLarge { limit } => too_large(Limit::SnapshotBytes, words().content, *limit),
        FormatError::TooMany { which, limit, .. } => too_large(*which, words().content, *limit),
        error => (messages().unusable)(error),
    }
}

/// Two snapshots that are more together than a page goes over.
pub(crate) fn not_compared(error: &FormatError) -> String {
    (words().not_compared)(&refused(error))
}

/// Two images of one name.
pub(crate) fn same_name(name: &str) -> String {
    (words().same_name)(name)
}
