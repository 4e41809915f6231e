//! What the page shows, and what the reader has chosen to see of it.

use leptos::prelude::*;
use leptos::reactive::graph::untrack;
use plimsoll_analysis::compare::ServiceComparison;
use plimsoll_report::language::Language;
use plimsoll_view::finder::Place;

use crate::joining::Joint;
use crate::judging::Edits;
use crate::report::Report;
use crate::treemap::Area;
use crate::view::{Theme, View};
use crate::workspace::Workspace;
use crate::{anchors, document};

/// The first part of a fragment: should its parts ever mean something else, an old link still says what it meant.
const VERSION: &str = "v=1";
/// The longest anchor: the name of a package, and nothing that fills an address.
const LONGEST_ANCHOR: usize = 240;
/// The most targets that an address changes, and the most services that it pairs.
const MOST_EDITS: usize = 200;

/// The report and the reader's choices.
#[derive(Clone, Copy)]
pub(crate) struct State {
    pub(crate) report: &'static Report,
    pub(crate) view: RwSignal<View>,
    pub(crate) theme: RwSignal<Theme>,
    pub(crate) language: RwSignal<Language>,
    /// What is compared: the states of a series, and services although their names differ.
    workspace: Workspace,
    joints: RwSignal<Vec<Joint>>,
    /// The language the report was written in.
    written_in: Language,
    /// What the areas of the map of files stand for.
    pub(crate) area: RwSignal<Area>,
    /// The directory that fills the map, as a path; empty for all files.
    pub(crate) directory: RwSignal<String>,
    /// The packages that were unticked, by their keys, in the order in which they were.
    pub(crate) unticked: RwSignal<Vec<String>>,
    /// Whether the parts of all services are laid out, one below the other, as paper shows them.
    pub(crate) everything: RwSignal<bool>,
    /// Index into the services of the comparison.
    pub(crate) service: RwSignal<usize>,
    /// The targets that the reader has changed.
    pub(crate) edits: RwSignal<Edits>,
    /// The anchor that the reader was led to: a section, `package-NAME` or `finding-RULE`; empty for none.
    pub(crate) at: RwSignal<String>,
    /// What a search was led to, with the position of its service, until the part that has it shows it.
    pub(crate) sought: RwSignal<Option<(usize, Place)>>,
}

impl State {
    /// The state that a fragment describes.
    pub(crate) fn new(report: &'static Report, workspace: Workspace, fragment: &str) -> Self {
        let state = Self {
            report,
            view: RwSignal::new(View::default()),
            theme: RwSignal::new(Theme::default()),
            language: workspace.language,
            workspace,
            joints: workspace.joints,
            written_in: workspace.written_in,
            area: RwSignal::new(Area::default()),
            directory: RwSignal::new(String::new()),
            unticked: RwSignal::new(Vec::new()),
            everything: RwSignal::new(false),
            service: RwSignal::new(0),
            edits: RwSignal::new(Edits::new()),
            at: RwSignal::new(String::new()),
            sought: RwSignal::new(None),
        };
        state.follow(fragment);
        state
    }

    /// This view of another report.
    pub(crate) fn showing(self, report: &'static Report) -> Self {
        let name = untrack(|| self.selected().map(|service| service.name.clone()));
        let state = Self { report, ..self };
        state.service.set(name.and_then(|name| report.position(&name)).unwrap_or(0));
        state
    }

    /// Takes over what a fragment says; what it does not say stays. What it says already is left alone: the page writes
    /// its own choices into the address, and hears of that.
    pub(crate) fn follow(&self, fragment: &str) {
        let unticked: Vec<String> =
            pairs(fragment).filter(|(key, _)| *key == "without").map(|(_, package)| package).collect();
        if !unticked.is_empty() {
            change(self.unticked, unticked);
        }
        let joints: Vec<Joint> = pairs(fragment)
            .filter(|(key, _)| *key == "pair")
            .filter_map(|(_, names)| {
                let (before, after) = names.rsplit_once('=')?;
                Some(Joint { before: before.to_owned(), after: after.to_owned() })
            })
            .take(MOST_EDITS)
            .collect();
        if !joints.is_empty() {
            change(self.joints, joints);
        }
        let plain = fragment.trim_start_matches('#');
        if !plain.contains('=') {
            self.jump(&decode(plain));
        }
        for (key, value) in pairs(fragment) {
            match key {
                "view" => {
                    if let Some(view) = View::ALL.into_iter().find(|view| view.key() == value) {
                        change(self.view, view);
                    }
                }
                "area" => {
                    if let Some(area) = Area::ALL.into_iter().find(|area| area.key() == value) {
                        change(self.area, area);
                    }
                }
                "in" => change(self.directory, value),
                "states" => {
                    let states = value.split_once('-').map(|(before, after)| (before.parse(), after.parse()));
                    if let Some((Ok(before), Ok(after))) = states {
                        self.workspace.compare_states(before, after);
                    }
                }
                "at" => self.jump(&value),
                "lang" => {
                    if let Some(language) = Language::of_tag(&value) {
                        change(self.language, language);
                    }
                }
                "service" => {
                    if let Some(position) = self.report.position(&value) {
                        change(self.service, position);
                    }
                }
                "target" => {
                    if let Some((target, figure)) = value.rsplit_once('=')
                        && self.edits.with_untracked(Edits::len) < MOST_EDITS
                    {
                        let (target, figure) = (target.to_owned(), figure.to_owned());
                        if self.edits.with_untracked(|edits| edits.get(&target) != Some(&figure)) {
                            self.edits.update(|edits| drop(edits.insert(target, figure)));
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Leads to an anchor, unless the page already shows it.
    fn jump(&self, anchor: &str) {
        let is_one = !anchor.is_empty() && anchor.len() <= LONGEST_ANCHOR;
        if is_one && self.at.with_untracked(|at| at != anchor) {
            self.lead_to(anchor);
        }
    }

    /// Leads to an anchor, wherever the reader is.
    pub(crate) fn lead_to(&self, anchor: &str) {
        self.at.set(anchor.to_owned());
        match anchors::place(self.report, self.service.get_untracked(), anchor) {
            Some((service, place)) => self.go_to(service, place),
            None => {
                if !anchors::FOR_ALL.contains(&anchor) {
                    self.view.set(View::Engineer);
                }
                let service = anchor.strip_prefix("service-").and_then(|name| self.report.position(name));
                if let Some(service) = service {
                    change(self.service, service);
                }
                match (anchors::row(anchor), service) {
                    (Some((attribute, value, part)), _) => {
                        document::show(document::selector(attribute, value) + part);
                    }
                    (None, Some(_)) => document::go_to("services"),
                    (None, None) => document::go_to(anchor),
                }
            }
        }
    }

    /// The fragment as it is, for who does not follow it.
    pub(crate) fn fragment_now(&self) -> String {
        untrack(|| self.fragment())
    }

    /// The fragment that describes the state; empty for the one a report opens with. Where the reader only went to a
    /// section, it is the anchor of that.
    pub(crate) fn fragment(&self) -> String {
        let mut parts = Vec::new();
        if self.view.get() != View::default() {
            parts.push(format!("view={}", self.view.get().key()));
        }
        if self.language.get() != self.written_in {
            parts.push(format!("lang={}", self.language.get().tag()));
        }
        if self.area.get() != Area::default() {
            parts.push(format!("area={}", self.area.get().key()));
        }
        if self.service.get() != 0
            && let Some(service) = self.selected()
        {
            parts.push(format!("service={}", encode(&service.name)));
        }
        if let Some([before, after]) = self.workspace.chosen_states() {
            parts.push(format!("states={before}-{after}"));
        }
        let joints = self.joints.read();
        parts.extend(
            joints
                .iter()
                .map(|joint| format!("pair={}", encode(&format!("{}={}", joint.before, joint.after)))),
        );
        let directory = self.directory.read();
        if !directory.is_empty() {
            parts.push(format!("in={}", encode(&directory)));
        }
        parts.extend(self.unticked.read().iter().map(|package| format!("without={}", encode(package))));
        let edits = self.edits.get();
        parts
            .extend(edits.iter().map(|(key, value)| format!("target={}", encode(&format!("{key}={value}")))));
        let at = encode(&self.at.read());
        match (parts.is_empty(), at.is_empty()) {
            (true, _) => return at,
            (false, true) => {}
            (false, false) => parts.push(format!("at={at}")),
        }
        parts.insert(0, VERSION.to_owned());
        parts.join("&")
    }

    /// Leads to a place: its service is chosen, and the part that has it shows it.
    pub(crate) fn go_to(&self, service: usize, place: Place) {
        self.view.set(View::Engineer);
        if self.service.get_untracked() != service {
            self.service.set(service);
        }
        match place {
            // Findings stand in the order of the analysis.
            Place::Finding(at) => {
                document::show(format!(".findings:not(.done) > li:nth-child({}) summary", at + 1));
            }
            place => self.sought.set(Some((service, place))),
        }
    }

    /// What is sought in a service, by a part that shows what fits; from then on it is not sought any more.
    pub(crate) fn found<T>(
        &self,
        service: &ServiceComparison,
        fits: impl Fn(&Place) -> Option<T>,
    ) -> Option<T> {
        let (position, place) = self.sought.get()?;
        let known = self.report.comparison.services.get(position)?;
        let found = fits(&place).filter(|_| std::ptr::eq(known, service))?;
        self.sought.set(None);
        Some(found)
    }

    /// The service that the sections below the table are about.
    pub(crate) fn selected(&self) -> Option<&'static ServiceComparison> {
        self.report.comparison.services.get(self.service.get())
    }
}

/// Sets what is not so already: whatever follows from it is not worked out twice.
fn change<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|known| *known != value) {
        signal.set(value);
    }
}

/// The `key=value` pairs of a fragment.
fn pairs(fragment: &str) -> impl Iterator<Item = (&str, String)> {
    fragment
        .trim_start_matches('#')
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(key, value)| (key, decode(value)))
}

/// Percent-encodes everything that could mean something in an address.
fn encode(text: &str) -> String {
    use std::fmt::Write as _;
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("a string takes everything");
        }
    }
    encoded
}

/// Reads what [`encode`] wrote; a `%` that starts no code stands for itself.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let code = (byte == b'%')
            .then(|| tail.get(..2).and_then(|digits| str::from_utf8(digits).ok()))
            .flatten()
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(code.unwrap_or(byte));
        rest = if code.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_an_address() {
        for name in ["backend", "a b&c=d#e", "años/ñ", "100 %", "%41"] {
            assert_eq!(decode(&encode(name)), name);
        }
        assert_eq!(decode("%zz%4"), "%zz%4");
    }

    #[test]
    fn a_fragment_is_pairs() {
        let found: Vec<_> = pairs("#view=stakeholder&service=a%20b&odd").collect();
        assert_eq!(found, [("view", "stakeholder".to_owned()), ("service", "a b".to_owned())]);
    }
}
