//! Loads the files of a project and gives its services: interpolation, `extends`, `include`, and one file over another.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::dotenv::{self, Variables};
use super::files::{FileFault, Files, directory, is_remote, join};
use super::interpolate::{self, interpolate};
use super::merge::{Merge, Place, are_equal};
use crate::yaml::{Budget, Node, Origin, Scalar, Spent, parse};

/// How many files or services may refer to one another in a row.
const MAX_CHAIN: usize = 32;

/// What one file that refers to another costs, beside what is in it.
const REFERENCE: usize = 50;

/// Names and what they hold.
pub(super) type Services = BTreeMap<Rc<str>, Node>;

/// The key under which a service keeps a base that could not be read: its limits are then unknown.
pub(super) const LOST_BASE: &str = "extends";

/// Loads files, each once.
pub(super) struct Project<'a> {
    pub(super) files: Files<'a>,
    pub(super) budget: Budget,
    /// What was not read, as text.
    pub(super) warnings: Vec<String>,
    /// What holds for the texts of a file, by its [`Origin`].
    homes: Vec<Home>,
    parsed: HashMap<(String, Origin), Option<Rc<Vec<Node>>>>,
    /// The files that services extend, and what came of their services.
    sheets: Vec<Rc<Sheet>>,
    sheet_of: HashMap<(String, Origin), Option<usize>>,
    extended: HashMap<(usize, Rc<str>), Node>,
    included: HashMap<(Vec<String>, Origin), Services>,
}

/// Services that may extend each other.
struct Sheet {
    file: String,
    origin: Origin,
    services: Services,
}

/// The variables that hold for a file, and the directory its paths begin at.
struct Home {
    variables: Rc<Variables>,
    directory: String,
}

/// A text with its variables replaced.
pub(super) enum Value {
    Known(String),
    /// Variables without a value, or a form that Compose refuses: why.
    Unknown(String),
}

impl<'a> Project<'a> {
    /// A project whose files of variables are these, or `.env` if there are none.
    pub(super) fn new(files: Files<'a>, env_files: &[String]) -> Result<Self, Spent> {
        let mut project = Self {
            files,
            budget: Budget::default(),
            warnings: Vec::new(),
            homes: vec![Home { variables: Rc::default(), directory: String::new() }],
            parsed: HashMap::new(),
            sheets: Vec::new(),
            sheet_of: HashMap::new(),
            extended: HashMap::new(),
            included: HashMap::new(),
        };
        let variables = project.variables_of(Origin(0), "", env_files)?;
        project.homes[0].variables = variables;
        Ok(project)
    }

    /// Makes the name of the project known, for `${COMPOSE_PROJECT_NAME}`.
    pub(super) fn set_name(&mut self, name: &str) {
        Rc::make_mut(&mut self.homes[0].variables).insert("COMPOSE_PROJECT_NAME".to_owned(), name.to_owned());
    }

    /// A variable of the project.
    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        self.homes[0].variables.get(name).map(String::as_str)
    }

    /// The text of a scalar with its variables replaced.
    pub(super) fn value(&self, scalar: &Scalar) -> Result<Value, Spent> {
        self.budget.pay_text(&scalar.text)?;
        if !scalar.text.contains('$') {
            return Ok(Value::Known(scalar.text.to_string()));
        }
        let variables = &self.homes[scalar.origin.0].variables;
        let variable = |name: &str| {
            // A variable whose name says that it is a secret stays one, wherever it is used.
            variables.get(name).map(|value| crate::redact::value(name, value))
        };
        let mut unset = Vec::new();
        match interpolate(&scalar.text, &variable, &mut unset, &self.budget) {
            Ok(text) if unset.is_empty() => Ok(Value::Known(text)),
            Ok(_) => Ok(Value::Unknown(format!(
                "variable `{}` has no value in `.env` and no default; the environment is not read",
                unset.join("`, `")
            ))),
            Err(interpolate::Fault::Form(reason)) => Ok(Value::Unknown(reason.to_owned())),
            Err(interpolate::Fault::Spent) => Err(Spent),
        }
    }

    /// The services of one document over those of the documents before it. Gives the names of those that it speaks of.
    pub(super) fn add(
        &mut self,
        services: &mut Services,
        document: &Node,
        file: &str,
        origin: Origin,
        chain: &mut Vec<String>,
    ) -> Result<Vec<Rc<str>>, Spent> {
        let mut own = self.extended_services(document, file, origin)?;
        self.include(&mut own, document, origin, chain)?;
        let mut merge = Merge::new(&self.budget, false);
        let names = own.keys().cloned().collect();
        for (name, service) in own {
            let below = services.remove(&name);
            let path = format!("services.{name}");
            if let Some(joined) = merge.join(below.as_ref(), &service, Place::Service, &path)? {
                services.insert(name, joined);
            }
        }
        let refused = merge.refused;
        self.refuse(&refused);
        Ok(names)
    }

    fn refuse(&mut self, places: &[String]) {
        for place in places {
            self.warnings
                .push(format!("`{place}`: lists and mappings cannot be merged, Compose refuses the file"));
        }
    }

    /// The documents of another file.
    fn documents(&mut self, path: &str, origin: Origin, role: &str) -> Result<Option<Rc<Vec<Node>>>, Spent> {
        let key = (path.to_owned(), origin);
        if let Some(known) = self.parsed.get(&key) {
            return Ok(known.clone());
        }
        let read = if is_remote(path) {
            Err("is not fetched".to_owned())
        } else {
            self.files.text(path).map_err(|fault| fault.to_string()).and_then(|text| {
                parse(&text, origin, &self.budget)
                    .map(Rc::new)
                    .map_err(|fault| format!("cannot be read: {fault}"))
            })
        };
        self.budget.pay(1)?;
        let documents = match read {
            Ok(documents) => Some(documents),
            Err(reason) => {
                self.warnings.push(format!("`{path}` {role}, and {reason}"));
                None
            }
        };
        self.parsed.insert(key, documents.clone());
        Ok(documents)
    }

    /// The services of a document, each with what it extends below it.
    fn extended_services(&mut self, document: &Node, file: &str, origin: Origin) -> Result<Services, Spent> {
        let Some(services) = document.get("services").and_then(Node::as_entries) else {
            return Ok(Services::new());
        };
        self.budget.pay(services.len())?;
        let sheet = self.sheets.len();
        self.sheets.push(Rc::new(Sheet { file: file.to_owned(), origin, services: services.clone() }));
        let mut extended = Services::new();
        for name in services.keys() {
            if let Some(service) = self.extended(sheet, name, &mut Vec::new())? {
                extended.insert(Rc::clone(name), service);
            }
        }
        Ok(extended)
    }

    /// A service with what it extends below it (compose-spec, 05-services.md, "extends").
    fn extended(
        &mut self,
        sheet: usize,
        name: &Rc<str>,
        chain: &mut Vec<(usize, Rc<str>)>,
    ) -> Result<Option<Node>, Spent> {
        self.budget.pay(1)?;
        let link = (sheet, Rc::clone(name));
        if let Some(known) = self.extended.get(&link) {
            return Ok(Some(known.clone()));
        }
        let here = Rc::clone(&self.sheets[sheet]);
        let Some(service) = here.services.get(name) else { return Ok(None) };
        let Some(extends) = service.get("extends").filter(|extends| !extends.is_null()) else {
            return Ok(Some(service.clone()));
        };
        let text = |node: Option<&Node>| node.and_then(Node::as_scalar).map(Rc::clone);
        let base_name = text(Some(extends)).or_else(|| text(extends.get("service")));
        let base_name = match base_name {
            Some(scalar) => Rc::from(self.reference(&scalar)?),
            None => Rc::from(""),
        };
        let path = match text(extends.get("file")) {
            Some(scalar) => Some(self.reference(&scalar)?),
            None => None,
        };
        let base = if chain.contains(&link) || chain.len() >= MAX_CHAIN {
            let mut names: Vec<String> = chain.iter().map(|link| self.name_of(link)).collect();
            names.push(self.name_of(&link));
            let kind = if chain.len() >= MAX_CHAIN {
                "too many services extend each other"
            } else {
                "services extend each other in a circle"
            };
            self.warnings.push(format!("{kind}: {}", names.join(" → ")));
            None
        } else {
            let place = match &path {
                None => Some(sheet),
                Some(path) => self.sheet(&join(self.directory_of(here.origin), path), here.origin)?,
            };
            chain.push(link.clone());
            let base = match place {
                Some(place) => self.extended(place, &base_name, chain)?,
                None => None,
            };
            chain.pop();
            if base.is_none() {
                let of = path.map(|path| format!(" of `{path}`")).unwrap_or_default();
                self.warnings.push(format!("service `{base_name}`{of} is extended, and cannot be read"));
            }
            base
        };
        let Some(base) = base else {
            // What the base says is not known, and neither is what this one takes of it.
            self.extended.insert(link, service.clone());
            return Ok(Some(service.clone()));
        };
        let mut own = service.as_entries().cloned().unwrap_or_default();
        own.remove("extends");
        let mut merge = Merge::new(&self.budget, false);
        let base = merge.settled(&base)?;
        merge.keeps_marks = true;
        let joined =
            merge.join(base.as_ref(), &Node::mapping(own), Place::Service, &format!("services.{name}"))?;
        let refused = merge.refused;
        self.refuse(&refused);
        if let Some(joined) = &joined {
            self.extended.insert(link, joined.clone());
        }
        Ok(joined)
    }

    /// The directory that paths of a file begin at.
    pub(super) fn directory_of(&self, origin: Origin) -> &str {
        &self.homes[origin.0].directory
    }

    /// The value of what names a file or a service; as it is written if that is not known.
    pub(super) fn reference(&self, scalar: &Scalar) -> Result<String, Spent> {
        Ok(match self.value(scalar)? {
            Value::Known(text) => text,
            Value::Unknown(_) => scalar.text.to_string(),
        })
    }

    fn name_of(&self, (sheet, service): &(usize, Rc<str>)) -> String {
        format!("`{service}` of `{}`", self.sheets[*sheet].file)
    }

    /// A file whose services are extended. Neither its `extends` nor its `include` is followed before that.
    fn sheet(&mut self, path: &str, outer: Origin) -> Result<Option<usize>, Spent> {
        let variables = Rc::clone(&self.homes[outer.0].variables);
        let origin = self.home(&variables, directory(path))?;
        let key = (path.to_owned(), origin);
        if let Some(known) = self.sheet_of.get(&key) {
            return Ok(*known);
        }
        self.budget.pay(REFERENCE)?;
        let sheet = match self.documents(path, origin, "is extended")? {
            None => None,
            Some(documents) => {
                let mut merge = Merge::new(&self.budget, false);
                let mut services = Node::mapping(Services::new());
                for document in documents.iter().filter_map(|document| document.get("services")) {
                    services = merge
                        .join(Some(&services), document, Place::Services, "services")?
                        .unwrap_or(services);
                }
                self.sheets.push(Rc::new(Sheet {
                    file: path.to_owned(),
                    origin,
                    services: services.as_entries().cloned().unwrap_or_default(),
                }));
                Some(self.sheets.len() - 1)
            }
        };
        self.sheet_of.insert(key, sheet);
        Ok(sheet)
    }

    /// Adds the services of the files that a document includes (compose-spec, 14-include.md).
    fn include(
        &mut self,
        own: &mut Services,
        document: &Node,
        origin: Origin,
        chain: &mut Vec<String>,
    ) -> Result<(), Spent> {
        let working_directory = &self.directory_of(origin).to_owned();
        for include in document.get("include").and_then(Node::as_items).into_iter().flatten() {
            self.budget.pay(REFERENCE)?;
            let paths = self.texts(include.get("path").or(include.as_scalar().map(|_| include)))?;
            let paths: Vec<String> = paths.iter().map(|path| join(working_directory, path)).collect();
            let Some(first) = paths.first() else { continue };
            if chain.contains(first) || chain.len() >= MAX_CHAIN {
                let kind = if chain.contains(first) {
                    "files include each other in a circle"
                } else {
                    "too many files include each other"
                };
                self.warnings.push(format!("{kind}: `{}` → `{first}`", chain.join("` → `")));
                continue;
            }
            let project = match self.texts(include.get("project_directory"))?.first() {
                Some(path) => join(working_directory, path),
                None => directory(first).to_owned(),
            };
            let env_files = self.texts(include.get("env_file"))?;
            let env_files: Vec<String> = env_files.iter().map(|path| join(working_directory, path)).collect();
            let variables = self.variables_of(origin, &project, &env_files)?;
            let home = self.home(&variables, &project)?;
            let included = self.included(&paths, home, chain)?;
            self.budget.pay(included.len())?;
            for (name, service) in included {
                match own.get(&name) {
                    None => drop(own.insert(name, service)),
                    Some(known) if are_equal(&self.budget, known, &service)? => {}
                    Some(_) => self.warnings.push(format!(
                        "service `{name}` of `{first}` is defined by the file that includes it, Compose refuses that"
                    )),
                }
            }
        }
        Ok(())
    }

    fn included(
        &mut self,
        paths: &[String],
        home: Origin,
        chain: &mut Vec<String>,
    ) -> Result<Services, Spent> {
        let key = (paths.to_vec(), home);
        if let Some(known) = self.included.get(&key) {
            return Ok(known.clone());
        }
        let mut services = Services::new();
        chain.push(paths[0].clone());
        for path in paths {
            let documents = self.documents(path, home, "is included")?;
            for document in documents.iter().flat_map(|documents| documents.iter()) {
                self.add(&mut services, document, path, home, chain)?;
            }
        }
        chain.pop();
        self.included.insert(key, services.clone());
        Ok(services)
    }

    /// The variables of a file that another one includes: those of that one, then those of its variable files.
    fn variables_of(
        &mut self,
        outer: Origin,
        project: &str,
        env_files: &[String],
    ) -> Result<Rc<Variables>, Spent> {
        let known = Rc::clone(&self.homes[outer.0].variables);
        let mut variables = Variables::new();
        let default = [join(project, ".env")];
        for path in if env_files.is_empty() { &default[..] } else { env_files } {
            // The usual way to have no variables.
            if path == "/dev/null" {
                continue;
            }
            match self.files.text(path) {
                Ok(text) => match dotenv::read(&text, &known, &mut variables, &self.budget) {
                    Ok(()) => {}
                    Err(dotenv::Fault::Spent) => return Err(Spent),
                    Err(dotenv::Fault::Line(line, reason)) => self.warnings.push(format!(
                        "`{path}`, line {line}: {reason}; the variables behind it are not read"
                    )),
                },
                Err(FileFault::Missing) if env_files.is_empty() => {}
                Err(fault) => self.warnings.push(format!("`{path}`, with variables, {fault}")),
            }
        }
        variables.retain(|name, _| !known.contains_key(name));
        if variables.is_empty() {
            return Ok(known);
        }
        self.budget.pay(known.len() + variables.len())?;
        let mut joined = known;
        Rc::make_mut(&mut joined).extend(variables);
        Ok(joined)
    }

    fn home(&mut self, variables: &Rc<Variables>, directory: &str) -> Result<Origin, Spent> {
        self.budget.pay(self.homes.len())?;
        let is_same = |home: &Home| home.directory == directory && home.variables == *variables;
        let at = self.homes.iter().position(is_same).unwrap_or_else(|| {
            self.homes.push(Home { variables: Rc::clone(variables), directory: directory.to_owned() });
            self.homes.len() - 1
        });
        Ok(Origin(at))
    }

    /// A text or a list of texts, with their variables replaced.
    fn texts(&self, node: Option<&Node>) -> Result<Vec<String>, Spent> {
        let items = match node {
            Some(Node::Sequence(sequence)) => &sequence.items[..],
            Some(scalar @ Node::Scalar(_)) => std::slice::from_ref(scalar),
            _ => &[],
        };
        items
            .iter()
            .filter(|item| !item.is_null())
            .filter_map(Node::as_scalar)
            .map(|item| self.reference(item))
            .collect()
    }
}
