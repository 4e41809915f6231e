//! Target files: what is read as text is the same as read from a document, and can be judged by.

use std::sync::OnceLock;

use plimsoll_analysis::targets::{document, parse, read};
use plimsoll_collect::memory::{RuntimeBuilder, Surroundings, read as read_memory};
use plimsoll_snapshot::Snapshot;

use crate::checks;

/// A stack of two services, one of them with an image.
const COMPOSE: &[u8] = b"services:\n  backend:\n    image: a\n    mem_limit: 1g\n    deploy: {replicas: 2}\n  postgres:\n    image: postgres\n    healthcheck: {test: [CMD, x], interval: 5s}\n";

/// Runs one input.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (targets, document) = match (parse(&text), document(&text)) {
        (Ok(targets), Ok(document)) => (targets, document),
        (Err(first), Err(second)) => return assert_eq!(first, second),
        (first, second) => panic!("text and document differ: {:?} and {:?}", first.err(), second.err()),
    };
    let again = read(&document).expect("the document of a target file is one");
    assert_eq!(format!("{targets:?}"), format!("{again:?}"));
    let (before, after) = stacks();
    checks::judged(&targets, before, after);
    checks::judged(&targets, after, before);
}

fn stacks() -> &'static (Snapshot, Snapshot) {
    static STACKS: OnceLock<(Snapshot, Snapshot)> = OnceLock::new();
    STACKS.get_or_init(|| {
        let mut builder = RuntimeBuilder::new();
        builder.add(read_memory("compose.yml", COMPOSE, &Surroundings::NONE).expect("it is a compose file"));
        let before = crate::image::small(1);
        let after = Snapshot { runtime: Some(builder.finish()), ..crate::image::small(2) };
        (before, after)
    })
}
