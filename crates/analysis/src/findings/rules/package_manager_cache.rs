//! Package manager caches in layers.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_snapshot::{Bytes, filled};

use crate::findings::build_context::in_context;
use crate::findings::finding::{Confidence, Finding, Severity};
use crate::findings::fixes::{Action, Fix};
use crate::findings::headline::Headline;
use crate::findings::input::Input;
use crate::findings::rule::{Check, Rule};
use crate::findings::rule_id::RuleId;
use crate::lines::step::{self, Copy};
use crate::lines::{Dockerfile, Line, Shell, Unfit, dockerfile, dockerignore, line};
use crate::packages::{CacheKind, Owner, cache_directory};

pub(super) const RULE: Rule = Rule { id: RuleId::PackageManagerCache, check: Check::Image(check) };

/// An empty cache leaves less behind.
const LEAST: Bytes = Bytes(100_000);

fn check(input: &Input<'_>) -> Vec<Finding> {
    let mut caches: BTreeMap<CacheKind, Vec<u32>> = BTreeMap::new();
    for (index, _, owner) in input.inodes() {
        if let Owner::Cache(kind) = owner {
            caches.entry(kind).or_default().push(index);
        }
    }
    let found =
        caches.into_iter().filter(|(kind, inodes)| *kind != CacheKind::Other && input.bytes(inodes) >= LEAST);
    found.map(|(kind, inodes)| finding(input, kind, inodes)).collect()
}

fn finding(input: &Input<'_>, kind: CacheKind, inodes: Vec<u32>) -> Finding {
    let main = input.main_layer(&inodes);
    let directories: BTreeSet<&[u8]> = filled(
        (inodes.iter())
            .filter_map(|&index| cache_directory(input.path(&input.squashed.inodes[index as usize])))
            .map(|(_, directory)| directory),
    );
    let mut finding = input.finding(RULE.id, Headline::PackageManagerCache { cache: kind }, inodes);
    let Some(instruction) = main.and_then(|layer| input.instruction(layer)) else {
        // Only another base avoids it.
        return finding
            .at_most(Severity::Low, if main.is_none() { Confidence::Low } else { Confidence::High });
    };
    if let Some(command) = step::command(&instruction) {
        let mounts = finding.fitting(mounts(kind, &directories));
        if !mounts.is_empty() {
            let mounted = dockerfile::run(&mounts, std::slice::from_ref(&command));
            finding.fixes.push(Fix::instead_of(instruction.clone(), Action::MountCache, mounted));
        }
        let and = |more: &'static str| step::and(&instruction, [more.into()]);
        let cleaned = match kind {
            CacheKind::AptLists => and("rm -rf /var/lib/apt/lists/*"),
            CacheKind::AptArchives => and("apt-get clean"),
            CacheKind::Apk => replaced(&command, "apk add ", "apk add --no-cache "),
            CacheKind::Pip => replaced(&command, "pip install ", "pip install --no-cache-dir ")
                .or_else(|| replaced(&command, "pip3 install ", "pip3 install --no-cache-dir ")),
            CacheKind::Dnf => and("rm -rf /var/cache/dnf"),
            CacheKind::Npm => and("npm cache clean --force"),
            CacheKind::Conda => and("conda clean --all --yes"),
            _ => None,
        };
        finding
            .fixes
            .extend(cleaned.map(|lines| Fix::instead_of(instruction.clone(), Action::ClearCache, lines)));
    } else if let Some(copy) = Copy::parse(&instruction).filter(|copy| !copy.is_from_stage()) {
        let inside = |directory: &&[u8]| in_context(input, &copy, directory);
        let ignored = directories.iter().filter_map(inside);
        let ignored = finding.fitting(ignored.map(|inside| dockerignore::pattern(&inside)));
        if !ignored.is_empty() {
            finding.fixes.push(Fix::new(Action::Exclude, Line::joined("\n", ignored)));
        }
    }
    finding
}

fn replaced(command: &Line<Shell>, old: &'static str, new: &'static str) -> Option<Line<Dockerfile>> {
    (command.contains(old) && !command.contains(new.trim_end()))
        .then(|| dockerfile::run(&[], &[command.replacing(old, new, usize::MAX)]))
}

/// The mounts that keep a cache out of the layer (Dockerfile reference, "RUN --mount=type=cache"): where it lies in
/// this image, and for apt both of its directories, since one is useless without the other.
fn mounts(kind: CacheKind, directories: &BTreeSet<&[u8]>) -> Vec<Result<Line<Dockerfile>, Unfit>> {
    if matches!(kind, CacheKind::AptLists | CacheKind::AptArchives) {
        return ["/var/cache/apt", "/var/lib/apt/lists"]
            .map(|target| Ok(line!("--mount=type=cache,target=", target, ",sharing=locked")))
            .into();
    }
    let option = |directory: &&[u8]| Ok(line!("--mount=type=cache,target=", dockerfile::path(directory)?));
    directories.iter().take(4).map(option).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::check::check;

    const BASE: &str = "i ADD rootfs /\nf etc/x 1";

    #[test]
    fn the_cache_is_mounted_where_it_lies() {
        let found = check(
            &RULE,
            &[BASE, "i RUN pip install -r r.txt\nf home/me/.cache/pip/http/a 2000000\nf usr/lib/x 1"],
        );
        let lines: Vec<&str> = found[0].fixes.iter().map(|fix| fix.lines.as_str()).collect();
        assert_eq!(
            lines,
            [
                "RUN --mount=type=cache,target=/home/me/.cache/pip \\\n    pip install -r r.txt",
                "RUN pip install --no-cache-dir -r r.txt"
            ]
        );
    }

    #[test]
    fn lists_of_apt_are_removed_at_once_or_mounted() {
        let found = check(&RULE, &[BASE, "i RUN apt-get update\nf var/lib/apt/lists/x 20000000"]);
        assert_eq!((found[0].saving, found[0].severity), (Bytes(20_000_000), Severity::Medium));
        assert_eq!(found[0].fixes[1].lines, "RUN apt-get update \\\n && rm -rf /var/lib/apt/lists/*");
    }

    #[test]
    fn a_cache_of_the_context_is_ignored() {
        let found = check(&RULE, &[BASE, "i COPY . /app\nf app/.cache/pip/http/a 2000000"]);
        assert_eq!(found[0].fixes[0].lines, ".cache/pip");
    }

    #[test]
    fn what_has_another_name_is_not_saved() {
        let store = "i RUN pnpm install
            f root/.local/share/pnpm/store/v10/files/ab/01 50000000
            f root/.local/share/pnpm/store/v10/files/ef/unused 12000000
            h app/index.js root/.local/share/pnpm/store/v10/files/ab/01";
        assert_eq!(check(&RULE, &[BASE, store])[0].saving, Bytes(12_000_000));
    }

    #[test]
    fn what_is_left_of_an_empty_cache_is_no_finding() {
        assert_eq!(check(&RULE, &[BASE, "i RUN x\nf root/.cache/pip/selfcheck/a 100"]), []);
        assert_eq!(check(&RULE, &[BASE, "i RUN x\nf app/cache/a 10000000"]), []);
    }
}
