//! Packages as text and Markdown: who owns the bytes, why a package is there, what would be left without it.

use std::fmt::Write as _;

use plimsoll_analysis::packages::{
    Broken, CacheKind, DependencyKind, ImageInventory, Inventory, OwnerKind, Package, PackageId, Part,
    Reasons, Removal, Root, Split, Use,
};
use plimsoll_snapshot::{Bytes, Ecosystem};

use crate::format::{bytes, count, name as short, one_line, shorten};
use crate::markup::{code, escaped};
use crate::table::{align_right, indented, push, table};

/// The width that a reason or an instruction is cut to.
const CELL: usize = 60;

/// The packages of every image, at most `most` of each; `None` is all of them.
#[must_use]
pub fn text(inventory: &Inventory, most: Option<usize>) -> String {
    let mut text = String::new();
    for image in &inventory.images {
        push(&mut text, &image_text(image, most));
    }
    text
}

fn image_text(image: &ImageInventory, most: Option<usize>) -> String {
    let mut text = format!("{}\n", one_line(&image.service));
    if !image.complete {
        text.push_str("  some layers were never looked into: read the image again to see all packages\n");
    }
    let mut owners = table(&["owner", "final tree", "all layers", "files"]);
    for share in image.owners.iter() {
        owners.add_row([
            owner(share.owner),
            bytes(share.owned.tree_bytes).to_string(),
            bytes(share.owned.image_bytes).to_string(),
            count(share.owned.files),
        ]);
    }
    owners.add_row([
        "all".to_owned(),
        bytes(image.final_tree_bytes).to_string(),
        bytes(image.size_bytes).to_string(),
    ]);
    align_right(&mut owners, &[1, 2, 3]);
    text.push_str(&indented(&owners));
    let shown = shown(image, most);
    if shown.is_empty() {
        return text;
    }
    let mut rows = table(&["own", "leaves with it", "all layers", "package", "why", "use"]);
    for package in &shown {
        rows.add_row([
            bytes(package.tree_bytes).to_string(),
            bytes(package.retained_tree_bytes).to_string(),
            bytes(package.image_bytes).to_string(),
            shorten(&one_line(&format!("{} {}", package.ecosystem.name(), package.label())), CELL),
            shorten(&one_line(&why(image, package)), CELL),
            shorten(&one_line(&usage(&package.usage, |id| label(image, id))), CELL),
        ]);
    }
    align_right(&mut rows, &[0, 1, 2]);
    let _ = write!(text, "\n  Packages\n{}", indented(&rows));
    let left = image.packages.iter().filter(|package| package.installed).count().saturating_sub(shown.len());
    if left > 0 {
        let _ = writeln!(text, "  and {} more (`--all`)", count(left as u64));
    }
    text
}

fn shown(image: &ImageInventory, most: Option<usize>) -> Vec<&Package> {
    let installed = image.packages.iter().filter(|package| package.installed);
    installed.take(most.unwrap_or(usize::MAX)).collect()
}

fn label(image: &ImageInventory, id: PackageId) -> String {
    let package = image.packages.iter().find(|package| package.id == id);
    package.map(|package| package.name.clone()).unwrap_or_default()
}

/// Why a package is there, in a few words.
fn why(image: &ImageInventory, package: &Package) -> String {
    if let Some(holder) = package.part_of {
        return format!("part of {}", label(image, holder));
    }
    match &package.root {
        Some(root_reason) => root(root_reason),
        None => match &package.needed_by[..] {
            [] => match package.wanted_by.iter().min_by_key(|want| want.kind) {
                Some(want) => wanted_by(want.kind, &label(image, want.package)),
                None => "–".to_owned(),
            },
            [one] => format!("needed by {}", label(image, *one)),
            [one, others @ ..] => format!("needed by {} and {} more", label(image, *one), others.len()),
        },
    }
}

/// Who makes use of a package, and works without it.
fn wanted_by(kind: DependencyKind, name: &str) -> String {
    match kind {
        DependencyKind::Required | DependencyKind::Peer => format!("needed by {name}"),
        DependencyKind::Extra => format!("an extra of {name}"),
        DependencyKind::Recommended => format!("recommended by {name}"),
        DependencyKind::Optional => format!("optional for {name}"),
    }
}

/// Why a package would stay by itself.
#[must_use]
pub fn root(root: &Root) -> String {
    match root {
        Root::Requested { .. } => "asked for".to_owned(),
        Root::Base => "part of the base".to_owned(),
        Root::Unneeded => "nothing needs it".to_owned(),
    }
}

/// Whether a package is used, in a few words.
#[must_use]
pub fn usage(usage: &Use, name: impl Fn(PackageId) -> String) -> String {
    match usage {
        Use::Imported { files, count: 1 } => {
            format!("imported by {}", files.first().map_or("", String::as_str))
        }
        Use::Imported { files, count } => {
            format!("imported by {} and {} more", files.first().map_or("", String::as_str), count - 1)
        }
        Use::Run { by } => format!("run by the {by}"),
        Use::Needed { by } => format!("needed by {}", name(*by)),
        Use::Optional { of } => format!("optional for {}", name(*of)),
        Use::Unused => "no use seen".to_owned(),
        Use::Unknown => "–".to_owned(),
    }
}

/// The name of a kind of owner.
#[must_use]
pub fn owner(kind: OwnerKind) -> String {
    match kind {
        OwnerKind::Packages(Ecosystem::Generic) => "unpackaged software".to_owned(),
        OwnerKind::Packages(Ecosystem::Model) => "models".to_owned(),
        OwnerKind::Packages(of) => format!("packages: {}", of.name()),
        OwnerKind::Application => "application".to_owned(),
        OwnerKind::Cache(kind) => format!("cache: {}", cache(kind)),
        OwnerKind::Unowned => "owned by no package".to_owned(),
    }
}

/// The name of a cache.
#[must_use]
pub const fn cache(kind: CacheKind) -> &'static str {
    match kind {
        CacheKind::AptLists => "apt lists",
        CacheKind::AptArchives => "apt archives",
        CacheKind::Apk => "apk",
        CacheKind::Dnf => "dnf",
        CacheKind::Zypper => "zypper",
        CacheKind::Pacman => "pacman",
        CacheKind::Pip => "pip",
        CacheKind::Uv => "uv",
        CacheKind::Poetry => "Poetry",
        CacheKind::Conda => "conda",
        CacheKind::Npm => "npm",
        CacheKind::Yarn => "Yarn",
        CacheKind::Pnpm => "pnpm",
        CacheKind::Bun => "Bun",
        CacheKind::Cargo => "Cargo",
        CacheKind::Go => "Go",
        CacheKind::Gem => "RubyGems",
        CacheKind::Maven => "Maven",
        CacheKind::Gradle => "Gradle",
        CacheKind::Composer => "Composer",
        CacheKind::Other => "other",
    }
}

/// The packages of every image as Markdown.
#[must_use]
pub fn markdown(inventory: &Inventory, most: Option<usize>) -> String {
    let mut text = String::new();
    for image in &inventory.images {
        let _ = writeln!(text, "## {}\n", escaped(&image.service));
        text.push_str("| owner | final tree | all layers | files |\n|---|---:|---:|---:|\n");
        for share in image.owners.iter() {
            let owned = share.owned;
            let (tree, all) = (bytes(owned.tree_bytes), bytes(owned.image_bytes));
            let _ = writeln!(text, "| {} | {tree} | {all} | {} |", owner(share.owner), count(owned.files));
        }
        text.push_str("\n| package | own | leaves with it | why | use |\n|---|---:|---:|---|---|\n");
        for package in shown(image, most) {
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} |",
                code(&package.label()),
                bytes(package.tree_bytes),
                bytes(package.retained_tree_bytes),
                escaped(&why(image, package)),
                escaped(&usage(&package.usage, |id| label(image, id))),
            );
        }
        text.push('\n');
    }
    text
}

/// Why packages are there.
#[must_use]
pub fn reasons(reasons: &[Reasons]) -> String {
    let mut text = String::new();
    for reason in reasons {
        push(&mut text, &reason_text(reason));
    }
    text
}

fn reason_text(reason: &Reasons) -> String {
    let package = &reason.package;
    let name = one_line(&format!("{} {}", package.ecosystem.name(), package.label()));
    let mut text = format!("{}: {name}\n", one_line(&reason.service));
    let mut rows = table(&[]);
    let mut row = |label: &str, value: String| {
        rows.add_row([label.to_owned(), value]);
    };
    row("own", bytes(package.tree_bytes).to_string());
    let with = match package.retained_packages {
        0 | 1 => String::new(),
        more => format!(", with {} packages that only it keeps there", count(more - 1)),
    };
    row("leaves with it", format!("{}{with}", bytes(package.retained_tree_bytes)));
    row("described by", one_line(&package.path));
    let instruction = package.instruction.as_deref().unwrap_or("not noted");
    row("installed by", format!("layer {}: {}", package.layer, shorten(&one_line(instruction), 100)));
    row("licence", package.license.as_deref().map_or_else(|| "not stated".to_owned(), one_line));
    row("use", use_in(reason));
    align_right(&mut rows, &[]);
    text.push_str(&indented(&rows));
    text.push_str("  why it is there\n");
    for way in reason.ways.iter() {
        let kept = way.first().and_then(|first| first.root.as_ref()).map(root).unwrap_or_default();
        let _ = writeln!(text, "    {} ({kept})", steps(way));
    }
    text
}

/// The packages of a way, with how much each makes use of the next where it works without.
fn steps(way: &[Package]) -> String {
    let mut text = String::new();
    for (at, package) in way.iter().enumerate() {
        if let Some(before) = at.checked_sub(1).map(|before| &way[before]) {
            let want = before.wants.iter().find(|want| want.package == package.id);
            let kind = want.map(|want| match want.kind {
                DependencyKind::Required | DependencyKind::Peer => "",
                DependencyKind::Extra => "extra ",
                DependencyKind::Recommended => "recommends ",
                DependencyKind::Optional => "optional ",
            });
            let _ = write!(text, " → {}", kind.unwrap_or_default());
        }
        text.push_str(&one_line(&package.name));
    }
    text
}

fn use_in(reason: &Reasons) -> String {
    let known = || reason.needed_by.iter().chain(reason.ways.iter().flatten());
    usage(&reason.package.usage, |id| {
        known().find(|package| package.id == id).map(|package| package.name.clone()).unwrap_or_default()
    })
}

/// What would be left without packages.
#[must_use]
pub fn removals(removals: &[Removal]) -> String {
    let mut text = String::new();
    for removal in removals.iter().filter(|removal| !removal.without.is_empty()) {
        push(&mut text, &removal_text(removal));
    }
    text
}

fn removal_text(removal: &Removal) -> String {
    let names: Vec<_> = removal.without.iter().map(|package| one_line(&package.name)).collect();
    let what_if = &removal.what_if;
    let mut text = format!(
        "{} without {}: {} → {} (−{})\n",
        one_line(&removal.service),
        names.join(", "),
        bytes(removal.whole_bytes),
        bytes(what_if.size_bytes),
        bytes(what_if.image_bytes),
    );
    let mut rows = table(&["all layers", "package"]);
    for package in removal.gone_packages.iter().take(REMOVED) {
        rows.add_row([bytes(package.image_bytes).to_string(), one_line(&package.label())]);
    }
    align_right(&mut rows, &[0]);
    text.push_str(&indented(&rows));
    let left = &removal.gone_packages[removal.gone_packages.len().min(REMOVED)..];
    if !left.is_empty() {
        let more: Bytes = left.iter().map(|package| package.image_bytes).sum();
        let _ = writeln!(text, "  and {} more, {}", count(left.len() as u64), bytes(more));
    }
    let name = |id: &PackageId| {
        let found = removal.broken_packages.iter().find(|package| package.id == *id);
        found.map(|package| one_line(&package.name)).unwrap_or_default()
    };
    if what_if.broken.is_empty() {
        text.push_str("  nothing that stays is known to need them\n");
    } else {
        text.push_str("  what breaks\n");
    }
    for broken in &what_if.broken {
        let _ = match broken {
            Broken::Package { package, needs } => {
                writeln!(text, "    {} needs {}", name(package), name(needs))
            }
            Broken::Application { evidence, needs } => {
                let evidence: Vec<_> = evidence.iter().map(|file| one_line(file)).collect();
                writeln!(text, "    the application needs {}: {}", name(needs), evidence.join(", "))
            }
        };
    }
    if !what_if.deprived.is_empty() {
        text.push_str("  what works without them\n");
    }
    for deprived in what_if.deprived.iter().take(REMOVED) {
        let why = wanted_by(deprived.kind, &name(&deprived.package));
        let _ = writeln!(text, "    {}: {why}", name(&deprived.of));
    }
    let left = what_if.deprived.len().saturating_sub(REMOVED);
    if left > 0 {
        let _ = writeln!(text, "    and {} more", count(left as u64));
    }
    text
}

/// The number of packages that are named of those that go.
const REMOVED: usize = 20;

/// What services need of the images they share.
#[must_use]
pub fn splits(splits: &[Split]) -> String {
    let mut text = String::new();
    for split in splits {
        push(&mut text, &split_text(split));
    }
    text
}

fn split_text(split: &Split) -> String {
    let name = split.reference.as_deref().map_or_else(|| "(no name)".to_owned(), one_line);
    let mut text = format!("{name}: {}, run by {} services\n", bytes(split.size_bytes), split.services.len());
    let mut rows = table(&["service", "needs alone", "alone it would weigh", "begins with"]);
    for share in &split.services {
        rows.add_row([
            short(&share.service),
            bytes(share.only.bytes).to_string(),
            format!("at most {}", bytes(share.predicted_bytes)),
            shorten(&one_line(&share.entries.join(", ")), CELL),
        ]);
    }
    align_right(&mut rows, &[1, 2]);
    text.push_str(&indented(&rows));
    for share in &split.services {
        let _ = writeln!(text, "  only {}: {}", one_line(&share.service), named(&share.only));
    }
    let _ = writeln!(text, "  several: {}", named(&split.shared));
    let _ = writeln!(text, "  none: {}", named(&split.unused));
    text
}

/// The heaviest packages of a part, with their sum.
fn named(part: &Part) -> String {
    const NAMED: usize = 6;
    if part.packages.is_empty() {
        return "nothing".to_owned();
    }
    let names: Vec<_> = part.packages.iter().take(NAMED).map(|package| one_line(&package.name)).collect();
    let more = match part.packages.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {} more", count(more as u64)),
    };
    format!("{}: {}{more}", bytes(part.bytes), names.join(", "))
}
