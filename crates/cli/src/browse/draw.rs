//! The screen of the browser. What it shows is decided in the model; here it gets its place.

use plimsoll_analysis::compare::{FileChange, LayerMatch};
use plimsoll_analysis::packages::Owner;
use plimsoll_report::format::{count, one_line};
use plimsoll_report::language::{BrowseWords, Language};
use plimsoll_snapshot::{Bytes, path};
use plimsoll_view::packages::{Filter as PackageFilter, Order as PackageOrder};
use plimsoll_view::tree::{Filter, Order};
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

use super::data::{LinkKind, Scope, Service};
use super::model::{Model, Note, Pane};
use crate::keys_help::HelpText;
use crate::list::Cursor;
use crate::paint::{fill, wrapped};

/// The narrowest screen that has two columns, and the lowest one that has details below a list.
const TWO_COLUMNS: u16 = 84;
const WITH_DETAILS: u16 = 14;

/// A line of a list: its text and how it looks.
type Line = (String, Style);

/// Draws everything, and tells the model how many rows fit.
pub(crate) fn draw(model: &mut Model<'_>, language: Language, frame: &mut Frame<'_>) {
    let area = frame.area();
    let words = &language.words().browse;
    if area.height < 3 || area.width < 10 {
        return;
    }
    let body = Rect { y: area.y + 1, height: area.height - 2, ..area };
    let has_details = area.height >= WITH_DETAILS;
    let details_height = if has_details { (body.height / 3).clamp(5, 14) } else { 0 };
    let above = Rect { height: body.height - details_height, ..body };
    let (list, details, side) = if area.width >= TWO_COLUMNS {
        let left = area.width * 2 / 5;
        let right = Rect { x: area.x + left + 1, width: area.width - left - 1, ..body };
        (
            Rect { width: left, ..above },
            Rect { y: above.bottom(), height: details_height, width: left, ..body },
            Some(right),
        )
    } else {
        (above, Rect { y: above.bottom(), height: details_height, ..body }, None)
    };
    let rows = |area: Rect| usize::from(area.height.saturating_sub(1));
    let main = side.unwrap_or(list);
    model.heights.layers = rows(list);
    model.heights.files = rows(main);
    model.heights.packages = rows(main);
    let layer_count = model.layer_count();
    model.layers.fit(layer_count, rows(list));
    model.files.cursor.fit(model.files.rows.len(), rows(main));
    if let Some(shelf) = &mut model.shelf {
        shelf.cursor.fit(shelf.rows.len(), rows(main));
    }
    let screen = Screen { model, words, language };
    let buffer = frame.buffer_mut();
    screen.head(Rect { height: 1, ..area }, buffer);
    let shows_packages = model.pane == Pane::Packages;
    if side.is_some() || model.pane == Pane::Layers {
        screen.layers(list, buffer);
    }
    if side.is_some() || model.pane != Pane::Layers {
        if shows_packages { screen.packages(main, buffer) } else { screen.files(main, buffer) }
    }
    if has_details {
        screen.details(details, buffer);
    }
    screen.foot(Rect { y: area.bottom() - 1, height: 1, ..area }, buffer);
    if model.help.is_open() {
        let text = HelpText { title: words.help, keys: words.keys_help, foot: words.help_foot };
        model.help.draw(area, buffer, text);
    }
}

struct Screen<'m, 'a> {
    model: &'m Model<'a>,
    words: &'static BrowseWords,
    language: Language,
}

impl Screen<'_, '_> {
    fn bytes(&self, bytes: Bytes) -> String {
        self.language.bytes(bytes).to_string()
    }

    fn head(&self, area: Rect, buffer: &mut Buffer) {
        let service = self.model.service();
        let many = self.model.services.len();
        let place = if many > 1 { format!(" ({}/{many})", self.model.chosen + 1) } else { String::new() };
        let comparison = service.comparison;
        let sizes = if service.is_pair() {
            let [size, hidden] = [comparison.size, comparison.hidden];
            format!(
                "{} → {} ({}), {} {} → {}",
                self.bytes(size.before),
                self.bytes(size.after),
                self.language.delta(size.delta),
                self.words.hidden,
                self.bytes(hidden.before),
                self.bytes(hidden.after)
            )
        } else {
            let inspection = service.inspection;
            format!(
                "{}, {} {} ({})",
                self.bytes(inspection.size_bytes),
                self.words.hidden,
                self.bytes(inspection.hidden_bytes),
                self.language.share(inspection.hidden_bytes, inspection.size_bytes)
            )
        };
        let text = format!(" {}{place}  {sizes}", one_line(&comparison.name));
        fill(area, buffer, &text, Style::new().add_modifier(Modifier::REVERSED | Modifier::BOLD));
    }

    fn foot(&self, area: Rect, buffer: &mut Buffer) {
        let text = if self.model.typing {
            format!(" {} {}_", self.words.search, one_line(self.model.search()))
        } else {
            let text = match self.model.note {
                Some(Note::PairHasNoScopes) => self.words.pair_has_no_scopes,
                None => self.words.keys,
            };
            format!(" {text}")
        };
        fill(area, buffer, &text, Style::new().add_modifier(Modifier::REVERSED));
    }

    /// The title of a list, its rows, and the cursor where keys act on it.
    fn list(
        &self,
        area: Rect,
        buffer: &mut Buffer,
        pane: Pane,
        title: &str,
        (cursor, count): (Cursor, usize),
        row: impl Fn(usize) -> Line,
    ) {
        let has_focus = self.model.pane == pane;
        let style = Style::new().add_modifier(Modifier::UNDERLINED);
        let style = if has_focus { style.add_modifier(Modifier::BOLD) } else { style };
        fill(Rect { height: 1, ..area }, buffer, &format!(" {title}"), style);
        let rows = area.y + 1..area.bottom();
        if count == 0 && area.height > 1 {
            fill(
                Rect { y: area.y + 1, height: 1, ..area },
                buffer,
                &format!("  {}", self.nothing(pane)),
                Style::new(),
            );
        }
        for (y, at) in rows.zip(cursor.top..count) {
            let (text, style) = row(at);
            let style = match (at == cursor.at, has_focus) {
                (true, true) => style.add_modifier(Modifier::REVERSED),
                (true, false) => style.add_modifier(Modifier::BOLD),
                _ => style,
            };
            // Without reverse video, the mark tells where the cursor is.
            let mark = if at == cursor.at { ">" } else { " " };
            fill(Rect { y, height: 1, ..area }, buffer, &format!("{mark}{text}"), style);
        }
    }

    /// Why a list is empty.
    fn nothing(&self, pane: Pane) -> &'static str {
        let model = self.model;
        let is_whole = !model.service().is_pair() && model.scope == Scope::Whole;
        match (pane, model.files.filter) {
            (Pane::Files, Filter::Changed | Filter::Only(_)) if is_whole => self.words.no_changes_in_whole,
            _ => self.words.nothing,
        }
    }

    fn layers(&self, area: Rect, buffer: &mut Buffer) {
        let service = self.model.service();
        let words = self.language.words();
        let count = self.model.layer_count();
        let title = format!("{} ({count})", words.layers);
        let state = (self.model.layers, count);
        if service.is_pair() {
            let row = |at: usize| {
                let pair = &service.comparison.layers[at];
                let (before, after) = service.comparison.layer_sizes(pair);
                let (mark, colour) = match pair.kind {
                    LayerMatch::Kept => ('=', Color::Reset),
                    LayerMatch::Changed => ('~', Color::Yellow),
                    LayerMatch::Removed => ('-', Color::Red),
                    LayerMatch::Added => ('+', Color::Green),
                };
                let made = service.comparison.instruction(pair).map(one_line).unwrap_or_default();
                let sizes = [(pair.before, before), (pair.after, after)]
                    .map(|(side, size)| side.map_or_else(|| "–".to_owned(), |_| self.bytes(size)));
                (format!("{mark} {:>9} {:>9}  {made}", sizes[0], sizes[1]), Style::new().fg(colour))
            };
            self.list(area, buffer, Pane::Layers, &title, state, row);
        } else {
            let row = |at: usize| {
                let Some(layer) = service.inspection.layers.get(at) else { return Line::default() };
                let hidden =
                    if layer.hidden_bytes.is_zero() { String::new() } else { self.bytes(layer.hidden_bytes) };
                let made = layer.instruction.as_deref().map(one_line).unwrap_or_default();
                let colour = if hidden.is_empty() { Color::Reset } else { Color::Magenta };
                let text = format!("{at:>3} {:>9} {hidden:>9}  {made}", self.bytes(layer.file_bytes));
                (text, Style::new().fg(colour))
            };
            let title = format!("{title}  {}  {}", self.words.size, self.words.hidden);
            self.list(area, buffer, Pane::Layers, &title, state, row);
        }
    }

    fn scope(&self) -> String {
        let layer = self.model.layers.at.to_string();
        match self.model.scope {
            _ if self.model.service().is_pair() => self.words.both.to_owned(),
            Scope::Whole => self.words.whole.to_owned(),
            Scope::Layer => (self.words.of_layer)(&layer),
            Scope::UpTo => (self.words.up_to)(&layer),
        }
    }

    fn files(&self, area: Rect, buffer: &mut Buffer) {
        let files = &self.model.files;
        let filter = match files.filter {
            Filter::All => self.words.all,
            Filter::Changed => self.words.changed,
            Filter::Only(change) => (self.language.words().file_change)(change),
        };
        let order = match files.order {
            Order::Change => self.words.by_change,
            Order::Size => self.words.by_size,
            Order::Name => self.words.by_name,
        };
        let search = searched(&files.search);
        let title = format!("{}: {}, {filter}, {order}{search}", self.words.files, self.scope());
        let shows_change = self.model.service().is_pair() || self.model.scope != Scope::Whole;
        let row = |at: usize| {
            let row = &files.rows[at];
            let node = &files.tree.nodes[row.node as usize];
            let sums = files.matches.get(row.node);
            let (mark, colour) = match node.change {
                _ if node.is_only_directory() && node.change == FileChange::Unchanged && sums.changed > 0 => {
                    ('~', Color::Yellow)
                }
                FileChange::Unchanged => (' ', Color::Reset),
                FileChange::Added => ('+', Color::Green),
                FileChange::Removed => ('-', Color::Red),
                FileChange::Modified => ('~', Color::Yellow),
                FileChange::Attributes => ('a', Color::Cyan),
            };
            let fold = match row.open {
                Some(true) => "▾ ",
                Some(false) => "▸ ",
                None => "  ",
            };
            let indent = " ".repeat(2 * (row.level.saturating_sub(1) as usize).min(40));
            let name = one_line(&path::escape(node.name));
            let slash = if node.is_directory() { "/" } else { "" };
            let size = sums.size();
            let after = self.bytes(size.after);
            let change = if !shows_change || size.delta.0 == 0 {
                String::new()
            } else {
                self.language.delta(size.delta).to_string()
            };
            let figures =
                if shows_change { format!("{after:>9} {change:>10}") } else { format!("{after:>9}") };
            (format!("{mark} {figures} {indent}{fold}{name}{slash}"), Style::new().fg(colour))
        };
        self.list(area, buffer, Pane::Files, &title, (files.cursor, files.rows.len()), row);
    }

    fn packages(&self, area: Rect, buffer: &mut Buffer) {
        let Some(shelf) = &self.model.shelf else { return };
        let filter = match shelf.filter {
            PackageFilter::All => self.words.all,
            PackageFilter::Changed => self.words.changed,
            PackageFilter::Unused => self.words.unused,
        };
        let order = match shelf.order {
            PackageOrder::Name => self.words.by_name,
            PackageOrder::Own => self.words.by_own,
            PackageOrder::Retained => self.words.by_retained,
            PackageOrder::Change => self.words.by_change,
        };
        let search = searched(&shelf.search);
        let title = format!("{}: {filter}, {order}{search}", self.words.packages);
        let is_pair = self.model.service().is_pair();
        let row = |at: usize| {
            let row = &shelf.all[shelf.rows[at]];
            let tick = match (shelf.is_unticked(row), shelf.goes(row)) {
                (true, _) => "[ ]",
                (_, true) => "[-]",
                _ => "[x]",
            };
            let colour = match (row.unused, tick) {
                (_, "[ ]" | "[-]") => Color::Red,
                (true, _) => Color::Magenta,
                _ => Color::Reset,
            };
            let change = match (is_pair, row.own.delta.0) {
                (true, 0) => format!("{:>10} ", ""),
                (true, _) => format!("{:>10} ", self.language.delta(row.own.delta).to_string()),
                _ => String::new(),
            };
            let text = format!(
                "{tick} {:>9} {:>9} {change}{} {}",
                self.bytes(row.shown(row.own)),
                self.bytes(row.shown(row.retained)),
                one_line(row.name),
                self.language.ecosystem(row.ecosystem)
            );
            (text, Style::new().fg(colour))
        };
        self.list(area, buffer, Pane::Packages, &title, (shelf.cursor, shelf.rows.len()), row);
    }

    fn details(&self, area: Rect, buffer: &mut Buffer) {
        let style = Style::new().add_modifier(Modifier::UNDERLINED);
        fill(Rect { height: 1, ..area }, buffer, &format!(" {}", self.words.details), style);
        let lines = match self.model.pane {
            Pane::Layers => self.of_layer(),
            Pane::Files => self.of_file(),
            Pane::Packages => self.of_packages(),
        };
        let width = usize::from(area.width.saturating_sub(2)).max(8);
        let wrapped = lines.iter().flat_map(|line| wrapped(line, width));
        for (y, line) in (area.y + 1..area.bottom()).zip(wrapped) {
            fill(Rect { y, height: 1, ..area }, buffer, &format!(" {line}"), Style::new());
        }
    }

    fn of_layer(&self) -> Vec<String> {
        let service = self.model.service();
        let at = if service.is_pair() {
            let pair = service.comparison.layers.get(self.model.layers.at);
            pair.and_then(|pair| if service.trees.after.is_some() { pair.after } else { pair.before })
        } else {
            Some(self.model.layers.at)
        };
        let Some((at, layer)) = at.and_then(|at| Some((at, service.inspection.layers.get(at)?))) else {
            return Vec::new();
        };
        let mut lines = vec![
            format!("{}  {}", (self.words.layer)(&at.to_string()), layer.diff_id),
            (self.words.counts)(&count(layer.files), &count(layer.whiteouts + layer.opaque)),
        ];
        let hidden = service.inspection.hidden.iter().filter(|hidden| hidden.from_layer as usize == at);
        lines.extend(hidden.map(|hidden| {
            let cause = (self.language.words().cause)(hidden.cause);
            (self.words.layer_hides)(&self.bytes(hidden.bytes), &hidden.by_layer.to_string(), cause)
        }));
        lines.extend(layer.instruction.as_deref().map(one_line));
        lines
    }

    fn of_file(&self) -> Vec<String> {
        let service = self.model.service();
        let Some(file) = self.model.files.path() else { return Vec::new() };
        let mut lines = vec![format!("/{}", one_line(&path::escape(&file)))];
        for version in service.versions(&file) {
            let attributes = &version.attributes;
            let mut line = format!(
                "{}: {}{:04o} {}:{}",
                (self.words.layer)(&version.layer.to_string()),
                version.size.map(|size| format!("{}, ", self.bytes(size))).unwrap_or_default(),
                attributes.mode,
                attributes.uid,
                attributes.gid
            );
            if let Some((kind, target)) = &version.target {
                let words = match kind {
                    LinkKind::Symbolic => self.words.links_to,
                    LinkKind::Hard => self.words.hard_links_to,
                };
                line.push_str(&format!(", {}", words(&one_line(&path::escape(target)))));
            }
            if let Some((layer, cause)) = version.hidden {
                let cause = (self.language.words().cause)(cause);
                line.push_str(&format!(", {}", (self.words.hidden_by)(&layer.to_string(), cause)));
            }
            lines.push(line);
            let owner = version.owner.map(|owner| self.owner(service, owner));
            lines.extend(owner.map(|owner| format!("  {}: {owner}", self.words.owner)));
        }
        lines
    }

    fn owner(&self, service: &Service<'_>, owner: Owner) -> String {
        match owner {
            Owner::Package(id) => {
                let package = service.catalogue.package(id);
                format!("{} ({})", one_line(&package.label()), self.language.ecosystem(package.ecosystem))
            }
            Owner::Application => self.words.application.to_owned(),
            Owner::Cache(_) => self.words.cache.to_owned(),
            Owner::Unowned => self.words.unowned.to_owned(),
        }
    }

    fn of_packages(&self) -> Vec<String> {
        let Some(shelf) = &self.model.shelf else { return Vec::new() };
        let service = self.model.service();
        let mut lines = vec![match &shelf.without {
            Some(without) => (self.words.unticked)(
                &self.bytes(without.size_bytes),
                without.gone.len() as u64,
                without.broken.len() as u64,
            ),
            None => self.words.untick_help.to_owned(),
        }];
        if let Some(row) = shelf.rows.get(shelf.cursor.at).map(|&at| &shelf.all[at]) {
            lines.push(one_line(&row.key));
            lines.push((self.words.sizes_of_package)(
                &self.bytes(row.shown(row.own)),
                &self.bytes(row.shown(row.retained)),
            ));
            if service.trees.after.is_some() && service.is_pair() && row.after.is_empty() {
                lines.push(self.words.not_after.to_owned());
            }
            if row.unused {
                lines.push(self.words.unused.to_owned());
            }
            let ids = if service.trees.after.is_some() { &row.after } else { &row.before };
            lines.extend(ids.iter().map(|&id| one_line(&service.catalogue.package(id).label())));
        }
        lines
    }
}

/// A text that is searched, for a title.
fn searched(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(", /{}", one_line(text)) }
}
