//! A Compose file that is being changed: keys are set where they belong, and comments and layout stay.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use granit_parser::{Event, Options, Parser, Span, StructureStyle};

use super::edits::Edits;
use super::refusal::Refusal;
use crate::lines::{Line, Yaml};

/// How deep values may lie in each other.
const MAX_DEPTH: usize = 100;

/// A Compose file that is being changed.
pub(super) struct ComposeFile<'a> {
    text: &'a str,
    root: Node,
    edits: Edits,
    /// The anchors that something refers to.
    named: BTreeSet<usize>,
    /// The mappings that were empty, and got their first key.
    begun: BTreeSet<usize>,
}

/// What a key is set to.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Word(Line<Yaml>),
    Keys(Vec<(&'static str, Self)>),
}

impl Value {
    pub(super) fn word(word: impl Into<Line<Yaml>>) -> Self {
        Self::Word(word.into())
    }

    /// Keys below each other, the last one with a value.
    pub(super) fn below<const N: usize>(keys: [&'static str; N], value: Self) -> Self {
        keys.into_iter().rev().fold(value, |value, key| Self::Keys(vec![(key, value)]))
    }

    /// Values with what they have in common written once.
    pub(super) fn joined(values: Vec<(&'static str, Self)>) -> Vec<(&'static str, Self)> {
        let mut joined: Vec<(&'static str, Self)> = Vec::new();
        for (key, value) in values {
            match (joined.iter_mut().find(|(known, _)| *known == key), value) {
                (Some((_, Self::Keys(known))), Self::Keys(more)) => {
                    *known = Self::joined(std::mem::take(known).into_iter().chain(more).collect());
                }
                (Some(known), value) => known.1 = value,
                (None, value) => joined.push((key, value)),
            }
        }
        joined
    }
}

/// A value, and where it is written.
#[derive(Clone, Debug)]
struct Node {
    range: Range<usize>,
    /// Zero without one.
    anchor: usize,
    form: Form,
}

#[derive(Clone, Debug)]
enum Form {
    Scalar(String),
    Sequence,
    Alias,
    Mapping {
        is_flow: bool,
        /// The column of its keys.
        indent: usize,
        entries: BTreeMap<String, Node>,
    },
}

/// Where the image of a service is built, as a Compose file writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComposeBuild {
    /// The service.
    pub service: String,
    /// The build context; `None` if the service has no `build`.
    pub context: Option<String>,
    /// The Dockerfile, if it is named.
    pub dockerfile: Option<String>,
}

/// The services of a Compose file. `None` if the text is not a Compose file that can be edited.
#[must_use]
pub fn builds(text: &str) -> Option<Vec<ComposeBuild>> {
    let file = ComposeFile::parse(text)?;
    let Form::Mapping { entries, .. } = &file.root.get("services")?.form else { return None };
    let word = |service: &str, keys: &[&str]| file.word(service, keys).map(str::to_owned);
    let build = |name: &String| {
        let context = word(name, &["build"]).or_else(|| word(name, &["build", "context"]));
        ComposeBuild {
            service: name.clone(),
            context: context.or_else(|| file.has(name, &["build"]).then(|| ".".to_owned())),
            dockerfile: word(name, &["build", "dockerfile"]),
        }
    };
    Some(entries.keys().map(build).collect())
}

impl<'a> ComposeFile<'a> {
    /// `None` if the text is no YAML with services.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let mut options = Options::default();
        options.set_emit_comments(false);
        let mut builder = Builder::default();
        let mut parser = Parser::new_from_str_with_options(text, options);
        while builder.root.is_none() {
            let (event, span) = parser.next_event()?.ok()?;
            if matches!(event, Event::StreamEnd) {
                break;
            }
            builder.take(&event, place(text, &span)?, span.start.col())?;
        }
        let root = builder.root?;
        let Form::Mapping { entries, .. } = &root.form else { return None };
        entries.get("services").filter(|services| matches!(services.form, Form::Mapping { .. }))?;
        Some(Self { text, root, edits: Edits::default(), named: builder.named, begun: BTreeSet::new() })
    }

    /// The text with all changes.
    pub(super) fn changed(&self) -> String {
        self.edits.apply(self.text)
    }

    fn service(&self, name: &str) -> Option<&Node> {
        self.root.get("services")?.get(name)
    }

    /// A text that a service has at some keys.
    pub(super) fn word(&self, service: &str, keys: &[&str]) -> Option<&str> {
        let node = keys.iter().try_fold(self.service(service)?, |node, key| node.get(key))?;
        if let Form::Scalar(text) = &node.form { Some(text) } else { None }
    }

    /// Whether a service has a key.
    pub(super) fn has(&self, service: &str, keys: &[&str]) -> bool {
        let node = |service| keys.iter().try_fold(service, |node: &Node, key| node.get(key));
        self.service(service).and_then(node).is_some()
    }

    /// Sets keys of a service. All of them, or none.
    pub(super) fn set(&mut self, service: &str, values: &[(&'static str, Value)]) -> Result<(), Refusal> {
        let node = self.service(service).cloned().ok_or_else(|| form(service))?;
        let before = (self.edits.clone(), self.begun.clone());
        let result = self.merge(&node, &Value::Keys(values.to_vec()), service);
        if result.is_err() {
            (self.edits, self.begun) = before;
        }
        result
    }

    /// Whether keys of a service would change; the error is why they cannot be set.
    pub(super) fn would_change(
        &mut self,
        service: &str,
        values: &[(&'static str, Value)],
    ) -> Result<bool, Refusal> {
        let before = (self.edits.clone(), self.begun.clone());
        let result = self.set(service, values).map(|()| self.edits != before.0);
        (self.edits, self.begun) = before;
        result
    }

    /// Replaces the text of a key by another value.
    pub(super) fn replace(&mut self, service: &str, key: &'static str, value: &Value) -> Result<(), Refusal> {
        let node = self.service(service).and_then(|node| node.get(key)).cloned().ok_or_else(|| form(key))?;
        self.expect_own(&node, key)?;
        if !matches!(node.form, Form::Scalar(_) | Form::Sequence) {
            return Err(form(key));
        }
        Ok(self.edits.replace(node.range, &flow(value))?)
    }

    /// Refuses a value that has another name elsewhere: a change would change both.
    fn expect_own(&self, node: &Node, key: &str) -> Result<(), Refusal> {
        let is_shared = node.anchor != 0 && self.named.contains(&node.anchor);
        if is_shared || matches!(node.form, Form::Alias) { Err(form(key)) } else { Ok(()) }
    }

    fn merge(&mut self, node: &Node, value: &Value, key: &str) -> Result<(), Refusal> {
        self.expect_own(node, key)?;
        match (value, &node.form) {
            (Value::Word(word), Form::Scalar(text)) => {
                // A variable has its value elsewhere; `$$` is a dollar sign.
                if text.replace("$$", "").contains('$') {
                    return Err(form(key));
                }
                let written = self.text.get(node.range.clone()).unwrap_or_default();
                if written == word.as_str() || text == word.trim_matches('"') {
                    return Ok(());
                }
                if node.range.is_empty() {
                    return Ok(self.edits.insert(node.range.start, &format!(" {}", word.as_str()))?);
                }
                Ok(self.edits.replace(node.range.clone(), word)?)
            }
            (Value::Word(word), Form::Sequence) => {
                // A list in lines begins on its own line, and one on a line replaces it as a whole.
                let starts_line = self.line_of(node.range.start).trim_start().starts_with('-');
                if starts_line { Err(form(key)) } else { Ok(self.edits.replace(node.range.clone(), word)?) }
            }
            (Value::Keys(values), Form::Mapping { is_flow, indent, entries }) => {
                for (key, value) in values {
                    match entries.get(*key) {
                        Some(node) => self.merge(node, value, key)?,
                        None if *is_flow => self.insert_in_flow(node, entries.is_empty(), key, value)?,
                        None => self.insert_in_block(node, *indent, key, value)?,
                    }
                }
                Ok(())
            }
            _ => Err(form(key)),
        }
    }

    fn insert_in_flow(
        &mut self,
        node: &Node,
        is_empty: bool,
        key: &str,
        value: &Value,
    ) -> Result<(), Refusal> {
        let close = node.range.end.saturating_sub(1);
        let inside = self.text.get(node.range.start..close).unwrap_or_default().trim_end();
        let at = node.range.start + inside.len();
        let is_first = is_empty && self.begun.insert(at);
        let comma = if is_first || inside.ends_with(',') { "" } else { ", " };
        Ok(self.edits.insert(at, &format!("{comma}{key}: {}", flow(value)))?)
    }

    fn insert_in_block(
        &mut self,
        node: &Node,
        indent: usize,
        key: &str,
        value: &Value,
    ) -> Result<(), Refusal> {
        let written = self.text.get(..node.range.end).unwrap_or_default().trim_end().len();
        let at = self.text[written..].find('\n').map_or(self.text.len(), |at| written + at);
        let at = if self.text[..at].ends_with('\r') { at - 1 } else { at };
        let line = if self.text.contains("\r\n") { "\r\n" } else { "\n" };
        let lines = block(key, value, indent).join(line);
        Ok(self.edits.insert(at, &format!("{line}{lines}"))?)
    }

    fn line_of(&self, at: usize) -> &str {
        let start = self.text[..at].rfind('\n').map_or(0, |at| at + 1);
        self.text[start..].lines().next().unwrap_or_default()
    }
}

fn form(key: &str) -> Refusal {
    Refusal::ComposeForm { key: key.to_owned() }
}

/// A value on one line.
fn flow(value: &Value) -> String {
    match value {
        Value::Word(word) => word.as_str().to_owned(),
        Value::Keys(values) => {
            let inside: Vec<String> =
                values.iter().map(|(key, value)| format!("{key}: {}", flow(value))).collect();
            format!("{{{}}}", inside.join(", "))
        }
    }
}

/// A key and its value on lines.
fn block(key: &str, value: &Value, indent: usize) -> Vec<String> {
    match value {
        Value::Word(word) => vec![format!("{:indent$}{key}: {}", "", word.as_str())],
        Value::Keys(values) => std::iter::once(format!("{:indent$}{key}:", ""))
            .chain(values.iter().flat_map(|(key, value)| block(key, value, indent + 2)))
            .collect(),
    }
}

impl Node {
    fn get(&self, key: &str) -> Option<&Self> {
        if let Form::Mapping { entries, .. } = &self.form { entries.get(key) } else { None }
    }
}

/// Where an event stands in the text, in bytes.
fn place(text: &str, span: &Span) -> Option<Range<usize>> {
    let byte = |marker: granit_parser::Marker| {
        marker.byte_offset().or_else(|| {
            let mut indices = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            indices.nth(marker.index())
        })
    };
    let (start, end) = (byte(span.start)?, byte(span.end)?);
    (start <= end && text.is_char_boundary(start) && text.is_char_boundary(end)).then_some(start..end)
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    named: BTreeSet<usize>,
    root: Option<Node>,
}

struct Open {
    node: Node,
    key: Option<String>,
}

impl Builder {
    /// `None` if the text is no tree that can be edited.
    fn take(&mut self, event: &Event<'_>, range: Range<usize>, column: usize) -> Option<()> {
        match event {
            Event::Scalar(text, _, anchor, _) => {
                let form = Form::Scalar(text.clone().into_owned());
                self.add(Node { range, anchor: *anchor, form }, column)
            }
            Event::Alias(anchor) => {
                self.named.insert(*anchor);
                self.add(Node { range, anchor: 0, form: Form::Alias }, column)
            }
            Event::SequenceStart(_, anchor, _) => self.push(range, *anchor, Form::Sequence),
            Event::MappingStart(style, anchor, _) => {
                let is_flow = *style == StructureStyle::Flow;
                let form = Form::Mapping { is_flow, indent: column, entries: BTreeMap::new() };
                self.push(range, *anchor, form)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let mut node = self.open.pop()?.node;
                // A block ends with its last value: the next thing begins behind comments.
                let has_bracket = node.range.end < range.end;
                let is_block = matches!(node.form, Form::Mapping { is_flow: false, .. });
                if has_bracket && !is_block {
                    node.range.end = range.end;
                }
                self.add(node, column)
            }
            _ => Some(()),
        }
    }

    fn push(&mut self, range: Range<usize>, anchor: usize, form: Form) -> Option<()> {
        self.open.push(Open { node: Node { range, anchor, form }, key: None });
        (self.open.len() <= MAX_DEPTH).then_some(())
    }

    fn add(&mut self, node: Node, column: usize) -> Option<()> {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Some(());
        };
        open.node.range.end = open.node.range.end.max(node.range.end);
        if let Form::Mapping { is_flow, indent, entries } = &mut open.node.form {
            match open.key.take() {
                None => {
                    // The mapping begins at its first key, wherever its anchor stands.
                    if entries.is_empty() && !*is_flow {
                        *indent = column;
                    }
                    let Form::Scalar(key) = node.form else { return None };
                    open.key = Some(key);
                }
                Some(key) => _ = entries.insert(key, node),
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lines::yaml;

    fn set(text: &str, service: &str, values: &[(&'static str, Value)]) -> Result<String, Refusal> {
        let mut file = ComposeFile::parse(text).unwrap();
        file.set(service, values)?;
        Ok(file.changed())
    }

    fn limit() -> (&'static str, Value) {
        ("deploy", Value::below(["resources", "limits", "memory"], Value::word("1024M")))
    }

    #[test]
    fn keys_are_added_behind_the_last_one() {
        let text = "# stack\nservices:\n  db: {image: pg} # small\n  app:\n    image: x # why\n    command: |\n      a\n      b\n\n  # the page\n  web:\n    image: y\n";
        let log = ("logging", Value::Keys(vec![("driver", Value::word("json-file"))]));
        assert_eq!(
            set(text, "app", &[limit(), log.clone()]).unwrap(),
            text.replace(
                "      b\n",
                "      b\n    deploy:\n      resources:\n        limits:\n          memory: 1024M\n    logging:\n      driver: json-file\n"
            )
        );
        assert_eq!(
            set(text, "db", &[limit(), log]).unwrap(),
            text.replace(
                "{image: pg}",
                "{image: pg, deploy: {resources: {limits: {memory: 1024M}}}, logging: {driver: json-file}}"
            )
        );
        let end = "services:\r\n  web:\r\n    image: y";
        assert_eq!(
            set(end, "web", &[("shm_size", Value::word("128M"))]).unwrap(),
            format!("{end}\r\n    shm_size: 128M")
        );
    }

    #[test]
    fn what_is_there_is_changed_in_its_place() {
        let text = "services:\n  a:\n    deploy: {resources: {limits: {memory: 512M, cpus: \"1.0\"}}}\n    healthcheck:\n      interval: 5s # often\n      test: [\"CMD\", \"x\"]\n";
        assert_eq!(set(text, "a", &[limit()]).unwrap(), text.replace("512M", "1024M"));
        let check = (
            "healthcheck",
            Value::Keys(vec![
                ("interval", Value::word("30s")),
                ("test", Value::word(yaml::list(&["CMD".to_owned(), "y".to_owned()]))),
            ]),
        );
        assert_eq!(
            set(text, "a", &[check]).unwrap(),
            text.replace("5s", "30s").replace("[\"CMD\", \"x\"]", "[\"CMD\", \"y\"]")
        );
        let same = "services:\n  a:\n    shm_size: \"64M\"\n";
        assert_eq!(set(same, "a", &[("shm_size", Value::word("64M"))]).unwrap(), same);
    }

    #[test]
    fn what_others_share_or_variables_hold_is_left() {
        for text in [
            "services:\n  a: &a\n    image: x\n  b: *a\n",
            "x: &d {resources: {}}\nservices:\n  a:\n    deploy: *d\n",
            "services:\n  a:\n    deploy: {resources: {limits: {memory: \"${M}\"}}}\n",
            "services:\n  a:\n    deploy: x\n",
            "services:\n  a:\n    - x\n",
            "services:\n  b: {}\n",
        ] {
            assert!(matches!(set(text, "a", &[limit()]), Err(Refusal::ComposeForm { .. })), "{text}");
        }
        let merged = "x-base: &base\n  restart: always\nservices:\n  a:\n    <<: *base\n    image: x\n";
        assert!(set(merged, "a", &[limit()]).unwrap().ends_with("          memory: 1024M\n"));
    }

    #[test]
    fn keys_in_common_are_written_once() {
        let below = |kind, bytes| ("deploy", Value::below(["resources", kind, "memory"], Value::word(bytes)));
        let values = Value::joined(vec![below("limits", "2M"), below("reservations", "1M")]);
        assert_eq!(
            set("services:\n  a:\n    image: x\n", "a", &values).unwrap(),
            "services:\n  a:\n    image: x\n    deploy:\n      resources:\n        limits:\n          memory: 2M\n        reservations:\n          memory: 1M\n"
        );
    }

    #[test]
    fn hostile_texts_are_no_compose_files() {
        let deep = format!("services: {}", "[".repeat(100_000));
        for text in [
            "",
            "- a",
            "a: b",
            "services:",
            "services: [",
            "services: {? {a: b} : c}",
            &deep,
            "services:\n\ta: b",
        ] {
            assert!(ComposeFile::parse(text).is_none(), "{text:.20}");
        }
    }
}
