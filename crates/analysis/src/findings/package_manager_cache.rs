//! Package-manager caches left in a layer.

use std::collections::BTreeMap;

use super::{Check, Finding, Fix, Input, Rule};
use crate::packages::{CacheKind, Owner};

pub(super) const RULE: Rule = Rule {
    id: "package-manager-cache",
    title: "Package-manager caches are shipped in the image",
    why: "They are downloaded with every pull and never read at run time.",
    how: "Mount the cache while the instruction runs (`RUN --mount=type=cache`), so that it never enters a layer and makes the next \
          build faster, or remove it in the very instruction that fills it. Removing it in a later one saves nothing.",
    limits: "Caches are known by their place. One that was moved elsewhere by a setting is not seen, and a directory of that name that \
             the application reads at run time is taken for one.",
    check: Check::Image(check),
};

fn check(input: &Input<'_>) -> Vec<Finding> {
    let mut caches: BTreeMap<CacheKind, Vec<u32>> = BTreeMap::new();
    for (index, _, owner) in input.inodes() {
        if let Owner::Cache(kind) = owner {
            caches.entry(kind).or_default().push(index);
        }
    }
    let found = caches.into_iter().filter(|(kind, _)| *kind != CacheKind::Other);
    found.map(|(kind, inodes)| finding(input, kind, inodes)).filter(|finding| finding.saving.0 > 0).collect()
}

fn finding(input: &Input<'_>, kind: CacheKind, inodes: Vec<u32>) -> Finding {
    let mut finding = input.finding(RULE.id, format!("{} in the image", name(kind)), inodes);
    let largest = finding.evidence.first().and_then(|evidence| evidence.instruction.clone());
    if let Some(run) = largest.filter(|text| text.starts_with("RUN ")) {
        let lines = format!("{}{}", mounts(kind), run.strip_prefix("RUN ").unwrap_or(&run));
        finding.fixes.push(Fix::instead_of(
            run,
            "keeps the cache out of the layer, for the next build",
            lines,
        ));
    }
    finding
}

fn name(kind: CacheKind) -> &'static str {
    match kind {
        CacheKind::AptLists => "Package lists of apt",
        CacheKind::AptArchives => "Downloaded packages of apt",
        CacheKind::Apk => "The cache of apk",
        CacheKind::Dnf => "The cache of dnf",
        CacheKind::Zypper => "The cache of zypper",
        CacheKind::Pacman => "The cache of pacman",
        CacheKind::Pip => "The cache of pip",
        CacheKind::Uv => "The cache of uv",
        CacheKind::Poetry => "The cache of Poetry",
        CacheKind::Conda => "The package cache of conda",
        CacheKind::Npm => "The cache of npm",
        CacheKind::Yarn => "The cache of Yarn",
        CacheKind::Pnpm => "The store of pnpm",
        CacheKind::Cargo => "The registry of Cargo",
        CacheKind::Go => "The cache of Go",
        CacheKind::Gem => "The cache of RubyGems",
        CacheKind::Maven => "The repository of Maven",
        CacheKind::Gradle => "The caches of Gradle",
        CacheKind::Composer => "The cache of Composer",
        CacheKind::Other => "A cache",
    }
}

/// `RUN` with the mounts that keep a cache out of the layer (Dockerfile reference, "RUN --mount=type=cache").
fn mounts(kind: CacheKind) -> String {
    let targets: &[&str] = match kind {
        CacheKind::AptLists | CacheKind::AptArchives => &["/var/cache/apt", "/var/lib/apt/lists"],
        CacheKind::Apk => &["/var/cache/apk"],
        CacheKind::Dnf => &["/var/cache/dnf", "/var/cache/libdnf5"],
        CacheKind::Zypper => &["/var/cache/zypp"],
        CacheKind::Pacman => &["/var/cache/pacman"],
        CacheKind::Pip => &["/root/.cache/pip"],
        CacheKind::Uv => &["/root/.cache/uv"],
        CacheKind::Poetry => &["/root/.cache/pypoetry"],
        CacheKind::Conda => &["/opt/conda/pkgs"],
        CacheKind::Npm => &["/root/.npm"],
        CacheKind::Yarn => &["/usr/local/share/.cache/yarn"],
        CacheKind::Pnpm => &["/root/.local/share/pnpm/store"],
        CacheKind::Cargo => &["/usr/local/cargo/registry"],
        CacheKind::Go => &["/root/.cache/go-build", "/go/pkg/mod"],
        CacheKind::Gem => &["/usr/local/bundle/cache"],
        CacheKind::Maven => &["/root/.m2"],
        CacheKind::Gradle => &["/root/.gradle"],
        CacheKind::Composer => &["/root/.composer/cache"],
        CacheKind::Other => &["/root/.cache"],
    };
    let locked =
        if matches!(kind, CacheKind::AptLists | CacheKind::AptArchives) { ",sharing=locked" } else { "" };
    let mounts: String =
        targets.iter().map(|target| format!("--mount=type=cache,target={target}{locked} \\\n    ")).collect();
    format!("RUN {mounts}")
}
