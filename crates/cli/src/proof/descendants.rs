//! The processes that come from this one (proc(5)).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::time::Duration;

use rustix::process::{Signal, WaitOptions, kill_process, waitpid};

use super::identity::identity;

/// A process that starts others faster than they are killed is given up after that many rounds.
const ROUNDS: usize = 50;
const PAUSE: Duration = Duration::from_millis(5);

/// Kills all of them, round by round: a killed process starts no others. The child itself is left to the one that waits for it.
pub(super) fn kill(child: u32) {
    let mut killed = BTreeSet::new();
    for _ in 0..ROUNDS {
        let found = all();
        if found.iter().all(|&process| process == child) {
            break;
        }
        for &process in &found {
            if let Some(identity) = identity(process) {
                let _ = kill_process(identity, Signal::KILL);
            }
        }
        killed.extend(found);
        std::thread::sleep(PAUSE);
    }
    killed.remove(&child);
    // Those that this program adopted are zombies until it waits for them.
    for identity in killed.into_iter().filter_map(identity) {
        for _ in 0..ROUNDS {
            match waitpid(Some(identity), WaitOptions::NOHANG) {
                Ok(None) => std::thread::sleep(PAUSE),
                _ => break,
            }
        }
    }
}

fn all() -> BTreeSet<u32> {
    let parents = parents();
    let mut found = BTreeSet::from([std::process::id()]);
    loop {
        let children = parents.iter().filter(|(_, parent)| found.contains(parent)).map(|(child, _)| *child);
        let children: Vec<u32> = children.filter(|child| !found.contains(child)).collect();
        if children.is_empty() {
            break;
        }
        found.extend(children);
    }
    found.remove(&std::process::id());
    found
}

/// Every process that runs, and its parent (proc(5), `/proc/pid/stat`).
fn parents() -> BTreeMap<u32, u32> {
    #[expect(clippy::disallowed_methods, reason = "the list of processes is no input")]
    let Ok(entries) = fs::read_dir("/proc") else { return BTreeMap::new() };
    let processes = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    processes
        .filter_map(|process| {
            #[expect(clippy::disallowed_methods, reason = "the list of processes is no input")]
            let stat = fs::read(format!("/proc/{process}/stat")).ok()?;
            let stat = String::from_utf8_lossy(&stat).into_owned();
            // The name in parentheses may hold anything.
            let mut rest = stat.rsplit_once(')')?.1.split_whitespace();
            let (state, parent) = (rest.next()?, rest.next()?);
            // A zombie has ended already.
            if matches!(state, "Z" | "X") { None } else { Some((process, parent.parse().ok()?)) }
        })
        .collect()
}
