//! Words and texts in formats that are programs: terms of Erlang, tables of Lua. Nothing is evaluated.

/// A part of such a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A name, a number, or what else stands without quotes.
    Word(&'a str),
    /// What stands between quotes, as it is written.
    Text(&'a str),
    /// `{`, `[`, `,`, `=`, …
    Sign(char),
}

impl<'a> Token<'a> {
    /// The words of a word or text.
    pub(super) fn text(&self) -> Option<&'a str> {
        match self {
            Self::Word(text) | Self::Text(text) => Some(text),
            Self::Sign(_) => None,
        }
    }
}

/// Takes a text apart. `comment` is what a comment begins with, which ends with its line.
pub(super) fn tokens<'a>(text: &'a str, comment: &'static str) -> Tokens<'a> {
    Tokens { rest: text, comment }
}

/// The parts of a text.
pub(super) struct Tokens<'a> {
    rest: &'a str,
    comment: &'static str,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            self.rest = self.rest.trim_start();
            match self.rest.strip_prefix(self.comment) {
                Some(rest) => self.rest = rest.find('\n').map_or("", |end| &rest[end..]),
                None => break,
            }
        }
        let first = self.rest.chars().next()?;
        if matches!(first, '"' | '\'') {
            let inner = &self.rest[1..];
            let end = quoted_end(inner, first);
            self.rest = inner.get(end + 1..).unwrap_or("");
            return Some(Token::Text(&inner[..end]));
        }
        // A long text of Lua.
        if let Some(inner) = self.rest.strip_prefix("[[") {
            let end = inner.find("]]").unwrap_or(inner.len());
            self.rest = inner.get(end + 2..).unwrap_or("");
            return Some(Token::Text(inner[..end].trim()));
        }
        let is_word = |character: char| character.is_alphanumeric() || "_.@-+".contains(character);
        let end = self.rest.find(|character| !is_word(character)).unwrap_or(self.rest.len());
        let (token, end) = match end {
            0 => (Token::Sign(first), first.len_utf8()),
            end => (Token::Word(&self.rest[..end]), end),
        };
        self.rest = &self.rest[end..];
        Some(token)
    }
}

/// Where the quote is closed; the end of the text if it is not.
fn quoted_end(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            character if character == quote => return at,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_taken_apart() {
        let check = |text, comment| {
            tokens(text, comment)
                .map(|token| match token {
                    Token::Word(text) => text.to_owned(),
                    Token::Text(text) => format!("'{text}'"),
                    Token::Sign(sign) => sign.to_string(),
                })
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(check("{a, % x\n \"b\\\"c\"}.", "%"), "{ a , 'b\\\"c' } .");
        assert_eq!(check("x = [[ long ]] -- y\n'é", "--"), "x = 'long' 'é'");
        assert_eq!(check("[[a", "--"), "'a'");
        assert_eq!(check("é€{", "%"), "é € {");
    }
}
