//! The kinds of target: one file each, and one list of them.
//!
//! To add one:
//! 1. Write its file here: `pub(super) fn outcomes(input: &Input<'_>) -> Vec<Outcome>`, with one outcome per demand.
//! 2. Add it to `KINDS`, in the place where its outcomes are shown.
//! 3. Add its keys to `targets/file.rs` (and to the `"*"` merge there), and run `cargo xtask docs` for its schema.
//! 4. Add what it concludes to `targets/reason.rs`; the compiler then asks each language for the words.
//! 5. Describe it in `docs/targets.md`, and show it in the file that `plimsoll init` writes (`report/src/targets/template.rs`).

mod context;
mod cost;
mod disk;
mod dive;
mod findings;
mod health;
mod images;
mod layers;
mod limits;
mod logs;
mod oom;
mod oom_score;
mod own_growth;
mod packages;
mod postgres;
mod probes;
mod running;
mod size;
mod start_up;
mod usage;

use super::input::Input;
use super::outcome::Outcome;

/// The kinds of target, in the order their outcomes are shown: images first, then what runs, then what a server costs and stores.
pub(super) const KINDS: &[fn(&Input<'_>) -> Vec<Outcome>] = &[
    images::outcomes,
    size::outcomes,
    own_growth::outcomes,
    layers::outcomes,
    dive::outcomes,
    context::outcomes,
    packages::outcomes,
    findings::outcomes,
    running::outcomes,
    health::outcomes,
    start_up::outcomes,
    limits::outcomes,
    oom_score::outcomes,
    postgres::outcomes,
    oom::outcomes,
    usage::outcomes,
    logs::outcomes,
    probes::outcomes,
    cost::outcomes,
    disk::outcomes,
];
