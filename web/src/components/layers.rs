//! The layers of both images, side by side.

use leptos::prelude::*;
use plimsoll_analysis::compare::{LayerMatch, LayerPair, ServiceComparison};
use plimsoll_analysis::inspect::{ImageInspection, LayerInspection};
use plimsoll_report::chart::stacks as chart;
use plimsoll_report::format::{one_line, shorten};
use plimsoll_report::language::Noun;
use plimsoll_report::words::layer_match_key;
use plimsoll_snapshot::Bytes;
use plimsoll_view::finder::Place;

use super::{ChartTools, maybe_size, size};
use crate::charts::drawn;
use crate::document;
use crate::state::State;
use crate::text::{self, words};

/// The aligned layers; a row opens to show what it holds and who hides it.
#[component]
pub(crate) fn Layers(state: State, service: &'static ServiceComparison) -> impl IntoView {
    let compressed = [&service.before, &service.after]
        .into_iter()
        .flatten()
        .flat_map(|image| image.layers.iter())
        .any(|layer| layer.compressed_bytes.is_some());
    let sought = RwSignal::new(None);
    Effect::new(move |_| {
        let row = state.found(service, |place| match place {
            Place::Layer(row) => Some(*row),
            _ => None,
        });
        if let Some(row) = row {
            sought.set(Some(row));
            document::show(format!("[data-layer=\"{row}\"] button"));
        }
    });
    let rows = service.layers.iter().enumerate().map(|(index, pair)| {
        view! { <LayerRow service pair=*pair index compressed sought /> }
    });
    let table = if service.layers.is_empty() {
        view! { <p>{words().no_layers}</p> }.into_any()
    } else {
        view! {
            <table class="layers reflow" aria-labelledby="layers">
                <thead>
                    <tr>
                        <th scope="col">{words().instruction}</th>
                        <th scope="col">{words().match_head}</th>
                        <th scope="col">{words().before}</th>
                        <th scope="col">{words().hidden}</th>
                        <th scope="col">{words().after}</th>
                        <th scope="col">{words().hidden}</th>
                        {compressed.then(|| view! { <th scope="col">{words().compressed}</th> })}
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        }
        .into_any()
    };
    let base = (service.base.shared_layers > 0).then(|| {
        format!(
            " {}",
            (words().base)(service.base.shared_layers, &text::bytes(service.base.shared_bytes).to_string())
        )
    });
    view! {
        <section class="engineer" aria-labelledby="layers">
            <h2 id="layers">{words().layers}</h2>
            <p class="lead">{words().layers_lead}{base}</p>
            {(!service.layers.is_empty()).then(|| view! {
                <Stacks service />
                <ChartTools chart=words().stacks picture=move || Some(chart::picture(service, text::language())) />
            })}
            {table}
        </section>
    }
}

/// Two bars of layers and what they mean. Decoration: the table below says the same.
#[component]
fn Stacks(service: &'static ServiceComparison) -> impl IntoView {
    let sides = [words().before, words().after].into_iter().zip(chart::scenes(service));
    let bars = sides.map(|(label, scene)| {
        view! { <div class="stack"><span>{label}</span>{drawn("layer-bar", &scene)}</div> }
    });
    let kinds = [LayerMatch::Kept, LayerMatch::Changed, LayerMatch::Removed, LayerMatch::Added].map(|kind| {
        view! { <span><i class=format!("swatch {}", layer_match_key(kind))></i>{(words().layer_match)(kind)}</span> }
    });
    view! {
        <div class="stacks" aria-hidden="true">
            {bars.collect_view()}
            <p class="legend">
                {kinds.into_iter().collect_view()}
                <span><i class="swatch unseen"></i>{words().hidden}</span>
            </p>
        </div>
    }
}

fn layer(image: Option<&'static ImageInspection>, index: Option<usize>) -> Option<&'static LayerInspection> {
    image?.layers.get(index?)
}

#[component]
fn LayerRow(
    service: &'static ServiceComparison,
    pair: LayerPair,
    index: usize,
    compressed: bool,
    /// The row that a search was led to.
    sought: RwSignal<Option<usize>>,
) -> impl IntoView {
    let before = layer(service.before.as_ref(), pair.before);
    let after = layer(service.after.as_ref(), pair.after);
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        if sought.get() == Some(index) {
            open.set(true);
        }
    });
    let detail_id = format!("layer-{index}");
    let instruction =
        service.instruction(&pair).map_or_else(|| words().no_instruction.to_owned(), whole_line);
    let instruction_before = before
        .filter(|_| after.is_some())
        .and_then(|layer| layer.instruction.as_deref())
        .map(whole_line)
        .filter(|before| *before != instruction);
    let kind = layer_match_key(pair.kind);
    let class = match pair.kind {
        LayerMatch::Kept => "chip kept",
        LayerMatch::Changed => "chip changed",
        LayerMatch::Removed => "chip removed",
        LayerMatch::Added => "chip added",
    };
    let file_bytes = |layer: Option<&LayerInspection>| layer.map(|layer| layer.file_bytes);
    let columns = if compressed { "7" } else { "6" };
    let detail = move || {
        open.get().then(|| {
            view! {
                <tr class="detail" id=format!("layer-{index}")>
                    <td colspan=columns>
                        <div class="two">
                            {before.map(|layer| detail(words().before, layer, service.before.as_ref(), pair.before))}
                            {after.map(|layer| detail(words().after, layer, service.after.as_ref(), pair.after))}
                        </div>
                    </td>
                </tr>
            }
        })
    };
    view! {
        <tr
            data-layer=index
            data-match=kind
            data-before=file_bytes(before).map(|bytes| bytes.0)
            data-after=file_bytes(after).map(|bytes| bytes.0)
            on:click=move |_| open.update(|open| *open = !*open)
        >
            <th scope="row">
                <button
                    type="button"
                    class="twist"
                    aria-controls=detail_id
                    aria-expanded=move || if open.get() { "true" } else { "false" }
                >
                    <code>{instruction}</code>
                </button>
                {instruction_before.map(|was| view! { <div class="was">{words().was}" "<code>{was}</code></div> })}
            </th>
            <td><span class=class>{(words().layer_match)(pair.kind)}</span></td>
            <td data-label=words().before>{maybe_size(file_bytes(before))}</td>
            <td class="hidden-bytes" data-label=words().hidden>{hidden(before)}</td>
            <td data-label=words().after>{maybe_size(file_bytes(after))}</td>
            <td class="hidden-bytes" data-label=words().hidden>{hidden(after)}</td>
            {compressed.then(|| view! { <td data-label=words().compressed>{compressed_sizes(before, after)}</td> })}
        </tr>
        {detail}
    }
}

/// Hidden bytes where there are any: a column of zeros would hide them once more.
fn hidden(layer: Option<&LayerInspection>) -> impl IntoView {
    let hidden = layer.map(|layer| layer.hidden_bytes).filter(|&bytes| bytes > Bytes::ZERO);
    match hidden {
        Some(bytes) => view! { <b>{size(bytes)}</b> }.into_any(),
        None => maybe_size(None).into_any(),
    }
}

fn compressed_sizes(before: Option<&LayerInspection>, after: Option<&LayerInspection>) -> impl IntoView {
    let known = |layer: Option<&LayerInspection>| layer.and_then(|layer| layer.compressed_bytes);
    match (known(before), known(after)) {
        (Some(old), Some(new)) if old != new => view! { {size(old)}" → "{size(new)} }.into_any(),
        (old, new) => maybe_size(new.or(old)).into_any(),
    }
}

/// One side of an open row.
fn detail(
    label: &'static str,
    layer: &'static LayerInspection,
    image: Option<&'static ImageInspection>,
    index: Option<usize>,
) -> impl IntoView {
    let hidden = image.into_iter().flat_map(|image| image.hidden.iter());
    let groups = hidden.filter(|group| Some(group.from_layer as usize) == index).map(|group| {
        let by =
            group.by_instruction.as_deref().map_or_else(|| words().no_instruction.to_owned(), whole_line);
        let examples = group.examples.iter().map(|file| {
            view! { <li><code>{file.path.clone()}</code><span>{size(file.bytes)}</span></li> }
        });
        view! {
            <p>
                <b>{size(group.bytes)}</b>
                {(words().in_files_by)(&text::many(group.files, &words().file), (words().cause)(group.cause))}
                <code>{by}</code>
            </p>
            <ul class="examples">{examples.collect_view()}</ul>
        }
    });
    let groups = groups.collect_view();
    let tar = match layer.tar_bytes {
        Some(bytes) => view! { {size(bytes)} }.into_any(),
        None => words().not_included.into_any(),
    };
    view! {
        <div>
            <h3>{label}</h3>
            <dl class="facts">
                <dt>{words().diff_id}</dt>
                <dd><code>{layer.diff_id.to_string()}</code></dd>
                <dt>{words().tar}</dt>
                <dd>{tar}{layer.compressed_bytes.map(|size| (words().compressed_to)(&text::bytes(size).to_string()))}</dd>
                <dt>{words().holds}</dt>
                <dd>{holds(layer)}</dd>
                {(layer.hidden_bytes > Bytes::ZERO).then(|| view! { <dt>{words().hidden}</dt><dd>{groups}</dd> })}
            </dl>
        </div>
    }
}

/// An instruction on one line. Builders put whole scripts into one; the JSON has all of it.
fn whole_line(instruction: &str) -> String {
    shorten(&one_line(instruction), 2000)
}

/// What a layer holds, without what it has none of.
fn holds(layer: &LayerInspection) -> String {
    let words = words();
    let counts: [(u64, &Noun); 7] = [
        (layer.files, &words.file),
        (layer.directories, &words.directory),
        (layer.symlinks, &words.symlink),
        (layer.hardlinks, &words.hardlink),
        (layer.devices, &words.device),
        (layer.whiteouts, &words.whiteout),
        (layer.opaque, &words.opaque),
    ];
    let parts: Vec<_> = counts
        .into_iter()
        .filter(|&(number, ..)| number > 0)
        .map(|(number, noun)| text::many(number, noun))
        .collect();
    if parts.is_empty() { text::NONE.to_owned() } else { parts.join(", ") }
}
