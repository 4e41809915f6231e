//! The parts of caches that the image runs from: what something outside of the cache leads to is no cache.
//!
//! Evidence is a symbolic link of the final tree, a command, a search path of the environment, a file that names
//! another one (a script's interpreter, an environment's settings, a `.pth`), and a command that runs what it finds in
//! its cache by itself.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_snapshot::{Image, Node, Snapshot, path};

use super::areas::{cache_directory, cache_unit};
use super::commands::commands;
use super::facts::facts;
use super::package::CacheKind;
use super::pnp::PlugNPlay;
use super::symlinks::Symlinks;
use crate::squash::{Names, Squashed};

/// The names below which nothing is a cache.
pub(super) struct RunningFrom {
    /// For each name whether it lies there; empty if no name does.
    used: Vec<bool>,
}

impl RunningFrom {
    pub(super) fn new(
        snapshot: &Snapshot,
        image: &Image,
        squashed: &Squashed<'_>,
        symlinks: &Symlinks<'_>,
        plug_n_play: &PlugNPlay<'_>,
    ) -> Self {
        let caches = Caches::of(snapshot, image, squashed);
        if caches.names.is_empty() {
            return Self { used: Vec::new() };
        }
        let commands: Vec<Vec<&str>> =
            commands(snapshot, image).into_iter().map(|(_, words)| words).collect();
        // Parts that are led to, by the key under which they are known: a path may be long, and many lead to one part.
        let mut led_to: Vec<&[u8]> = Vec::new();
        let mut inner: BTreeMap<&[u8], BTreeSet<&[u8]>> = BTreeMap::new();
        for (link, target) in symlinks.links() {
            let Some(to) = caches.unit(&target) else { continue };
            // A link in a cache counts if it lies where something else leads to.
            match caches.unit(link) {
                Some(from) => _ = inner.entry(from).or_default().insert(to),
                // Another place of the cache may be a link to it.
                None if is_in_cache(link) => {}
                None => led_to.push(to),
            }
        }
        for place in evidence(snapshot, image, squashed, &commands) {
            let place = symlinks.resolve(&place).unwrap_or(place);
            led_to.extend(caches.unit(&place));
        }
        let mut units: BTreeSet<&[u8]> = BTreeSet::new();
        while let Some(unit) = led_to.pop() {
            if units.insert(unit) {
                led_to.extend(inner.remove(unit).unwrap_or_default());
            }
        }
        let runs_by_itself = caches_of_commands(&commands);
        for (&directory, kind) in &caches.directories {
            if runs_by_itself.contains(kind)
                || *kind == CacheKind::Yarn && plug_n_play.runs_from(&[directory, &b"/x"[..]].concat())
            {
                units.insert(directory);
            }
        }
        Self::below(squashed, units.iter().filter_map(|unit| caches.names.get(unit).copied()))
    }

    fn below(squashed: &Squashed<'_>, tops: impl Iterator<Item = u32>) -> Self {
        let tops: BTreeSet<u32> = tops.collect();
        if tops.is_empty() {
            return Self { used: Vec::new() };
        }
        let names = &squashed.names;
        let mut used = vec![false; names.len()];
        // Parents come before their children.
        for name in 0..u32::try_from(names.len()).unwrap_or(u32::MAX) {
            let inherited = name != Names::ROOT && used[names.parent(name) as usize];
            used[name as usize] = inherited || tops.contains(&name);
        }
        Self { used }
    }

    /// Whether the image runs from a place below this name.
    pub(super) fn leads_to(&self, name: u32) -> bool {
        self.used.get(name as usize).copied().unwrap_or(false)
    }
}

/// The caches of an image, and the parts of them.
struct Caches<'s> {
    directories: BTreeMap<&'s [u8], CacheKind>,
    /// Each cache and each part, with its name.
    names: BTreeMap<&'s [u8], u32>,
}

impl<'s> Caches<'s> {
    fn of(snapshot: &'s Snapshot, image: &Image, squashed: &Squashed<'_>) -> Self {
        let mut caches = Self { directories: BTreeMap::new(), names: BTreeMap::new() };
        for (layer, index) in image.layers.iter().zip(0..) {
            let Some(contents) = &snapshot.layers[layer.layer].contents else { continue };
            let mut last: &[u8] = &[];
            for (entry, at) in contents.entries.iter().zip(0..) {
                // Neighbours lie in the same part.
                let is_same = !last.is_empty()
                    && entry.path.strip_prefix(last).is_some_and(|rest| rest.starts_with(b"/"));
                if is_same || matches!(entry.node, Node::Directory) {
                    continue;
                }
                last = &[];
                let Some((kind, directory)) = cache_directory(entry.path) else { continue };
                let unit = cache_unit(entry.path).unwrap_or(directory);
                caches.directories.insert(directory, kind);
                for place in [directory, unit] {
                    let above = entry.path[place.len()..].iter().filter(|&&byte| byte == b'/').count();
                    let mut name = squashed.names.of(index, at);
                    (0..above).for_each(|_| name = squashed.names.parent(name));
                    caches.names.entry(place).or_insert(name);
                }
                last = unit;
            }
        }
        caches
    }

    /// The part of a cache that a path lies in, or is itself; `None` if the image has no such part.
    fn unit(&self, path: &[u8]) -> Option<&'s [u8]> {
        let path = in_directory(path);
        let unit = cache_unit(&path)?;
        self.names.get_key_value(unit.strip_suffix(b"/").unwrap_or(unit)).map(|(unit, _)| *unit)
    }
}

/// A path as that of something in a directory: it may be that of the cache itself.
fn in_directory(path: &[u8]) -> Vec<u8> {
    [path, b"/"].concat()
}

fn is_in_cache(path: &[u8]) -> bool {
    cache_unit(&in_directory(path)).is_some()
}

/// The most words of a command that are looked at.
const MAX_WORDS: usize = 10_000;

/// The paths that the image's own settings and files lead to.
fn evidence(
    snapshot: &Snapshot,
    image: &Image,
    squashed: &Squashed<'_>,
    commands: &[Vec<&str>],
) -> Vec<Vec<u8>> {
    let config = &image.config;
    let mut paths = Vec::new();
    for words in commands {
        for word in words.iter().take(MAX_WORDS) {
            // Class paths and options name several.
            for part in word.split([':', ';', ',', '=', '"', '\'', '(', ')', '`']) {
                paths.extend(absolute(part, config));
            }
        }
    }
    paths.extend(config.search_paths.iter().flat_map(|path| absolute(path, config)));
    for (layer, facts) in facts(snapshot, image) {
        for fact in facts.leads.iter().filter(|fact| squashed.names.is_alive(layer, fact.entry)) {
            let place = super::facts::path_of(snapshot, image, layer, fact.entry);
            // What lies in a cache may speak of the cache.
            if cache_directory(place).is_none() {
                paths.extend(fact.paths.iter().flat_map(|path| absolute(path, config)));
            }
        }
    }
    paths
}

/// The path in the image that a word means, if it is one: `/a`, `./a`, `~/a`, `$HOME/a`, without a wildcard at its end.
fn absolute(word: &str, config: &plimsoll_snapshot::Config) -> Option<Vec<u8>> {
    /// Linux takes no longer path (`PATH_MAX`), and no longer name of a user (`LOGIN_NAME_MAX`).
    const MAX_PATH: usize = 4096;
    const MAX_USER: usize = 256;
    let is_long = word.len() + config.working_dir.len() > MAX_PATH || config.user.len() > MAX_USER;
    if is_long || !word.contains('/') {
        return None;
    }
    let home = ["~/", "$HOME/", "${HOME}/"].iter().find_map(|home| word.strip_prefix(home));
    let user = config.user.split(':').next().unwrap_or_default();
    let whole = match home {
        Some(rest) if matches!(user, "" | "0" | "root") => format!("root/{rest}"),
        Some(rest) => format!("home/{user}/{rest}"),
        None if word.starts_with('/') => word.to_owned(),
        None => format!("{}/{word}", config.working_dir),
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part if part.contains('*') => break,
            part => parts.push(part),
        }
    }
    path::unescape(&parts.join("/"))
}

/// The caches that commands run from by themselves: `mvn exec:java`, `go run`, `uvx`.
fn caches_of_commands(commands: &[Vec<&str>]) -> BTreeSet<CacheKind> {
    let mut kinds = BTreeSet::new();
    for words in commands {
        let words: Vec<&str> = words.iter().map(|word| word.rsplit('/').next().unwrap_or(word)).collect();
        for (at, word) in words.iter().enumerate() {
            let runs = |wanted: &[&str]| words[at + 1..].iter().take(3).any(|word| wanted.contains(word));
            kinds.extend(match *word {
                "mvn" | "mvnw" | "mvnd" => Some(CacheKind::Maven),
                "gradle" | "gradlew" => Some(CacheKind::Gradle),
                "go" if runs(&["run", "test", "tool", "generate"]) => Some(CacheKind::Go),
                "cargo" if runs(&["run", "test", "watch"]) => Some(CacheKind::Cargo),
                "uvx" => Some(CacheKind::Uv),
                "uv" if runs(&["tool", "--with", "--script"]) => Some(CacheKind::Uv),
                "pnpx" => Some(CacheKind::Pnpm),
                "pnpm" if runs(&["dlx"]) => Some(CacheKind::Pnpm),
                _ => None,
            });
        }
    }
    kinds
}

#[cfg(test)]
mod tests {
    use super::super::{Owner, catalogue};
    use crate::squash::squash;
    use crate::testing::snapshot;

    /// The bytes that are called a cache.
    fn cached(layers: &[&str], change: impl FnOnce(&mut plimsoll_snapshot::Config)) -> u64 {
        let mut snapshot = snapshot("app", layers);
        change(&mut snapshot.images[0].config);
        let image = &snapshot.images[0];
        let squashed = squash(&snapshot, image);
        let catalogue = catalogue(&snapshot, image, &squashed);
        catalogue.owned(&squashed, |owner| matches!(owner, Owner::Cache(_))).tree_bytes.0
    }

    fn command(words: &[&str]) -> impl FnOnce(&mut plimsoll_snapshot::Config) {
        let command = words.iter().map(|&word| word.to_owned()).collect();
        move |config| config.command = command
    }

    const MAVEN: &str = "f root/.m2/repository/org/a/1/a.bin 700\nf root/.m2/repository/org/b/1/b.bin 30";

    #[test]
    fn a_class_path_leads_into_a_repository() {
        assert_eq!(cached(&[MAVEN], |_| {}), 730);
        let jar = "/app.jar:/root/.m2/repository/org/a/1/a.bin";
        assert_eq!(cached(&[MAVEN], command(&["java", "-cp", jar, "Main"])), 0);
        assert_eq!(cached(&[MAVEN], command(&["sh", "-c", "java -cp \"$HOME/.m2/repository/*\" Main"])), 0);
        assert_eq!(cached(&[MAVEN], command(&["mvn", "exec:java"])), 0);
        let by_variable = |config: &mut plimsoll_snapshot::Config| {
            config.search_paths = vec!["/root/.m2/repository/org/a/1/a.bin".into()];
        };
        assert_eq!(cached(&[MAVEN], by_variable), 0);
        // Another user's home is another one.
        let user = |config: &mut plimsoll_snapshot::Config| {
            config.user = "app".into();
            config.command = vec!["java".into(), "-cp".into(), "~/.m2/repository/a.jar".into()];
        };
        assert_eq!(cached(&[MAVEN], user), 730);
        assert_eq!(cached(&[MAVEN], command(&["java", "-jar", "/app.jar"])), 730);
    }

    #[test]
    fn files_lead_into_caches_unless_they_lie_there() {
        let go = "f root/.cache/tools/bin/run 60\nf root/.cache/go-build/a 5";
        let script = "f usr/local/bin/x 1\ne usr/local/bin/x /root/.cache/tools/bin/run";
        let inside = "f root/.cache/other/x 1\ne root/.cache/other/x /root/.cache/tools/bin/run";
        assert_eq!(cached(&[go], |_| {}), 65);
        assert_eq!(cached(&[go, script], |_| {}), 5);
        assert_eq!(cached(&[go, inside], |_| {}), 66);
        assert_eq!(cached(&[go, script, "w usr/local/bin/x"], |_| {}), 65);
    }

    #[test]
    fn links_lead_to_a_part_of_a_cache_and_on_from_there() {
        let store = "
            f root/.local/share/pnpm/store/v10/links/a/index.js 100
            f root/.local/share/pnpm/store/v10/files/ab/01 7
            l app/node_modules/a /root/.local/share/pnpm/store/v10/links/a";
        assert_eq!(cached(&[store], |_| {}), 7);
        assert_eq!(cached(&[store, "w app"], |_| {}), 107);
        let archives = "
            f root/.cache/uv/archive-v0/x/a.so 100
            f root/.cache/uv/archive-v0/y/b.so 20
            f root/.cache/uv/archive-v0/z/c.so 3
            l root/.cache/uv/archive-v0/x/b.so ../y/b.so
            l root/.cache/uv/environments-v2/e/c.so ../../archive-v0/z/c.so
            l opt/a.so /root/.cache/uv/archive-v0/x/a.so";
        assert_eq!(cached(&[archives], |_| {}), 3);
        // Another place of the same cache is no use of it, and a link to the cache as a whole is.
        assert_eq!(cached(&[MAVEN, "l home/app/.m2/repository /root/.m2/repository"], |_| {}), 730);
        assert_eq!(cached(&[MAVEN, "l app/lib /root/.m2/repository"], |_| {}), 0);
    }

    #[test]
    fn plug_n_play_runs_from_its_archives() {
        let project =
            "f app/.yarn/cache/a-npm-1.0.0-0-0.zip 900\nf root/.yarn/berry/cache/a-npm-1.0.0-0-0.zip 50";
        assert_eq!(cached(&[project], |_| {}), 950);
        assert_eq!(cached(&[project, "f app/.pnp.cjs 1"], |_| {}), 50);
        assert_eq!(cached(&[project, "f app/.pnp.cjs 1", "w app/.yarn"], |_| {}), 0);
        assert_eq!(cached(&[project, "f other/.pnp.cjs 1"], |_| {}), 900);
    }
}
