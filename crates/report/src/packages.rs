//! Packages as text and Markdown: who owns the bytes, why a package is there, what would be left without it.

use std::fmt::Write as _;

use plimsoll_analysis::packages::{
    Broken, DependencyKind, ImageInventory, Inventory, KeptOpened, OwnerKind, Package, PackageId, Part,
    Reasons, Removal, Root, Split, Use,
};
use plimsoll_snapshot::{Bytes, Ecosystem};

use crate::format::{count, name as short, one_line, shorten};
use crate::language::{Language, ObservedWords};
use crate::markup::{code, escaped};
use crate::observed;
use crate::table::{align_right, head, heads, indented, push, table};

/// The width that a reason or an instruction is cut to.
const CELL: usize = 60;

/// The packages of every image, at most `most` of each; `None` is all of them. Where some are left out, `all` says how to
/// get the rest.
#[must_use]
pub fn text(inventory: &Inventory, most: Option<usize>, all: &str, language: Language) -> String {
    let mut text = String::new();
    for image in &inventory.images {
        push(&mut text, &image_text(image, most, all, language));
    }
    text
}

fn image_text(image: &ImageInventory, most: Option<usize>, all: &str, language: Language) -> String {
    let words = language.words();
    let figure = |bytes: Bytes| language.bytes(bytes).to_string();
    let mut text = format!("{}\n", one_line(&image.service));
    if !image.complete {
        let _ = writeln!(text, "  {}", words.terminal.incomplete);
    }
    if let Some(note) = observed::mounted_code(image, language) {
        let _ = writeln!(text, "  {}", one_line(&note));
    }
    let mut owners = heads(&[words.owner, words.final_tree, words.all_layers, words.files_head]);
    for share in image.owners.iter() {
        owners.add_row([
            owner(share.owner, language),
            figure(share.owned.tree_bytes),
            figure(share.owned.image_bytes),
            count(share.owned.files),
        ]);
    }
    owners.add_row([words.all.to_owned(), figure(image.final_tree_bytes), figure(image.size_bytes)]);
    align_right(&mut owners, &[1, 2, 3]);
    text.push_str(&indented(&owners));
    let shown = shown(image, most);
    if shown.is_empty() {
        return text;
    }
    // Without a recording there is nothing to say of any row.
    let is_observed = !image.runs.is_empty();
    let mut columns =
        vec![words.own, words.retained, words.all_layers, words.package_head, words.why_head, words.use_head];
    if is_observed {
        columns.extend([words.observed.never_opened_head, words.observed.opened_head]);
    }
    let mut rows = heads(&columns);
    for package in &shown {
        let mut row = vec![
            figure(package.tree_bytes),
            figure(package.retained_tree_bytes),
            figure(package.image_bytes),
            shorten(&one_line(&format!("{} {}", package.ecosystem.name(), package.label())), CELL),
            shorten(&one_line(&why(image, package, language)), CELL),
            shorten(&one_line(&usage(&package.usage, |id| label(image, id), language)), CELL),
        ];
        if is_observed {
            row.extend(observed_cells(package, language));
        }
        rows.add_row(row);
    }
    align_right(&mut rows, if is_observed { &[0, 1, 2, 6] } else { &[0, 1, 2] });
    let _ = write!(text, "\n  {}\n{}", words.packages, indented(&rows));
    let left = image.packages.iter().filter(|package| package.installed).count().saturating_sub(shown.len());
    if left > 0 {
        let _ = writeln!(text, "  {} (`{all}`)", (words.terminal.and_more)(&count(left as u64)));
    }
    let seen = observed::text(image, most.is_none(), language);
    if !seen.is_empty() {
        push(&mut text, &seen);
    }
    text
}

/// The bytes of a package that no run opened, and how much was opened.
fn observed_cells(package: &Package, language: Language) -> [String; 2] {
    match &package.observed {
        Some(seen) => [language.bytes(seen.unopened_bytes).to_string(), observed::opened(seen, language)],
        None => ["–".to_owned(), "–".to_owned()],
    }
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
fn why(image: &ImageInventory, package: &Package, language: Language) -> String {
    let words = language.words();
    if let Some(holder) = package.part_of {
        return (words.part_of)(&label(image, holder));
    }
    match &package.root {
        Some(reason) => root(reason, language).to_owned(),
        None => match &package.needed_by[..] {
            [] => match package.wanted_by.iter().min_by_key(|want| want.kind) {
                Some(want) => wanted_by(want.kind, &label(image, want.package), language),
                None => "–".to_owned(),
            },
            [one] => (words.needed_by)(&label(image, *one)),
            [one, others @ ..] => (words.needed_by_more)(&label(image, *one), &count(others.len() as u64)),
        },
    }
}

/// Which package uses another that it also works without.
#[must_use]
pub fn wanted_by(kind: DependencyKind, name: &str, language: Language) -> String {
    let words = language.words();
    match kind {
        DependencyKind::Required | DependencyKind::Peer => (words.needed_by)(name),
        DependencyKind::Extra => (words.extra_of)(name),
        DependencyKind::Recommended => (words.recommended_by)(name),
        DependencyKind::Optional => (words.optional_for)(name),
    }
}

/// How much a package uses another; nothing if it cannot work without.
#[must_use]
pub fn dependency(kind: DependencyKind, language: Language) -> Option<&'static str> {
    let words = language.words();
    match kind {
        DependencyKind::Required | DependencyKind::Peer => None,
        DependencyKind::Extra => Some(words.extra),
        DependencyKind::Recommended => Some(words.recommended),
        DependencyKind::Optional => Some(words.optional),
    }
}

/// Why a package would stay by itself.
#[must_use]
pub fn root(root: &Root, language: Language) -> &'static str {
    let words = language.words();
    match root {
        Root::Requested { .. } => words.asked_for,
        Root::Base => words.part_of_base,
        Root::Unneeded => words.nothing_needs_it,
    }
}

/// Whether a package is used, in a few words. `name` gives the name of a package.
#[must_use]
pub fn usage(usage: &Use, name: impl Fn(PackageId) -> String, language: Language) -> String {
    let words = language.words();
    match usage {
        Use::Imported { files, count: all } => {
            let file = files.first().map_or("", String::as_str);
            match all {
                0 | 1 => (words.imported_by)(file),
                all => (words.imported_by_more)(file, &count(all - 1)),
            }
        }
        Use::Run { by } => (words.run_by)(&language.setting(by)),
        Use::Named { places, count: all } => {
            let place = places.first().map_or("", String::as_str);
            match all {
                0 | 1 => (words.named_in)(place),
                all => (words.named_in_more)(place, &count(all - 1)),
            }
        }
        Use::Needed { by } => (words.needed_by)(&name(*by)),
        Use::Optional { of } => (words.optional_for)(&name(*of)),
        Use::Plugin { of } => (words.plugin_of)(&name(*of)),
        Use::Unused => words.unused.to_owned(),
        Use::Unknown => "–".to_owned(),
    }
}

/// The name of a kind of owner.
fn owner(kind: OwnerKind, language: Language) -> String {
    let words = language.words();
    match kind {
        OwnerKind::Packages(Ecosystem::Generic) => words.unpackaged.to_owned(),
        OwnerKind::Packages(Ecosystem::Model) => words.models.to_owned(),
        OwnerKind::Packages(of) => (words.terminal.owner_packages)(of.name()),
        OwnerKind::Application => words.application.to_owned(),
        OwnerKind::Cache(kind) => (words.messages.cache)(kind).to_owned(),
        OwnerKind::Unowned => words.unowned.to_owned(),
    }
}

/// The packages of every image as Markdown.
#[must_use]
pub fn markdown(inventory: &Inventory, most: Option<usize>, language: Language) -> String {
    let words = language.words();
    let mut text = String::new();
    let ObservedWords { never_opened_head, opened_head, .. } = &words.observed;
    for image in &inventory.images {
        let is_observed = !image.runs.is_empty();
        let _ = writeln!(text, "## {}\n", escaped(&image.service));
        if let Some(note) = observed::mounted_code(image, language) {
            let _ = writeln!(text, "{}\n", escaped(&note));
        }
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} |\n|---|---:|---:|---:|",
            words.owner, words.final_tree, words.all_layers, words.files_head
        );
        for share in image.owners.iter() {
            let owned = share.owned;
            let (tree, all) = (language.bytes(owned.tree_bytes), language.bytes(owned.image_bytes));
            let owner = owner(share.owner, language);
            let _ = writeln!(text, "| {owner} | {tree} | {all} | {} |", count(owned.files));
        }
        let _ = writeln!(
            text,
            "\n| {} | {} | {} | {} | {} |{}\n|---|---:|---:|---|---|{}",
            words.package_head,
            words.own,
            words.retained,
            words.why_head,
            words.use_head,
            if is_observed { format!(" {never_opened_head} | {opened_head} |") } else { String::new() },
            if is_observed { "---:|---|" } else { "" },
        );
        for package in shown(image, most) {
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} |{}",
                code(&package.label()),
                language.bytes(package.tree_bytes),
                language.bytes(package.retained_tree_bytes),
                escaped(&why(image, package, language)),
                escaped(&usage(&package.usage, |id| label(image, id), language)),
                if is_observed {
                    format!(" {} |", observed_cells(package, language).join(" | "))
                } else {
                    String::new()
                },
            );
        }
        text.push('\n');
        text.push_str(&observed::markdown(image, most.is_none(), language));
    }
    text
}

/// Why packages are there.
#[must_use]
pub fn reasons(reasons: &[Reasons], language: Language) -> String {
    let mut text = String::new();
    for reason in reasons {
        push(&mut text, &reason_text(reason, language));
    }
    text
}

fn reason_text(reason: &Reasons, language: Language) -> String {
    let words = language.words();
    let figure = |bytes: Bytes| language.bytes(bytes).to_string();
    let package = &reason.package;
    let name = one_line(&format!("{} {}", package.ecosystem.name(), package.label()));
    let mut text = format!("{}: {name}\n", one_line(&reason.service));
    let mut rows = table(&[]);
    let mut row = |label: &str, value: String| {
        rows.add_row([head(label), value]);
    };
    row(words.own, figure(package.tree_bytes));
    let retained = figure(package.retained_tree_bytes);
    row(
        words.retained,
        match package.retained_packages {
            0 | 1 => retained,
            more => (words.terminal.kept_with)(&retained, &language.many(more - 1, &words.package)),
        },
    );
    row(words.described_by, one_line(&package.path));
    let instruction = package.instruction.as_deref().unwrap_or(words.terminal.not_recorded);
    let instruction = shorten(&one_line(instruction), 100);
    row(words.installed_by, (words.by_layer_number)(&package.layer.to_string(), &instruction));
    let license = package.license.as_deref();
    row(words.license, license.map_or_else(|| words.terminal.not_stated.to_owned(), one_line));
    row(words.use_head, one_line(&use_in(reason, language)));
    if let Some(seen) = observed::of_package(package, language) {
        row(words.observed.opened_head, one_line(&seen));
    }
    align_right(&mut rows, &[]);
    text.push_str(&indented(&rows));
    let _ = writeln!(text, "  {}", head(words.why_head));
    for way in reason.ways.iter() {
        let kept = way.first().and_then(|first| first.root.as_ref());
        let kept = kept.map(|kept| root(kept, language)).unwrap_or_default();
        let _ = writeln!(text, "    {} ({kept})", steps(way, language));
    }
    text
}

/// The packages of a way, with how much each makes use of the next where it works without.
fn steps(way: &[Package], language: Language) -> String {
    let mut text = String::new();
    for (at, package) in way.iter().enumerate() {
        if let Some(before) = at.checked_sub(1).map(|before| &way[before]) {
            let want = before.wants.iter().find(|want| want.package == package.id);
            let kind = want.and_then(|want| dependency(want.kind, language));
            text.push_str(" → ");
            if let Some(kind) = kind {
                let _ = write!(text, "{kind} ");
            }
        }
        text.push_str(&one_line(&package.name));
    }
    text
}

fn use_in(reason: &Reasons, language: Language) -> String {
    let known = || reason.needed_by.iter().chain(reason.ways.iter().flatten());
    let name = |id| known().find(|package| package.id == id).map(|package| package.name.clone());
    usage(&reason.package.usage, |id| name(id).unwrap_or_default(), language)
}

/// What would be left without packages.
#[must_use]
pub fn removals(removals: &[Removal], language: Language) -> String {
    let mut text = String::new();
    for removal in removals.iter().filter(|removal| !removal.without.is_empty()) {
        push(&mut text, &removal_text(removal, language));
    }
    text
}

fn removal_text(removal: &Removal, language: Language) -> String {
    let names: Vec<_> = removal.without.iter().map(|package| one_line(&package.name)).collect();
    let what_if = &removal.what_if;
    let words = language.words();
    let mut text = format!(
        "{}: {} → {} (−{})\n",
        (words.terminal.without)(&one_line(&removal.service), &names.join(", ")),
        language.bytes(removal.whole_bytes),
        language.bytes(what_if.size_bytes),
        language.bytes(what_if.image_bytes),
    );
    let mut rows = heads(&[words.all_layers, words.package_head]);
    for package in removal.gone_packages.iter().take(REMOVED) {
        rows.add_row([language.bytes(package.image_bytes).to_string(), one_line(&package.label())]);
    }
    align_right(&mut rows, &[0]);
    text.push_str(&indented(&rows));
    let left = &removal.gone_packages[removal.gone_packages.len().min(REMOVED)..];
    if !left.is_empty() {
        let more: Bytes = left.iter().map(|package| package.image_bytes).sum();
        let more = language.bytes(more).to_string();
        let _ = writeln!(text, "  {}", (words.terminal.and_more_of)(&count(left.len() as u64), &more));
    }
    let name = |id: &PackageId| {
        let found = removal.broken_packages.iter().find(|package| package.id == *id);
        found.map(|package| one_line(&package.name)).unwrap_or_default()
    };
    if what_if.broken.is_empty() {
        let _ = writeln!(text, "  {}", words.nothing_breaks);
    } else {
        let _ = writeln!(text, "  {}", words.breaks);
    }
    for broken in &what_if.broken {
        let _ = match broken {
            Broken::Package { package, needs } => {
                writeln!(text, "    {}", (words.package_needs)(&name(package), &name(needs)))
            }
            Broken::Application { evidence, needs } => {
                let evidence: Vec<_> = evidence.iter().map(|file| one_line(file)).collect();
                let evidence = evidence.join(", ");
                writeln!(text, "    {}", (words.application_needs)(&name(needs), &evidence))
            }
        };
    }
    if !what_if.deprived.is_empty() {
        let _ = writeln!(text, "  {}", words.works_without);
    }
    for deprived in what_if.deprived.iter().take(REMOVED) {
        let why = wanted_by(deprived.kind, &name(&deprived.package), language);
        let _ = writeln!(text, "    {}: {why}", name(&deprived.of));
    }
    let left = what_if.deprived.len().saturating_sub(REMOVED);
    if left > 0 {
        let _ = writeln!(text, "    {}", (words.terminal.and_more)(&count(left as u64)));
    }
    text
}

/// What is left of each service if only opened files stay.
#[must_use]
pub fn kept(kept: &[KeptOpened], language: Language) -> String {
    let all = language.words();
    let words = &all.observed;
    let mut text = String::new();
    for service in kept {
        let name = one_line(&service.service);
        if service.runs_observed.is_empty() {
            push(&mut text, &format!("{}\n", (words.kept_unknown)(&name)));
            continue;
        }
        let seen = &service.observed;
        let mut part = (words.kept)(
            &name,
            &language.bytes(seen.opened_bytes).to_string(),
            &language.bytes(service.final_tree_bytes).to_string(),
            &count(seen.opened_files),
            &count(seen.files),
        );
        part.push('\n');
        let mut table = heads(&[words.opened_head, words.never_opened_head, all.owner]);
        for share in service.owners.iter() {
            let Some(seen) = share.observed else { continue };
            table.add_row([
                language.bytes(seen.opened_bytes).to_string(),
                language.bytes(seen.unopened_bytes).to_string(),
                owner(share.owner, language),
            ]);
        }
        align_right(&mut table, &[0, 1]);
        part.push_str(&indented(&table));
        for one in service.runs_observed.iter() {
            let _ = writeln!(part, "  {}", one_line(&observed::run(one, language)));
        }
        let _ = writeln!(part, "  {}", words.kept_warning);
        push(&mut text, &part);
    }
    text
}

/// The number of packages that are named of those that go.
const REMOVED: usize = 20;

/// What services need of the images they share.
#[must_use]
pub fn splits(splits: &[Split], language: Language) -> String {
    let mut text = String::new();
    for split in splits {
        push(&mut text, &split_text(split, language));
    }
    text
}

fn split_text(split: &Split, language: Language) -> String {
    let all = language.words();
    let words = &all.terminal;
    let name = split.reference.as_deref().map_or_else(|| all.no_name.to_owned(), one_line);
    let services = language.many(split.services.len() as u64, &all.service_noun);
    let size = language.bytes(split.size_bytes).to_string();
    let mut text = format!("{}\n", (words.shared_by)(&name, &size, &services));
    let mut rows = heads(&[all.service, words.needs_alone, words.alone_weighs, words.starts_with]);
    for share in &split.services {
        rows.add_row([
            short(&share.service),
            language.bytes(share.only.bytes).to_string(),
            (words.at_most)(&language.bytes(share.predicted_bytes).to_string()),
            shorten(&one_line(&share.entries.join(", ")), CELL),
        ]);
    }
    align_right(&mut rows, &[1, 2]);
    text.push_str(&indented(&rows));
    for share in &split.services {
        let only = (words.only)(&one_line(&share.service));
        let _ = writeln!(text, "  {only}: {}", named(&share.only, language));
    }
    let _ = writeln!(text, "  {}: {}", words.several, named(&split.shared, language));
    let _ = writeln!(text, "  {}: {}", words.none, named(&split.unused, language));
    text
}

/// The heaviest packages of a part, with their sum.
fn named(part: &Part, language: Language) -> String {
    const NAMED: usize = 6;
    let words = &language.words().terminal;
    if part.packages.is_empty() {
        return words.nothing.to_owned();
    }
    let names: Vec<_> = part.packages.iter().take(NAMED).map(|package| one_line(&package.name)).collect();
    let more = match part.packages.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" {}", (words.and_more)(&count(more as u64))),
    };
    format!("{}: {}{more}", language.bytes(part.bytes), names.join(", "))
}
