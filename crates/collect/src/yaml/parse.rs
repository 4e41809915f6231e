//! The documents of a YAML text. Anchors, aliases and merge keys are resolved as yaml.v3 of Go does.

use std::borrow::Cow;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use granit_parser::{Event, Options, Parser, ScalarStyle, Span, Tag};

use super::budget::{Budget, Spent};
use super::node::Node;
use super::scalar::{Kind, Origin, Scalar};

/// Why a text is no YAML. Parsers quote what they read, so the reason is one of ours and quotes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// From 1.
    line: Option<usize>,
    reason: Cow<'static, str>,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(out, "line {line}: {}", self.reason),
            None => out.write_str(&self.reason),
        }
    }
}

impl Fault {
    fn at(span: Span, reason: &'static str) -> Self {
        Self { line: Some(span.start.line()), reason: reason.into() }
    }
}

impl From<Spent> for Fault {
    fn from(spent: Spent) -> Self {
        Self { line: None, reason: spent.to_string().into() }
    }
}

/// How deep values may lie in each other.
const MAX_DEPTH: usize = 100;

const TOO_DEEP: &str = "values inside values, more than 100 deep";

/// The documents of a text that are not empty.
pub(crate) fn parse(text: &str, origin: Origin, budget: &Budget) -> Result<Vec<Node>, Fault> {
    let mut options = Options::default();
    options.set_emit_comments(false);
    let mut builder =
        Builder { origin, budget, anchors: HashMap::new(), open: Vec::new(), documents: Vec::new() };
    let mut parser = Parser::new_from_str_with_options(text, options);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| {
            // What is missing at the end is missed behind the last line.
            let last = text.lines().count().max(1);
            Fault { line: Some(error.marker().line().min(last)), reason: "no valid YAML".into() }
        })?;
        builder.take(event, span)?;
    }
    Ok(builder.documents)
}

struct Builder<'a> {
    origin: Origin,
    budget: &'a Budget,
    /// What each anchor names; `None` while it is open.
    anchors: HashMap<usize, Option<Node>>,
    /// The collections that are not closed yet.
    open: Vec<Open>,
    documents: Vec<Node>,
}

struct Open {
    anchor: usize,
    mark: Mark,
    content: Content,
}

enum Content {
    Items(Vec<Node>),
    Entries {
        entries: BTreeMap<Rc<str>, Node>,
        /// What `<<` names, first things first.
        merged: Vec<Node>,
        key: Option<Key>,
    },
}

enum Key {
    Name(Rc<str>),
    Merge,
}

/// What a tag asks of the value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    None,
    Reset,
    Override,
}

impl Mark {
    fn of(tag: Option<&Tag>) -> Self {
        match tag.map(Tag::original).as_deref() {
            Some("!reset") => Self::Reset,
            Some("!override") => Self::Override,
            _ => Self::None,
        }
    }

    fn on(self, node: Node) -> Node {
        match self {
            Self::None => node,
            Self::Reset => Node::Reset,
            Self::Override => Node::Override(Rc::new(node)),
        }
    }
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Fault> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.budget.pay_text(&text)?;
                let is_plain = style == ScalarStyle::Plain;
                if self.wants_key() {
                    return self.key(&text, is_plain, anchor, span);
                }
                let tag = tag.as_deref();
                let kind = match tag.and_then(Tag::core_suffix) {
                    Some(core) => Kind::of_tag(core, &text)
                        .ok_or_else(|| Fault::at(span, "a value that is not what its tag says"))?,
                    None if is_plain && tag.is_none_or(|_| Mark::of(tag) != Mark::None) => {
                        Kind::of_plain(&text)
                    }
                    None => Kind::Text,
                };
                let node = Node::Scalar(Rc::new(Scalar { text: (&*text).into(), kind, origin: self.origin }));
                self.value(Mark::of(tag).on(node), anchor, span)
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.open(anchor, Mark::of(tag.as_deref()), Content::Items(Vec::new()), span)
            }
            Event::MappingStart(_, anchor, tag) => {
                let content = Content::Entries { entries: BTreeMap::new(), merged: Vec::new(), key: None };
                self.open(anchor, Mark::of(tag.as_deref()), content, span)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Alias(anchor) => {
                self.budget.pay(1)?;
                let node = match self.anchors.get(&anchor) {
                    Some(Some(node)) => node.clone(),
                    _ => return Err(Fault::at(span, "an alias inside what it names")),
                };
                if self.wants_key() {
                    let Some(scalar) = node.as_scalar() else {
                        return Err(Fault::at(span, "a key that is not text"));
                    };
                    let text = scalar.text.clone();
                    return self.key(&text, false, 0, span);
                }
                self.value(node, 0, span)
            }
            Event::UnresolvedAlias(_) => Err(Fault::at(span, "an alias of no anchor")),
            Event::DocumentStart(..) => {
                self.anchors.clear();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn wants_key(&self) -> bool {
        matches!(self.open.last().map(|open| &open.content), Some(Content::Entries { key: None, .. }))
    }

    fn open(&mut self, anchor: usize, mark: Mark, content: Content, span: Span) -> Result<(), Fault> {
        self.budget.pay(1)?;
        if self.wants_key() {
            return Err(Fault::at(span, "a key that is not text"));
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(Fault::at(span, TOO_DEEP));
        }
        if anchor != 0 {
            self.anchors.insert(anchor, None);
        }
        self.open.push(Open { anchor, mark, content });
        Ok(())
    }

    fn key(&mut self, text: &str, is_plain: bool, anchor: usize, span: Span) -> Result<(), Fault> {
        if anchor != 0 {
            self.anchors.insert(anchor, Some(Node::text(text, self.origin)));
        }
        if let Some(Open { content: Content::Entries { key, entries, .. }, .. }) = self.open.last_mut() {
            if is_plain && text == "<<" {
                *key = Some(Key::Merge);
            } else if entries.contains_key(text) {
                return Err(Fault::at(span, "a key that its mapping already has"));
            } else {
                *key = Some(Key::Name(text.into()));
            }
        }
        Ok(())
    }

    fn value(&mut self, node: Node, anchor: usize, span: Span) -> Result<(), Fault> {
        if anchor != 0 {
            self.anchors.insert(anchor, Some(node.clone()));
        }
        match self.open.last_mut().map(|open| &mut open.content) {
            None => {
                if !node.is_null() {
                    self.documents.push(node);
                }
            }
            Some(Content::Items(items)) => items.push(node),
            Some(Content::Entries { entries, merged, key }) => match key.take() {
                Some(Key::Name(name)) => drop(entries.insert(name, node)),
                Some(Key::Merge) => match &node {
                    Node::Mapping(_) => merged.push(node),
                    Node::Sequence(sequence)
                        if sequence.items.iter().all(|item| item.as_entries().is_some()) =>
                    {
                        merged.extend(sequence.items.iter().cloned());
                    }
                    _ => return Err(Fault::at(span, "`<<` merges mappings alone")),
                },
                None => return Err(Fault::at(span, "a value without a key")),
            },
        }
        Ok(())
    }

    fn close(&mut self, span: Span) -> Result<(), Fault> {
        let Some(Open { anchor, mark, content }) = self.open.pop() else { return Ok(()) };
        let node = match content {
            // What `!reset` is on is no item.
            Content::Items(items) => {
                Node::sequence(items.into_iter().filter(|item| !matches!(item, Node::Reset)).collect())
            }
            Content::Entries { mut entries, merged, .. } => {
                for mapping in merged.iter().filter_map(Node::as_entries) {
                    self.budget.pay(mapping.len())?;
                    for (name, value) in mapping {
                        if let Entry::Vacant(place) = entries.entry(Rc::clone(name)) {
                            place.insert(value.clone());
                        }
                    }
                }
                Node::mapping(entries)
            }
        };
        // Aliases can put what is deep into what is deep.
        if node.depth() > MAX_DEPTH {
            return Err(Fault::at(span, TOO_DEEP));
        }
        self.value(mark.on(node), anchor, span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<serde_json::Value>, String> {
        let budget = Budget::default();
        let documents = parse(text, Origin(0), &budget).map_err(|fault| fault.to_string())?;
        documents.iter().map(|node| node.to_json(&budget).map_err(|spent| spent.to_string())).collect()
    }

    #[test]
    fn merge_keys_give_what_is_not_there() {
        let text = "x: &x {a: 1, b: 2}\ny: {b: 3, <<: *x}\nz: {<<: [{a: 9}, *x]}\n---\n---\nz: yes";
        let read = read(text).unwrap();
        assert_eq!(read[0]["y"], serde_json::json!({"a": 1, "b": 3}));
        assert_eq!(read[0]["z"], serde_json::json!({"a": 9, "b": 2}));
        assert_eq!((read.len(), &read[1]["z"]), (2, &serde_json::json!("yes")));
    }

    #[test]
    fn faults_name_their_line_and_quote_nothing() {
        for (text, expected) in [
            ("a: [1", "line 1: no valid YAML"),
            ("a: 1\nb: 2\na: 3", "line 3: a key that its mapping already has"),
            ("a: &a {b: *a}", "line 1: an alias inside what it names"),
            ("<<: 1", "line 1: `<<` merges mappings alone"),
            ("? [a]\n: 1", "line 1: a key that is not text"),
            ("a: !!int s3cret", "line 1: a value that is not what its tag says"),
        ] {
            let found = read(text).unwrap_err();
            assert!(!found.contains("s3cret"), "{found}");
            assert!(found == expected || found.ends_with("no valid YAML"), "{text}: {found}");
        }
        let deep = (1..500).fold(String::from("a0: &a0 [x]\n"), |text, at| {
            text + &format!("a{at}: &a{at} [*a{}]\n", at - 1)
        });
        assert!(read(&deep).unwrap_err().contains("more than 100 deep"));
        assert!(read(&"[".repeat(200)).is_err());
    }

    #[test]
    fn marks_stay_with_their_values() {
        let budget = Budget::default();
        let text = "a: !reset null\nb: !override {c: 1}\nd: [1, !reset x]\n<<: {e: !reset}";
        let read = parse(text, Origin(0), &budget).unwrap().remove(0);
        assert!(matches!(read.get("a"), Some(Node::Reset)));
        assert!(matches!(read.get("b"), Some(Node::Override(_))));
        assert_eq!(read.get("d").and_then(Node::as_items).map(<[Node]>::len), Some(1));
        assert!(matches!(read.get("e"), Some(Node::Reset)) && read.is_marked());
    }

    /// "Billion laughs": the tree is as small as its text, and who walks it is stopped.
    #[test]
    fn aliases_of_aliases_cost_no_more_than_the_budget() {
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..12 {
            let names = vec![format!("*a{}", level - 1); 10].join(", ");
            text += &format!("a{level}: &a{level} [{names}]\n");
        }
        let budget = Budget::default();
        let documents = parse(&text, Origin(0), &budget).unwrap();
        assert!(budget.used() < 1000, "{}", budget.used());
        assert_eq!(documents[0].to_json(&budget), Err(Spent));
        let mut merges = String::from("a: &a {b: 1, c: 2, d: 3}\n");
        (0..2000).for_each(|at| merges += &format!("s{at}: {{<<: *a}}\n"));
        let budget = Budget::default();
        parse(&merges, Origin(0), &budget).unwrap();
        assert!(budget.used() < 20_000, "{}", budget.used());
    }
}
