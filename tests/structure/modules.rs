//! No module may need itself: the modules of a crate point one way.
//!
//! An edge leads from a module to the one that *defines* what it names, through re-exports. A `mod` line and a
//! re-export of a child are no edges: a parent may list what lies below it. What only tests use does not count.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use syn::visit::{self, Visit};
use syn::{Attribute, Item, UseTree, Visibility};

/// A source that cannot be read ends the test.
type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// A module, by the names on the way to it; the crate's root is empty.
type Name = Vec<String>;

/// What one module has and names.
#[derive(Default)]
struct Module {
    /// What it defines.
    defined: BTreeSet<String>,
    /// What it brings into scope: the name here, the path it stands for, and whether others may take it from here.
    imported: Vec<(String, Name, bool)>,
    /// Whether other modules are imported with `*`: the paths before it.
    globs: Vec<Name>,
    /// Every path that stands in its code.
    named: Vec<Name>,
}

/// The modules of a crate.
#[derive(Default)]
pub(crate) struct Modules(BTreeMap<Name, Module>);

impl Modules {
    /// Reads the modules of a crate.
    pub(crate) fn read(directory: &Path) -> Result<Self> {
        let sources = directory.join("src");
        let mut modules = Self::default();
        for start in ["lib.rs", "main.rs"].map(|name| sources.join(name)) {
            if start.is_file() {
                modules.add(&Vec::new(), &start, &sources)?;
            }
        }
        Ok(modules)
    }

    /// Adds the module of a file, and those below it, which lie in `directory`.
    fn add(&mut self, name: &Name, file: &Path, directory: &Path) -> Result {
        let text = fs::read_to_string(file)?;
        let parsed = syn::parse_file(&text).map_err(|error| format!("`{}`: {error}", file.display()))?;
        self.add_items(name, &parsed.items, directory)
    }

    fn add_items(&mut self, name: &Name, items: &[Item], directory: &Path) -> Result {
        let mut module = Module::default();
        for item in items.iter().filter(|item| !is_of_tests(attributes(item))) {
            match item {
                Item::Mod(child) => {
                    let mut below = name.clone();
                    below.push(child.ident.to_string());
                    let inside = directory;
                    let directory = directory.join(child.ident.to_string());
                    match &child.content {
                        Some((_, items)) => self.add_items(&below, items, &directory)?,
                        None => {
                            let files = match path_of(&child.attrs) {
                                // Relative to the folder of the file: that of its children, or the one above.
                                Some(path) => [Some(inside), inside.parent()]
                                    .into_iter()
                                    .flatten()
                                    .map(|folder| folder.join(&path))
                                    .collect(),
                                None => vec![directory.with_extension("rs"), directory.join("mod.rs")],
                            };
                            let file = files.into_iter().find(|file| file.is_file());
                            let file = file.ok_or("a module without a file")?;
                            let directory = match path_of(&child.attrs) {
                                Some(_) if file.ends_with("mod.rs") => {
                                    file.parent().unwrap_or(&file).to_owned()
                                }
                                Some(_) => file.with_extension(""),
                                None => directory,
                            };
                            self.add(&below, &file, &directory)?;
                        }
                    }
                }
                Item::Use(item) => {
                    module.import(&item.tree, Vec::new(), !matches!(item.vis, Visibility::Inherited));
                }
                item => {
                    module.defined.extend(defined(item));
                    Paths(&mut module.named).visit_item(item);
                }
            }
        }
        self.0.insert(name.clone(), module);
        Ok(())
    }

    /// Where a path that stands in a module leads: to the module that defines what it names.
    fn resolve(&self, from: &Name, path: &[String], depth: usize) -> Option<Name> {
        /// Re-exports of re-exports are not longer than this.
        const LONGEST: usize = 16;
        let (mut at, mut rest) = match path.first()?.as_str() {
            "crate" => (Vec::new(), &path[1..]),
            "self" => (from.clone(), &path[1..]),
            "super" => {
                let ups = path.iter().take_while(|part| *part == "super").count();
                (from[..from.len().checked_sub(ups)?].to_vec(), &path[ups..])
            }
            first => {
                let imported = self.0[from].imported.iter().find(|(name, ..)| name == first);
                match imported {
                    Some((_, target, _)) if path.len() > 1 && depth < LONGEST => {
                        let whole: Vec<String> = target.iter().chain(&path[1..]).cloned().collect();
                        return (target != path).then(|| self.resolve(from, &whole, depth + 1)).flatten();
                    }
                    _ => {}
                }
                let child: Name = from.iter().cloned().chain([first.to_owned()]).collect();
                if !self.0.contains_key(&child) {
                    return None;
                }
                (from.clone(), path)
            }
        };
        while let Some(part) = rest.first() {
            let below: Name = at.iter().cloned().chain([part.clone()]).collect();
            if !self.0.contains_key(&below) {
                break;
            }
            (at, rest) = (below, &rest[1..]);
        }
        let module = self.0.get(&at)?;
        let Some(wanted) = rest.first() else { return Some(at) };
        if !module.defined.contains(wanted) && depth < LONGEST {
            if let Some((_, target, _)) =
                module.imported.iter().find(|(name, _, open)| name == wanted && *open)
            {
                return self.resolve(&at, target, depth + 1);
            }
            let from_glob = module.globs.iter().find_map(|glob| {
                let inside = self.resolve(&at, glob, depth + 1)?;
                self.0[&inside].defined.contains(wanted).then_some(inside)
            });
            return from_glob.or(Some(at));
        }
        Some(at)
    }

    /// What each module needs.
    fn edges(&self) -> BTreeMap<&Name, BTreeSet<Name>> {
        let edges_of = |(name, module): (&Name, &Module)| {
            let listed = |target: &Name, open: bool| open && target.starts_with(name);
            let imported = module.imported.iter().filter_map(|(_, path, open)| {
                self.resolve(name, path, 0).filter(|target| !listed(target, *open))
            });
            let globs = module.globs.iter().filter_map(|path| self.resolve(name, path, 0));
            let named = module.named.iter().filter_map(|path| self.resolve(name, path, 0));
            imported.chain(globs).chain(named).filter(|target| target != name).collect()
        };
        self.0.iter().map(|entry| (entry.0, edges_of(entry))).collect()
    }

    /// A shortest cycle through each module that is on one, each cycle once.
    pub(crate) fn cycles(&self) -> Vec<Vec<String>> {
        let edges = self.edges();
        let mut seen = BTreeSet::new();
        let mut cycles = Vec::new();
        for start in self.0.keys() {
            let mut before: BTreeMap<Name, Name> = BTreeMap::new();
            let mut open = std::collections::VecDeque::from([start.clone()]);
            while let Some(at) = open.pop_front() {
                for next in &edges[&at] {
                    if !before.contains_key(next) {
                        before.insert(next.clone(), at.clone());
                        open.push_back(next.clone());
                    }
                }
            }
            let Some(mut at) = before.get(start) else { continue };
            let mut cycle = vec![start.clone()];
            while at != start {
                cycle.push(at.clone());
                at = &before[at];
            }
            let members: BTreeSet<Name> = cycle.iter().cloned().collect();
            if seen.is_disjoint(&members) {
                cycle.reverse();
                cycle.insert(0, start.clone());
                cycles.push(cycle.iter().map(|name| format!("crate::{}", name.join("::"))).collect());
            }
            seen.extend(members);
        }
        cycles
    }
}

impl Module {
    fn import(&mut self, tree: &UseTree, mut path: Name, open: bool) {
        match tree {
            UseTree::Path(part) => {
                path.push(part.ident.to_string());
                self.import(&part.tree, path, open);
            }
            UseTree::Name(name) if name.ident == "self" => {
                self.imported.extend(path.last().cloned().map(|name| (name, path, open)));
            }
            UseTree::Name(name) => {
                path.push(name.ident.to_string());
                self.imported.push((name.ident.to_string(), path, open));
            }
            UseTree::Rename(renamed) => {
                path.push(renamed.ident.to_string());
                self.imported.push((renamed.rename.to_string(), path, open));
            }
            UseTree::Glob(_) => self.globs.push(path),
            UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.import(tree, path.clone(), open));
            }
        }
    }
}

/// Gathers the paths of code, but not those in parts that are only for tests.
struct Paths<'m>(&'m mut Vec<Name>);

impl<'ast> Visit<'ast> for Paths<'_> {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() && path.segments.len() > 1 {
            self.0.push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        }
        visit::visit_path(self, path);
    }

    fn visit_item(&mut self, item: &'ast Item) {
        if !is_of_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if !is_of_tests(&item.attrs) {
            visit::visit_impl_item_fn(self, item);
        }
    }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn is_of_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Path>().is_ok_and(|condition| condition.is_ident("test"))
    })
}

/// The file that a module names for itself.
fn path_of(attributes: &[Attribute]) -> Option<String> {
    let attribute = attributes.iter().find(|attribute| attribute.path().is_ident("path"))?;
    match &attribute.meta.require_name_value().ok()?.value {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(path), .. }) => Some(path.value()),
        _ => None,
    }
}

fn defined(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}
