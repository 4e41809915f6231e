//! Snapshot files: what is read is sound, is written again as it was, and can be judged.

use plimsoll_snapshot::{Bundle, Contents, Snapshot, read};

use crate::checks;

/// More entries or frames than this are left to the readers: every judgement of them would only be slow.
const MOST: usize = 5000;

/// Runs one input.
pub fn run(data: &[u8]) {
    if let Ok(snapshot) = read(data) {
        assert!(read(data).is_ok_and(|again| again == snapshot), "a file that is read twice is the same");
        checks::snapshot(&snapshot);
        if is_small(&snapshot) {
            checks::everything(&snapshot, &snapshot);
        }
    }
    if let Ok(Bundle { before, after, .. }) = Bundle::read(data) {
        checks::snapshot(&before);
        if is_small(&before) && is_small(&after) {
            checks::everything(&before, &after);
        }
    }
    if let Ok((diff_id, contents)) = Contents::read(data) {
        let mut file = Vec::new();
        contents.write(&diff_id, &mut file).expect("memory takes everything");
        assert!(Contents::read(&file[..]).is_ok_and(|again| again == (diff_id, contents)));
    }
}

fn is_small(snapshot: &Snapshot) -> bool {
    let used = snapshot.images.iter().flat_map(|image| &image.layers);
    let contents = used.filter_map(|layer| snapshot.layers[layer.layer].contents.as_ref());
    let entries: usize = contents.map(|contents| contents.entries.len() + contents.whiteouts.len()).sum();
    let runtime = snapshot.runtime.iter();
    let frames: usize = runtime
        .flat_map(|runtime| &runtime.recordings)
        .map(|recording| recording.frames as usize)
        .fold(0, usize::saturating_add);
    entries * snapshot.services.len().max(1) < MOST && frames < MOST
}
