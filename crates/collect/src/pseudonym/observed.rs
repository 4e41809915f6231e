//! What services were seen to use: paths of image files stay, as they do in the layers; all others are only counted.

use plimsoll_snapshot::runtime::{ImportRun, MappedFile, Observation, ProcessMemory, Resident};
use plimsoll_snapshot::{Contents, Paths, Snapshot, path};

/// The parts of an observation in which no name is looked for.
#[derive(Default)]
pub(super) struct Parts {
    opened: Paths,
    relative: Paths,
    processes: Vec<ProcessMemory>,
    imports: Vec<ImportRun>,
}

/// Takes the paths and modules of all observations out, without the paths that no layer has.
pub(super) fn taken_out(snapshot: &mut Snapshot) -> Vec<Parts> {
    let Some(runtime) = &mut snapshot.runtime else { return Vec::new() };
    let layers: Vec<&Contents> =
        snapshot.layers.iter().filter_map(|layer| layer.contents.as_deref()).collect();
    let is_of_image = |path: &[u8]| layers.iter().any(|contents| contents.entries.find(path).is_some());
    let take = |observation: &mut Observation| {
        let all = std::mem::take(&mut observation.opened);
        let opened: Paths = all.iter().filter(|path| is_of_image(path)).collect();
        observation.outside += (all.len() - opened.len()) as u64;
        // They begin at a directory that only the image names.
        let relative = std::mem::take(&mut observation.relative);
        let mut processes = std::mem::take(&mut observation.processes);
        processes.iter_mut().for_each(|process| without_others(process, &is_of_image));
        Parts { opened, relative, processes, imports: std::mem::take(&mut observation.imports) }
    };
    runtime.observed.iter_mut().map(take).collect()
}

/// Puts everything back where it was.
pub(super) fn put_back(snapshot: &mut Snapshot, parts: Vec<Parts>) {
    let Some(runtime) = &mut snapshot.runtime else { return };
    for (observation, parts) in runtime.observed.iter_mut().zip(parts) {
        let Parts { opened, relative, processes, imports } = parts;
        (observation.opened, observation.relative) = (opened, relative);
        (observation.processes, observation.imports) = (processes, imports);
    }
}

/// Sums mapped files that are not of an image.
fn without_others(process: &mut ProcessMemory, is_of_image: &impl Fn(&[u8]) -> bool) {
    let is_other = |file: &MappedFile| {
        path::unescape(&file.path).is_none_or(|path| path.is_empty() || !is_of_image(&path))
    };
    let (others, mut kept): (Vec<_>, Vec<_>) =
        std::mem::take(&mut process.files).into_iter().partition(is_other);
    let mut sum = Resident::default();
    others.iter().for_each(|file| sum += file.resident);
    if !others.is_empty() {
        kept.push(MappedFile { path: String::new(), resident: sum });
    }
    process.files = kept;
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use plimsoll_snapshot::runtime::Runtime;
    use plimsoll_snapshot::{Attributes, DiffId, Digest, EntriesBuilder, Layer, Node};

    use super::super::pseudonymise;
    use super::*;

    #[test]
    fn only_paths_of_the_image_stay() {
        let mut entries = EntriesBuilder::default();
        entries.push(b"app/internal.example.org.py", Node::Directory, Attributes::default());
        let contents = Contents { entries: entries.finish().0, ..Contents::default() };
        let layer =
            Layer { diff_id: DiffId::new(Digest::sha256([1; 32])), contents: Some(Arc::new(contents)) };
        let file = |path: &str| MappedFile { path: path.to_owned(), ..MappedFile::default() };
        let files = vec![file("app/internal.example.org.py"), file("home/maria/x.so"), file("")];
        let observation = Observation {
            service: "web".to_owned(),
            opened: [&b"app/internal.example.org.py"[..], b"home/maria/x"].into_iter().collect(),
            processes: vec![ProcessMemory { files, ..ProcessMemory::default() }],
            ..Observation::default()
        };
        let runtime = Runtime { observed: vec![observation], ..Runtime::default() };
        let mut snapshot = Snapshot { layers: vec![layer], runtime: Some(runtime), ..Snapshot::default() };
        pseudonymise(&mut snapshot).unwrap();
        let seen = &snapshot.runtime.unwrap().observed[0];
        assert_eq!(seen.opened.iter().collect::<Vec<_>>(), [b"app/internal.example.org.py"]);
        assert_eq!(seen.outside, 1);
        let paths: Vec<_> = seen.processes[0].files.iter().map(|file| &*file.path).collect();
        assert_eq!(paths, ["app/internal.example.org.py", ""]);
    }
}
