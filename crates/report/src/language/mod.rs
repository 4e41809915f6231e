//! The languages of what people read: the page, the summary, Markdown, the card and the verdict.
//!
//! A language is a file with one value of [`Words`]. A string is added in three lines: a field here, its words in
//! `en.rs` and in `es.rs`; the compiler names the file that lacks one. A text with figures in it is a function of
//! figures that are formatted already, so a language decides on their order and never on their digits. JSON is the
//! same in every language.

use plimsoll_analysis::compare::{BridgeCause, BridgePart, BridgeStep};
use plimsoll_snapshot::{ByteDelta, Bytes, Ecosystem, Limit};

use self::ecosystem::ecosystem_name;
use crate::format::{self, Quantity};
use crate::sizes::SizeDefinition;

mod brief;
mod browse;
mod disk;
mod ecosystem;
mod en;
mod es;
mod findings;
mod fix;
mod fleet;
mod messages;
mod noun;
mod observed;
mod page;
mod pull;
mod regressions;
mod review;
mod running;
mod series;
mod tag;
mod template;
mod term;
mod terminal;
mod watch;
mod words;

pub use brief::BriefWords;
pub use browse::BrowseWords;
pub use disk::DiskWords;
pub use findings::{FindingsWords, RuleWords};
pub use fix::FixWords;
pub use fleet::FleetWords;
pub use messages::Messages;
pub use noun::Noun;
pub use observed::ObservedWords;
pub use page::PageWords;
pub use pull::PullWords;
pub use review::ReviewWords;
pub use running::RunningWords;
pub use series::SeriesWords;
pub use tag::Language;
pub use template::TemplateWords;
pub use term::Term;
pub use terminal::TerminalWords;
pub use watch::WatchWords;
pub use words::Words;

/// The most words that the kind of a setting has.
const MOST_KIND_WORDS: usize = 2;
/// The help of the flag that changes a limit: one line, and what else has to be known. The command line is in English.
#[must_use]
pub const fn limit_help(limit: Limit) -> (&'static str, &'static str) {
    en::limits::help(limit)
}

impl Language {
    /// Its words.
    #[must_use]
    pub const fn words(self) -> &'static Words {
        match self {
            Self::English => &en::WORDS,
            Self::Spanish => &es::WORDS,
        }
    }

    /// Its words for a fleet.
    #[must_use]
    pub const fn fleet(self) -> &'static FleetWords {
        match self {
            Self::English => &en::FLEET,
            Self::Spanish => &es::FLEET,
        }
    }

    /// A size, as [`format::bytes`].
    #[must_use]
    pub fn bytes(self, bytes: Bytes) -> Quantity {
        self.quantity(format::bytes(bytes))
    }

    /// A difference, as [`format::delta`].
    #[must_use]
    pub fn delta(self, delta: ByteDelta) -> Quantity {
        self.quantity(format::delta(delta))
    }

    /// A relative change, as [`format::percent`].
    #[must_use]
    pub fn percent(self, percent: f64) -> String {
        self.decimal(format::percent(percent))
    }

    /// A share of a whole: `12.3 %`.
    #[must_use]
    pub fn share(self, part: Bytes, whole: Bytes) -> String {
        #[expect(clippy::cast_precision_loss, reason = "a percentage of a few digits")]
        let percent = if whole.is_zero() { 0.0 } else { part.0 as f64 / whole.0 as f64 * 100.0 };
        self.decimal(format!("{percent:.1} %"))
    }

    /// Memory, in binary units as engines count it: `2.25 GiB`.
    #[must_use]
    pub fn memory(self, bytes: Bytes) -> String {
        self.decimal(format::memory(bytes))
    }

    /// A duration: `12.5 s`.
    #[must_use]
    pub fn duration(self, milliseconds: u64) -> String {
        self.decimal(format::duration(milliseconds))
    }

    /// A number of things: `1 file`, `12 345 files`.
    #[must_use]
    pub fn many(self, number: u64, noun: &Noun) -> String {
        format!("{} {}", format::count(number), if number == 1 { noun.one } else { noun.more })
    }

    /// The words for a kind of size.
    #[must_use]
    pub fn size(self, size: &SizeDefinition) -> &'static SizeDefinition {
        let sizes = &self.words().sizes;
        sizes.iter().find(|known| known.field == size.field).unwrap_or(&sizes[0])
    }

    /// The name of a world of packages: mostly that of a program, which is the same in every language.
    #[must_use]
    pub const fn ecosystem(self, ecosystem: Ecosystem) -> &'static str {
        match ecosystem {
            Ecosystem::Generic => self.words().unpackaged,
            Ecosystem::Model => self.words().models,
            ecosystem => ecosystem_name(ecosystem),
        }
    }

    /// Where a difference comes from.
    #[must_use]
    pub fn bridge_cause(self, step: BridgeCause) -> String {
        let words = self.words();
        match step {
            BridgeCause::Packages(ecosystem @ (Ecosystem::Generic | Ecosystem::Model)) => {
                self.ecosystem(ecosystem).to_owned()
            }
            BridgeCause::Packages(ecosystem) => (words.packages_of)(ecosystem_name(ecosystem)),
            BridgeCause::Application => words.application.to_owned(),
            BridgeCause::Caches => words.caches.to_owned(),
            BridgeCause::Unowned => words.unowned.to_owned(),
            BridgeCause::FilesRemoved => words.files_removed.to_owned(),
            BridgeCause::FilesAdded => words.files_added.to_owned(),
            BridgeCause::FilesChanged => words.files_changed.to_owned(),
            BridgeCause::Hidden(hidden) => (words.hidden_bytes_by)((words.cause)(hidden)),
        }
    }

    /// The packages that add most to a step, with what each adds.
    #[must_use]
    pub fn bridge_parts(self, step: &BridgeStep) -> String {
        let part = |part: &BridgePart| format!("{} {}", format::one_line(&part.name), self.delta(part.delta));
        step.parts.iter().map(part).collect::<Vec<_>>().join(", ")
    }

    /// The name of a setting, which the analysis gives in English: `user`, `label NAME`.
    #[must_use]
    pub fn setting(self, name: &str) -> String {
        let translated = self.words().setting;
        // A kind may have several words: `published port 80/tcp`.
        let kinds = name.match_indices(' ').map(|(at, _)| name.split_at(at)).take(MOST_KIND_WORDS);
        translated(name).map(ToOwned::to_owned).unwrap_or_else(|| {
            let found = kinds.filter_map(|(kind, rest)| Some(format!("{}{rest}", translated(kind)?))).next();
            found.unwrap_or_else(|| name.to_owned())
        })
    }

    /// The value of a setting: of what is only there or not, the analysis says `set`.
    #[must_use]
    pub fn setting_value(self, name: &str, value: &str) -> String {
        let only_there = ["env ", "port ", "volume "].iter().any(|kind| name.starts_with(kind));
        if only_there && value == "set" { self.words().is_set.to_owned() } else { value.to_owned() }
    }

    /// Figures in the middle of a text that was written with a decimal point.
    #[must_use]
    pub fn decimal(self, figure: String) -> String {
        match self {
            Self::English => figure,
            Self::Spanish => figure.replace('.', ","),
        }
    }

    fn quantity(self, Quantity { number, unit }: Quantity) -> Quantity {
        Quantity { number: self.decimal(number), unit }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_explains_the_same_sizes_in_the_same_order() {
        let fields = |language: Language| language.words().sizes.map(|size| size.field);
        for language in Language::ALL {
            assert_eq!(fields(language), fields(Language::English));
        }
    }

    #[test]
    fn a_tag_names_its_language_whatever_the_region() {
        let found = |tag| Language::of_tag(tag).map(Language::tag);
        assert_eq!(found("es-MX"), Some("es"));
        assert_eq!(found("EN"), Some("en"));
        assert_eq!(found("eo"), None);
        assert_eq!(found(""), None);
    }

    #[test]
    fn a_name_in_a_bridge_commands_no_terminal() {
        let part = BridgePart { name: "a\u{1b}[2J\nb".to_owned(), delta: ByteDelta(-1) };
        let step = BridgeStep { cause: BridgeCause::Application, delta: ByteDelta(-1), parts: vec![part] };
        assert_eq!(Language::English.bridge_parts(&step), "a\\u{1b}[2J b −1 B");
    }

    #[test]
    fn figures_are_written_as_the_language_does() {
        let spanish = Language::Spanish;
        assert_eq!(spanish.bytes(Bytes(6_174_002_819)).to_string(), "6,17 GB");
        assert_eq!(spanish.delta(ByteDelta(-5_502_725_510)).to_string(), "−5,50 GB");
        assert_eq!(spanish.percent(-63.14), "−63,1 %");
        assert_eq!(spanish.many(1, &spanish.words().file), "1 archivo");
        assert_eq!(spanish.many(12_345, &spanish.words().file), "12\u{202f}345 archivos");
        assert_eq!(spanish.setting("label org.x"), "etiqueta org.x");
        assert_eq!(spanish.setting("working directory"), "directorio de trabajo");
        assert_eq!(spanish.setting("entrypoint"), "entrypoint");
        assert_eq!(spanish.setting("published port 80/tcp"), "puerto publicado 80/tcp");
        assert_eq!(spanish.setting("env label x"), "env label x");
        assert_eq!(spanish.setting_value("port 80/tcp", "set"), "definido");
        assert_eq!(spanish.setting_value("label x", "set"), "set");
        assert_eq!(Language::English.share(Bytes(123), Bytes(1000)), "12.3 %");
    }
}
