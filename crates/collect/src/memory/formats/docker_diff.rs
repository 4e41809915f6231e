//! `docker diff` and `podman diff`: the files that a container changed. They show use, but not what was only read.

use plimsoll_snapshot::runtime::ObservationSource;

use crate::memory::observed::{Opened, SourceObservation, named_by};
use crate::memory::reader::{Reader, Recognition};
use crate::memory::text::lines;

/// Whether the first lines are such changes, and nothing else.
pub(crate) fn is_diff(text: &str) -> bool {
    let mut first = lines(text).take(20).peekable();
    first.peek().is_some() && first.all(|line| change(&line.text).is_some())
}

pub(crate) fn read(reader: &mut Reader, text: &str) -> Recognition {
    reader.input.format = "docker diff";
    let mut opened = Opened::default();
    for line in lines(text) {
        match change(&line.text) {
            // A file that was added is not of the image.
            Some(('A', _)) => {}
            Some((_, path)) => opened.add(path.as_bytes()),
            None => reader.warn(Some(line.number), "neither a change nor a path"),
        }
    }
    let observation = opened.finish(&reader.input.file, ObservationSource::Diff);
    reader.input.observed.push(SourceObservation { who: named_by(&reader.input.file), observation });
    Recognition::Yes
}

/// `C /etc`: changed, `A` added, `D` deleted.
fn change(line: &str) -> Option<(char, &str)> {
    let (kind, path) = line.split_once(' ')?;
    let kind = kind.chars().next().filter(|_| kind.len() == 1)?;
    (matches!(kind, 'A' | 'C' | 'D') && path.starts_with('/')).then_some((kind, path))
}

#[cfg(test)]
mod tests {
    use crate::memory::{RuntimeBuilder, Surroundings, read};

    #[test]
    fn changed_and_deleted_files_were_used() {
        let mut builder = RuntimeBuilder::new();
        let text = "C /etc\nC /etc/hosts\nA /data/new\nD /usr/x\n";
        builder.add(read("web.diff", text.as_bytes(), &Surroundings::NONE).unwrap());
        let seen = &builder.finish().observed[0];
        assert_eq!(seen.opened.iter().collect::<Vec<_>>(), [&b"etc"[..], b"etc/hosts", b"usr/x"]);
        assert!(read("a", b"C /etc\nsomething\n", &Surroundings::NONE).is_err());
    }
}
