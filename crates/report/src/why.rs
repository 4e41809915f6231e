//! Why a service changed, in at most three sentences: what did most of it, what worked against it, and what came of
//! the hidden bytes.

use plimsoll_analysis::compare::{BridgeStep, ServiceComparison};
use plimsoll_snapshot::Bytes;

use crate::format::shorten;
use crate::language::Language;

/// How much of a path is read.
const PATH: usize = 96;

/// The sentences, as text.
#[must_use]
pub fn sentences(service: &ServiceComparison, language: Language) -> Vec<String> {
    let words = language.words();
    let (with, against): (Vec<&BridgeStep>, Vec<&BridgeStep>) =
        service.bridge.iter().partition(|step| (step.delta.0 < 0) == (service.size.delta.0 < 0));
    let moved: Bytes = service.bridge.iter().map(|step| step.delta.magnitude()).sum();
    let mut sentences = Vec::new();
    // The steps are sorted, the largest first.
    if let Some(step) = with.first() {
        sentences.push((words.most_of_it)(
            &language.bridge_cause(step.cause),
            &language.delta(step.delta).to_string(),
            &language.share(step.delta.magnitude(), moved),
        ));
    }
    if let Some(step) = against.first() {
        let delta = language.delta(step.delta).to_string();
        sentences.push((words.against_it)(&language.bridge_cause(step.cause), &delta));
    } else if let Some(file) = service.files.largest.first().filter(|file| file.size.delta.0 != 0) {
        let delta = language.delta(file.size.delta).to_string();
        sentences.push((words.largest_file)(&shorten(&file.path, PATH), &delta));
    }
    let hidden = service.hidden;
    if hidden.delta.0 != 0 {
        let figure = |bytes| language.bytes(bytes).to_string();
        sentences.push((words.hidden_now)(&figure(hidden.before), &figure(hidden.after)));
    }
    sentences
}
