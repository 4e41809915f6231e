//! What the analysis says as text: a sentence and its figures, apart, so that other languages can say it their way.
//!
//! A sentence is known by its English text, as in gettext, with `{}` where a value stands and `{one|more}` where a number
//! stands with its noun. `report::language` has one file for each other language, and a test there finds every sentence
//! that it lacks. Documents (JSON) have the English text.

use std::fmt;

use serde::{Serialize, Serializer};

/// A sentence with its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The English sentence.
    pub text: &'static str,
    /// What stands in it, in this order.
    pub values: Vec<Value>,
}

/// What stands in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A name, a path, code: the same in every language.
    Name(String),
    /// A number of things.
    Count(u64),
    /// Another sentence.
    Said(Said),
}

impl Said {
    /// A sentence with values.
    #[must_use]
    pub const fn new(text: &'static str, values: Vec<Value>) -> Self {
        Self { text, values }
    }

    /// The text in the words of a language: `words` gives them for a sentence.
    #[must_use]
    pub fn in_words(&self, words: fn(&'static str) -> &'static str) -> String {
        let mut out = String::with_capacity(self.text.len() + 16);
        let mut values = self.values.iter();
        let mut rest = words(self.text);
        while let Some((before, (place, behind))) =
            rest.split_once('{').and_then(|(before, from)| Some((before, from.split_once('}')?)))
        {
            out.push_str(before);
            match values.next() {
                Some(Value::Name(name)) => out.push_str(name),
                Some(Value::Said(said)) => out.push_str(&said.in_words(words)),
                Some(Value::Count(count)) => {
                    out.push_str(&count.to_string());
                    if let Some((one, more)) = place.split_once('|') {
                        out.push(' ');
                        out.push_str(if *count == 1 { one } else { more });
                    }
                }
                None => {}
            }
            rest = behind;
        }
        out.push_str(rest);
        out
    }
}

impl fmt::Display for Said {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.in_words(|text| text))
    }
}

impl Serialize for Said {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl From<&'static str> for Said {
    fn from(text: &'static str) -> Self {
        Self::new(text, Vec::new())
    }
}

impl PartialEq<&str> for Said {
    #[expect(clippy::cmp_owned, reason = "the sentence has to be put together first")]
    fn eq(&self, other: &&str) -> bool {
        self.to_string() == *other
    }
}

impl From<&str> for Value {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}

impl From<String> for Value {
    fn from(name: String) -> Self {
        Self::Name(name)
    }
}

impl From<u64> for Value {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<Said> for Value {
    fn from(said: Said) -> Self {
        Self::Said(said)
    }
}

/// A sentence with its values: `said!("the same as {}", path)`.
macro_rules! said {
    ($text:literal $(, $value:expr)* $(,)?) => {
        $crate::said::Said::new($text, vec![$($crate::said::Value::from($value)),*])
    };
}
pub(crate) use said;

#[cfg(test)]
mod tests {
    #[test]
    fn values_stand_in_their_places() {
        assert_eq!(said!("{file|files} in `{}`", 1_u64, "a{b}"), "1 file in `a{b}`");
        assert_eq!(said!("{file|files} in `{}`", 2_u64, "a"), "2 files in `a`");
        assert_eq!(said!("{}, yet in the image", said!("layer {}", 3_u64)), "layer 3, yet in the image");
    }
}
