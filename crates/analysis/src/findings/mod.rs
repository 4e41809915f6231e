//! Findings: waste and risks in images, what shows them, what they would save, and their fixes.
//!
//! Everything here is a value: languages turn headlines, notes and actions into text. The saving of a finding is a set of
//! inodes, so savings add up as unions, and all of them together never exceed the size of the image.
//!
//! `rules/` has one file per rule. The modules beneath are shared: `input` and `finding` serve the rules, `advice` runs
//! them, and `progress` follows their findings into a later image: `matching` pairs the files of both, and `ledger` accounts
//! for the difference between their sizes.

mod accepted;
mod advice;
mod both_sides;
mod build_context;
#[cfg(test)]
mod check;
mod evidence;
mod finding;
mod fingerprint;
mod fixes;
mod headline;
mod identity;
mod input;
mod known;
mod ledger;
mod matching;
mod named;
mod places;
mod progress;
mod rebuilt;
mod rule;
mod rule_id;
mod rules;

pub use accepted::{Acceptance, AcceptedFinding, Day, FingerprintStart};
pub(crate) use advice::together;
pub use advice::{Advice, StackAdvice, advise, advise_accepting, advise_by, advise_stack};
pub(crate) use both_sides::BothSides;
pub use both_sides::FixedFindings;
pub use evidence::{Alternative, Evidence, Note, Subject};
pub use finding::{Confidence, Finding, Severity, severity_of};
pub use fingerprint::{Fingerprint, Identity};
pub use fixes::{Action, Fix, FixKind, Lines, Pasted, TorchPlace};
pub use headline::Headline;
pub use input::Input;
pub use ledger::{Group, Ledger, LedgerCause, LedgerLine};
pub use named::{FixedFinding, NamedFinding};
pub(crate) use places::temporary_entry;
pub use progress::{Followed, Outcome, Progress, ServiceProgress, progress, progress_accepting};
pub use rule::{Check, Rule};
pub use rule_id::RuleId;
pub use rules::RULES;
pub(crate) use rules::cuda_libraries::{CPU_PACKAGES, INDEX as TORCH_INDEX};
pub(crate) use rules::{build_leftovers, documentation, test_tools};
