//! The same model twice: in several formats, or in several places.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_snapshot::{Bytes, ContentHash, filled, path};

use crate::findings::evidence::{Evidence, Note};
use crate::findings::finding::{Confidence, Finding};
use crate::findings::fixes::{Action, Fix, leftovers};
use crate::findings::headline::Headline;
use crate::findings::input::Input;
use crate::findings::rule::{Check, Rule};
use crate::findings::rule_id::RuleId;
use crate::lines::{Line, line, names};
use crate::packages::Package;
use plimsoll_snapshot::Ecosystem;

pub(super) const RULE: Rule = Rule { id: RuleId::DuplicateModels, check: Check::Image(check) };

const LEAST: Bytes = Bytes(10_000_000);
/// Weights of the formats that a repository has beside safetensors.
const OTHERS: [(&[u8], &[u8]); 6] = [
    (b"pytorch_model", b".bin"),
    (b"tf_model", b".h5"),
    (b"flax_model", b".msgpack"),
    (b"rust_model", b".ot"),
    (b"model", b".onnx"),
    (b"openvino_model", b".bin"),
];

fn check(input: &Input<'_>) -> Vec<Finding> {
    let visible: Vec<(u32, &Package)> = (input.visible())
        .filter_map(|(index, _, owner)| Some((index, input.package(owner)?)))
        .filter(|(_, package)| package.ecosystem == Ecosystem::Model)
        .collect();
    formats(input, &visible).into_iter().chain(places(input, &visible)).collect()
}

/// Weights of other formats in a model that has safetensors.
fn formats(input: &Input<'_>, visible: &[(u32, &Package)]) -> Option<Finding> {
    let name = |index: u32| path::name(input.path(&input.squashed.inodes[index as usize]));
    let has: BTreeSet<_> = filled(
        visible
            .iter()
            .filter(|(index, _)| name(*index).ends_with(b".safetensors"))
            .map(|(_, package)| package.id),
    );
    let is_other =
        |name: &[u8]| OTHERS.iter().any(|(start, end)| name.starts_with(start) && name.ends_with(end));
    let inodes: Vec<u32> = visible
        .iter()
        .filter(|(index, package)| {
            has.contains(&package.id) && input.everywhere(*index, |place| is_other(path::name(place)))
        })
        .map(|(index, _)| *index)
        .collect();
    if input.bytes(&inodes) < LEAST {
        return None;
    }
    let models: BTreeSet<&str> = filled(
        visible
            .iter()
            .filter(|(index, package)| {
                inodes.binary_search(index).is_ok() && package.purl.starts_with("pkg:huggingface/")
            })
            .map(|(_, package)| package.name.as_str()),
    );
    let mut finding = input.finding(RULE.id, Headline::ModelInSeveralFormats, inodes);
    finding.confidence = Confidence::Medium;
    let lines = finding.fitting(models.into_iter().map(|name| {
        let name = names::model(name)?;
        Ok(line!("hf download ", name, " --include '*.safetensors' '*.json' '*.txt' '*.model'"))
    }));
    if !lines.is_empty() {
        finding.fixes.push(Fix::new(Action::DownloadOneFormat, Line::joined("\n", lines)));
    }
    Some(finding)
}

/// Weights of the same content in several places.
fn places(input: &Input<'_>, visible: &[(u32, &Package)]) -> Option<Finding> {
    let mut copies: BTreeMap<(Bytes, ContentHash), Vec<u32>> = BTreeMap::new();
    for &(index, _) in visible {
        let inode = &input.squashed.inodes[index as usize];
        copies.entry((inode.size, inode.content)).or_default().push(index);
    }
    copies.retain(|(size, _), places| *size >= Bytes(1_000_000) && places.len() > 1);
    let inodes: Vec<u32> = copies.values().flat_map(|places| places[1..].iter().copied()).collect();
    if input.bytes(&inodes) < LEAST {
        return None;
    }
    let mut finding = input.finding(RULE.id, Headline::ModelAtSeveralPaths, inodes);
    finding.evidence = copies
        .values()
        .rev()
        .take(Finding::EXAMPLES)
        .map(|places| {
            let first = &input.squashed.inodes[places[0] as usize];
            let note = Note::SameAs {
                path: path::escape(input.path(first)).into_owned(),
                more: places.len() as u64 - 2,
            };
            Evidence { note: Some(note), ..input.evidence(places[1]) }
        })
        .collect();
    finding.evidence_count = copies.len() as u64;
    if let Some(places) = copies.values().next_back() {
        let at = |index: u32| &input.squashed.inodes[index as usize];
        let link = leftovers::link(input, input.path(at(places[0])), at(places[1]));
        link.into_iter().for_each(|link| finding.add(link.map(|link| [link])));
    }
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::check::check;

    #[test]
    fn one_format_is_enough() {
        let hub = "root/.cache/huggingface/hub/models--o--m/snapshots/1";
        let layer = format!(
            "f {hub}/model.safetensors 90000000 a\nf {hub}/pytorch_model.bin 90000000 b\nf {hub}/config.json 5"
        );
        let found = check(&RULE, &[&layer]);
        assert_eq!(found[0].saving, Bytes(90_000_000));
        assert!(found[0].fixes[0].lines.starts_with("hf download o/m --include"));
    }

    #[test]
    fn one_place_is_enough() {
        let found = check(&RULE, &["f a/m.safetensors 90000000 a\nf b/m.safetensors 90000000 a"]);
        assert_eq!(found[0].saving, Bytes(90_000_000));
        assert_eq!(found[0].evidence[0].note, Some(Note::SameAs { path: "a/m.safetensors".into(), more: 0 }));
    }

    #[test]
    fn different_models_are_left_alone() {
        let layers = ["f a/m.safetensors 90000000 a\nf b/pytorch_model.bin 90000000 b"];
        assert_eq!(check(&RULE, &layers), []);
    }
}
