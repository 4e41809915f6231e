//! A noun with its plural.

/// A noun, for one and for any other number.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "one file, two files")]
pub struct Noun {
    pub one: &'static str,
    pub more: &'static str,
}
