//! Merged fixes as text, Markdown, JSON, and as a patch.

use std::fmt::Write as _;

use plimsoll_analysis::findings::Finding;
use plimsoll_analysis::fix::{Change, FixedFile, Plan, Promise, ServiceSetting};
use plimsoll_analysis::memory::recommend::Setting;
use plimsoll_snapshot::hidden::is_hidden;
use plimsoll_snapshot::{Bytes, FixPatch};
use serde::Serialize;
use similar::TextDiff;

use crate::compose_override::cpus;
use crate::format::{count, one_line, shorten};
use crate::language::Language;
use crate::markup::{code, escaped};
use crate::table::{align_right, indented, table};

/// The width that a finding or a reason is cut to.
const CELL: usize = 72;
/// The unchanged lines around a change.
const CONTEXT: usize = 3;

/// A plan, and what became of it.
pub struct Fixes<'a> {
    /// The service.
    pub service: &'a str,
    /// The plan.
    pub plan: &'a Plan,
    /// The path of each changed file, as a patch names it.
    pub name: &'a dyn Fn(&FixedFile) -> String,
    /// What a build showed, if there was one.
    pub proof: Option<&'a Proof>,
    /// Whether the Dockerfile was reconstructed from the history of the image.
    pub is_reconstructed: bool,
}

/// Where a text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// To a terminal, which obeys some characters.
    OnTerminal,
    /// To a program, which gets the patch to the letter.
    AsItIs,
}

/// What a build with the fixes showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Proof {
    /// Image size before.
    pub before_bytes: Bytes,
    /// Image size of the build.
    pub after_bytes: Bytes,
    /// What each fix saved, in the order of [`Plan::applied`].
    pub saved_bytes: Vec<Bytes>,
    /// Whether a probe or the health check succeeded.
    pub is_probed: bool,
    /// Whether that was the health check.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_health_checked: bool,
    /// Image size of each service that gets its own image, in the order of [`Plan::promises`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub service_bytes: Vec<Bytes>,
}

impl Fixes<'_> {
    /// The changes as a patch, for `git apply` or `patch -p1`.
    #[must_use]
    pub fn patch(&self) -> String {
        self.plan.changes.iter().map(|change| self.diff(change)).collect()
    }

    pub(crate) fn diff(&self, change: &Change) -> String {
        let name = (self.name)(&change.file);
        let old = if change.before.is_empty() { "/dev/null".to_owned() } else { format!("a/{name}") };
        let diff = TextDiff::from_lines(change.before.as_str(), change.after.as_str());
        let new = format!("b/{name}");
        diff.unified_diff().context_radius(CONTEXT).header(&in_header(&old), &in_header(&new)).to_string()
    }

    /// The fixes as text, with the patch behind. What stands before a patch does not disturb the programs that apply it.
    #[must_use]
    pub fn text(&self, language: Language, shown: Shown) -> String {
        let words = &language.words().fix;
        let mut text = format!("{}\n  {}\n", one_line(self.service), self.summary(language));
        if !self.plan.applied.is_empty() {
            let _ = writeln!(text, "\n  {}", words.fixed);
            let mut rows = table(&[]);
            for (at, applied) in self.plan.applied.iter().enumerate() {
                let partly = applied.partly.first().map(|reason| (words.partly)(&(words.refusal)(reason)));
                let saved = self
                    .proof
                    .map(|proof| format!("{}: {}", words.saved, language.bytes(proof.saved_bytes[at])));
                let notes: Vec<String> = saved.into_iter().chain(partly).collect();
                rows.add_row([
                    saving(applied.saving, language),
                    shorten(&one_line(&title(&applied.finding, language)), CELL),
                    applied.finding.rule.to_string(),
                    (language.words().findings_report.level)(applied.confidence).to_owned(),
                    shorten(&one_line(&notes.join("; ")), CELL),
                ]);
            }
            align_right(&mut rows, &[0]);
            text.push_str(&indented(&rows));
            text.push('\n');
        }
        if !self.plan.refused.is_empty() {
            let _ = writeln!(text, "\n  {}", words.not_fixed);
            let mut rows = table(&[]);
            for (finding, reason) in &self.plan.refused {
                rows.add_row([
                    saving(finding.saving, language),
                    shorten(&one_line(&title(finding, language)), CELL),
                    finding.rule.to_string(),
                    shorten(&one_line(&(words.refusal)(reason)), CELL),
                ]);
            }
            align_right(&mut rows, &[0]);
            text.push_str(&indented(&rows));
            text.push('\n');
        }
        if !self.plan.settings.is_empty() {
            let _ = writeln!(text, "\n  {}", words.settings);
            let mut rows = table(&[]);
            for set in &self.plan.settings {
                rows.add_row([
                    one_line(&set.service),
                    shorten(&one_line(&setting(&set.recommended.setting)), CELL),
                    shorten(&one_line(&why(set, language)), CELL),
                ]);
            }
            text.push_str(&indented(&rows));
            text.push('\n');
        }
        for note in self.notes(language) {
            let _ = write!(text, "\n  {note}\n");
        }
        let patch = self.patch();
        if !patch.is_empty() {
            let patch = if shown == Shown::OnTerminal { visible(&patch) } else { patch };
            let _ = write!(text, "\n{patch}");
        }
        text
    }

    /// The fixes as Markdown, with the patch in a block of code.
    #[must_use]
    pub fn markdown(&self, language: Language) -> String {
        let words = &language.words().fix;
        let mut text = format!("## {}\n\n{}\n", escaped(self.service), escaped(&self.summary(language)));
        let [saves, finding, rule, confidence] = words.head;
        if !self.plan.applied.is_empty() {
            let saved = self.proof.map(|_| words.saved);
            let _ = write!(
                text,
                "\n| {saves} |{} {finding} | {rule} | {confidence} | |\n|---:|{}---|---|---|---|\n",
                saved.map(|head| format!(" {head} |")).unwrap_or_default(),
                if saved.is_some() { "---:|" } else { "" }
            );
            for (at, applied) in self.plan.applied.iter().enumerate() {
                let partly = applied.partly.first().map(|reason| (words.partly)(&(words.refusal)(reason)));
                let saved = self.proof.map(|proof| format!(" {} |", language.bytes(proof.saved_bytes[at])));
                let _ = writeln!(
                    text,
                    "| {} |{} {} | {} | {} | {} |",
                    saving(applied.saving, language),
                    saved.unwrap_or_default(),
                    escaped(&title(&applied.finding, language)),
                    code(applied.finding.rule.as_str()),
                    (language.words().findings_report.level)(applied.confidence),
                    escaped(&partly.unwrap_or_default())
                );
            }
        }
        if !self.plan.refused.is_empty() {
            let _ = write!(
                text,
                "\n<details><summary>{}: {}</summary>\n\n",
                words.not_fixed,
                count(self.plan.refused.len() as u64)
            );
            let _ = write!(
                text,
                "| {saves} | {finding} | {rule} | {} |\n|---:|---|---|---|\n",
                words.reason_head
            );
            for (finding, reason) in &self.plan.refused {
                let _ = writeln!(
                    text,
                    "| {} | {} | {} | {} |",
                    saving(finding.saving, language),
                    escaped(&title(finding, language)),
                    code(finding.rule.as_str()),
                    escaped(&(words.refusal)(reason))
                );
            }
            text.push_str("\n</details>\n");
        }
        if !self.plan.settings.is_empty() {
            let _ = write!(text, "\n| {} | | {} |\n|---|---|---|\n", words.settings, words.reason_head);
            for set in &self.plan.settings {
                let _ = writeln!(
                    text,
                    "| {} | {} | {} |",
                    escaped(&set.service),
                    code(&setting(&set.recommended.setting)),
                    escaped(&why(set, language))
                );
            }
        }
        for note in self.notes(language) {
            let _ = write!(text, "\n{}\n", escaped(&note));
        }
        let patch = self.patch();
        if !patch.is_empty() {
            let _ = write!(text, "\n{}", fenced(&patch));
        }
        text
    }

    fn summary(&self, language: Language) -> String {
        let all = self.plan.applied.len() + self.plan.refused.len();
        (language.words().fix.summary)(
            &count(self.plan.applied.len() as u64),
            &count(all as u64),
            &language.bytes(self.plan.saving).to_string(),
        )
    }

    fn notes(&self, language: Language) -> Vec<String> {
        let words = &language.words().fix;
        let mut notes = Vec::new();
        if self.is_reconstructed {
            notes.push(words.reconstructed.to_owned());
        }
        if self.plan.changes.is_empty() {
            notes.push(words.nothing.to_owned());
        }
        if self.plan.needs_buildkit {
            notes.push(words.needs_buildkit.to_owned());
        }
        if let Some(proof) = self.proof {
            let difference = proof.before_bytes.change_to(proof.after_bytes);
            notes.push((words.tried)(
                &language.bytes(proof.before_bytes).to_string(),
                &language.bytes(proof.after_bytes).to_string(),
                &language.delta(difference).to_string(),
            ));
            let probed = match (proof.is_probed, proof.is_health_checked) {
                (true, true) => words.health_checked,
                (true, false) => words.probed,
                (false, _) => words.not_probed,
            };
            notes.push(probed.to_owned());
        }
        for (at, Promise { service, target, after }) in self.plan.promises.iter().enumerate() {
            let (service, target) = (one_line(service), one_line(target));
            let promised = language.bytes(*after).to_string();
            notes.push(match self.proof.and_then(|proof| proof.service_bytes.get(at)) {
                Some(built) => {
                    (words.built)(&service, &target, &promised, &language.bytes(*built).to_string())
                }
                None => {
                    let before = language.bytes(self.plan.before).to_string();
                    (words.promised)(&service, &target, &before, &promised)
                }
            });
        }
        notes
    }
}

/// A patch in a block of code that nothing in it ends.
pub(crate) fn fenced(patch: &str) -> String {
    let patch = visible(patch);
    let longest = patch.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat((longest + 1).max(3));
    format!("{fence}diff\n{patch}{fence}\n")
}

/// What a patch fixes and saves, and for which services.
#[must_use]
pub fn patch_title(patch: &FixPatch, language: Language) -> String {
    let services: Vec<String> = patch.services.iter().map(|name| one_line(name)).collect();
    (language.words().fix.patch_title)(
        &services.join(", "),
        &language.many(patch.fixed, &language.words().finding),
        &language.bytes(patch.saving).to_string(),
    )
}

/// The name of a file in the header of a patch. A tab ends one with blanks, and quotes hold what is odd: `git apply` and
/// `patch` read both.
fn in_header(name: &str) -> String {
    let is_odd = |character: char| matches!(character, '"' | '\\') || character.is_control();
    if name.contains(is_odd) {
        let mut quoted = "\"".to_owned();
        for byte in name.bytes() {
            match byte {
                b'"' | b'\\' => quoted.extend(['\\', char::from(byte)]),
                b' '..=b'~' => quoted.push(char::from(byte)),
                _ => {
                    let _ = write!(quoted, "\\{byte:03o}");
                }
            }
        }
        quoted.push('"');
        return quoted;
    }
    if name.contains(char::is_whitespace) { format!("{name}\t") } else { name.to_owned() }
}

/// A setting as a Compose file writes it.
fn setting(setting: &Setting) -> String {
    let mebibytes = |bytes: Bytes| format!("{}M", bytes.0 >> 20);
    match setting {
        Setting::Limit(bytes) => format!("deploy.resources.limits.memory: {}", mebibytes(*bytes)),
        Setting::Reservation(bytes) => format!("deploy.resources.reservations.memory: {}", mebibytes(*bytes)),
        Setting::LimitWithSwap(bytes) => format!("memswap_limit: {}", mebibytes(*bytes)),
        Setting::OomScore(score) => format!("oom_score_adj: {score}"),
        Setting::Shm(bytes) => format!("shm_size: {}", mebibytes(*bytes)),
        Setting::Log { megabytes, files } => format!("logging: max-size {megabytes}m, max-file {files}"),
        Setting::HealthCheck { interval_s, .. } => format!("healthcheck.interval: {interval_s}s"),
        Setting::Cpus(millis) => format!("deploy.resources.limits.cpus: {}", cpus(*millis)),
        Setting::Pids(count) => format!("deploy.resources.limits.pids: {count}"),
        Setting::Environment(variables) => {
            let each: Vec<String> = variables.iter().map(|(name, value)| format!("{name}={value}")).collect();
            format!("environment: {}", each.join(" "))
        }
        Setting::Command(words) => format!("command: {}", words.join(" ")),
    }
}

/// Why something is set, or is not.
fn why(set: &ServiceSetting, language: Language) -> String {
    let words = language.words();
    match &set.refused {
        Some(refusal) => format!("{}: {}", words.fix.not_fixed, (words.fix.refusal)(refusal)),
        None => {
            let reasons = set.recommended.reasons.iter();
            reasons.map(|reason| (words.messages.setting_reason)(reason)).collect::<Vec<_>>().join("; ")
        }
    }
}

pub(crate) fn title(finding: &Finding, language: Language) -> String {
    (language.words().messages.headline)(&finding.headline)
}

fn saving(bytes: Bytes, language: Language) -> String {
    if bytes == Bytes::ZERO { "–".to_owned() } else { language.bytes(bytes).to_string() }
}

/// A patch without what a terminal would obey, and without what a reader does not see.
fn visible(patch: &str) -> String {
    let is_shown = |character: &char| !is_hidden(*character) || matches!(character, '\n' | '\t');
    patch.chars().filter(is_shown).collect()
}
