//! The commands of a text and their words, as [`super::words`] splits them.

use std::ops::Range;

use super::twins::Twins;

/// The commands of a text.
pub(super) struct Script {
    /// The quotes and brackets of the text.
    pub(super) twins: Twins,
    /// The words of all commands, without the quotes around them. Those of one command follow one another.
    pub(super) words: Vec<Word>,
    /// Commands before those that stand in their words.
    pub(super) commands: Vec<Command>,
    /// What was quoted, and the arguments of a list; by their start.
    pub(super) quoted: Vec<Range<usize>>,
    /// Groups in brackets whose output goes to a command.
    pub(super) groups: Vec<(Range<usize>, usize)>,
    /// Here-documents that are data rather than commands.
    pub(super) data: Vec<Range<usize>>,
}

/// A word of a command.
#[derive(Clone, Debug)]
pub(super) struct Word {
    /// Where it is, without the quotes around it.
    pub(super) range: Range<usize>,
    /// Whether it was quoted as a whole, or is one argument of a list: it may hold spaces.
    pub(super) is_quoted: bool,
}

/// A command and what is joined to it.
#[derive(Clone, Debug, Default)]
pub(super) struct Command {
    /// Its words, as indices.
    pub(super) words: Range<usize>,
    /// The command that reads its output.
    pub(super) feeds: Option<usize>,
    /// What it reads that stands in the text: here-strings and here-documents.
    pub(super) reads: Vec<Range<usize>>,
    /// The file it writes.
    pub(super) writes: Option<Range<usize>>,
    /// The command in whose words it stands.
    pub(super) outer: Option<usize>,
}

/// Whether `\n` and `\t` are two characters each, or the space that a program makes of them. The text does not tell, so what
/// is quoted is read both ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escapes {
    Written,
    Meant,
}

impl Script {
    /// The words of a command.
    pub(super) fn words_of(&self, command: &Command) -> &[Word] {
        &self.words[command.words.clone()]
    }
}
