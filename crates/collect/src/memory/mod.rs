//! Reads what engines, orchestrators and kernels say of memory, and joins it.
//!
//! [`read`] reads one file, whose format is detected from its content: [`formats`] has one file per format.
//! [`RuntimeBuilder`] joins what several files say of the same containers.

mod builder;
mod detect;
mod formats;
mod identity;
mod input;
mod json;
mod labels;
mod names;
mod observed;
mod printed;
mod quota;
mod reader;
mod samples;
mod text;
mod time;
mod units;

pub use builder::RuntimeBuilder;
pub use detect::{JOURNAL, read, read_compose, read_within};
pub use formats::cgroup::Cgroup;
pub use formats::compose::{FileFault, OpenFile, Surroundings};
pub use formats::container::inspected;
pub(crate) use formats::container::status as container_status;
pub use formats::engine_stats::{EngineSample, engine_sample};
pub use formats::events::seen_event;
pub use formats::journal::{JournalLine, Journaled};
pub use identity::Identity;
pub use input::{MemoryInput, SeenEvent};
pub use observed::SourceObservation;
pub(crate) use quota::Quota;
pub use samples::Samples;
pub(crate) use time::of_value as time_in_json;
pub use units::duration_ms;

/// Free text without what looks like a secret.
#[must_use]
pub fn without_secrets(text: &str) -> String {
    crate::redact::text(text).into_owned()
}

/// What a server says, without what looks like a secret. Digests and identifiers stay: they name what is meant.
#[must_use]
pub fn answer_without_secrets(text: &str) -> String {
    crate::redact::setting(text).into_owned()
}

/// A message without what parsers quote, and without logins and tokens. What merely looks random stays, since messages name digests and files.
#[must_use]
pub fn without_credentials(text: &str) -> String {
    crate::redact::said(text)
}
