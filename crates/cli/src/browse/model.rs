//! What is shown, and what keys change of it. Nothing here knows a terminal: the tests press keys.

use plimsoll_view::tree::Order;

use super::data::{Scope, Service};
use super::files::Files;
use super::shelf::Shelf;
use crate::keys_help::KeysHelp;
use crate::list::Cursor;
use crate::terminal::Input;

/// A part of the screen that keys act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pane {
    Layers,
    Files,
    Packages,
}

impl Pane {
    const ALL: [Self; 3] = [Self::Layers, Self::Files, Self::Packages];
}

/// What a key cannot do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    /// Two images are shown: their layers are compared, not stacked.
    PairHasNoScopes,
}

/// The number of rows that each pane shows, as it was drawn last.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heights {
    pub(crate) layers: usize,
    pub(crate) files: usize,
    pub(crate) packages: usize,
}

/// Everything that is shown.
pub(crate) struct Model<'a> {
    pub(crate) services: &'a [Service<'a>],
    /// Which of them is shown.
    pub(crate) chosen: usize,
    pub(crate) pane: Pane,
    pub(crate) scope: Scope,
    pub(crate) layers: Cursor,
    pub(crate) files: Files<'a>,
    /// `None` until it is looked at.
    pub(crate) shelf: Option<Shelf<'a>>,
    /// Whether keys are letters of a search.
    pub(crate) typing: bool,
    pub(crate) help: KeysHelp,
    /// Why the last key did nothing.
    pub(crate) note: Option<Note>,
    pub(crate) heights: Heights,
    pub(crate) done: bool,
}

impl<'a> Model<'a> {
    /// Begins with the first service; there must be one.
    pub(crate) fn new(services: &'a [Service<'a>]) -> Self {
        let mut model = Self {
            services,
            chosen: 0,
            pane: Pane::Layers,
            scope: Scope::Whole,
            layers: Cursor::default(),
            files: Files::new(services[0].tree(Scope::Whole, 0), Order::Size),
            shelf: None,
            typing: false,
            help: KeysHelp::default(),
            note: None,
            heights: Heights { layers: 10, files: 10, packages: 10 },
            done: false,
        };
        model.choose(0);
        model
    }

    pub(crate) fn service(&self) -> &'a Service<'a> {
        &self.services[self.chosen]
    }

    /// How many layers are listed.
    pub(crate) fn layer_count(&self) -> usize {
        let service = self.service();
        if service.is_pair() { service.comparison.layers.len() } else { service.image.layers.len() }
    }

    fn choose(&mut self, service: usize) {
        self.chosen = service;
        let service = self.service();
        let order = if service.is_pair() { Order::Change } else { Order::Size };
        self.scope = Scope::Whole;
        self.layers = Cursor::default();
        self.files = Files::new(service.tree(self.scope, 0), order);
        self.shelf = (self.pane == Pane::Packages).then(|| Shelf::new(service));
    }

    /// Shows the changes of another scope or layer.
    fn show(&mut self, scope: Scope) {
        self.scope = scope;
        let tree = self.service().tree(scope, self.layers.at);
        // What changed is what is looked for, and the whole image has no changes.
        let order = match (scope, self.files.order) {
            (Scope::Whole, Order::Change) => Order::Size,
            (Scope::Layer | Scope::UpTo, Order::Size) => Order::Change,
            (_, order) => order,
        };
        self.files.replace(tree, order);
    }

    /// The text that is searched in the pane that is shown.
    pub(crate) fn search(&self) -> &str {
        match (self.pane, &self.shelf) {
            (Pane::Packages, Some(shelf)) => &shelf.search,
            _ => &self.files.search,
        }
    }

    fn search_for(&mut self, text: &str) {
        match (self.pane, &mut self.shelf) {
            (Pane::Packages, Some(shelf)) => shelf.search_for(text),
            _ => self.files.search_for(text),
        }
    }

    /// Does what the user asks.
    pub(crate) fn press(&mut self, input: Input) {
        if input == Input::Ctrl('c') {
            self.done = true;
        } else if self.typing {
            self.type_in(input);
        } else if self.help.is_open() {
            self.help.press(input);
        } else {
            self.note = None;
            self.command(input);
        }
    }

    fn type_in(&mut self, input: Input) {
        let mut text = self.search().to_owned();
        match input {
            Input::Enter => {
                self.typing = false;
                return;
            }
            Input::Escape => {
                self.typing = false;
                text.clear();
            }
            Input::Backspace => drop(text.pop()),
            Input::Ctrl('u') => text.clear(),
            Input::Char(char) => text.push(char),
            _ => return,
        }
        self.search_for(&text);
    }

    fn command(&mut self, input: Input) {
        match input {
            Input::Char('q') => self.done = true,
            Input::Char('?') => self.help.open(),
            // It goes back one step and never ends the program: what was looked at for minutes would be lost.
            Input::Escape if !self.search().is_empty() => self.search_for(""),
            Input::Escape if self.scope != Scope::Whole => self.show(Scope::Whole),
            Input::Escape => self.pane = Pane::Layers,
            Input::Char('/') | Input::Ctrl('f') => {
                if self.pane == Pane::Layers {
                    self.pane = Pane::Files;
                }
                self.typing = true;
            }
            Input::Tab => self.turn(1),
            Input::BackTab => self.turn(Pane::ALL.len() - 1),
            Input::Char('p') => self.focus(Pane::Packages),
            Input::Char(']') => self.choose((self.chosen + 1) % self.services.len()),
            Input::Char('[') => self.choose((self.chosen + self.services.len() - 1) % self.services.len()),
            input => self.in_pane(input),
        }
    }

    fn turn(&mut self, by: usize) {
        let at = Pane::ALL.iter().position(|pane| *pane == self.pane).unwrap_or(0);
        self.focus(Pane::ALL[(at + by) % Pane::ALL.len()]);
    }

    fn focus(&mut self, pane: Pane) {
        self.pane = pane;
        if pane == Pane::Packages && self.shelf.is_none() {
            self.shelf = Some(Shelf::new(self.service()));
        }
    }

    fn in_pane(&mut self, input: Input) {
        let wants_scope = matches!(input, Input::Ctrl('l') | Input::Char('L' | 'A' | 'w'));
        let scope = match input {
            // A pair shows both images: their layers are compared, not stacked.
            _ if self.service().is_pair() => {
                self.note = wants_scope.then_some(Note::PairHasNoScopes);
                None
            }
            Input::Ctrl('l') | Input::Char('L') => Some(Scope::Layer),
            Input::Ctrl('a') if self.pane == Pane::Layers => Some(Scope::UpTo),
            Input::Char('A') => Some(Scope::UpTo),
            Input::Char('w') => Some(Scope::Whole),
            _ => None,
        };
        if let Some(scope) = scope {
            self.show(scope);
            return;
        }
        match self.pane {
            Pane::Files => drop(self.files.press(input, self.heights.files)),
            Pane::Packages => {
                if let Some(shelf) = &mut self.shelf {
                    shelf.press(input, self.heights.packages);
                }
            }
            Pane::Layers => self.in_layers(input),
        }
    }

    fn in_layers(&mut self, input: Input) {
        let was = self.layers.at;
        let count = self.layer_count();
        if self.layers.moved(input, count, self.heights.layers) {
            // As in dive, a walk through the layers shows what each changes.
            if self.layers.at != was && !self.service().is_pair() {
                let scope = if self.scope == Scope::Whole { Scope::Layer } else { self.scope };
                self.show(scope);
            }
        } else if matches!(input, Input::Enter | Input::Right | Input::Char('l' | ' ')) {
            if !self.service().is_pair() && self.scope == Scope::Whole {
                self.show(Scope::Layer);
            }
            self.pane = Pane::Files;
        }
    }
}
