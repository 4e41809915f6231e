//! All findings of an image or a stack, and what they save together.

use std::cmp::Reverse;
use std::collections::HashMap;

use plimsoll_snapshot::{BuildFile, Bytes, Image, Order as _, Service, Snapshot};

use super::accepted::{Acceptance, AcceptedFinding, take};
use super::finding::{Confidence, Finding};
use super::identity::identify;
use super::input::Input;
use super::rule::{Check, Rule};
use super::rules::RULES;
use crate::lines::step;
use crate::packages::{Catalogue, catalogue};
use crate::squash::{Squashed, squash};

/// The findings of one image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// The name of the service.
    pub service: String,
    /// What was found: findings of medium and high confidence first, then those of low confidence; in each part the
    /// largest saving first, then by severity, then by rule.
    pub findings: Vec<Finding>,
    /// What was found and is accepted, in the same order. No saving counts it.
    pub accepted: Vec<AcceptedFinding>,
    /// How many findings [`StackAdvice::keep_first`] took out. The savings still count them.
    pub more: u64,
    /// Image size.
    pub size_bytes: Bytes,
    /// What the findings of medium and high confidence save together: an inode that several name counts once.
    pub saving: Bytes,
    /// What all findings save together.
    pub possible_saving: Bytes,
}

impl Advice {
    /// Whether both have the same findings, be it about another service.
    pub(super) fn is_alike(&self, other: &Self) -> bool {
        self.findings.len() == other.findings.len()
            && self.findings.iter().zip(&other.findings).all(|(one, other)| one.is_alike(other))
            && self.accepted.len() == other.accepted.len()
            && self.accepted.iter().zip(&other.accepted).all(|(one, other)| one.is_alike(other))
    }
}

/// The findings of all services.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackAdvice {
    /// One for each service, in the order of the services.
    pub services: Vec<Advice>,
    /// What was found in several services together.
    pub stack: Vec<Finding>,
    /// What was found in several services together and is accepted.
    pub accepted: Vec<AcceptedFinding>,
}

impl StackAdvice {
    /// Keeps the first findings of each service: those that save most.
    pub fn keep_first(&mut self, most: usize) {
        for service in &mut self.services {
            service.more += service.findings.len().saturating_sub(most) as u64;
            service.findings.truncate(most);
        }
    }

    /// Acceptances that no finding has: the finding is fixed, or was never there.
    #[must_use]
    pub fn unused<'a>(&self, accepted: &'a [Acceptance]) -> Vec<&'a Acceptance> {
        let known = self.services.iter().flat_map(|service| &service.accepted).chain(&self.accepted);
        let open = self.services.iter().flat_map(|service| &service.findings).chain(&self.stack);
        let all = known.map(|accepted| &accepted.finding).chain(open);
        let fingerprints: Vec<_> = all.map(Finding::fingerprint).collect();
        let is_used = |one: &Acceptance| fingerprints.iter().any(|known| one.finding.begins(*known));
        accepted.iter().filter(|one| !is_used(one)).collect()
    }
}

/// Checks one image by some rules.
#[must_use]
pub fn advise(input: &Input<'_>, rules: &[&Rule]) -> Advice {
    Advisor::new(rules.iter().copied()).advise(input)
}

/// Checks images by some rules. Services with the same image and build files are checked once, except by rules that ask for
/// the service.
pub(super) struct Advisor<'r> {
    rules: Vec<&'r Rule>,
    accepted: Vec<Acceptance>,
    known: HashMap<*const Image, Known>,
}

/// The result for the first service that ran an image.
struct Known {
    build: Option<BuildFile>,
    /// The findings of each rule, unless they hold only for the one service.
    found: Vec<Option<Vec<Finding>>>,
    size: Bytes,
}

impl<'r> Advisor<'r> {
    pub(super) fn new(rules: impl IntoIterator<Item = &'r Rule>) -> Self {
        Self { rules: rules.into_iter().collect(), accepted: Vec::new(), known: HashMap::new() }
    }

    /// The same, with findings that are accepted.
    pub(super) fn accepting(self, accepted: &[Acceptance]) -> Self {
        Self { accepted: accepted.to_vec(), ..self }
    }

    pub(super) fn advise(&mut self, input: &Input<'_>) -> Advice {
        let key = std::ptr::from_ref(input.image);
        let known = self.known.get(&key).filter(|known| known.build.as_ref() == input.build);
        let mut findings: Vec<Finding> = Vec::new();
        let mut found = Vec::new();
        for (position, rule) in self.rules.iter().enumerate() {
            let Check::Image(check) = rule.check else { continue };
            if let Some(shared) = known.and_then(|known| known.found.get(position)?.as_ref()) {
                findings.extend(shared.iter().cloned().map(|finding| of_service(finding, input.service)));
                continue;
            }
            input.asked.set(false);
            let mut new = check(input);
            new.iter_mut().for_each(explain);
            if known.is_none() {
                found.resize(position, None);
                found.push((!input.asked.get()).then(|| new.clone()));
            }
            findings.extend(new);
        }
        let size_bytes = match known {
            Some(known) => known.size,
            None => input.squashed.inodes.iter().map(|inode| inode.size).sum(),
        };
        if known.is_none() {
            self.known.entry(key).or_insert_with(|| Known {
                build: input.build.cloned(),
                found,
                size: size_bytes,
            });
        }
        sort(&mut findings);
        identify(&mut findings);
        let accepted = take(&mut findings, &self.accepted);
        let sure = findings.iter().filter(|finding| finding.confidence > Confidence::Low);
        Advice {
            service: input.service.to_owned(),
            size_bytes,
            saving: together(input, sure),
            possible_saving: together(input, &findings),
            findings,
            accepted,
            more: 0,
        }
    }
}

fn of_service(finding: Finding, service: &str) -> Finding {
    Finding { service: service.to_owned(), ..finding }
}

/// Records instructions that cannot be repeated, where they leave a finding without a fix.
fn explain(finding: &mut Finding) {
    if finding.fixes.is_empty() && finding.left_out.is_empty() {
        let instructions = finding.evidence.iter().filter_map(|one| one.instruction.as_deref());
        let unfit: Vec<_> = instructions.filter_map(step::unfit).collect();
        finding.leave_out(unfit);
    }
}

/// What some findings save together.
pub(crate) fn together<'f>(input: &Input<'_>, findings: impl IntoIterator<Item = &'f Finding>) -> Bytes {
    let size = |inode: u32| input.squashed.inodes[inode as usize].size;
    // Visits only inodes of findings, so a service that shares its image costs no more than its findings.
    let mut saved: HashMap<u32, Bytes> = HashMap::new();
    for finding in findings {
        for &inode in finding.inodes.iter() {
            saved.insert(inode, size(inode));
        }
        for &(inode, bytes) in finding.parts.iter() {
            let saved = saved.entry(inode).or_default();
            *saved = bytes.max(*saved).min(size(inode));
        }
    }
    saved.into_values().sum()
}

/// Checks every service of a snapshot, and all of them together.
#[must_use]
pub fn advise_stack(snapshot: &Snapshot) -> StackAdvice {
    advise_by(snapshot, &RULES.iter().collect::<Vec<_>>(), None)
}

/// The same with some rules only. `source` is the source as the user typed it, for suggested commands.
#[must_use]
pub fn advise_by(snapshot: &Snapshot, rules: &[&Rule], source: Option<&str>) -> StackAdvice {
    advise_accepting(snapshot, rules, source, &[])
}

/// The same, with findings that are accepted.
#[must_use]
pub fn advise_accepting(
    snapshot: &Snapshot,
    rules: &[&Rule],
    source: Option<&str>,
    accepted: &[Acceptance],
) -> StackAdvice {
    let mut stack: Vec<Finding> = Vec::new();
    for rule in rules {
        if let Check::Stack(check) = rule.check {
            stack.extend(check(snapshot));
        }
    }
    sort(&mut stack);
    identify(&mut stack);
    let accepted_of_stack = take(&mut stack, accepted);
    let mut advisor = Advisor::new(rules.iter().copied()).accepting(accepted);
    // One image at a time: the trees of all images would not fit into memory.
    let mut order: Vec<usize> = (0..snapshot.services.len()).collect();
    order.order_by_key(|&service| snapshot.services[service].image);
    let mut services: Vec<(usize, Advice)> = Vec::with_capacity(order.len());
    for of_image in
        order.chunk_by(|&one, &other| snapshot.services[one].image == snapshot.services[other].image)
    {
        let image = Stacked::of(snapshot, snapshot.services[of_image[0]].image);
        for &place in of_image {
            let input = image.input(&snapshot.services[place]);
            services.push((place, advisor.advise(&Input { source, ..input })));
        }
    }
    services.order_by_key(|(service, _)| *service);
    let services = services.into_iter().map(|(_, advice)| advice).collect();
    StackAdvice { services, stack, accepted: accepted_of_stack }
}

/// An image with its layers stacked, as rules see it. It uses many times the memory of its findings.
pub(super) struct Stacked<'a> {
    snapshot: &'a Snapshot,
    squashed: Squashed<'a>,
    catalogue: Catalogue,
}

impl<'a> Stacked<'a> {
    pub(super) fn of(snapshot: &'a Snapshot, image: usize) -> Self {
        let image = &snapshot.images[image];
        let squashed = squash(snapshot, image);
        let catalogue = catalogue(snapshot, image, &squashed);
        Self { snapshot, squashed, catalogue }
    }

    /// The image as a service runs it.
    pub(super) fn input<'s>(&'s self, service: &'s Service) -> Input<'s> {
        Input::new(self.snapshot, service, &self.squashed, &self.catalogue)
    }
}

fn sort(findings: &mut [Finding]) {
    // The sort is stable: equal findings stay in the order of the rules.
    findings.order_by_key(|finding| {
        let unsure = finding.confidence == Confidence::Low;
        (unsure, Reverse(finding.saving), Reverse(finding.severity), finding.service.clone())
    });
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::testing::snapshot;

    #[test]
    fn savings_add_up_as_unions() {
        // The same bytes are a leftover, hidden by a change of owner, and a log.
        let layers = [
            "i ADD rootfs /\nf etc/x 1",
            "i COPY . /app\nf app/.git/a.log 4000000 a\nf app/b 1 b",
            "i RUN chown -R u /app\nf app/.git/a.log 4000000 a\nf app/b 1 b",
        ];
        let advice = advise_stack(&snapshot("app", &layers));
        let service = &advice.services[0];
        let rules: Vec<&str> = service.findings.iter().map(|finding| finding.rule.as_str()).collect();
        assert_eq!(rules, ["context-leftovers", "log-files", "rewritten-files"]);
        assert_eq!((service.saving, service.size_bytes), (Bytes(8_000_001), Bytes(8_000_003)));
        assert_eq!(service.possible_saving, service.saving);
    }

    #[test]
    fn services_of_one_image_are_checked_once_and_each_is_named() {
        let mut snapshot =
            snapshot("app", &["i ADD rootfs /\nf etc/x 1", "i RUN make\nf var/log/a.log 4000000 a"]);
        snapshot.images[0].config.exposed_ports = vec!["80/tcp".into()];
        let first = snapshot.services[0].clone();
        snapshot.services.push(Service { name: "job".into(), ..first });
        let advice = advise_stack(&snapshot);
        let [app, job] = &advice.services[..] else { panic!("{advice:?}") };
        let rules = |advice: &Advice| -> Vec<&str> {
            assert!(advice.findings.iter().all(|finding| finding.service == advice.service));
            advice.findings.iter().map(|finding| finding.rule.as_str()).collect()
        };
        let expected = ["log-files", "root-user", "missing-health-check"];
        assert_eq!((&rules(app)[..3], &rules(job)[..3]), (&expected[..], &expected[..]));
        assert!(Arc::ptr_eq(&app.findings[0].inodes, &job.findings[0].inodes));
        assert_eq!((app.saving, job.saving), (Bytes(4_000_000), Bytes(4_000_000)));
    }

    #[test]
    fn an_accepted_finding_saves_nothing() {
        let snapshot =
            snapshot("app", &["i ADD rootfs /\nf etc/x 1", "i RUN make\nf var/log/a.log 4000000 a"]);
        let all = advise_stack(&snapshot);
        let log = &all.services[0].findings[0];
        let acceptance = |fingerprint: &str| Acceptance {
            finding: fingerprint.parse().unwrap(),
            reason: "kept for the audit".into(),
            until: None,
        };
        let accepted = [acceptance(&log.fingerprint().short()), acceptance("000000000000")];
        let advice = advise_accepting(&snapshot, &RULES.iter().collect::<Vec<_>>(), None, &accepted);
        let service = &advice.services[0];
        assert_eq!((service.accepted.len(), &service.accepted[0].finding), (1, log));
        assert_eq!(service.findings[..], all.services[0].findings[1..]);
        assert_eq!(
            (all.services[0].possible_saving, service.possible_saving),
            (Bytes(4_000_000), Bytes::ZERO)
        );
        assert_eq!(advice.unused(&accepted), [&accepted[1]]);
    }

    #[test]
    fn an_empty_image_has_no_findings() {
        let advice = advise_stack(&snapshot("app", &[]));
        assert_eq!((advice.services[0].findings.len(), advice.services[0].saving), (0, Bytes::ZERO));
    }
}
