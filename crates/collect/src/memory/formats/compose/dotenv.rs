//! Files of variables beside a compose file, as Compose reads them (compose-go, `dotenv/parser.go`).

use std::collections::BTreeMap;

use super::interpolate::expand_text;
use crate::yaml::{Budget, Spent};

/// Variables by name.
pub(super) type Variables = BTreeMap<String, String>;

/// What cannot be read, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Compose refuses the file. What stands before the mistake was read.
    Line(usize, &'static str),
    Spent,
}

impl From<Spent> for Fault {
    fn from(_: Spent) -> Self {
        Self::Spent
    }
}

/// Adds the variables of a text. Values may use those that `outer` knows, and those before them.
pub(super) fn read(
    text: &str,
    outer: &Variables,
    into: &mut Variables,
    budget: &Budget,
) -> Result<(), Fault> {
    let mut parser = Parser { rest: text.strip_prefix('\u{feff}').unwrap_or(text), line: 1 };
    while parser.next_statement() {
        let (name, has_value) = parser.name()?;
        budget.pay_text(&name)?;
        if !has_value {
            // A name alone takes its value from outside, and no value of the environment is taken.
            continue;
        }
        let value = parser.value(|name| outer.get(name).or_else(|| into.get(name)).cloned(), budget)?;
        budget.pay_text(&value)?;
        // Names that begin with a digit are ignored.
        if !name.starts_with(|first: char| first.is_ascii_digit()) {
            into.insert(name, value);
        }
    }
    Ok(())
}

/// The names that a text sets, in order. What they are set to is not wanted.
pub(super) fn names(text: &str, budget: &Budget) -> Result<Vec<String>, Fault> {
    let mut parser = Parser { rest: text.strip_prefix('\u{feff}').unwrap_or(text), line: 1 };
    let mut names = Vec::new();
    while parser.next_statement() {
        let (name, has_value) = parser.name()?;
        budget.pay_text(&name)?;
        if has_value {
            parser.value(|_| Some(String::new()), budget)?;
        }
        names.push(name);
    }
    Ok(names)
}

struct Parser<'a> {
    rest: &'a str,
    line: usize,
}

/// White space that is no end of a line.
fn is_blank(sign: char) -> bool {
    matches!(sign, '\t' | '\u{b}' | '\u{c}' | '\r' | ' ' | '\u{85}' | '\u{a0}')
}

impl<'a> Parser<'a> {
    fn fault(&self, reason: &'static str) -> Fault {
        Fault::Line(self.line, reason)
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.line += taken.matches('\n').count();
        self.rest = rest;
        taken
    }

    /// Passes empty lines and comments; whether anything follows.
    fn next_statement(&mut self) -> bool {
        loop {
            let blank = self.rest.len() - self.rest.trim_start().len();
            self.take(blank);
            if !self.rest.starts_with('#') {
                return !self.rest.is_empty();
            }
            self.take(self.rest.find('\n').unwrap_or(self.rest.len()));
        }
    }

    /// A name, and whether a value follows it. `:` is as good as `=`.
    fn name(&mut self) -> Result<(String, bool), Fault> {
        if let Some(rest) = self.rest.strip_prefix("export")
            && rest.starts_with(char::is_whitespace)
        {
            let blank = rest.len() - rest.trim_start_matches(is_blank).len();
            self.take("export".len() + blank);
        }
        let mut end = self.rest.len();
        let mut sign = '\n';
        for (at, found) in self.rest.char_indices() {
            match found {
                '=' | ':' | '\n' => {
                    (end, sign) = (at, found);
                    break;
                }
                '_' | '.' | '-' | '[' | ']' => {}
                found if is_blank(found) || found.is_alphanumeric() => {}
                _ => return Err(self.fault("a name with a character that names do not have")),
            }
        }
        let name = self.take(end).trim_end();
        if name.contains(' ') {
            return Err(self.fault("a name with a space in it"));
        }
        self.take(sign.len_utf8().min(self.rest.len()));
        if sign != '\n' {
            self.take(self.rest.len() - self.rest.trim_start_matches(is_blank).len());
        }
        Ok((name.to_owned(), sign != '\n'))
    }

    fn value(&mut self, variable: impl Fn(&str) -> Option<String>, budget: &Budget) -> Result<String, Fault> {
        let line = self.line;
        let expand = |text: &str| match expand_text(text, &variable, budget) {
            Ok(text) => Ok(text),
            Err(super::interpolate::Fault::Spent) => Err(Fault::Spent),
            Err(super::interpolate::Fault::Form(reason)) => Err(Fault::Line(line, reason)),
        };
        let Some(quote @ ('"' | '\'')) = self.rest.chars().next() else {
            let value = self.take(self.rest.find('\n').unwrap_or(self.rest.len()));
            let value = value.split(" #").next().unwrap_or_default().trim_end();
            return expand(value);
        };
        let (mut value, mut is_escaped) = (String::new(), false);
        for (at, sign) in self.rest.char_indices().skip(1) {
            match sign {
                sign if sign == quote && !is_escaped => {
                    self.take(at + 1);
                    return if quote == '"' { expand(&unescaped(&value)) } else { Ok(value) };
                }
                '\\' if !is_escaped => {
                    is_escaped = true;
                    continue;
                }
                // Only the quote loses its backslash here.
                sign if is_escaped && sign != quote => value.push('\\'),
                _ => {}
            }
            is_escaped = false;
            value.push(sign);
        }
        Err(self.fault("a quote that is not closed"))
    }
}

/// The escapes of a shell in a text between double quotes. `\$` becomes `$$`, which stands for a dollar sign.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let Some(sign) = rest.chars().next() else {
            out.push('\\');
            break;
        };
        let plain = match sign {
            'a' => Some('\u{7}'),
            'b' => Some('\u{8}'),
            'f' => Some('\u{c}'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'v' => Some('\u{b}'),
            '"' | '\\' => Some(sign),
            _ => None,
        };
        let octal = rest.strip_prefix('0').and_then(|digits| digits.get(..3));
        let octal = octal.and_then(|digits| u32::from_str_radix(digits, 8).ok()).filter(|code| *code < 256);
        match (plain, octal.and_then(char::from_u32)) {
            (Some(plain), _) => {
                out.push(plain);
                rest = &rest[1..];
            }
            (None, Some(octal)) => {
                out.push(octal);
                rest = &rest[4..];
            }
            (None, None) if sign == '$' => {
                out.push_str("$$");
                rest = &rest[1..];
            }
            (None, None) => out.push('\\'),
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(text: &str) -> (Vec<(String, String)>, Option<Fault>) {
        let outer = Variables::from([("OUT".to_owned(), "outer".to_owned())]);
        let mut into = Variables::new();
        let fault = read(text, &outer, &mut into, &Budget::default()).err();
        (into.into_iter().collect(), fault)
    }

    #[test]
    fn values_are_read_as_compose_reads_them() {
        for (text, expected) in [
            ("L=8m # note", "8m"),
            ("L=8m#note", "8m#note"),
            ("L=\"8m\" # note", "8m"),
            ("L='8m' # note", "8m"),
            ("L=\"8m\"# note", "8m"),
            ("L: 8m", "8m"),
            ("L : 8m", "8m"),
            ("L = 8m ", "8m"),
            ("export L=8m", "8m"),
            ("export   L=8m", "8m"),
            ("\u{feff}L=8m\r\n", "8m"),
            ("# L=1\n\n  L=8m", "8m"),
            ("A=8\nL=${A}m", "8m"),
            ("L=${A:-8m}", "8m"),
            ("L=$OUT", "outer"),
            ("L='$OUT'", "$OUT"),
            ("L=\"\\$OUT\"", "$OUT"),
            ("L=$$OUT", "$OUT"),
            ("L=\"a\\nb\\tc\\\"d\"", "a\nb\tc\"d"),
            ("L='a\\'b'", "a'b"),
            ("L='a\\nb'", "a\\nb"),
            ("L=\"two\nlines\"", "two\nlines"),
            ("L=\"\\0101x\"", "Ax"),
            ("L=", ""),
            ("L=1\nL=2", "2"),
            ("L=a=b", "a=b"),
        ] {
            let (found, fault) = variables(text);
            let value = found.iter().find(|(name, _)| name == "L").map(|(_, value)| value.as_str());
            assert_eq!((value, fault), (Some(expected), None), "{text:?}");
        }
    }

    #[test]
    fn what_compose_refuses_is_named_by_its_line() {
        for (text, line) in [("A=1\nB!=2", 2), ("A=1\n\nB C=2", 3), ("A=\"x", 1), ("A=1\nB=${", 2)] {
            let (found, fault) = variables(text);
            assert!(matches!(fault, Some(Fault::Line(found, _)) if found == line), "{text:?}: {fault:?}");
            assert_eq!(found.len(), usize::from(line > 1), "{text:?}");
        }
        assert_eq!(variables("ALONE\n1A=x\nB=2").0, [("B".to_owned(), "2".to_owned())]);
    }

    #[test]
    fn values_that_double_are_stopped() {
        let text = (1..64).fold("A0=xxxxxxxxxxxxxxxx\n".to_owned(), |text, at| {
            text + &format!("A{at}=${{A{0}}}${{A{0}}}\n", at - 1)
        });
        assert_eq!(variables(&text).1, Some(Fault::Spent));
    }
}
