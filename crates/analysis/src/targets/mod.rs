//! Judges a stack against what is demanded of it: pass, fail or unknown, each with its evidence.
//!
//! Evidence that is absent makes a target unknown, never passed. [`kinds`] has one file for each kind of target.

mod ci;
mod demanded;
mod file;
mod growth;
mod input;
mod judge;
mod kinds;
mod names;
mod outcome;
mod reason;
#[cfg(test)]
mod tests;
mod title;
mod values;

pub use ci::{CiDetails, CiImage, CiSettings};
pub use file::{
    Attestation, Check, CostTargets, FindingKind, MemoryDemand, PostgresTargets, Server, ServiceTargets,
    SizeKind, StackTargets, Targets, VERSION, document, parse, read,
};
pub use growth::Growth;
pub use judge::{Evidence, Judgement, Prices, judge};
pub use names::{Nameless, service_names};
pub use outcome::{Good, Level, LevelOutcome, Outcome, Status};
pub use reason::{Part, Reason, ServerBasis, TakenWhen};
pub use title::{Demanded, Figure, Measure, Title, Unit, When};
pub use values::{Count, Demand, Duration, Levels, MemorySize, Percent, Price, Size, Value, Written};
