//! English: the terminal browser.

use crate::format::count;
use crate::language::BrowseWords;

pub(super) const WORDS: BrowseWords = BrowseWords {
    files: "Files",
    packages: "Packages",
    details: "Details",
    size: "size",
    hidden: "hidden",
    whole: "whole image",
    both: "before and after",
    of_layer: |layer| format!("changes of layer {layer}"),
    up_to: |layer| format!("changes up to layer {layer}"),
    by_change: "by change",
    by_size: "by size",
    by_name: "by name",
    by_own: "by own size",
    by_retained: "by retained size",
    all: "all",
    changed: "changed",
    unused: "unused",
    nothing: "nothing to show",
    search: "Search:",
    layer: |layer| format!("layer {layer}"),
    owner: "owner",
    application: "application",
    cache: "cache",
    unowned: "no known owner",
    links_to: |target| format!("symbolic link to {target}"),
    hard_links_to: |target| format!("hard link to {target}"),
    in_image: "in the image",
    hidden_by: |layer, cause| format!("hidden by layer {layer} ({cause})"),
    layer_hides: |size, layer, cause| format!("{size} hidden by layer {layer} ({cause})"),
    counts: |files, deletions| format!("{files} files, {deletions} deletions"),
    sizes_of_package: |own, retained| format!("own size {own}, retained size {retained}"),
    unticked: |size, packages, broken| {
        let packages = if packages == 1 {
            "1 package goes".to_owned()
        } else {
            format!("{} packages go", count(packages))
        };
        let broken = match broken {
            0 => "nothing is known to break".to_owned(),
            1 => "1 breaks".to_owned(),
            broken => format!("{} break", count(broken)),
        };
        format!("Without the unticked: {size}, {packages}, {broken}")
    },
    untick_help: "Space unticks a package: the image without it",
    keys: "q quit  ? help  Tab pane  / search  f filter  o order",
    pair_has_no_scopes: "two images are compared: L, A and w need one",
    no_changes_in_whole: "no changes in the whole image: press L on a layer",
    not_after: "not in the image after: unticking it changes nothing",
    help: "Keys and marks",
    help_foot: "Up, Down scroll  any other key closes",
    keys_help: &[
        ("Tab, Shift-Tab", "next pane, previous pane"),
        ("Up, Down, j, k", "move"),
        ("PgUp, PgDn, g, G", "move by a page, to the first, to the last"),
        ("Left, Right, h, l", "close and open a directory"),
        ("Space, Enter", "open or close; untick a package"),
        ("-", "close all directories; tick all packages"),
        ("L, Ctrl-L", "show the changes of one layer"),
        ("A, Ctrl-A in layers", "show the changes up to a layer"),
        ("w", "show the whole image"),
        ("/, Ctrl-F", "search"),
        ("Escape", "end the search; then back to the whole image, to the layers"),
        ("f", "next filter"),
        ("Ctrl-A, Ctrl-R, Ctrl-U", "only added, only removed, all"),
        ("o, Ctrl-O", "next order"),
        ("p", "packages"),
        ("[, ]", "previous and next service"),
        ("q, Ctrl-C", "quit"),
        ("+ - ~", "added, removed, changed"),
        ("a =", "only attributes changed; the same layer on both sides"),
        ("[x] [ ]", "a package that stays; one that is unticked"),
        ("[-]", "goes with an unticked package"),
    ],
};
