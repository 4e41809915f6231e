//! Merged fixes as text, Markdown, JSON, and as a patch.

use std::fmt::Write as _;
use std::io;

use plimsoll_analysis::findings::{Confidence, Finding, RuleId};
use plimsoll_analysis::fix::{Applied, Change, FixedFile, Plan, Refusal};
use plimsoll_snapshot::Bytes;
use plimsoll_snapshot::hidden::is_hidden;
use serde::Serialize;
use similar::TextDiff;

use crate::format::{count, one_line, shorten};
use crate::json_document::write;
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
pub struct Proof {
    /// Image size before.
    pub before_bytes: Bytes,
    /// Image size of the build.
    pub after_bytes: Bytes,
    /// What each fix saved, in the order of [`Plan::applied`].
    pub saved_bytes: Vec<Bytes>,
    /// Whether a probe succeeded; `None` without one.
    pub is_probed: bool,
}

impl Fixes<'_> {
    /// The changes as a patch, for `git apply` or `patch -p1`.
    #[must_use]
    pub fn patch(&self) -> String {
        self.plan.changes.iter().map(|change| self.diff(change)).collect()
    }

    fn diff(&self, change: &Change) -> String {
        let name = (self.name)(&change.file);
        let old = if change.before.is_empty() { "/dev/null".to_owned() } else { format!("a/{name}") };
        let diff = TextDiff::from_lines(change.before.as_str(), change.after.as_str());
        diff.unified_diff().context_radius(CONTEXT).header(&old, &format!("b/{name}")).to_string()
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
        for note in self.notes(language) {
            let _ = write!(text, "\n{}\n", escaped(&note));
        }
        let patch = visible(&self.patch());
        if !patch.is_empty() {
            let longest = patch.split(|character| character != '`').map(str::len).max().unwrap_or(0);
            let fence = "`".repeat((longest + 1).max(3));
            let _ = write!(text, "\n{fence}diff\n{patch}{fence}\n");
        }
        text
    }

    /// Writes the fixes as JSON; see `docs/fix-format.md`.
    pub fn json(&self, out: impl io::Write) -> io::Result<()> {
        #[derive(Serialize)]
        struct AppliedDocument<'a> {
            rule: RuleId,
            confidence: Confidence,
            saving_bytes: Bytes,
            #[serde(skip_serializing_if = "Option::is_none")]
            saved_bytes: Option<Bytes>,
            title: String,
            partly: Vec<ReasonDocument<'a>>,
        }
        #[derive(Serialize)]
        struct ReasonDocument<'a> {
            text: String,
            #[serde(flatten)]
            value: &'a Refusal,
        }
        #[derive(Serialize)]
        struct RefusedDocument<'a> {
            rule: RuleId,
            saving_bytes: Bytes,
            title: String,
            reason: ReasonDocument<'a>,
        }
        #[derive(Serialize)]
        struct FileDocument {
            path: String,
            patch: String,
        }
        #[derive(Serialize)]
        struct Content<'a> {
            service: &'a str,
            saving_bytes: Bytes,
            needs_buildkit: bool,
            fixed: Vec<AppliedDocument<'a>>,
            not_fixed: Vec<RefusedDocument<'a>>,
            files: Vec<FileDocument>,
            #[serde(skip_serializing_if = "Option::is_none")]
            proof: Option<&'a Proof>,
        }
        let english = Language::English;
        let reason = |value| ReasonDocument { text: (english.words().fix.refusal)(value), value };
        let content = Content {
            service: self.service,
            saving_bytes: self.plan.saving,
            needs_buildkit: self.plan.needs_buildkit,
            fixed: (self.plan.applied.iter().enumerate())
                .map(|(at, applied): (usize, &Applied)| AppliedDocument {
                    rule: applied.finding.rule,
                    confidence: applied.confidence,
                    saving_bytes: applied.saving,
                    saved_bytes: self.proof.map(|proof| proof.saved_bytes[at]),
                    title: title(&applied.finding, english),
                    partly: applied.partly.iter().map(reason).collect(),
                })
                .collect(),
            not_fixed: (self.plan.refused.iter())
                .map(|(finding, why)| RefusedDocument {
                    rule: finding.rule,
                    saving_bytes: finding.saving,
                    title: title(finding, english),
                    reason: reason(why),
                })
                .collect(),
            files: (self.plan.changes.iter())
                .map(|change| FileDocument { path: (self.name)(&change.file), patch: self.diff(change) })
                .collect(),
            proof: self.proof,
        };
        write("plimsoll-fix", &content, None, out)
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
            notes.push(if proof.is_probed { words.probed } else { words.not_probed }.to_owned());
        }
        notes
    }
}

fn title(finding: &Finding, language: Language) -> String {
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
