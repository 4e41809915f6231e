//! The layers of both images, side by side.

use leptos::prelude::*;
use plimsoll_analysis::compare::{LayerMatch, LayerPair, ServiceComparison};
use plimsoll_analysis::inspect::{ImageInspection, LayerInspection};
use plimsoll_analysis::review::lines;
use plimsoll_report::chart::stacks as chart;
use plimsoll_report::format::{one_line, shorten};
use plimsoll_report::language::{Noun, Term};
use plimsoll_report::words::layer_match_key;
use plimsoll_snapshot::Bytes;
use plimsoll_view::finder::Place;

use super::{ChartTools, Fact, code, explained, maybe_size, pairs, plain, size, unfold};
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
    let kept: Vec<&LayerPair> = service.layers.iter().filter(|pair| pair.kind == LayerMatch::Kept).collect();
    // A line that stands for one line saves nothing, and where all are alike there is nothing else to see.
    let folds = kept.len() > 1 && kept.len() < service.layers.len();
    let are_shown = RwSignal::new(!folds);
    let sought = RwSignal::new(None);
    Effect::new(move |_| {
        let row = state.found(service, |place| match place {
            Place::Layer(row) => Some(*row),
            _ => None,
        });
        if let Some(row) = row {
            are_shown.set(true);
            sought.set(Some(row));
            document::show(format!("[data-layer=\"{row}\"] button"));
        }
    });
    let is_hidden = move || !are_shown.get() && !state.everything.get();
    let lines = lines(service, &state.report.bundle.after);
    let rows = service.layers.iter().enumerate().map(|(index, pair)| {
        let place = pair.after.and_then(|layer| lines.get(layer)?.as_ref());
        let place = place.map(|place| format!("{}:{}", text::name(&place.file), place.line));
        let hidden = move || pair.kind == LayerMatch::Kept && is_hidden();
        view! { <LayerRow service pair=*pair index place compressed sought hidden=Signal::derive(hidden) /> }
    });
    let columns = columns(compressed);
    let fold = folds.then(|| {
        let size: Bytes = kept.iter().map(|pair| service.layer_sizes(pair).1).sum();
        let said = (words().page.same_layers)(
            &text::many(kept.len() as u64, &words().layer),
            &text::bytes(size).to_string(),
        );
        view! { <tr class="fold screen"><td colspan=columns>{unfold(said, are_shown)}</td></tr> }
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
                        <th scope="col">{explained(Term::Hidden, words().hidden)}</th>
                        <th scope="col">{text::after_head(service.before.is_some())}</th>
                        <th scope="col">{explained(Term::Hidden, words().hidden)}</th>
                        {compressed.then(|| view! { <th scope="col">{explained(Term::Compressed, words().compressed)}</th> })}
                    </tr>
                </thead>
                <tbody>{fold}{rows.collect_view()}</tbody>
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
            {(!service.layers.is_empty()).then(|| view! { <Stacks service /> })}
            {table}
        </section>
    }
}

/// Two bars of layers and what they mean. Decoration: the table below says the same.
#[component]
fn Stacks(service: &'static ServiceComparison) -> impl IntoView {
    let sides =
        [words().before, text::after_head(service.before.is_some())].into_iter().zip(chart::scenes(service));
    let bars = sides.map(|(label, scene)| {
        view! { <div class="stack"><span>{label}</span>{drawn("layer-bar", &scene)}</div> }
    });
    let kinds = [LayerMatch::Kept, LayerMatch::Changed, LayerMatch::Removed, LayerMatch::Added].map(|kind| {
        view! { <span><i class=format!("swatch {}", layer_match_key(kind))></i>{(words().layer_match)(kind)}</span> }
    });
    view! {
        <div class="stacks" aria-hidden="true">{bars.collect_view()}</div>
        <ChartTools chart=words().stacks picture=move || Some(chart::picture(service, text::language())) />
        <p class="legend" aria-hidden="true">
            {kinds.into_iter().collect_view()}
            <span><i class="swatch unseen"></i>{words().hidden}</span>
        </p>
    }
}

/// How many columns the table has.
const fn columns(compressed: bool) -> &'static str {
    if compressed { "7" } else { "6" }
}

fn layer(image: Option<&'static ImageInspection>, index: Option<usize>) -> Option<&'static LayerInspection> {
    image?.layers.get(index?)
}

#[component]
fn LayerRow(
    service: &'static ServiceComparison,
    pair: LayerPair,
    index: usize,
    /// The line of the Dockerfile that made it.
    place: Option<String>,
    compressed: bool,
    /// The row that a search was led to.
    sought: RwSignal<Option<usize>>,
    /// Whether it is folded away.
    hidden: Signal<bool>,
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
    let columns = columns(compressed);
    let detail = move || {
        (open.get() && !hidden.get()).then(|| {
            let images = [(service.before.as_ref(), pair.before), (service.after.as_ref(), pair.after)];
            view! {
                <tr class="detail" id=format!("layer-{index}")>
                    <td colspan=columns>{detail([before, after], images)}</td>
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
            hidden=move || hidden.get()
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
                {place.map(|place| view! { <small class="place">{place}</small> })}
                {instruction_before.map(|was| view! { <div class="was">{words().was}" "<code>{was}</code></div> })}
            </th>
            <td><span class=class>{(words().layer_match)(pair.kind)}</span></td>
            <td data-label=words().before>{maybe_size(file_bytes(before))}</td>
            <td class="hidden-bytes" data-label=words().hidden>{hidden_bytes(before)}</td>
            <td data-label=words().after>{maybe_size(file_bytes(after))}</td>
            <td class="hidden-bytes" data-label=words().hidden>{hidden_bytes(after)}</td>
            {compressed.then(|| view! { <td data-label=words().compressed>{compressed_sizes(before, after)}</td> })}
        </tr>
        {detail}
    }
}

/// Hidden bytes where there are any: a column of zeros would hide them once more.
fn hidden_bytes(layer: Option<&LayerInspection>) -> impl IntoView {
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

type Side = (Option<&'static ImageInspection>, Option<usize>);

/// What an open row shows of its layers.
fn detail(layers: [Option<&'static LayerInspection>; 2], images: [Side; 2]) -> impl IntoView {
    let of = |read: fn(&LayerInspection) -> String| layers.map(|layer| layer.map(read));
    let hidden = [0, 1].map(|side| {
        let layer = layers[side].filter(|layer| layer.hidden_bytes > Bytes::ZERO);
        layer.map(|_| hidden_files(images[side]))
    });
    let facts = [
        Fact::of(words().diff_id, of(|layer| layer.diff_id.to_string()), code),
        Fact::of(words().tar, of(tar), plain),
        Fact::of(words().holds, of(holds), plain),
        Fact::of_views(words().hidden, hidden),
    ];
    pairs(layers.map(|layer| layer.is_some()), facts.into_iter().flatten())
}

/// The files of a layer that later layers hide, by what hides them.
fn hidden_files((image, index): Side) -> AnyView {
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
    groups.collect_view().into_any()
}

fn tar(layer: &LayerInspection) -> String {
    let size =
        layer.tar_bytes.map_or_else(|| words().not_included.to_owned(), |size| text::bytes(size).to_string());
    let compressed =
        layer.compressed_bytes.map(|size| (words().compressed_to)(&text::bytes(size).to_string()));
    size + &compressed.unwrap_or_default()
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
