//! The map of the files of both sides, and the same as a table. What is chosen here is chosen in the tree below.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::{ev, html};
use plimsoll_analysis::compare::FileTree;
use plimsoll_report::chart::squarify::Rect;
use plimsoll_report::format::count;
use plimsoll_report::words::file_change_key;
use plimsoll_snapshot::{Order as _, path};
use plimsoll_view::tree::Matches;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{HtmlElement, KeyboardEvent, MouseEvent};

use super::{ChartTools, change, maybe_size};
use crate::charts::{Colours, draw};
use crate::state::State;
use crate::text::{self, words};
use crate::treemap::{
    Area, Direction, Tile, TileKind, Weighed, find, layout, neighbour, picture, tile_at, tile_of,
};

/// The height of the map, and that in a narrow window.
const HEIGHT: f64 = 480.0;
const NARROW: (f64, f64) = (720.0, 360.0);
/// The rows of the table.
const ROWS: usize = 20;

/// What the map shows, and of what.
#[derive(Clone, Copy)]
struct Map {
    tree: &'static FileTree<'static>,
    weighed: Memo<Arc<Weighed>>,
    tiles: Memo<Arc<Vec<Tile>>>,
    /// The directory that fills the map.
    root: RwSignal<u32>,
    size: RwSignal<(f64, f64)>,
    /// The file that is chosen, here and in the tree.
    chosen: RwSignal<Option<u32>>,
    reveal: RwSignal<Option<u32>>,
}

impl Map {
    fn choose(self, node: u32) {
        self.chosen.set(Some(node));
        self.reveal.set(Some(node));
    }

    /// Fills the map with a directory.
    fn enter(self, node: u32) {
        if self.tree.nodes[node as usize].end > node + 1 {
            self.root.set(node);
        }
    }

    /// One directory down, towards a node.
    fn enter_towards(self, node: u32) {
        let path = self.weighed.get_untracked().ancestors(node);
        let root = self.root.get_untracked();
        if let Some(next) = path.iter().position(|&at| at == root).and_then(|at| path.get(at + 1)) {
            self.enter(*next);
        }
    }

    fn leave(self) {
        let parents = self.weighed.get_untracked();
        self.root.update(|root| *root = parents.parents[*root as usize]);
    }
}

/// The map. `chosen` is shared with the tree, which shows what is written to `reveal`.
#[component]
pub(crate) fn FileMap(
    state: State,
    tree: &'static FileTree<'static>,
    matches: Memo<Arc<Matches>>,
    chosen: RwSignal<Option<u32>>,
    reveal: RwSignal<Option<u32>>,
) -> impl IntoView {
    let found = find(tree, &state.directory.read_untracked());
    let (area, root) = (state.area, RwSignal::new(found.unwrap_or(0)));
    // Where nothing differs, only sizes have an area.
    let differs = tree.nodes.first().is_some_and(|root| root.changed_files > 0 && root.before.is_some());
    let shown = move || if differs { area.get() } else { Area::Size };
    // The address knows the directory by its path: another service has it elsewhere, or not at all.
    Effect::new(move |_| {
        let directory = tree.path(root.get() as usize);
        if *state.directory.read_untracked() != directory {
            state.directory.set(directory);
        }
    });
    Effect::new(move |_| {
        if let Some(node) = find(tree, &state.directory.read())
            && root.get_untracked() != node
        {
            root.set(node);
        }
    });
    let size = RwSignal::new((0.0, HEIGHT));
    // What they give is large, and differs whenever it is made anew.
    let weighed = Memo::new_with_compare(move |_| Arc::new(Weighed::of(tree, shown())), |_, _| true);
    let tiles = Memo::new_with_compare(
        move |_| {
            let (width, height) = size.get();
            let bounds = Rect { x: 0.0, y: 0.0, width, height };
            Arc::new(layout(tree, &weighed.get(), root.get(), bounds))
        },
        |_, _| true,
    );
    let map = Map { tree, weighed, tiles, root, size, chosen, reveal };
    let areas = Area::ALL
        .map(|area| (area, if area == Area::Size { words().map_by_size } else { words().map_by_change }));
    let areas = areas.map(|(value, name)| {
        view! {
            <button
                type="button"
                class="filter"
                data-area=value.key()
                aria-pressed=move || if area.get() == value { "true" } else { "false" }
                on:click=move |_| area.set(value)
            >
                {name}
            </button>
        }
    });
    let saved = move || {
        let (weighed, tiles) = (map.weighed.get_untracked(), map.tiles.get_untracked());
        Some(picture((tree, &weighed, &tiles), map.size.get_untracked(), text::language()))
    };
    view! {
        <div class="map-block screen">
            <h3 id="map-title">{words().map}</h3>
            <p class="lead" id="map-help">{words().map_help}</p>
            <div class="tools">
                <Crumbs map />
                {differs.then(|| view! {
                    <div class="filters areas" role="group" aria-label=words().map_area>
                        <span>{words().map_area}</span>
                        {areas.into_iter().collect_view()}
                    </div>
                })}
            </div>
            <Drawing state map matches />
            <div class="below-chart">
                <Legend />
                <ChartTools chart=words().map picture=saved />
            </div>
            <Parts map />
        </div>
    }
}

/// The way from the root to what is shown, each step a button.
#[component]
fn Crumbs(map: Map) -> impl IntoView {
    let steps = move || {
        let path = map.weighed.get().ancestors(map.root.get());
        let last = path.len() - 1;
        path.into_iter()
            .enumerate()
            .map(|(at, node)| {
                let name = if at == 0 {
                    words().map_root.to_owned()
                } else {
                    text::name(&path::escape(map.tree.nodes[node as usize].name))
                };
                let here = at == last;
                view! {
                    <li>
                        <button
                            type="button"
                            data-crumb=node
                            aria-current=here.then_some("location")
                            on:click=move |_| map.root.set(node)
                        >
                            {name}
                        </button>
                    </li>
                }
            })
            .collect_view()
    };
    view! { <nav class="crumbs" aria-label=words().map_path><ol>{steps}</ol></nav> }
}

/// The canvas, and over it what is chosen: so that a choice draws nothing anew.
#[component]
fn Drawing(state: State, map: Map, matches: Memo<Arc<Matches>>) -> impl IntoView {
    let (frame, canvas) = (NodeRef::<html::Div>::new(), NodeRef::<html::Canvas>::new());
    let colours = RwSignal::new(Colours::default());
    let measure = move || {
        // A frame may come when another service is shown already: then there is nothing to measure.
        let Some(frame) = frame.try_get_untracked().flatten() else { return };
        let width = f64::from(frame.client_width());
        // Not shown, or not yet: it will be measured when it is.
        if width > 0.0 {
            let height = if width < NARROW.0 { NARROW.1 } else { HEIGHT };
            if map.size.get_untracked() != (width, height) {
                map.size.set((width, height));
            }
            let now = theme_colours(&frame);
            if colours.get_untracked() != now {
                colours.set(now);
            }
        }
    };
    let measure_soon = move || request_animation_frame(measure);
    let resized = window_event_listener(ev::resize, move |_| measure_soon());
    on_cleanup(move || resized.remove());
    Effect::new(move |_| {
        // Both change what is shown, and the theme the colours.
        state.view.track();
        state.theme.track();
        frame.track();
        measure_soon();
    });
    follow_system_theme(measure_soon);
    Effect::new(move |_| {
        let (Some(canvas), size) = (canvas.get(), map.size.get()) else { return };
        let (weighed, tiles, matches, colours) =
            (map.weighed.get(), map.tiles.get(), matches.get(), colours.get());
        if size.0 > 0.0 {
            // A browser without a canvas shows none; the table says the same.
            let _ = draw(&canvas, size, (map.tree, &weighed, &tiles), &matches, &colours);
        }
    });

    let point = |event: &MouseEvent| (f64::from(event.offset_x()), f64::from(event.offset_y()));
    let hovered = RwSignal::new(None::<usize>);
    let on_move = move |event: MouseEvent| {
        let (x, y) = point(&event);
        let now = tile_at(&map.tiles.get_untracked(), x, y);
        if hovered.get_untracked() != now {
            hovered.set(now);
        }
    };
    let on_click = move |event: MouseEvent| {
        let (x, y) = point(&event);
        let tiles = map.tiles.get_untracked();
        let Some(tile) = tile_at(&tiles, x, y).map(|at| tiles[at]) else { return };
        match tile.kind {
            // Its head is what is seen of an open directory.
            TileKind::Open { .. } if tile.node != map.root.get_untracked() => map.enter(tile.node),
            TileKind::Rest(_) | TileKind::Open { .. } => {}
            TileKind::Closed => map.choose(tile.node),
        }
    };
    let on_double_click = move |event: MouseEvent| {
        let (x, y) = point(&event);
        let tiles = map.tiles.get_untracked();
        if let Some(tile) = tile_at(&tiles, x, y).map(|at| tiles[at]) {
            map.enter_towards(tile.node);
        }
    };
    let chosen_tile = move || {
        let (tiles, chosen) = (map.tiles.get(), map.chosen.get()?);
        tile_of(map.tree, &tiles, chosen)
    };
    let on_key = move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let tiles = map.tiles.get_untracked();
        let chosen = map.chosen.get_untracked().and_then(|node| tile_of(map.tree, &tiles, node));
        match (event.key().as_str(), Direction::of_key(&event.key())) {
            (_, Some(direction)) => {
                if let Some(next) = neighbour(&tiles, chosen, direction) {
                    map.choose(tiles[next].node);
                }
            }
            ("Enter", _) => {
                if let Some(node) = map.chosen.get_untracked() {
                    map.enter_towards(node);
                }
            }
            ("Backspace", _) => map.leave(),
            ("Home", _) => map.root.set(0),
            _ => return,
        }
        event.prevent_default();
    };
    let mark = move || {
        let tiles = map.tiles.get();
        let Rect { x, y, width, height } = tiles.get(chosen_tile()?)?.rect;
        Some(view! {
            <i
                class="chosen-tile"
                style=format!("left:{x:.1}px;top:{y:.1}px;width:{width:.1}px;height:{height:.1}px")
            ></i>
        })
    };
    let says = move || {
        let tiles = map.tiles.get();
        let at = hovered.get().or_else(chosen_tile)?;
        Some(tile_line(map, *tiles.get(at)?))
    };
    let summary = move || {
        let (tiles, root) = (map.tiles.get(), map.root.get());
        let files = map.tree.nodes[root as usize..map.tree.nodes[root as usize].end as usize]
            .iter()
            .filter(|node| !node.is_only_directory())
            .count();
        let largest: Vec<String> =
            largest_parts(map, 3).into_iter().map(|node| map.tree.path(node as usize)).collect();
        if tiles.is_empty() {
            return words().map_nothing.to_owned();
        }
        (words().map_summary)(&text::many(files as u64, &words().file), &text::name(&largest.join(", ")))
    };
    view! {
        <div
            class="map"
            id="map"
            role="application"
            tabindex="0"
            aria-label=summary
            aria-describedby="map-help"
            data-tiles=move || map.tiles.read().len()
            node_ref=frame
            style=move || format!("height:{}px", map.size.get().1)
            on:keydown=on_key
        >
            <canvas
                aria-hidden="true"
                node_ref=canvas
                on:mousemove=on_move
                on:mouseleave=move |_| hovered.set(None)
                on:click=on_click
                on:dblclick=on_double_click
            ></canvas>
            {mark}
            {move || map.tiles.read().is_empty().then(|| view! { <p class="empty">{words().map_nothing}</p> })}
            // The browser resolves the colours of the theme only where they are used.
            {Colours::NEEDED.map(|colour| view! { <i class=format!("probe {}", colour.name())></i> }).into_iter().collect_view()}
        </div>
        <p class="tile-line" role="status">{says}</p>
    }
}

/// A tile in a line: its path and both sizes.
fn tile_line(map: Map, tile: Tile) -> impl IntoView {
    let node = &map.tree.nodes[tile.node as usize];
    let size = node.size();
    let rest = match tile.kind {
        TileKind::Rest(number) => Some(format!(": {}", (words().map_rest)(&count(u64::from(number))))),
        _ => None,
    };
    let sizes = rest.is_none().then(|| {
        let (before, after) = (node.before.map(|_| size.before), node.after.map(|_| size.after));
        view! { " " {maybe_size(before)} " → " {maybe_size(after)} " · " {change(size.delta)} }
    });
    view! { <code>{text::name(&map.tree.path(tile.node as usize))}</code>{rest}{sizes} }
}

/// What every paint means.
#[component]
fn Legend() -> impl IntoView {
    view! {
        <p class="legend">
            <span><i class="swatch smaller"></i>{words().legend_smaller}</span>
            <span><i class="swatch larger"></i>{words().legend_larger}</span>
            <span><i class="swatch removed"></i>{words().legend_removed}</span>
            <span><i class="swatch added"></i>{words().legend_added}</span>
            <span><i class="swatch kept"></i>{words().legend_same}</span>
        </p>
    }
}

/// The children of what is shown that weigh most.
fn largest_parts(map: Map, number: usize) -> Vec<u32> {
    let (weighed, root) = (map.weighed.get(), map.root.get());
    let mut parts: Vec<u32> = map
        .tree
        .children(root as usize)
        .filter_map(|child| u32::try_from(child).ok())
        .filter(|&child| weighed.weights[child as usize] > 0)
        .collect();
    parts.order_by_key(|&child| std::cmp::Reverse(weighed.weights[child as usize]));
    parts.truncate(number);
    parts
}

/// The map as a table, which is made when it is opened.
#[component]
fn Parts(map: Map) -> impl IntoView {
    let open = RwSignal::new(false);
    let rows = move || {
        let parts = largest_parts(map, ROWS).into_iter().map(|part| {
            let node = &map.tree.nodes[part as usize];
            let size = node.size();
            let name = text::name(&path::escape(node.name));
            let is_directory = node.end > part + 1;
            let name = if is_directory {
                view! {
                    <button type="button" class="enter" on:click=move |_| map.enter(part)>
                        <code>{name}"/"</code>
                    </button>
                }
                .into_any()
            } else {
                view! { <code>{name}</code> }.into_any()
            };
            view! {
                <tr data-part=file_change_key(node.change)>
                    <th scope="row">{name}</th>
                    <td>{maybe_size(node.before.map(|_| size.before))}</td>
                    <td>{maybe_size(node.after.map(|_| size.after))}</td>
                    <td>{change(size.delta)}</td>
                </tr>
            }
        });
        parts.collect_view()
    };
    let toggled = move |event: ev::Event| {
        let details = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
        open.set(details.is_some_and(|details| details.has_attribute("open")));
    };
    view! {
        <details class="bytes" on:toggle=toggled>
            <summary>{words().map_table}</summary>
            <table class="plain">
                <thead>
                    <tr>
                        <th scope="col">{words().name}</th>
                        <th scope="col">{words().before}</th>
                        <th scope="col">{words().after}</th>
                        <th scope="col">{words().change}</th>
                    </tr>
                </thead>
                <tbody>{move || open.get().then(rows)}</tbody>
            </table>
        </details>
    }
}

fn theme_colours(frame: &HtmlElement) -> Colours {
    Colours::of(|colour| {
        let probe = frame.query_selector(&format!(".probe.{}", colour.name())).ok().flatten();
        let style = probe
            .zip(web_sys::window())
            .and_then(|(probe, window)| window.get_computed_style(&probe).ok().flatten());
        style.and_then(|style| style.get_property_value("color").ok()).unwrap_or_default()
    })
}

/// Measures again when the reader's system turns dark or light.
fn follow_system_theme(measure: impl Fn() + 'static) {
    let query = web_sys::window()
        .and_then(|window| window.match_media("(prefers-color-scheme: dark)").ok().flatten());
    let Some(query) = query else { return };
    let turned = Closure::<dyn Fn()>::new(measure);
    query.set_onchange(Some(turned.as_ref().unchecked_ref()));
    // Kept as long as the map, and then no longer called.
    let kept = StoredValue::new_local((query, turned));
    on_cleanup(move || {
        let _ = kept.try_with_value(|(query, _)| query.set_onchange(None));
    });
}
