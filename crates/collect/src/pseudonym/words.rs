//! Splits texts into words: an instruction, a label, or a command that is a list of arguments.

/// A word, and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    /// The text it is part of, where several make up one command.
    pub(super) part: usize,
    /// Its first byte in that text.
    pub(super) at: usize,
    /// What separates it from the word before, in the same text.
    pub(super) gap: &'a str,
    /// What follows it in its text.
    pub(super) rest: &'a str,
    /// The text it is part of.
    whole: &'a str,
}

impl<'a> Word<'a> {
    /// Whether it is a flag: `-h`, `--host`.
    pub(super) fn is_flag(&self) -> bool {
        self.text.len() > 1 && self.text.starts_with('-')
    }

    /// Whether another command begins here.
    pub(super) fn starts_command(&self) -> bool {
        self.gap.contains(['|', ';', '&', '\n', '(', ')', ']'])
    }

    /// Whether its text is more than an argument: a script, which begins and ends by itself.
    pub(super) fn is_of_script(&self) -> bool {
        self.whole.contains(char::is_whitespace)
    }

    /// Everything up to the quote that ends what this word begins; the word alone if no quote begins here.
    pub(super) fn quoted(&self) -> &'a str {
        let quote = self.gap.chars().next_back().filter(|last| "\"'`".contains(*last));
        let end = quote.and_then(|quote| self.rest.find(quote)).unwrap_or(0);
        extended(self, end)
    }

    /// The word and the rest of its text.
    pub(super) fn through_end(&self) -> &'a str {
        extended(self, self.rest.len())
    }
}

/// The word and `more` bytes behind it: both are slices of one text.
fn extended<'a>(word: &Word<'a>, more: usize) -> &'a str {
    word.whole.get(word.at..word.at + word.text.len() + more).unwrap_or(word.text)
}

const QUOTES_AND_MARKS: &str = "\"'`<>,;(){}[]|=&";

/// The words of texts that belong together, in their order.
pub(super) fn words<'a>(texts: &[&'a str]) -> Vec<Word<'a>> {
    let mut words = Vec::new();
    let separates = |character: char| character.is_whitespace() || QUOTES_AND_MARKS.contains(character);
    // An argument that is nothing but a separator, as `&&`, stands between the words around it.
    let mut apart = "";
    for (part, &whole) in texts.iter().enumerate() {
        let (mut end, mut at) = (0, 0);
        for text in whole.split(separates) {
            if !text.is_empty() {
                let after = at + text.len();
                let gap = if end == at { std::mem::take(&mut apart) } else { &whole[end..at] };
                words.push(Word { text, part, at, gap, rest: &whole[after..], whole });
                end = after;
            }
            at += text.len();
            at += whole[at..].chars().next().map_or(0, char::len_utf8);
        }
        if end == 0 && !whole.is_empty() {
            apart = whole;
        }
    }
    words
}
