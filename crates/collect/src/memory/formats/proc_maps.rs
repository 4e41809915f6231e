//! `/proc/PID/maps` and `/proc/PID/smaps`, of one process or several behind each other: what is mapped, and what of it is
//! in memory (proc_pid_maps(5), proc_pid_smaps(5)).

use std::collections::BTreeMap;

use plimsoll_snapshot::runtime::{MappedFile, ObservationSource, ProcessMemory, Resident};
use plimsoll_snapshot::{Bytes, path};

use crate::memory::observed::{Opened, SourceObservation, named_by};
use crate::memory::reader::{Reader, Recognition};
use crate::memory::text::lines;

/// The most processes of one file.
const MAX_PROCESSES: usize = 4096;

/// The most mapped files of all processes.
const MAX_FILES: usize = 1 << 20;

/// Whether the first lines show mappings.
pub(crate) fn is_maps(text: &str) -> bool {
    lines(text).take(20).any(|line| Mapping::of(&line.text).is_some())
}

pub(crate) fn read(reader: &mut Reader, text: &str) -> Recognition {
    let mut opened = Opened::default();
    let mut processes: Vec<Process> = Vec::new();
    let (mut last, mut has_sizes, mut files, mut lost) = (None, false, 0, 0);
    for line in lines(text) {
        if let Some(mapping) = Mapping::of(&line.text) {
            // Mappings of one process come in the order of their addresses.
            if last.is_none_or(|last| mapping.start < last) {
                if processes.len() >= MAX_PROCESSES {
                    lost += 1;
                } else {
                    processes.push(Process::default());
                }
            }
            last = Some(mapping.start);
            if mapping.path == "[rollup]" {
                reader.warn(Some(line.number), "a sum (`smaps_rollup`) instead of mappings");
            }
            let Some(process) = processes.last_mut() else { continue };
            process.unmeasured += u32::from(process.current.is_some() && !process.has_resident);
            process.has_resident = false;
            let kind = Kind::of(&mapping.path);
            if let Kind::File(path) = &kind {
                opened.add(path);
                files += usize::from(!process.files.contains_key(path.as_slice()));
                if files > MAX_FILES {
                    lost += 1;
                    process.current = Some(Kind::Other);
                    continue;
                }
            }
            process.current = Some(kind);
        } else if is_place(&line.text) {
            last = None;
        } else if let Some((key, kilobytes)) = size(&line.text) {
            has_sizes = true;
            if let Some(process) = processes.last_mut() {
                process.add(key, Bytes(kilobytes.saturating_mul(1024)));
            }
        } else if !is_flags(&line.text) {
            reader.warn(Some(line.number), "no mapping: the process may have ended");
        }
    }
    let source = if has_sizes { ObservationSource::Smaps } else { ObservationSource::Maps };
    reader.input.format = if has_sizes { "smaps" } else { "maps" };
    let cut = processes.iter().map(|process| process.unmeasured).sum::<u32>();
    if has_sizes && cut > 0 {
        reader.warn(None, "mappings without their memory: the file is cut off");
    }
    let mut observation = opened.finish(&reader.input.file, source);
    observation.lost += lost;
    if has_sizes {
        observation.processes = processes.into_iter().map(Process::finish).collect();
    }
    reader.input.observed.push(SourceObservation { who: named_by(&reader.input.file), observation });
    Recognition::Yes
}

/// One line of `maps`.
struct Mapping {
    start: u64,
    path: String,
}

impl Mapping {
    /// `55d0c0a00000-55d0c0a28000 r-xp 00001000 fe:00 1234   /usr/bin/x`
    fn of(line: &str) -> Option<Self> {
        let mut rest = line;
        let mut word = || {
            rest = rest.trim_start();
            let end = rest.find(' ').unwrap_or(rest.len());
            let (word, behind) = rest.split_at(end);
            rest = behind;
            Some(word).filter(|word| !word.is_empty())
        };
        let (start, end) = word()?.split_once('-')?;
        let (start, end) = (u64::from_str_radix(start, 16).ok()?, u64::from_str_radix(end, 16).ok()?);
        let rights = word()?.as_bytes();
        let (_offset, device, inode) = (u64::from_str_radix(word()?, 16).ok()?, word()?, word()?);
        let is_mapping = start < end
            && rights.len() == 4
            && matches!(rights, [b'r' | b'-', b'w' | b'-', b'x' | b'-', b'p' | b's'])
            && device.contains(':')
            && inode.bytes().all(|byte| byte.is_ascii_digit());
        is_mapping.then(|| Self { start, path: rest.trim_start().to_owned() })
    }
}

/// What is mapped.
enum Kind {
    /// A file, by its path.
    File(Vec<u8>),
    /// A file that was deleted since.
    Deleted,
    Heap,
    Stack,
    Other,
}

impl Kind {
    fn of(path: &str) -> Self {
        match path {
            "[heap]" => return Self::Heap,
            _ if path.starts_with("[stack") => return Self::Stack,
            _ => {}
        }
        let shared = ["/memfd:", "/dev/", "/SYSV", "/anon_hugepage", "/[aio]"];
        if !path.starts_with('/') || shared.iter().any(|start| path.starts_with(start)) {
            return Self::Other;
        }
        match path.strip_suffix(" (deleted)") {
            Some(_) => Self::Deleted,
            // The kernel escapes line feeds alone.
            None => Self::File(path.replace("\\012", "\n").into_bytes()),
        }
    }
}

/// A process, mapping by mapping.
#[derive(Default)]
struct Process {
    files: BTreeMap<Vec<u8>, Resident>,
    deleted: Option<Resident>,
    heap: Resident,
    stacks: Resident,
    other: Resident,
    /// What the lines that follow are about.
    current: Option<Kind>,
    has_resident: bool,
    /// Mappings of which no memory is given.
    unmeasured: u32,
}

impl Process {
    fn add(&mut self, key: Key, bytes: Bytes) {
        let resident = match &self.current {
            None => return,
            Some(Kind::File(path)) => self.files.entry(path.clone()).or_default(),
            Some(Kind::Deleted) => self.deleted.get_or_insert_default(),
            Some(Kind::Heap) => &mut self.heap,
            Some(Kind::Stack) => &mut self.stacks,
            Some(Kind::Other) => &mut self.other,
        };
        match key {
            Key::Resident => {
                self.has_resident = true;
                resident.resident += bytes;
            }
            Key::Proportional => resident.proportional += bytes,
            Key::Private => resident.private += bytes,
            Key::Swap => resident.swap += bytes,
            Key::NotKept => {}
        }
    }

    fn finish(self) -> ProcessMemory {
        let file = |(path, resident): (Vec<u8>, Resident)| MappedFile {
            path: path::escape(path.strip_prefix(b"/").unwrap_or(&path)).into_owned(),
            resident,
        };
        let deleted = self.deleted.map(|resident| MappedFile { path: String::new(), resident });
        ProcessMemory {
            files: self.files.into_iter().map(file).chain(deleted).collect(),
            heap: self.heap,
            stacks: self.stacks,
            other: self.other,
        }
    }
}

/// What a line of `smaps` counts.
#[derive(Clone, Copy)]
enum Key {
    Resident,
    Proportional,
    Private,
    Swap,
    NotKept,
}

/// A line `Rss:    4 kB`.
fn size(line: &str) -> Option<(Key, u64)> {
    let (key, value) = line.split_once(':')?;
    let value = value.trim().strip_suffix("kB")?.trim().parse().ok()?;
    let key = match key.trim() {
        "Rss" => Key::Resident,
        "Pss" => Key::Proportional,
        "Private_Clean" | "Private_Dirty" => Key::Private,
        "Swap" => Key::Swap,
        _ => Key::NotKept,
    };
    Some((key, value))
}

/// Lines of `smaps` without a size.
fn is_flags(line: &str) -> bool {
    ["VmFlags:", "THPeligible:", "ProtectionKey:"].iter().any(|key| line.trim_start().starts_with(key))
}

/// The line that names a file in front of its content.
fn is_place(line: &str) -> bool {
    let name = line.trim_end_matches(':').trim_end();
    line.starts_with("==") || name.ends_with("/smaps") || name.ends_with("/maps")
}

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::Runtime;

    use super::*;
    use crate::memory::{RuntimeBuilder, Surroundings, read};

    fn runtime(text: &str) -> Runtime {
        let mut builder = RuntimeBuilder::new();
        builder.add(read("web.smaps", text.as_bytes(), &Surroundings::NONE).unwrap());
        builder.finish()
    }

    const SMAPS: &str = "\
1000-2000 r-xp 00000000 fe:00 12        /usr/lib/a b.so
Size:                  4 kB
Rss:                   4 kB
Pss:                   2 kB
Private_Clean:         0 kB
Private_Dirty:         1 kB
Swap:                  3 kB
VmFlags: rd ex mr mw me
2000-3000 rw-p 00001000 fe:00 12        /usr/lib/a b.so
Rss:                   8 kB
Pss:                   8 kB
3000-4000 rw-p 00000000 00:00 0         [heap]
Rss:                   16 kB
Pss:                   16 kB
4000-5000 rw-p 00000000 00:00 0
Rss:                   32 kB
5000-6000 rw-s 00000000 00:01 9         /memfd:x (deleted)
Rss:                   1 kB
6000-7000 r--p 00000000 fe:00 13        /old.so (deleted)
Rss:                   64 kB
7000-8000 rw-p 00000000 00:00 0         [stack]
Rss:                   2 kB
";

    #[test]
    fn memory_is_summed_by_file_and_kind() {
        let seen = &runtime(SMAPS).observed[0];
        assert_eq!((seen.source, seen.service.as_str()), (ObservationSource::Smaps, "web"));
        assert_eq!(seen.opened.iter().collect::<Vec<_>>(), [b"usr/lib/a b.so"]);
        let [process] = &seen.processes[..] else { panic!("{seen:?}") };
        let kib = |resident: Resident| resident.resident.0 / 1024;
        let files: Vec<_> = process.files.iter().map(|file| (&*file.path, kib(file.resident))).collect();
        assert_eq!(files, [("usr/lib/a b.so", 12), ("", 64)]);
        assert_eq!([process.heap, process.stacks, process.other].map(kib), [16, 2, 33]);
        let library = process.files[0].resident;
        assert_eq!(
            [library.proportional, library.private, library.swap].map(|bytes| bytes.0 / 1024),
            [10, 1, 3]
        );
    }

    #[test]
    fn several_processes_are_told_apart() {
        assert_eq!(runtime(&SMAPS.repeat(2)).observed[0].processes.len(), 2);
        let headed = format!("==> /proc/1/smaps <==\n{SMAPS}\n==> /proc/9/smaps <==\n{SMAPS}");
        let headed = runtime(&headed);
        assert_eq!((headed.observed[0].processes.len(), headed.warnings.len()), (2, 0));
    }

    #[test]
    fn maps_name_files_alone() {
        let text: String =
            SMAPS.lines().filter(|line| line.contains('-')).map(|line| format!("{line}\n")).collect();
        let seen = &runtime(&text).observed[0];
        assert_eq!((seen.source, seen.opened.len(), seen.processes.len()), (ObservationSource::Maps, 1, 0));
    }

    #[test]
    fn a_process_that_ended_is_named_and_the_rest_is_used() {
        let text = format!(
            "{SMAPS}cat: read error: No such process\n8000-9000 r--p 0 fe:00 1 /z\nVmFlags: rd\n9000-a000 r--p 0 fe:00 1 /y\n"
        );
        let runtime = runtime(&text);
        assert_eq!(runtime.observed[0].opened.len(), 3);
        let warnings: Vec<_> = runtime.warnings.iter().map(|warning| &*warning.reason).collect();
        assert_eq!(
            warnings,
            ["no mapping: the process may have ended", "mappings without their memory: the file is cut off"]
        );
    }
}
