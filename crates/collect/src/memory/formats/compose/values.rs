//! Single values of a service: with variables replaced, as what their key wants. What cannot be read is unknown.

use super::project::{Project, Value};
use crate::memory::units;
use crate::redact;
use crate::yaml::{Kind, Node, Spent};

/// A value, with its variables replaced.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Reading {
    Absent,
    Text(String),
    Int(i64),
    Float(f64),
    Bool(bool),
    /// It is there, and what it says is not known.
    Unknown,
}

/// The values of one service.
pub(super) struct Fields<'a, 'b> {
    pub(super) project: &'a mut Project<'b>,
    pub(super) service: &'a str,
    /// The keys of what is not known.
    pub(super) unread: Vec<String>,
}

impl Fields<'_, '_> {
    /// Notes a value that cannot be read.
    pub(super) fn refused(&mut self, key: &str, reason: &str) {
        self.project.warnings.push(format!("`{}.{key}`: {reason}", self.service));
        self.unread.push(key.to_owned());
    }

    /// Notes that two keys ask for different things.
    pub(super) fn differ(&mut self, keys: &str) {
        self.project
            .warnings
            .push(format!("service `{}`: {keys} differ, which compose refuses", self.service));
    }

    pub(super) fn read(&mut self, node: Option<&Node>, key: &str) -> Result<Reading, Spent> {
        let scalar = match node {
            None => return Ok(Reading::Absent),
            Some(Node::Scalar(scalar)) => scalar,
            Some(_) => {
                self.refused(key, "a list or a mapping is not what compose reads here");
                return Ok(Reading::Unknown);
            }
        };
        Ok(match scalar.kind {
            Kind::Null => Reading::Absent,
            Kind::Bool(flag) => Reading::Bool(flag),
            Kind::Int(whole) => Reading::Int(whole),
            Kind::Float(float) => Reading::Float(float),
            Kind::Text => match self.project.value(scalar)? {
                Value::Known(text) => Reading::Text(text),
                Value::Unknown(reason) => {
                    self.refused(key, &reason);
                    Reading::Unknown
                }
            },
        })
    }

    fn parsed<T>(
        &mut self,
        node: Option<&Node>,
        key: &str,
        parse: impl FnOnce(&Reading) -> Option<T>,
    ) -> Result<Option<T>, Spent> {
        let reading = self.read(node, key)?;
        if matches!(reading, Reading::Absent | Reading::Unknown) {
            return Ok(None);
        }
        let parsed = parse(&reading);
        if parsed.is_none() {
            self.refused(key, "not of a form that compose reads");
        }
        Ok(parsed)
    }

    /// A size as go-units reads it. A whole number is bytes, so that `-1` works.
    pub(super) fn bytes(&mut self, node: Option<&Node>, key: &str) -> Result<Option<i64>, Spent> {
        self.parsed(node, key, |reading| match reading {
            Reading::Int(bytes) => Some(*bytes),
            Reading::Text(text) => text.parse().ok().or_else(|| i64::try_from(units::ram(text)?).ok()),
            _ => None,
        })
    }

    pub(super) fn integer(&mut self, node: Option<&Node>, key: &str) -> Result<Option<i64>, Spent> {
        self.parsed(node, key, |reading| match reading {
            Reading::Int(whole) => Some(*whole),
            Reading::Text(text) => text.parse().ok(),
            _ => None,
        })
    }

    /// Thousandths of a number of CPUs.
    pub(super) fn cpu_millis(&mut self, node: Option<&Node>, key: &str) -> Result<Option<u64>, Spent> {
        self.parsed(node, key, |reading| {
            let cpus = match reading {
                #[expect(clippy::cast_precision_loss, reason = "nobody has so many CPUs")]
                Reading::Int(whole) => *whole as f64,
                Reading::Float(cpus) => *cpus,
                Reading::Text(text) => text.parse().ok()?,
                _ => return None,
            };
            units::whole((cpus * 1000.0).round())
        })
    }

    /// Compose still takes what YAML 1.1 called a truth value, where it wants one.
    pub(super) fn boolean(&mut self, node: Option<&Node>, key: &str) -> Result<Option<bool>, Spent> {
        self.parsed(node, key, |reading| match reading {
            Reading::Bool(flag) => Some(*flag),
            Reading::Text(text) => match text.to_ascii_lowercase().as_str() {
                "true" | "y" | "yes" | "on" => Some(true),
                "false" | "n" | "no" | "off" => Some(false),
                _ => None,
            },
            _ => None,
        })
    }

    /// Go, `time.ParseDuration`, which knows no days.
    pub(super) fn duration_ms(&mut self, node: Option<&Node>, key: &str) -> Result<Option<u64>, Spent> {
        self.parsed(node, key, |reading| match reading {
            Reading::Int(0) => Some(0),
            Reading::Text(text) if !text.contains('d') => {
                units::duration_ms(text.strip_prefix('+').unwrap_or(text))
            }
            _ => None,
        })
    }

    /// A text as it is written; with its variables replaced only if that gives one of the texts that are expected.
    pub(super) fn one_of(
        &mut self,
        node: Option<&Node>,
        key: &str,
        is_expected: impl Fn(&str) -> bool,
    ) -> Result<Option<String>, Spent> {
        let Some(scalar) = node.and_then(Node::as_scalar).filter(|scalar| scalar.kind != Kind::Null) else {
            return Ok(None);
        };
        if !scalar.text.contains('$') {
            self.project.budget.pay_text(&scalar.text)?;
            if !is_expected(&scalar.text) && key == "restart" {
                self.refused(key, "not of a form that compose reads");
            }
            return Ok(Some(redact::credentials(scalar.text.trim()).into_owned()));
        }
        self.parsed(node, key, |reading| match reading {
            Reading::Text(text) => Some(text.clone()).filter(|text| is_expected(text)),
            _ => None,
        })
    }

    /// A list of texts as they are written, secrets in them not yet replaced.
    pub(super) fn written(&mut self, node: Option<&Node>) -> Result<Vec<String>, Spent> {
        let mut texts = Vec::new();
        for scalar in node.and_then(Node::as_items).into_iter().flatten().filter_map(Node::as_scalar) {
            self.project.budget.pay_text(&scalar.text)?;
            texts.push(scalar.text.to_string());
        }
        Ok(texts)
    }

    /// A list of names as they are written.
    pub(super) fn texts(&mut self, node: Option<&Node>, key: &str) -> Result<Vec<String>, Spent> {
        if node.is_some_and(|node| !node.is_null() && node.as_items().is_none()) {
            self.refused(key, "not a list");
        }
        let texts = self.written(node)?;
        Ok(texts.iter().map(|text| redact::credentials(text).into_owned()).collect())
    }
}
