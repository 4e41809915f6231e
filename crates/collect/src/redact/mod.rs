//! Keeps secrets out of snapshots: every text of an input passes through here before it is stored.
//!
//! Values of environment variables and build arguments are always replaced; elsewhere, what looks like a secret is.
//! Rather too much than too little is taken out: a reader misses a word of an instruction less than a password.
//!
//! A text is split into commands and words once ([`words`]). Then each pass looks through it once, and notes which
//! parts are to be taken out: private keys ([`keys`]), values behind names ([`named`]), arguments of commands
//! ([`commands`]), their input ([`pipes`]), what they fill in ([`formats`]) or replace ([`substitutions`]), logins in
//! addresses ([`addresses`]), tokens of published forms ([`tokens`], [`forms`]), and what looks random ([`noise`]).

pub(crate) use self::instruction::instruction;
pub(crate) use self::names::names_secret;
pub(crate) use self::tokens::token;

mod addresses;
mod commands;
mod facts;
mod formats;
mod forms;
mod instruction;
mod keys;
mod look;
mod marks;
mod named;
mod names;
mod noise;
mod operands;
mod pipes;
mod programs;
mod runtime;
mod script;
mod substitutions;
#[cfg(test)]
mod tests;
mod text;
mod tokens;
mod twins;
mod values;
mod words;

pub(crate) use self::facts::facts;
pub(crate) use self::runtime::{container, memory_input};
pub use self::text::shows_secret;
pub(crate) use self::text::{arguments, credentials, message, name, said, setting, text, value};
