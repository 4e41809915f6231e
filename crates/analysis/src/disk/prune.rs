//! The commands that free bytes: those that prune everything of a kind, and those for single things.

use std::collections::BTreeSet;

use plimsoll_snapshot::runtime::EngineKind;
use plimsoll_snapshot::{Bytes, Disk, Order as _};

use super::model::{Deed, Model, is_stopped, prunes_anonymous_alone};
use super::values::{ImageUse, Prune, PruneKind, Suggestion, SuggestionKind};
use crate::lines::{Line, Shell, shell};

/// The most suggestions of one kind.
const MOST: usize = 20;

/// The name of the program that commands the engine.
fn program(disk: &Disk) -> Line<Shell> {
    let is_podman = disk.engine.as_ref().is_some_and(|engine| engine.kind == EngineKind::Podman);
    if is_podman { "podman".into() } else { "docker".into() }
}

pub(super) fn prunes(disk: &Disk, model: &Model<'_>) -> Vec<Prune> {
    let is_podman = disk.engine.as_ref().is_some_and(|engine| engine.kind == EngineKind::Podman);
    let has_cache = !is_podman;
    let knows_anonymous = prunes_anonymous_alone(disk.engine.as_ref());
    let nothing = Deed::default();
    let all = [
        (PruneKind::Containers, " container prune", true, Deed { containers: true, ..nothing }),
        (PruneKind::Images, " image prune", true, Deed { images: Some(false), ..nothing }),
        (PruneKind::AllImages, " image prune --all", true, Deed { images: Some(true), ..nothing }),
        (PruneKind::Volumes, " volume prune", true, Deed { volumes: Some(false), ..nothing }),
        (
            PruneKind::AllVolumes,
            " volume prune --all",
            knows_anonymous,
            Deed { volumes: Some(true), ..nothing },
        ),
        (PruneKind::BuildCache, " builder prune", has_cache, Deed { cache: Some(false), ..nothing }),
        (PruneKind::AllBuildCache, " builder prune --all", has_cache, Deed { cache: Some(true), ..nothing }),
        (
            PruneKind::System,
            " system prune",
            true,
            Deed { containers: true, images: Some(false), cache: Some(false), ..nothing },
        ),
        (
            PruneKind::AllSystem,
            " system prune --all --volumes",
            true,
            Deed { containers: true, images: Some(true), volumes: Some(false), cache: Some(true) },
        ),
    ];
    let known = all.into_iter().filter(|(.., is_known, _)| *is_known);
    known
        .map(|(kind, command, _, deed)| {
            let done = model.done(&deed);
            let command = Line::of([program(disk), command.into()]).to_string();
            Prune { kind, command, frees_bytes: done.bytes, loses: done.loses }
        })
        .collect()
}

/// What may go for certain.
pub(super) const CERTAIN: Deed =
    Deed { containers: false, images: Some(false), volumes: None, cache: Some(false) };

/// The commands for it, which free something.
fn certain(disk: &Disk, model: &Model<'_>) -> Vec<Suggestion> {
    let images = model.done(&Deed { cache: None, ..CERTAIN }).bytes;
    // Images that have gone leave their layers to the cache: the second command frees those as well.
    let both = model.done(&CERTAIN).bytes;
    let cache = both.zip(images).map(|(both, images)| Bytes(both.0.saturating_sub(images.0)));
    let suggestion = |kind, words: &'static str, frees: Option<Bytes>| {
        let frees = frees.filter(|bytes| !bytes.is_zero())?;
        let command = Line::of([program(disk), words.into()]).to_string();
        Some(Suggestion { kind, command, frees_bytes: Some(frees) })
    };
    let both = [
        suggestion(SuggestionKind::Untagged, " image prune", images),
        suggestion(SuggestionKind::BuildCache, " builder prune", cache),
    ];
    both.into_iter().flatten().collect()
}

/// A command for things by their names; none if a name fits into no shell.
fn removal(
    disk: &Disk,
    kind: SuggestionKind,
    words: &'static str,
    names: &[String],
    frees_bytes: Option<Bytes>,
) -> Option<Suggestion> {
    let mut command = Line::of([program(disk), words.into()]);
    for name in names {
        command.push(" ");
        command.push(shell::name(name)?);
    }
    // What frees nothing is not worth a command.
    (frees_bytes != Some(Bytes::ZERO)).then(|| Suggestion { kind, command: command.to_string(), frees_bytes })
}

pub(super) fn suggestions(disk: &Disk, model: &Model<'_>) -> Vec<Suggestion> {
    let mut suggestions = certain(disk, model);
    let mut images: Vec<usize> = (0..disk.images.len()).collect();
    images.retain(|&index| {
        let image = &disk.images[index];
        model.users(index) == Some(0) && (!image.tags.is_empty() || image.has_unknown_names)
    });
    let mut used: Vec<(usize, ImageUse)> =
        images.into_iter().map(|image| (image, model.image(image))).collect();
    used.order_by_key(|(index, image)| (std::cmp::Reverse(image.unique_bytes), *index));
    for (index, image) in used.into_iter().take(MOST) {
        let kept: Vec<bool> = (0..disk.images.len()).map(|other| other != index).collect();
        let frees = model.freed_layers(&kept, None);
        let kind = if image.is_only_here == Some(false) {
            SuggestionKind::FetchAgain
        } else {
            SuggestionKind::OnlyHere
        };
        let names = if image.has_unknown_names { std::slice::from_ref(&image.id) } else { &image.tags };
        suggestions.extend(removal(disk, kind, " image rm", names, frees));
    }
    let mut stopped: Vec<_> =
        disk.containers.iter().flatten().filter(|container| is_stopped(container.status)).collect();
    stopped.order_by_key(|container| (std::cmp::Reverse(container.writable_bytes), container.name.clone()));
    for container in stopped.into_iter().take(MOST) {
        let frees = container.writable_bytes.map(|bytes| bytes + container.log_bytes.unwrap_or_default());
        let name = if container.name.is_empty() { &container.id } else { &container.name };
        suggestions.extend(removal(
            disk,
            SuggestionKind::Container,
            " container rm",
            std::slice::from_ref(name),
            frees,
        ));
    }
    let mut volumes: Vec<_> = (disk.volumes.iter().flatten())
        .filter(|volume| model.mounting(volume, &BTreeSet::new()) == Some(0))
        .collect();
    volumes.order_by_key(|volume| (std::cmp::Reverse(volume.bytes), volume.name.clone()));
    for volume in volumes.into_iter().take(MOST) {
        let name = std::slice::from_ref(&volume.name);
        suggestions.extend(removal(disk, SuggestionKind::Volume, " volume rm", name, volume.bytes));
    }
    suggestions
}
