//! A value of a YAML document.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::scalar::{Kind, Origin, Scalar};

/// A value.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    /// A text, a number, a truth value, or null.
    Scalar(Rc<Scalar>),
    /// A list.
    Sequence(Rc<Sequence>),
    /// Names and values.
    Mapping(Rc<Mapping>),
    /// `!reset`: what an earlier file says of this is removed (compose-spec, 13-merge.md, "Reset value").
    Reset,
    /// `!override`: it replaces what an earlier file says, instead of being merged.
    Override(Rc<Node>),
}

/// A list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sequence {
    pub(crate) items: Vec<Node>,
    inside: Inside,
}

/// A mapping in the order of its names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mapping {
    pub(crate) entries: BTreeMap<Rc<str>, Node>,
    inside: Inside,
}

/// What is known of a collection without walking it.
#[derive(Clone, Copy, Debug, Default)]
struct Inside {
    /// Whether a `!reset` or `!override` is somewhere in it.
    is_marked: bool,
    /// How many collections lie in each other, itself counted.
    depth: usize,
}

impl Inside {
    fn of<'a>(nodes: impl Iterator<Item = &'a Node>) -> Self {
        let join = |all: Self, node: &Node| Self {
            is_marked: all.is_marked || node.is_marked(),
            depth: all.depth.max(1 + node.depth()),
        };
        nodes.fold(Self { is_marked: false, depth: 1 }, join)
    }
}

impl Node {
    /// A text, as if it were quoted.
    pub(crate) fn text(text: &str, origin: Origin) -> Self {
        Self::Scalar(Rc::new(Scalar { text: text.into(), kind: Kind::Text, origin }))
    }

    pub(crate) fn sequence(items: Vec<Self>) -> Self {
        let inside = Inside::of(items.iter());
        Self::Sequence(Rc::new(Sequence { items, inside }))
    }

    pub(crate) fn mapping(entries: BTreeMap<Rc<str>, Self>) -> Self {
        let inside = Inside::of(entries.values());
        Self::Mapping(Rc::new(Mapping { entries, inside }))
    }

    /// Whether a `!reset` or `!override` is in it.
    pub(crate) fn is_marked(&self) -> bool {
        match self {
            Self::Scalar(_) => false,
            Self::Sequence(sequence) => sequence.inside.is_marked,
            Self::Mapping(mapping) => mapping.inside.is_marked,
            Self::Reset | Self::Override(_) => true,
        }
    }

    /// How many collections lie in each other. Aliases can name what is deep, so the text alone does not tell.
    pub(super) fn depth(&self) -> usize {
        match self {
            Self::Scalar(_) | Self::Reset => 0,
            Self::Sequence(sequence) => sequence.inside.depth,
            Self::Mapping(mapping) => mapping.inside.depth,
            Self::Override(inner) => inner.depth(),
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Scalar(scalar) if scalar.kind == Kind::Null)
    }

    pub(crate) fn as_scalar(&self) -> Option<&Rc<Scalar>> {
        match self {
            Self::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    pub(crate) fn as_items(&self) -> Option<&[Self]> {
        match self {
            Self::Sequence(sequence) => Some(&sequence.items),
            _ => None,
        }
    }

    pub(crate) fn as_entries(&self) -> Option<&BTreeMap<Rc<str>, Self>> {
        match self {
            Self::Mapping(mapping) => Some(&mapping.entries),
            _ => None,
        }
    }

    /// The value of a name, if this is a mapping that has it.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        self.as_entries()?.get(name)
    }

    /// The value at the end of several names.
    pub(crate) fn at(&self, names: &[&str]) -> Option<&Self> {
        names.iter().try_fold(self, |node, name| node.get(name))
    }
}
