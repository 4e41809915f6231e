//! What the files of a layer say of packages: their names, versions and licences hold no logins and no tokens.

use plimsoll_snapshot::{Facts, PackageFact, Requirement};

use super::text::{credentials, name};

/// Takes secrets out of everything that was read of packages. Equal names stay equal.
pub(crate) fn facts(facts: &mut Facts) {
    facts.packages.iter_mut().for_each(package);
    for list in &mut facts.file_lists {
        clean(&mut list.package);
    }
    for selection in &mut facts.selections {
        selection.manual.iter_mut().for_each(requirement);
        selection.automatic.iter_mut().for_each(clean);
    }
    facts.diversions.iter_mut().for_each(|diversion| clean(&mut diversion.by));
    for lead in &mut facts.leads {
        lead.paths.iter_mut().for_each(clean);
    }
    let modules = facts.imports.iter_mut().flat_map(|import| &mut import.modules);
    let mentioned =
        facts.mentions.iter_mut().flat_map(|mention| mention.names.iter_mut().chain(&mut mention.run_as));
    for module in modules.chain(mentioned) {
        // Names of modules mix letters as they like.
        if let std::borrow::Cow::Owned(kept) = credentials(module) {
            *module = kept;
        }
    }
}

fn package(package: &mut PackageFact) {
    for text in [&mut package.name, &mut package.version, &mut package.key] {
        clean(text);
    }
    let optional = [&mut package.architecture, &mut package.license, &mut package.source];
    optional.into_iter().flatten().for_each(clean);
    package.requires.iter_mut().for_each(requirement);
    let named = package.provides.iter_mut().chain(&mut package.programs).chain(&mut package.plugin_groups);
    named.for_each(clean);
}

fn requirement(requirement: &mut Requirement) {
    requirement
        .any_of
        .iter_mut()
        .chain(&mut requirement.extras)
        .chain(&mut requirement.marker)
        .for_each(clean);
}

fn clean(text: &mut String) {
    if let std::borrow::Cow::Owned(kept) = name(text) {
        *text = kept;
    }
}
