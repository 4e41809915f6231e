//! Lines to paste, and how values get into them.
//!
//! What an image, a snapshot or a compose file says is the text of other people, and a suggested line ends up in a shell, a
//! Dockerfile or a configuration file. So a [`Line`] consists of literals of this program and of words, and a word is made by
//! a function that knows its language: [`shell`], [`dockerfile`], [`dockerignore`], [`yaml`], [`toml`], or [`names`] for what
//! has its own grammar. A word is quoted where its language can quote anything, and checked against a grammar
//! elsewhere. What fits neither is [`Unfit`]: the fix is left out, and the finding says why.
//!
//! Instructions of the image are the one exception, since changing them is what a fix is for: [`step`] repeats a `RUN` or a
//! `COPY` of the image if it is one line without hidden characters that leaves nothing open, so that it stays that one
//! instruction. Nothing else of the history reaches a line.
//!
//! A `String` does not become a line:
//!
//! ```compile_fail,E0277
//! use plimsoll_analysis::lines::{Line, Shell};
//! let name = String::from("a; touch b");
//! let line: Line<Shell> = name.into();
//! ```
//!
//! ```compile_fail,E0597
//! use plimsoll_analysis::lines::{Line, Shell};
//! let name = String::from("a; touch b");
//! let line: Line<Shell> = name.as_str().into();
//! ```
//!
//! Nor does a word of one language get into a line of another:
//!
//! ```compile_fail,E0308
//! use plimsoll_analysis::lines::{Line, Shell, yaml};
//! let line: Line<Shell> = yaml::quoted("a");
//! ```

mod characters;
pub mod dockerfile;
pub mod dockerignore;
pub(crate) mod install;
pub mod names;
pub(crate) mod recreated;
pub mod shell;
pub(crate) mod step;
pub mod toml;
mod unfit;
mod versions;
pub mod yaml;

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

pub use characters::{is_harmless, is_visible};
pub use unfit::{Unfit, ValueKind};

/// Names a language that lines are written in.
macro_rules! language {
    ($(#[$doc:meta] $name:ident)*) => {
        $(
            #[$doc]
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            pub enum $name {}
        )*
    };
}
language! {
    /// A command of a POSIX shell.
    Shell
    /// Instructions of a Dockerfile.
    Dockerfile
    /// Patterns of a `.dockerignore`.
    Dockerignore
    /// A part of a compose file.
    Yaml
    /// Requirements of Python, `-` or `+` before each.
    Requirements
    /// A part of a TOML file.
    Toml
}

/// Languages that take a word of letters, digits and `@%+=:,./_-` as it is. YAML does not: `1.10` is a number there.
pub trait TakesPlain {}
impl TakesPlain for Shell {}
impl TakesPlain for Dockerfile {}
impl TakesPlain for Requirements {}
impl TakesPlain for Toml {}

/// Text of a language, safe to paste.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<L> {
    text: String,
    language: PhantomData<L>,
}

impl<L> Line<L> {
    /// A text that a function of this module quoted or checked.
    fn checked(text: impl Into<String>) -> Self {
        Self { text: text.into(), language: PhantomData }
    }

    /// Parts, one behind the other.
    #[must_use]
    pub fn of<const N: usize>(parts: [Self; N]) -> Self {
        Self::joined("", parts)
    }

    /// Parts with a text between them.
    #[must_use]
    pub fn joined(between: &'static str, parts: impl IntoIterator<Item = Self>) -> Self {
        let parts: Vec<String> = parts.into_iter().map(|part| part.text).collect();
        Self::checked(parts.join(between))
    }

    /// A number.
    #[must_use]
    pub fn number(number: impl Into<u64>) -> Self {
        Self::checked(number.into().to_string())
    }

    /// Adds a part at the end.
    pub fn push(&mut self, part: impl Into<Self>) {
        self.text.push_str(&part.into().text);
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text as an owned value.
    #[must_use]
    pub fn into_text(self) -> String {
        self.text
    }
}

impl<L> Deref for Line<L> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl<L> fmt::Display for Line<L> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

impl<L> From<&'static str> for Line<L> {
    fn from(literal: &'static str) -> Self {
        Self::checked(literal)
    }
}

impl<L: Clone> From<&Self> for Line<L> {
    fn from(line: &Self) -> Self {
        line.clone()
    }
}

impl<L> PartialEq<&str> for Line<L> {
    fn eq(&self, other: &&str) -> bool {
        self.text == *other
    }
}

/// A line of literals and words, one behind the other: `line!("rm -f ", &path)`.
macro_rules! line {
    ($($part:expr),+ $(,)?) => {
        $crate::lines::Line::of([$($crate::lines::Line::from($part)),+])
    };
}
pub(crate) use line;
