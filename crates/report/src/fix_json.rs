//! Merged fixes as a JSON document; see `docs/fix.md`.

use std::io;

use plimsoll_analysis::findings::{Confidence, Fingerprint, RuleId};
use plimsoll_analysis::fix::{Applied, Refusal};
use plimsoll_analysis::memory::recommend::Setting;
use plimsoll_snapshot::Bytes;
use serde::Serialize;

use crate::fix::{Fixes, Proof, title};
use crate::json_document::{Definitions, write};
use crate::language::Language;

impl Fixes<'_> {
    /// Writes the fixes as JSON; see `docs/fix.md`.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn json(&self, definitions: Definitions, out: impl io::Write) -> io::Result<()> {
        let english = Language::English;
        let reason = |value| ReasonDocument { text: (english.words().fix.refusal)(value), value };
        let content = FixContent {
            service: self.service,
            saving_bytes: self.plan.saving,
            needs_buildkit: self.plan.needs_buildkit,
            is_reconstructed: self.is_reconstructed,
            services: (self.plan.promises.iter().enumerate())
                .map(|(at, promise)| ServiceDocument {
                    service: &promise.service,
                    target: &promise.target,
                    promised_bytes: promise.after,
                    after_bytes: self.proof.and_then(|proof| proof.service_bytes.get(at).copied()),
                })
                .collect(),
            settings: (self.plan.settings.iter())
                .map(|set| SettingDocument {
                    service: &set.service,
                    setting: &set.recommended.setting,
                    refused: set.refused.as_ref().map(reason),
                })
                .collect(),
            fixed: (self.plan.applied.iter().enumerate())
                .map(|(at, applied): (usize, &Applied)| AppliedDocument {
                    fingerprint: applied.finding.fingerprint(),
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
                    fingerprint: finding.fingerprint(),
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
        write("plimsoll-fix", &content, definitions, out)
    }
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct AppliedDocument<'a> {
    fingerprint: Fingerprint,
    rule: RuleId,
    confidence: Confidence,
    saving_bytes: Bytes,
    #[serde(skip_serializing_if = "Option::is_none")]
    saved_bytes: Option<Bytes>,
    title: String,
    partly: Vec<ReasonDocument<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ReasonDocument<'a> {
    text: String,
    #[serde(flatten)]
    value: &'a Refusal,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RefusedDocument<'a> {
    fingerprint: Fingerprint,
    rule: RuleId,
    saving_bytes: Bytes,
    title: String,
    reason: ReasonDocument<'a>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct FileDocument {
    path: String,
    patch: String,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ServiceDocument<'a> {
    service: &'a str,
    target: &'a str,
    promised_bytes: Bytes,
    #[serde(skip_serializing_if = "Option::is_none")]
    after_bytes: Option<Bytes>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct SettingDocument<'a> {
    service: &'a str,
    #[serde(flatten)]
    setting: &'a Setting,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<ReasonDocument<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct FixContent<'a> {
    service: &'a str,
    saving_bytes: Bytes,
    needs_buildkit: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_reconstructed: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    services: Vec<ServiceDocument<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    settings: Vec<SettingDocument<'a>>,
    fixed: Vec<AppliedDocument<'a>>,
    not_fixed: Vec<RefusedDocument<'a>>,
    files: Vec<FileDocument>,
    #[serde(skip_serializing_if = "Option::is_none")]
    proof: Option<&'a Proof>,
}
