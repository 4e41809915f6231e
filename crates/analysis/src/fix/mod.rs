//! Fixes of findings, merged into one Dockerfile.
//!
//! A finding shows lines to paste. A plan goes further: it edits the Dockerfile, the `.dockerignore` and the lists of
//! packages themselves, so an instruction that several findings name is changed once, and comments and layout stay. It looks at the
//! rest of the Dockerfile before: what uses a tool, a path or a user that would be gone keeps it, and the plan says why.
//!
//! `repairs/` has one file per kind of fix. Beneath them, `draft` answers questions about the Dockerfile and collects edits,
//! `script` takes a `RUN` apart with the places of its words, and `calls` knows what commands do.

mod calls;
mod change;
mod compose;
mod draft;
mod edits;
mod plan;
mod refusal;
mod repairs;
mod script;
mod settings;
mod split;
mod stages;
mod start;
#[cfg(test)]
mod tests;

pub use change::{Change, FixedFile};
pub use compose::{ComposeBuild, builds};
pub use draft::ReadContext;
pub use plan::{Applied, Compose, Files, FixOptions, NoPlan, Plan, plan, plan_service};
pub use refusal::{ProofStep, Refusal};
pub use settings::{BuildPlace, ServiceSetting};
pub use split::Promise;
