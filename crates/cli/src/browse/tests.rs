//! Keys pressed on small images, and what the screen shows then.

use plimsoll_analysis::compare::{FileChange, compare_with_trees};
use plimsoll_report::language::Language;
use plimsoll_snapshot::{
    Attributes, Bytes, Compression, Config, ContentHash, Contents, DiffId, Digest, EntriesBuilder, Facts,
    Image, ImageLayer, Layer, Node, Paths, Platform, SCHEMA_VERSION, Service as Named, Snapshot, Source,
    Transport,
};
use plimsoll_view::tree::{self, Filter};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::data::{Scope, Service};
use super::draw::draw;
use super::model::{Model, Pane};
use crate::terminal::Input;

/// Files and deleted paths of one layer.
type Made<'a> = (&'a [(&'a str, u64)], &'a [&'a str]);

const LAYERS: &[Made<'static>] = &[
    (&[("etc/motd", 5), ("usr/lib/a.so", 100_000), ("usr/lib/b.so", 10)], &[]),
    (&[("app/main.py", 40), ("usr/lib/b.so", 30)], &["usr/lib/a.so"]),
    (&[("app/main.py", 44)], &[]),
];

fn snapshot(layers: &[Made<'_>]) -> Snapshot {
    let layer = |(number, (files, deleted)): (u8, &Made<'_>)| {
        let mut entries = EntriesBuilder::default();
        for (path, size) in *files {
            let node = Node::File { size: Bytes(*size), content: ContentHash(*size) };
            entries.push(path.as_bytes(), node, Attributes { mode: 0o644, ..Attributes::default() });
        }
        let whiteouts: Paths = deleted.iter().map(|path| path.as_bytes()).collect();
        let contents = Contents {
            entries: entries.finish().0,
            whiteouts,
            facts: Some(Facts::default()),
            ..Contents::default()
        };
        let diff_id = DiffId::new(Digest::sha256([number; 32]));
        Layer { diff_id, contents: Some(contents.into()) }
    };
    let layers: Vec<Layer> = (0..).zip(layers).map(layer).collect();
    let of_image = |layer| ImageLayer {
        layer,
        digest: None,
        compression: Compression::None,
        blob_bytes: Bytes::ZERO,
        history: None,
    };
    let image = Image {
        reference: None,
        tags: Vec::new(),
        source: Source { transport: Transport::DockerArchive, name: "test.tar".into() },
        id: Digest::sha256([9; 32]),
        manifest_digest: None,
        platform: Platform::default(),
        created: None,
        config: Config::default(),
        history: Vec::new(),
        layers: (0..layers.len()).map(of_image).collect(),
        warnings: Vec::new(),
    };
    Snapshot {
        schema_version: SCHEMA_VERSION,
        services: vec![Named { name: "app".into(), image: 0, build: None }],
        images: vec![image],
        layers,
        ..Snapshot::default()
    }
}

fn with(before: &Snapshot, after: &Snapshot, test: impl FnOnce(&mut Model<'_>)) {
    let (comparison, trees) = compare_with_trees(before, after);
    let services: Vec<_> = (comparison.services.iter().zip(&trees))
        .filter_map(|(service, trees)| Service::new([before, after], service, trees))
        .collect();
    test(&mut Model::new(&services));
}

fn one(test: impl FnOnce(&mut Model<'_>)) {
    with(&Snapshot::default(), &snapshot(LAYERS), test);
}

/// The paths in the tree with the marks of their changes.
fn listed(model: &Model<'_>) -> Vec<String> {
    let files = &model.files;
    let line = |row: usize| {
        let mark = match files.tree.nodes[files.rows[row].node as usize].change {
            FileChange::Unchanged => ' ',
            FileChange::Added => '+',
            FileChange::Removed => '-',
            FileChange::Modified => '~',
            FileChange::Attributes => 'a',
        };
        format!("{mark}{}", tree::path(&files.tree, &files.rows, row))
    };
    (0..files.rows.len()).map(line).collect()
}

fn screen(model: &mut Model<'_>, width: u16, height: u16, language: Language) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw(model, language, frame)).unwrap();
    let buffer = terminal.backend().buffer();
    let line = |y| -> String { (0..width).map(|x| buffer[(x, y)].symbol()).collect() };
    (0..height).map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn layers_show_what_each_changes() {
    one(|model| {
        assert_eq!((model.scope, model.pane), (Scope::Whole, Pane::Layers));
        assert_eq!(listed(model), [" app", " usr", " etc"]);
        model.press(Input::Down);
        assert_eq!(model.scope, Scope::Layer);
        model.press(Input::Tab);
        model.press(Input::Home);
        model.press(Input::Right);
        for name in ["app", "usr"] {
            model.files.reveal(name.as_bytes());
            model.press(Input::Right);
        }
        let lines = listed(model);
        for expected in ["+app/main.py", "-usr/lib/a.so", "~usr/lib/b.so", " etc"] {
            assert!(lines.iter().any(|line| line == expected), "{expected} in {lines:?}");
        }
        model.press(Input::Char('w'));
        assert_eq!(model.scope, Scope::Whole);
    });
}

#[test]
fn a_file_knows_every_version_and_who_hides_it() {
    one(|model| {
        let versions = model.service().versions(b"app/main.py");
        let found: Vec<_> =
            versions.iter().map(|version| (version.layer, version.hidden.is_some())).collect();
        assert_eq!(found, [(1, true), (2, false)]);
        let versions = model.service().versions(b"usr/lib/a.so");
        assert_eq!(versions[0].hidden.unwrap().0, 1);
    });
}

#[test]
fn a_search_is_typed_and_ended() {
    one(|model| {
        for input in
            [Input::Char('/'), Input::Char('m'), Input::Char('q'), Input::Backspace, Input::Char('o')]
        {
            model.press(input);
        }
        assert!(model.typing && model.pane == Pane::Files);
        assert_eq!(listed(model), [" etc", " etc/motd"]);
        model.press(Input::Enter);
        assert!(!model.typing);
        model.press(Input::Escape);
        assert_eq!((model.files.search.as_str(), model.done), ("", false));
        for _ in 0..3 {
            model.press(Input::Escape);
        }
        assert_eq!((model.pane, model.done), (Pane::Layers, false));
        model.press(Input::Char('q'));
        assert!(model.done);
    });
}

#[test]
fn two_images_are_one_tree() {
    let (before, after) = (snapshot(&LAYERS[..1]), snapshot(LAYERS));
    with(&before, &after, |model| {
        model.press(Input::Tab);
        model.press(Input::Char('f'));
        assert_eq!(model.files.filter, Filter::Only(FileChange::Added));
        assert_eq!(listed(model), ["+app"]);
        let text = screen(model, 120, 30, Language::English);
        assert!(text.contains("before and after") && text.contains("+44 B"), "{text}");
        model.press(Input::Char('L'));
        let text = screen(model, 120, 30, Language::English);
        assert!(text.contains("two images are compared"), "{text}");
        model.press(Input::Down);
        assert!(!screen(model, 120, 30, Language::English).contains("two images are compared"));
    });
}

#[test]
fn every_size_of_a_screen_is_drawn() {
    one(|model| {
        for (width, height) in [(1, 1), (9, 2), (10, 3), (40, 10), (80, 24), (84, 14), (200, 60), (300, 4)] {
            for keys in ["", "j", "\tjl", "\t", "?"] {
                for key in keys.chars() {
                    model.press(if key == '\t' { Input::Tab } else { Input::Char(key) });
                }
                let text = screen(model, width, height, Language::Spanish);
                assert_eq!(text.lines().count(), usize::from(height));
            }
            model.press(Input::Escape);
            model.press(Input::Tab);
        }
    });
}

#[test]
fn a_small_screen_shows_the_size_the_list_and_the_keys() {
    one(|model| {
        let text = screen(model, 40, 10, Language::English);
        assert!(text.contains("app  100 kB, hidden"), "{text}");
        assert!(text.contains("Layers (3)") && text.contains("q quit  ? help"), "{text}");
        model.press(Input::Char('?'));
        let first = screen(model, 40, 10, Language::English);
        model.press(Input::Char('G'));
        let last = screen(model, 40, 10, Language::English);
        assert!(first.contains("next pane") && last.contains("[-]") && last.contains("closes"), "{last}");
        model.press(Input::Char('x'));
        model.press(Input::Down);
        model.press(Input::Tab);
        let text = screen(model, 40, 10, Language::English);
        assert!(text.contains("Files: changes of layer 1"), "{text}");
    });
}

#[test]
fn packages_are_empty_where_there_are_none() {
    one(|model| {
        model.press(Input::Char('p'));
        model.press(Input::Char(' '));
        let text = screen(model, 100, 20, Language::English);
        assert!(text.contains("nothing to show"), "{text}");
    });
}
