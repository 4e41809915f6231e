//! Installations without some packages, and the lists that name them.

use std::cell::RefCell;
use std::path::Path;

use plimsoll_snapshot::{Ecosystem, Order as _};

use super::{Action, Fix, instead_of};
use crate::findings::evidence::{Evidence, Note};
use crate::findings::finding::Finding;
use crate::findings::input::Input;
use crate::lines::install::Becomes;
use crate::lines::{Line, Requirements, Shell, Unfit, line, names, shell};
use crate::packages::{Package, Root};

/// Adds the evidence of packages that can go, the largest first, and the fixes without them.
pub(in crate::findings) fn packages(input: &Input<'_>, finding: &mut Finding, mut named: Vec<&Package>) {
    named.order_by_key(|package| (std::cmp::Reverse(package.retained_image_bytes), package.id));
    finding.evidence = named.iter().take(Finding::EXAMPLES).map(|package| evidence(input, package)).collect();
    finding.evidence_count = named.len() as u64;
    let without = finding.fitting(named.iter().take(Finding::EXAMPLES).map(|package| name(package)));
    if !without.is_empty() {
        finding.fixes.push(Fix::new(Action::ShowWithout, whatif(input, without)));
    }
    let (fixes, rest) = installations(input, &named);
    finding.fixes.extend(fixes);
    let lines = finding.fitting(requirements(&rest));
    if !lines.is_empty() {
        finding.fixes.push(Fix::new(Action::RemoveRequirements, Line::joined("\n", lines)));
    }
}

fn evidence(input: &Input<'_>, package: &Package) -> Evidence {
    let others = package.retained_packages.saturating_sub(1);
    // Only where every open was seen, a file that was not seen was not opened.
    let runs = input.catalogue.observed.iter().flat_map(|observed| &observed.runs);
    let runs = runs.filter(|run| run.source.sees_every_open()).count() as u64;
    let unopened = (runs > 0 && !package.observed.is_some_and(|seen| seen.is_used()))
        .then_some(Note::NotOpened { runs, packages: others });
    let exclusive = (others > 0).then_some(Note::ExclusiveDependencies { packages: others });
    let note = unopened.or(exclusive);
    Evidence { note, ..Evidence::of_package(package, package.retained_image_bytes) }
}

/// The steps that name some of the packages, without them; and the packages that no step names.
fn installations<'a>(input: &Input<'_>, packages: &[&'a Package]) -> (Vec<Fix>, Vec<&'a Package>) {
    let mut layers: Vec<u32> = packages.iter().map(|package| package.layer).collect();
    layers.order();
    layers.dedup();
    let (mut fixes, mut rest) = (Vec::new(), packages.to_vec());
    for layer in layers {
        let is_of_layer =
            |package: &&&Package| package.layer == layer && package.ecosystem == Ecosystem::Python;
        let names: Vec<&str> = packages.iter().filter(is_of_layer).map(|package| &*package.name).collect();
        let named = RefCell::new(Vec::new());
        let becomes = |name: &str| {
            let known = names.iter().find(|known| **known == name)?;
            named.borrow_mut().push(*known);
            Some(Becomes::Nothing)
        };
        if let Some(fix) = instead_of(input.instruction(layer), Action::InstallWithout, becomes) {
            fixes.push(fix);
            let named = named.take();
            rest.retain(|package| package.layer != layer || !named.contains(&&*package.name));
        }
    }
    (fixes, rest)
}

fn name(package: &Package) -> Result<Line<Shell>, Unfit> {
    if package.ecosystem == Ecosystem::Npm { names::npm(&package.name) } else { names::python(&package.name) }
}

/// The command that shows the image without some packages: of the source as typed, or else of the image.
fn whatif(input: &Input<'_>, without: Vec<Line<Shell>>) -> Line<Shell> {
    let typed = input.source.and_then(|source| shell::file(Path::new(source)));
    let image = || input.image.reference.as_deref().and_then(|name| names::image(name).ok());
    let source = typed.or_else(image).unwrap_or_else(|| "IMAGE".into());
    line!("plimsoll whatif ", source, " --without ", Line::joined(",", without))
}

/// The lines to remove from lists of requirements.
fn requirements<'a>(
    packages: &'a [&Package],
) -> impl Iterator<Item = Result<Line<Requirements>, Unfit>> + use<'a> {
    packages
        .iter()
        .filter(|package| package.ecosystem == Ecosystem::Python)
        .filter(|package| matches!(package.root, Some(Root::Requested { .. })))
        .map(|package| {
            let name = names::python(&package.name)?;
            Ok(line!("-", name, "==", names::python_version(&package.version)?))
        })
}
