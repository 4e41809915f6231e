//! Which files containers open, as the kernel tells it: a fanotify group for the root file system of each container
//! (fanotify(7)).
//!
//! Every container has a separate overlay, so a mark on its file system sees the whole container, processes of
//! `exec` included, and nothing else. Overlays that appear are marked at once, before their container's first program
//! starts. A file that was seen is ignored from then on, so that it costs nothing to open it again.

#![expect(clippy::disallowed_methods, reason = "files of the kernel are no inputs")]

use std::collections::{HashMap, HashSet, hash_map::RandomState};
use std::ffi::OsString;
use std::fs::File;
use std::hash::BuildHasher as _;
use std::io::{Read as _, Seek as _};
use std::os::fd::{AsFd as _, AsRawFd as _};
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use nix::errno::Errno;
use nix::sys::fanotify::{EventFFlags, Fanotify, InitFlags, MarkFlags, MaskFlags};
use plimsoll_snapshot::runtime::Time;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::clock::now;
use crate::error::{Error, Result};

/// The most paths that are remembered of one container. Further ones are lost, and counted.
const MAX_PATHS: usize = 1 << 20;

/// The most bytes of paths that wait to be written down, for all containers.
const MAX_WAITING: usize = 64 << 20;

/// The most containers at once: the kernel gives a user 128 groups.
const MAX_GROUPS: usize = 120;

/// How long the kernel's list of mounts is waited for, in milliseconds.
const PATIENT_MS: i64 = 200;

/// What was seen of one container since it was last asked.
#[derive(Debug, Default)]
pub(crate) struct FileActivity {
    /// Since when it is watched.
    pub(crate) marked: Option<Time>,
    /// New paths, from the root of the container.
    pub(crate) paths: Vec<Vec<u8>>,
    /// Events that the kernel or the recorder had no room for: at least that many.
    pub(crate) lost: u64,
}

/// Watches containers until it is dropped.
pub(crate) struct FileWatch {
    state: Arc<State>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct State {
    stops: AtomicBool,
    roots: Mutex<HashMap<PathBuf, Root>>,
}

/// The root file system of a container, by the place where it is mounted.
struct Root {
    group: Option<Arc<Fanotify>>,
    /// The paths that were seen, by their hashes.
    known: HashSet<u64>,
    waiting: usize,
    seen: FileActivity,
}

impl FileWatch {
    /// Begins to watch what is mounted from now on.
    ///
    /// # Errors
    /// If the kernel refuses, for want of privileges for example.
    pub(crate) fn start() -> Result<Self> {
        group().map_err(refused)?;
        let mounts = File::open("/proc/self/mountinfo")
            .map_err(|error| Error::read(Path::new("/proc/self/mountinfo"), error))?;
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        let known = overlays(&mounts);
        let thread = std::thread::spawn(move || shared.run(&mounts, known));
        Ok(Self { state, thread: Some(thread) })
    }

    /// Watches a container that may already run: by the place of its root, or else by that of its first process.
    pub(crate) fn adopt(&self, root: &Path, pid: Option<u64>) {
        let place = match pid {
            _ if root.exists() => root.to_owned(),
            Some(pid) => PathBuf::from(format!("/proc/{pid}/root")),
            None => return,
        };
        let mut roots = self.state.roots();
        if roots.get(root).is_none_or(|known| known.group.is_none()) {
            mark(&mut roots, root.to_owned(), &place);
        }
    }

    /// What was seen of a container since the last time.
    pub(crate) fn take(&self, root: &Path) -> Option<FileActivity> {
        let mut roots = self.state.roots();
        let known = roots.get_mut(root)?;
        known.waiting = 0;
        let marked = known.seen.marked;
        Some(std::mem::replace(&mut known.seen, FileActivity { marked, ..FileActivity::default() }))
    }

    /// Reads what the kernel has told so far, for the last time.
    pub(crate) fn finish(&mut self) {
        self.state.stops.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // A watcher that panicked has seen what it has seen.
            let _ = thread.join();
        }
    }
}

impl Drop for FileWatch {
    fn drop(&mut self) {
        self.finish();
    }
}

fn group() -> nix::Result<Fanotify> {
    let flags = InitFlags::FAN_CLASS_NOTIF
        | InitFlags::FAN_NONBLOCK
        | InitFlags::FAN_CLOEXEC
        | InitFlags::FAN_UNLIMITED_MARKS;
    Fanotify::init(flags, EventFFlags::O_RDONLY | EventFFlags::O_LARGEFILE | EventFFlags::O_CLOEXEC)
}

fn refused(error: Errno) -> Error {
    let reason = match error {
        Errno::EPERM => "recording opened files needs root or CAP_SYS_ADMIN".to_owned(),
        Errno::ENOSYS => "this kernel has no fanotify".to_owned(),
        error => format!("the kernel does not report opened files: {}", error.desc()),
    };
    Error::usage(
        reason,
        "run it with `sudo`; or run `strace -f -e trace=open,openat,execve,chdir -o SERVICE.strace COMMAND` in the container, \
         and `plimsoll snapshot SERVICE=IMAGE --memory SERVICE.strace`",
    )
}

/// Watches a file system. One that cannot be watched is left alone: its container has ended, or it is none.
fn mark(roots: &mut HashMap<PathBuf, Root>, root: PathBuf, place: &Path) {
    let watched = roots.values().filter(|root| root.group.is_some()).count();
    let marked = (watched < MAX_GROUPS).then(group).and_then(nix::Result::ok).filter(|group| {
        let flags = MarkFlags::FAN_MARK_ADD | MarkFlags::FAN_MARK_FILESYSTEM;
        group.mark(flags, MaskFlags::FAN_OPEN, rustix::fs::CWD, Some(place)).is_ok()
    });
    let known = roots.entry(root).or_insert_with(|| Root {
        group: None,
        known: HashSet::new(),
        waiting: 0,
        seen: FileActivity::default(),
    });
    match marked {
        Some(group) => {
            known.group = Some(Arc::new(group));
            known.seen.marked.get_or_insert_with(now);
        }
        None => known.seen.lost += 1,
    }
}

impl State {
    fn roots(&self) -> MutexGuard<'_, HashMap<PathBuf, Root>> {
        self.roots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for mounts and events, in turn.
    fn run(&self, mounts: &File, mut known: HashSet<PathBuf>) {
        let hashes = RandomState::new();
        while !self.stops.load(Ordering::Relaxed) {
            let groups: Vec<(PathBuf, Arc<Fanotify>)> = {
                let roots = self.roots();
                let all = roots.iter();
                all.filter_map(|(root, known)| Some((root.clone(), known.group.clone()?))).collect()
            };
            let mut polled = vec![PollFd::new(mounts, PollFlags::PRI | PollFlags::ERR)];
            polled.extend(
                groups.iter().map(|(_, group)| PollFd::from_borrowed_fd(group.as_fd(), PollFlags::IN)),
            );
            let patience = Timespec { tv_sec: 0, tv_nsec: PATIENT_MS * 1_000_000 };
            if poll(&mut polled, Some(&patience)).is_err() {
                continue;
            }
            let has_news: Vec<bool> = polled.iter().map(|one| !one.revents().is_empty()).collect();
            drop(polled);
            if has_news[0] {
                self.compare(mounts, &mut known);
            }
            for ((root, group), _) in groups.iter().zip(&has_news[1..]).filter(|(_, has)| **has) {
                self.read(root, group, &hashes, &self.stops);
            }
        }
        let groups: Vec<_> = self
            .roots()
            .iter()
            .filter_map(|(root, known)| Some((root.clone(), known.group.clone()?)))
            .collect();
        for (root, group) in groups {
            self.read(&root, &group, &hashes, &AtomicBool::new(false));
        }
    }

    /// Marks what was mounted, and lets go of what is no longer.
    fn compare(&self, mounts: &File, known: &mut HashSet<PathBuf>) {
        let there = overlays(mounts);
        let mut roots = self.roots();
        for root in there.difference(known) {
            mark(&mut roots, root.clone(), root);
        }
        for root in known.difference(&there) {
            if let Some(root) = roots.get_mut(root) {
                // The remaining events in its queue are from before.
                root.group = None;
            }
        }
        *known = there;
    }

    /// Reads what waits in the queue of a group.
    fn read(&self, root: &Path, group: &Fanotify, hashes: &RandomState, stops: &AtomicBool) {
        /// As much as a full queue, so that others have their turn.
        const MAX_READS: u32 = 256;
        for _ in 0..MAX_READS {
            let events = match group.read_events() {
                Ok(events) if !events.is_empty() => events,
                Ok(_) | Err(Errno::EAGAIN) => return,
                // The file of an event cannot be opened any more.
                Err(_) => {
                    if let Some(known) = self.roots().get_mut(root) {
                        known.seen.lost += 1;
                    }
                    continue;
                }
            };
            let mut roots = self.roots();
            let Some(known) = roots.get_mut(root) else { return };
            for event in &events {
                let Some(file) = event.fd() else {
                    known.seen.lost += 1;
                    continue;
                };
                let path = std::fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd()));
                let Ok(path) = path else {
                    known.seen.lost += 1;
                    continue;
                };
                if known.note(root, path, hashes) {
                    let flags = MarkFlags::FAN_MARK_ADD
                        | MarkFlags::FAN_MARK_IGNORED_MASK
                        | MarkFlags::FAN_MARK_IGNORED_SURV_MODIFY
                        | MarkFlags::FAN_MARK_EVICTABLE;
                    // Older kernels report the file again and again.
                    let _ = group.mark::<_, Path>(flags, MaskFlags::FAN_OPEN, file, None);
                }
            }
            drop(roots);
            if stops.load(Ordering::Relaxed) {
                return;
            }
        }
    }
}

impl Root {
    /// Notes an opened file; tells whether it can be ignored from now on.
    fn note(&mut self, root: &Path, path: PathBuf, hashes: &RandomState) -> bool {
        // Programs of the host see the container where it is mounted, its own see their root.
        if path.starts_with(root) {
            return false;
        }
        let path = path.into_os_string().into_vec();
        if self.known.len() >= MAX_PATHS || self.waiting > MAX_WAITING {
            self.seen.lost += 1;
            return true;
        }
        if self.known.insert(hashes.hash_one(&path)) {
            self.waiting += path.len();
            self.seen.paths.push(path);
        }
        true
    }
}

/// Where overlays are mounted now (proc_pid_mountinfo(5)).
fn overlays(mut mounts: &File) -> HashSet<PathBuf> {
    let mut text = Vec::new();
    let is_read = mounts.rewind().is_ok() && mounts.read_to_end(&mut text).is_ok();
    if !is_read {
        return HashSet::new();
    }
    text.split(|&byte| byte == b'\n').filter_map(overlay).collect()
}

fn overlay(line: &[u8]) -> Option<PathBuf> {
    let mut words = line.split(|&byte| byte == b' ');
    let place = words.by_ref().nth(4)?;
    // Optional fields end with a hyphen.
    let kind = words.skip_while(|word| *word != b"-").nth(1)?;
    matches!(kind, b"overlay" | b"fuse.fuse-overlayfs")
        .then(|| PathBuf::from(OsString::from_vec(unescaped(place))))
}

/// Spaces, tabs, line feeds and backslashes are written in octal.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let (mut out, mut at) = (Vec::with_capacity(text.len()), 0);
    while let Some(&byte) = text.get(at) {
        let octal = text.get(at + 1..at + 4).filter(|_| byte == b'\\');
        let value = octal.and_then(|digits| u8::from_str_radix(str::from_utf8(digits).ok()?, 8).ok());
        out.push(value.unwrap_or(byte));
        at += if value.is_some() { 4 } else { 1 };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlays_are_found_by_their_kind() {
        let line = "36 35 0:52 / /var/lib/docker/a\\040b/merged rw,relatime shared:9 - overlay overlay rw,lowerdir=/x";
        assert_eq!(overlay(line.as_bytes()), Some(PathBuf::from("/var/lib/docker/a b/merged")));
        assert_eq!(overlay(line.replace("- overlay", "- ext4").as_bytes()), None);
        assert_eq!(overlay(b"36 35"), None);
        assert_eq!(unescaped(b"a\\0\\134\\999"), b"a\\0\\\\999");
    }

    #[test]
    fn programs_of_the_host_do_not_count_and_memory_is_bounded() {
        let mut root = Root { group: None, known: HashSet::new(), waiting: 0, seen: FileActivity::default() };
        let hashes = RandomState::new();
        let place = Path::new("/var/lib/docker/x/merged");
        assert!(!root.note(place, place.join("etc/passwd"), &hashes));
        for path in ["/usr/bin/python3", "/usr/bin/python3", "/app/a.py"] {
            assert!(root.note(place, PathBuf::from(path), &hashes));
        }
        assert_eq!((root.seen.paths.len(), root.seen.lost), (2, 0));
        root.waiting = MAX_WAITING + 1;
        root.note(place, PathBuf::from("/b"), &hashes);
        assert_eq!((root.seen.paths.len(), root.seen.lost), (2, 1));
    }
}
