//! The languages of what people read: the page, the summary, Markdown, the card and the verdict.
//!
//! A language is a file with one value of [`Words`]. A string is added in three lines: a field here, its words in
//! `en.rs` and in `es.rs`; the compiler names the file that lacks one. A text with figures in it is a function of
//! figures that are formatted already, so a language decides on their order and never on their digits. JSON is the
//! same in every language.

use plimsoll_analysis::Cause;
use plimsoll_analysis::compare::{BridgeCause, BridgePart, BridgeStep, FileChange, LayerMatch};
use plimsoll_analysis::findings::{Confidence, FixKind, Severity};
use plimsoll_snapshot::{ByteDelta, Bytes, Ecosystem};

use crate::format::{self, Quantity};
use crate::sizes::{self, SizeDefinition};

mod en;
mod es;
mod findings;
mod messages;
mod regressions;
mod running;
mod terminal;

pub use findings::{FindingsWords, RuleWords};
pub use messages::Messages;
pub use running::RunningWords;
pub use terminal::TerminalWords;

/// The name of a world of packages, the same in every language.
#[must_use]
pub const fn ecosystem_name(ecosystem: Ecosystem) -> &'static str {
    match ecosystem {
        Ecosystem::Dpkg => "Debian",
        Ecosystem::Apk => "Alpine",
        Ecosystem::Rpm => "RPM",
        Ecosystem::Pacman => "Arch Linux",
        Ecosystem::Portage => "Gentoo",
        Ecosystem::Opkg => "opkg",
        Ecosystem::Nix => "Nix",
        Ecosystem::Homebrew => "Homebrew",
        Ecosystem::Snap => "snap",
        Ecosystem::Bitnami => "Bitnami",
        Ecosystem::Conda => "conda",
        Ecosystem::Python => "Python",
        Ecosystem::Npm => "npm",
        Ecosystem::Gem => "RubyGems",
        Ecosystem::Java => "Java",
        Ecosystem::Go => "Go",
        Ecosystem::Rust => "Rust",
        Ecosystem::Dotnet => ".NET",
        Ecosystem::Composer => "Composer",
        Ecosystem::Pecl => "PECL",
        Ecosystem::R => "R",
        Ecosystem::Perl => "Perl",
        Ecosystem::Lua => "LuaRocks",
        Ecosystem::Otp => "Erlang/OTP",
        Ecosystem::Julia => "Julia",
        Ecosystem::Dart => "Dart",
        Ecosystem::Conan => "Conan",
        Ecosystem::Haskell => "Haskell",
        Ecosystem::Ocaml => "OCaml",
        Ecosystem::Prolog => "SWI-Prolog",
        Ecosystem::Wordpress => "WordPress",
        Ecosystem::Terraform => "Terraform",
        Ecosystem::Kernel => "Linux",
        Ecosystem::Generic => "generic",
        Ecosystem::Model => "models",
    }
}

/// A language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English, with a decimal point.
    #[default]
    English,
    /// Spanish, with a decimal comma.
    Spanish,
}

impl Language {
    /// Every language, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::English, Self::Spanish];

    /// Its BCP 47 tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
        }
    }

    /// The language of a tag, whatever its region: `es-MX` is Spanish.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?;
        Self::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.tag()))
    }

    /// Its own name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Spanish => "Español",
        }
    }

    /// Its words.
    #[must_use]
    pub const fn words(self) -> &'static Words {
        match self {
            Self::English => &en::WORDS,
            Self::Spanish => &es::WORDS,
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

    /// Where a difference comes from.
    #[must_use]
    pub fn bridge_cause(self, step: BridgeCause) -> String {
        let words = self.words();
        match step {
            BridgeCause::Packages(Ecosystem::Generic) => words.unpackaged.to_owned(),
            BridgeCause::Packages(Ecosystem::Model) => words.models.to_owned(),
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
        match (translated(name), name.split_once(' ')) {
            (Some(whole), _) => whole.to_owned(),
            (None, Some((kind, rest))) => format!("{} {rest}", translated(kind).unwrap_or(kind)),
            (None, None) => name.to_owned(),
        }
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

/// A noun, for one and for any other number.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "one file, two files")]
pub struct Noun {
    pub one: &'static str,
    pub more: &'static str,
}

/// All texts of reports and the page, in one language.
#[derive(Debug)]
#[expect(missing_docs, reason = "what a field says stands in `en.rs`")]
pub struct Words {
    // The verdict.
    pub nothing_to_compare: &'static str,
    pub stack_of: fn(services: &str) -> String,
    pub most_taken: fn(services: &str) -> String,
    pub fell: fn(from: &str, to: &str) -> String,
    pub grew: fn(from: &str, to: &str) -> String,
    pub stayed: fn(at: &str) -> String,
    pub is_new: fn(name: &str, size: &str) -> String,
    /// What weighs something, where there is nothing to compare it with.
    pub weighs: fn(name: &str, size: &str) -> String,
    pub is_gone: fn(name: &str, size: &str) -> String,
    pub and_more: fn(number: &str) -> String,
    pub new: &'static str,
    pub gone: &'static str,
    pub unchanged: &'static str,
    pub got_worse: &'static str,

    // What the analysis names by an enum.
    pub cause: fn(Cause) -> &'static str,
    pub packages_of: fn(ecosystem: &str) -> String,
    pub models: &'static str,
    pub unpackaged: &'static str,
    pub application: &'static str,
    pub caches: &'static str,
    pub unowned: &'static str,
    pub files_removed: &'static str,
    pub files_added: &'static str,
    pub files_changed: &'static str,
    pub hidden_bytes_by: fn(cause: &str) -> String,
    pub layer_match: fn(LayerMatch) -> &'static str,
    pub file_change: fn(FileChange) -> &'static str,
    pub setting: fn(&str) -> Option<&'static str>,
    pub sizes: [SizeDefinition; sizes::ALL.len()],

    // Nouns.
    pub file: Noun,
    pub layer: Noun,
    pub service_noun: Noun,
    pub directory: Noun,
    pub symlink: Noun,
    pub hardlink: Noun,
    pub device: Noun,
    pub whiteout: Noun,
    pub opaque: Noun,
    pub byte: Noun,

    // What stands in the head of a table.
    pub service: &'static str,
    pub before: &'static str,
    pub after: &'static str,
    pub change: &'static str,
    pub hidden: &'static str,
    pub layer_head: &'static str,
    pub files_head: &'static str,
    pub size_head: &'static str,
    pub meaning: &'static str,
    pub instruction: &'static str,
    pub setting_head: &'static str,
    pub cause_head: &'static str,
    pub bytes_head: &'static str,
    pub from_layer: &'static str,
    pub by_layer: &'static str,
    pub how: &'static str,
    pub all_services: &'static str,
    pub no_name: &'static str,
    pub warning: &'static str,
    pub stack_line: fn(unique: &str, sum: &str) -> String,
    pub largest_files: &'static str,
    pub details: &'static str,
    pub left_out: &'static str,

    // Why it changed, in sentences.
    pub most_of_it: fn(cause: &str, delta: &str, share: &str) -> String,
    pub against_it: fn(cause: &str, delta: &str) -> String,
    pub largest_file: fn(path: &str, delta: &str) -> String,
    pub hidden_now: fn(before: &str, after: &str) -> String,
    pub why_lead: fn(name: &str, tree: [&str; 2], hidden: [&str; 2]) -> String,
    pub other_causes: &'static str,

    // The page: its bar.
    pub skip: &'static str,
    pub absent: &'static str,
    pub view: &'static str,
    pub engineer: &'static str,
    pub stakeholder: &'static str,
    pub theme: &'static str,
    pub theme_system: &'static str,
    pub theme_light: &'static str,
    pub theme_dark: &'static str,
    pub language: &'static str,
    pub share: &'static str,
    pub copy_link: &'static str,
    pub copy_markdown: &'static str,
    pub save_csv: &'static str,
    pub save_files_csv: &'static str,
    pub save_json: &'static str,
    pub print_summary: &'static str,
    pub print_all: &'static str,
    pub copied: &'static str,
    pub not_copied: &'static str,
    pub saved: &'static str,

    // Figures.
    pub figures: &'static str,
    pub contents: &'static str,
    pub card_total: &'static str,
    pub card_hidden: &'static str,
    pub card_files: &'static str,
    pub card_compressed: &'static str,
    pub card_service: &'static str,
    pub size_before: fn(size: &str) -> String,
    pub files_by_change: fn(added: &str, removed: &str, modified: &str) -> String,

    // Services.
    pub services: &'static str,
    pub services_lead: &'static str,
    pub smaller: &'static str,
    pub larger: &'static str,
    pub copy_row: fn(name: &str) -> String,

    // Why.
    pub why: &'static str,
    pub why_table: &'static str,
    pub why_not: &'static str,

    // Layers.
    pub layers: &'static str,
    pub layers_lead: &'static str,
    pub no_instruction: &'static str,
    pub match_head: &'static str,
    pub compressed: &'static str,
    pub was: &'static str,
    pub diff_id: &'static str,
    pub tar: &'static str,
    pub compressed_to: fn(size: &str) -> String,
    pub holds: &'static str,
    pub not_included: &'static str,
    pub no_layers: &'static str,
    pub in_files_by: fn(files: &str, cause: &str) -> String,
    pub base: fn(layers: u64, size: &str) -> String,
    pub stacks: &'static str,

    // Settings.
    pub settings: &'static str,
    pub settings_lead: &'static str,
    pub is_set: &'static str,

    // Snapshots that are held.
    pub remove: &'static str,
    pub remove_held: fn(name: &str) -> String,

    // The search over everything.
    pub find: &'static str,
    pub find_long: &'static str,
    pub find_placeholder: &'static str,
    pub find_help: &'static str,
    pub find_nothing: &'static str,
    pub find_reading: &'static str,
    pub find_found: fn(number: &str) -> String,
    pub find_left: fn(services: &str) -> String,

    // Files.
    pub files: &'static str,
    pub files_lead: &'static str,
    pub search: &'static str,
    pub filter: &'static str,
    pub all: &'static str,
    pub tree: &'static str,
    pub name: &'static str,
    pub no_files: &'static str,
    pub moved: fn(files: &str, size: &str) -> String,
    pub shown: fn(files: &str, changed: &str) -> String,
    pub state: &'static str,
    pub changed_inside: fn(number: &str) -> String,

    // The map of files.
    pub map: &'static str,
    pub map_help: &'static str,
    pub map_area: &'static str,
    pub map_by_size: &'static str,
    pub map_by_change: &'static str,
    pub map_root: &'static str,
    pub map_path: &'static str,
    pub map_nothing: &'static str,
    pub map_summary: fn(files: &str, largest: &str) -> String,
    pub map_rest: fn(number: &str) -> String,
    pub map_open: &'static str,
    pub map_table: &'static str,
    pub legend_smaller: &'static str,
    pub legend_larger: &'static str,
    pub legend_removed: &'static str,
    pub legend_added: &'static str,
    pub legend_same: &'static str,

    // Charts.
    pub copy_svg: &'static str,
    pub save_png: &'static str,
    pub chart_tools: fn(chart: &str) -> String,

    // The snapshots that the page holds.
    pub choose: &'static str,
    pub choose_open: &'static str,
    pub choose_empty: &'static str,
    pub choose_lead: &'static str,
    pub choose_next: &'static str,
    pub held: &'static str,
    pub snapshot: &'static str,
    pub nothing: &'static str,
    pub swap: &'static str,
    pub swap_long: &'static str,
    pub save_report: &'static str,
    pub close: &'static str,
    pub cancel: &'static str,
    pub dismiss: &'static str,
    pub as_before: &'static str,
    pub as_after: &'static str,
    pub as_held: &'static str,
    pub in_report_before: &'static str,
    pub in_report_after: &'static str,
    pub progress: fn(done: &str, total: &str) -> String,

    // Why a file is not read.
    pub found_empty: &'static str,
    pub found_zip: &'static str,
    pub found_page: &'static str,
    pub found_text: &'static str,
    pub found_binary: &'static str,
    pub found_packed: &'static str,
    pub found_json: &'static str,
    pub versions: fn(program: &str, format: &str) -> String,
    pub not_read: fn(name: &str, found: &str) -> String,
    pub too_new: fn(name: &str, format: &str) -> String,
    pub too_new_by: fn(name: &str, format: &str, program: &str) -> String,
    pub open_newer: &'static str,
    pub damaged: fn(name: &str, reason: &str) -> String,
    pub too_large: fn(what: &str, place: &str, limit: &str) -> String,
    pub not_saved: fn(reason: &str) -> String,
    pub same_name: fn(name: &str) -> String,

    // Packages, findings and targets.
    pub packages: &'static str,
    pub packages_rows: &'static str,
    pub packages_lead: &'static str,
    pub packages_incomplete: &'static str,
    pub package: Noun,
    pub package_head: &'static str,
    pub version: &'static str,
    pub own: &'static str,
    pub retained: &'static str,
    pub why_head: &'static str,
    pub use_head: &'static str,
    pub kept: &'static str,
    pub search_packages: &'static str,
    pub changed_packages: &'static str,
    pub unused_packages: &'static str,
    pub no_packages: &'static str,
    pub packages_shown: fn(shown: &str, all: &str) -> String,
    pub asked_for: &'static str,
    pub part_of_base: &'static str,
    pub nothing_needs_it: &'static str,
    pub part_of: fn(name: &str) -> String,
    pub needed_by: fn(name: &str) -> String,
    pub needed_by_more: fn(name: &str, more: &str) -> String,
    pub imported_by: fn(file: &str) -> String,
    pub imported_by_more: fn(file: &str, more: &str) -> String,
    pub run_by: fn(setting: &str) -> String,
    pub optional_for: fn(name: &str) -> String,
    pub recommended_by: fn(name: &str) -> String,
    pub extra_of: fn(name: &str) -> String,
    pub unused: &'static str,
    pub keeps: fn(name: &str) -> String,
    pub untick: &'static str,
    pub untick_help: &'static str,
    pub unticked: fn(size: &str, instead: &str, delta: &str) -> String,
    pub unticked_goes: fn(packages: &str, names: &str) -> String,
    pub nothing_breaks: &'static str,
    pub breaks: &'static str,
    pub works_without: &'static str,
    pub package_needs: fn(package: &str, needs: &str) -> String,
    pub application_needs: fn(needs: &str, evidence: &str) -> String,
    pub reset: &'static str,
    pub choose_package: &'static str,
    pub purl: &'static str,
    pub license: &'static str,
    pub described_by: &'static str,
    pub installed_by: &'static str,
    pub by_layer_number: fn(layer: &str, instruction: &str) -> String,
    pub all_layers: &'static str,
    pub with_packages: fn(size: &str, packages: &str) -> String,
    pub ways: &'static str,
    pub needs: &'static str,
    pub needed_by_head: &'static str,
    pub extra: &'static str,
    pub recommended: &'static str,
    pub optional: &'static str,
    pub wants_head: &'static str,
    pub wanted_by_head: &'static str,
    pub missing: &'static str,
    pub owners: &'static str,
    pub owner: &'static str,
    pub final_tree: &'static str,
    pub largest_packages: &'static str,
    pub packages_empty: &'static str,
    pub memory: &'static str,
    pub findings: &'static str,
    pub findings_lead: fn(service: &str) -> String,
    pub finding: Noun,
    pub findings_sum: fn(findings: &str, saving: &str, possible: &str) -> String,
    pub findings_clean: &'static str,
    pub findings_saved: fn(saved: &str, promised: &str) -> String,
    pub findings_remaining: &'static str,
    pub findings_done: &'static str,
    pub findings_stack: &'static str,
    pub severity: fn(Severity) -> &'static str,
    pub confidence: fn(Confidence) -> &'static str,
    pub saved_of: fn(saved: &str, promised: &str) -> String,
    pub is_done: &'static str,
    pub is_part: &'static str,
    pub evidence: &'static str,
    pub target: &'static str,
    pub found: &'static str,
    pub demanded: &'static str,
    pub evidence_note: &'static str,
    pub evidence_layer: fn(layer: &str) -> String,
    pub evidence_line: fn(line: &str) -> String,
    pub fix_kind: fn(FixKind) -> &'static str,
    pub replaces: &'static str,
    pub copy: &'static str,
    pub why_it_matters: &'static str,
    pub rule_limits: &'static str,
    pub rule: &'static str,
    pub findings_empty: &'static str,
    pub checklist: &'static str,
    pub services_empty: &'static str,

    // What runs: memory, limits, targets.
    pub running: RunningWords,
    // What only text documents say.
    pub terminal: TerminalWords,
    pub messages: Messages,
    pub findings_report: FindingsWords,

    // Method.
    pub method: &'static str,
    pub method_lead: &'static str,
    pub term: &'static str,
    pub counts_what: &'static str,
    pub shown_by: &'static str,
    pub sources: &'static str,
    pub image_id: &'static str,
    pub manifest: &'static str,
    pub platform: &'static str,
    pub created: &'static str,
    pub source: &'static str,
    pub generator: &'static str,
    pub sizes_head: &'static str,
    pub warnings: &'static str,
    pub duplicates: &'static str,
    pub allocated_about: &'static str,
    pub glossary: &'static str,
    pub glossary_terms: &'static [(&'static str, &'static str)],
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
        assert_eq!(spanish.setting_value("port 80/tcp", "set"), "definido");
        assert_eq!(spanish.setting_value("label x", "set"), "set");
        assert_eq!(Language::English.share(Bytes(123), Bytes(1000)), "12.3 %");
    }
}
