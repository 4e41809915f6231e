//! Joins what several files say of the same services (compose-spec, 13-merge.md; compose-go, `override/merge.go`).

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::yaml::{Budget, Node, Origin, Spent};

/// Where two values meet, as far as the rules differ by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// All services of a file.
    Services,
    Service,
    /// `command`, `entrypoint`, `healthcheck.test`: the later one is taken, even if it is null.
    Replaced,
    /// A list or a mapping, joined as a list of `NAME=VALUE`.
    Listed,
    DependsOn,
    Logging,
    Build,
    Deploy,
    HealthCheck,
    /// A list of names or a mapping of them.
    Named,
    /// `profiles`: a list in which each text is once.
    Distinct,
    Ulimits,
    Other,
}

impl Place {
    fn inside(self, key: &str) -> Self {
        match (self, key) {
            (Self::Services, _) => Self::Service,
            (Self::Service, "command" | "entrypoint") | (Self::HealthCheck, "test") | (Self::Ulimits, _) => {
                Self::Replaced
            }
            (Self::Service, "depends_on") => Self::DependsOn,
            (Self::Service, "logging") => Self::Logging,
            (Self::Service, "build") => Self::Build,
            (Self::Service, "deploy") => Self::Deploy,
            (Self::Service, "healthcheck") => Self::HealthCheck,
            (Self::Service, "networks") => Self::Named,
            (Self::Service, "profiles") => Self::Distinct,
            (Self::Service, "ulimits") => Self::Ulimits,
            (
                Self::Service,
                "environment" | "env_file" | "label_file" | "labels" | "annotations" | "dns" | "dns_opt"
                | "dns_search" | "extra_hosts" | "sysctls" | "tmpfs",
            )
            | (Self::Build, "args" | "labels" | "additional_contexts" | "extra_hosts")
            | (Self::Deploy, "labels") => Self::Listed,
            _ => Self::Other,
        }
    }
}

/// Merges, and remembers what Compose refuses.
pub(super) struct Merge<'a> {
    pub(super) budget: &'a Budget,
    /// Whether `!reset` and `!override` stay, for another merge.
    pub(super) keeps_marks: bool,
    /// The places of values that cannot be joined.
    pub(super) refused: Vec<String>,
}

impl<'a> Merge<'a> {
    pub(super) fn new(budget: &'a Budget, keeps_marks: bool) -> Self {
        Self { budget, keeps_marks, refused: Vec::new() }
    }

    /// The second over the first; `None` where nothing is left.
    pub(super) fn join(
        &mut self,
        base: Option<&Node>,
        over: &Node,
        place: Place,
        path: &str,
    ) -> Result<Option<Node>, Spent> {
        self.budget.pay(1)?;
        let base = match (over, base) {
            (Node::Reset, _) => return Ok(self.keeps_marks.then_some(Node::Reset)),
            (Node::Override(inner), _) => {
                let inner = self.settled(inner)?;
                return Ok(match (inner, self.keeps_marks) {
                    (Some(inner), true) => Some(Node::Override(Rc::new(inner))),
                    (inner, _) => inner,
                });
            }
            (_, None | Some(Node::Reset)) => return self.settled(over),
            (_, Some(Node::Override(base))) => &**base,
            (_, Some(base)) => base,
        };
        Ok(Some(match place {
            Place::Replaced => over.clone(),
            _ if over.is_null() => base.clone(),
            _ if base.is_null() => return self.settled(over),
            Place::Listed => {
                let is_reset = |name: &str| matches!(over.get(name), Some(Node::Reset));
                let mut below = self.listed(base)?;
                if over.is_marked() && base.as_entries().is_some() {
                    below.retain(|item| item.as_scalar().is_none_or(|scalar| !is_reset(&scalar.text)));
                }
                self.joined_lists(below, self.listed(over)?)?
            }
            Place::DependsOn | Place::Named => {
                let (base, over) = (self.named(base, place)?, self.named(over, place)?);
                self.entries(&base, &over, Place::Other, path)?
            }
            Place::Build => {
                let (base, over) = (built(base), built(over));
                self.mappings(&base, &over, place, path)?
            }
            // Options of one driver mean nothing to another.
            Place::Logging if is_other_driver(base, over) => return self.settled(over),
            Place::Distinct => self.distinct(base, over)?,
            _ => self.mappings(base, over, place, path)?,
        }))
    }

    fn mappings(&mut self, base: &Node, over: &Node, place: Place, path: &str) -> Result<Node, Spent> {
        match (base, over) {
            (Node::Mapping(base), Node::Mapping(over)) => {
                self.entries(&base.entries, &over.entries, place, path)
            }
            (Node::Sequence(base), Node::Sequence(over)) => {
                self.joined_lists(base.items.clone(), over.items.clone())
            }
            (Node::Mapping(_) | Node::Sequence(_), _) => {
                self.refused.push(path.to_owned());
                Ok(over.clone())
            }
            _ => Ok(self.settled(over)?.unwrap_or_else(|| base.clone())),
        }
    }

    fn entries(
        &mut self,
        base: &BTreeMap<Rc<str>, Node>,
        over: &BTreeMap<Rc<str>, Node>,
        place: Place,
        path: &str,
    ) -> Result<Node, Spent> {
        self.budget.pay(base.len() + over.len())?;
        let mut joined = base.clone();
        for (key, value) in over {
            let below = joined.remove(key);
            let inside = if path.is_empty() { key.to_string() } else { format!("{path}.{key}") };
            self.budget.pay_text(&inside)?;
            // Extensions are taken as they are.
            let below = below.filter(|_| !key.starts_with("x-"));
            if let Some(value) = self.join(below.as_ref(), value, place.inside(key), &inside)? {
                joined.insert(Rc::clone(key), value);
            }
        }
        Ok(Node::mapping(joined))
    }

    fn joined_lists(&self, mut base: Vec<Node>, over: Vec<Node>) -> Result<Node, Spent> {
        self.budget.pay(base.len() + over.len())?;
        base.extend(over);
        Ok(Node::sequence(base))
    }

    /// A later text takes the place of an equal one.
    fn distinct(&self, base: &Node, over: &Node) -> Result<Node, Spent> {
        let items = base.as_items().into_iter().chain(over.as_items()).flatten();
        let mut distinct: Vec<Node> = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        for item in items {
            self.budget.pay(1)?;
            if item.as_scalar().is_none_or(|scalar| seen.insert(Rc::clone(&scalar.text))) {
                distinct.push(item.clone());
            }
        }
        Ok(Node::sequence(distinct))
    }

    /// A mapping of values as a list of names: what they are set to is not wanted. A text is a list of one.
    fn listed(&self, node: &Node) -> Result<Vec<Node>, Spent> {
        Ok(match node {
            Node::Mapping(mapping) => {
                self.budget.pay(mapping.entries.len())?;
                let set = mapping.entries.iter().filter(|(_, value)| !matches!(value, Node::Reset));
                set.map(|(name, _)| Node::text(name, Origin::default())).collect()
            }
            Node::Sequence(sequence) => sequence.items.clone(),
            node => vec![node.clone()],
        })
    }

    /// A list of names as a mapping.
    fn named(&self, node: &Node, place: Place) -> Result<BTreeMap<Rc<str>, Node>, Spent> {
        let Some(items) = node.as_items() else { return Ok(node.as_entries().cloned().unwrap_or_default()) };
        self.budget.pay(items.len())?;
        let value = if place == Place::DependsOn {
            let condition = Node::text("service_started", Origin::default());
            Node::mapping([("condition".into(), condition)].into())
        } else {
            Node::text("", Origin::default())
        };
        let names = items.iter().filter_map(Node::as_scalar);
        Ok(names.map(|name| (Rc::clone(&name.text), value.clone())).collect())
    }

    /// Without the marks that met nothing to remove or replace.
    pub(super) fn settled(&mut self, node: &Node) -> Result<Option<Node>, Spent> {
        if self.keeps_marks || !node.is_marked() {
            return Ok(Some(node.clone()));
        }
        self.budget.pay(1)?;
        Ok(match node {
            Node::Reset => None,
            Node::Override(inner) => self.settled(inner)?,
            Node::Scalar(_) => Some(node.clone()),
            Node::Sequence(sequence) => {
                let items = sequence.items.iter().filter_map(|item| self.settled(item).transpose());
                Some(Node::sequence(items.collect::<Result<_, _>>()?))
            }
            Node::Mapping(mapping) => {
                let mut entries = BTreeMap::new();
                for (key, value) in &mapping.entries {
                    if let Some(value) = self.settled(value)? {
                        entries.insert(Rc::clone(key), value);
                    }
                }
                Some(Node::mapping(entries))
            }
        })
    }
}

/// `build: PATH` is `build: {context: PATH}`.
fn built(node: &Node) -> Node {
    match node {
        Node::Scalar(_) => Node::mapping([("context".into(), node.clone())].into()),
        node => node.clone(),
    }
}

fn is_other_driver(base: &Node, over: &Node) -> bool {
    let driver = |node: &Node| node.get("driver")?.as_scalar().map(|driver| Rc::clone(&driver.text));
    driver(base).zip(driver(over)).is_some_and(|(base, over)| base != over)
}

/// Whether two values say the same.
pub(super) fn are_equal(budget: &Budget, one: &Node, other: &Node) -> Result<bool, Spent> {
    budget.pay(1)?;
    Ok(match (one, other) {
        (Node::Scalar(one), Node::Scalar(other)) => {
            Rc::ptr_eq(one, other) || one.text == other.text && one.kind == other.kind
        }
        (Node::Sequence(one), Node::Sequence(other)) => {
            if Rc::ptr_eq(one, other) {
                return Ok(true);
            }
            let mut is_equal = one.items.len() == other.items.len();
            for (one, other) in one.items.iter().zip(&other.items) {
                is_equal = is_equal && are_equal(budget, one, other)?;
            }
            is_equal
        }
        (Node::Mapping(one), Node::Mapping(other)) => {
            if Rc::ptr_eq(one, other) {
                return Ok(true);
            }
            let mut is_equal = one.entries.len() == other.entries.len();
            for (one, other) in one.entries.iter().zip(&other.entries) {
                is_equal = is_equal && one.0 == other.0 && are_equal(budget, one.1, other.1)?;
            }
            is_equal
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::parse;

    fn services(text: &str, budget: &Budget) -> Node {
        parse(text, Origin(0), budget).unwrap().remove(0)
    }

    fn check(base: &str, over: &str, expected: &str) {
        let budget = Budget::default();
        let mut merge = Merge::new(&budget, false);
        let service = |text: &str| services(&format!("{{web: {text}}}"), &budget);
        let joined = merge.join(Some(&service(base)), &service(over), Place::Services, "services");
        let joined = joined.unwrap().unwrap().get("web").unwrap().to_json(&budget).unwrap();
        let expected = service(expected).get("web").unwrap().to_json(&budget).unwrap();
        assert_eq!((joined, merge.refused), (expected, Vec::<String>::new()), "{base} {over}");
    }

    #[test]
    fn services_are_merged_as_compose_does() {
        check("{image: a, mem_limit: 1g}", "{image: b}", "{image: b, mem_limit: 1g}");
        check("{mem_limit: 1g}", "{mem_limit: null}", "{mem_limit: 1g}");
        check("{command: [a, b]}", "{command: [c]}", "{command: [c]}");
        check("{command: [a, b]}", "{command: null}", "{command: null}");
        check("{environment: {A: 1}}", "{environment: [B=2]}", "{environment: [A, B=2]}");
        check(
            "{healthcheck: {test: [CMD, a], interval: 1s}}",
            "{healthcheck: {test: b}}",
            "{healthcheck: {test: b, interval: 1s}}",
        );
        check("{logging: {driver: a, options: {x: 1}}}", "{logging: {driver: b}}", "{logging: {driver: b}}");
        check(
            "{logging: {driver: a, options: {x: 1}}}",
            "{logging: {options: {y: 2}}}",
            "{logging: {driver: a, options: {x: 1, y: 2}}}",
        );
        check(
            "{depends_on: {db: {condition: service_healthy}}}",
            "{depends_on: [db, mq]}",
            "{depends_on: {db: {condition: service_started}, mq: {condition: service_started}}}",
        );
        check(
            "{depends_on: {db: {condition: service_healthy}}}",
            "{depends_on: {db: {restart: true}}}",
            "{depends_on: {db: {condition: service_healthy, restart: true}}}",
        );
        check("{profiles: [a, b]}", "{profiles: [b, c]}", "{profiles: [a, b, c]}");
        check("{build: .}", "{build: {target: x}}", "{build: {context: ., target: x}}");
        check("{volumes: [a]}", "{volumes: [b]}", "{volumes: [a, b]}");
        check(
            "{deploy: {resources: {limits: {memory: 1g, cpus: '1'}}}}",
            "{deploy: {resources: {limits: {memory: 2g}}}}",
            "{deploy: {resources: {limits: {memory: 2g, cpus: '1'}}}}",
        );
        check("{x-a: {b: 1}}", "{x-a: {c: 2}}", "{x-a: {c: 2}}");
    }

    #[test]
    fn marks_remove_and_replace() {
        check("{mem_limit: 1g, image: a}", "{mem_limit: !reset null}", "{image: a}");
        check("{environment: {A: 1, B: 2}}", "{environment: {A: !reset 0, C: 1}}", "{environment: [B, C]}");
        check("{deploy: {a: 1, b: 2}}", "{deploy: !override {a: 3}}", "{deploy: {a: 3}}");
        check("{deploy: {a: 1, b: 2}}", "{deploy: {a: !reset 0}}", "{deploy: {b: 2}}");
        check(
            "{}",
            "{deploy: {a: !reset 0, b: 1}, command: !override [x]}",
            "{deploy: {b: 1}, command: [x]}",
        );
    }

    #[test]
    fn what_cannot_be_joined_is_named() {
        let budget = Budget::default();
        let mut merge = Merge::new(&budget, false);
        let (base, over) =
            (services("{web: {deploy: {a: 1}}}", &budget), services("{web: {deploy: [a]}}", &budget));
        merge.join(Some(&base), &over, Place::Services, "services").unwrap();
        assert_eq!(merge.refused, ["services.web.deploy"]);
    }
}
