//! Scans sources into a store: references, then layers, then images, then tables.
//!
//! Each stage is a scan of a table whose partitions are its units ([`exec`]). What a unit makes is written to the store under
//! the name of its digest, so a stage that was interrupted goes on where it was.

mod blobs;
mod blueprint;
mod exec;
mod images;
mod layers;
mod listing;
mod references;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::prelude::SessionContext;
use jiff::Timestamp;
use plimsoll_snapshot::{Digest, Order as _};

use self::exec::{Outcome, Unit, UnitTable, outcomes};
use self::images::{ImageUnit, LayerMemory, Workshop};
use self::layers::{LayerUnit, Place};
use self::listing::{Item, Lister};
use self::references::{NewImage, ReferenceUnit, Resolved, Surroundings};
use crate::error::{Error, Result};
use crate::options::Options;
use crate::printer::Printer;
use crate::state::{self, SourceState};
use crate::store::Store;
use crate::tables::{self, Failure, Scanned};

/// How to scan.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan<'a> {
    pub(crate) sources: &'a [String],
    /// How many units are worked on at the same time.
    pub(crate) jobs: usize,
    /// Whether attached snapshots are believed.
    pub(crate) attached: bool,
}

/// Scans sources into a store.
///
/// # Errors
/// If a source does not exist, or the store cannot be written. What single images lack is a failure among the results.
pub(crate) fn scan(
    plan: &Plan<'_>,
    store: &Store,
    options: &'static Options,
    printer: &'static Printer,
) -> Result<Scanned> {
    let started = now();
    // To the millisecond, so that runs sort by time.
    let run = format!("{:.3}-{}", Timestamp::now(), std::process::id());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .max_blocking_threads(plan.jobs.max(1) + 4)
        .build()
        .map_err(|error| Error::write(store.root(), error))?;
    let mut scanned = Scanned::default();
    let work = |units: Vec<Arc<dyn Unit>>| runtime.block_on(worked_off(units, plan.jobs));

    // References.
    let mut lister = Lister::new(options, printer);
    let mut listed: Vec<(String, Vec<Item>)> = Vec::new();
    for source in plan.sources {
        refuse_store(source, store)?;
        let listing = lister.list(source)?;
        for (unit, message) in listing.failures {
            scanned.failures.push(Failure { stage: "list", unit, message });
        }
        listed.push((source.clone(), listing.items));
    }
    let around = Arc::new(Surroundings {
        store: store.clone(),
        options,
        run: run.clone(),
        attached: plan.attached,
        resolved: Mutex::default(),
    });
    let mut before: BTreeMap<String, SourceState> = BTreeMap::new();
    let mut units: BTreeMap<String, Arc<dyn Unit>> = BTreeMap::new();
    for (source, items) in &listed {
        let state = SourceState::read(store, source)?;
        for item in items {
            let known = state.items.get(&item.key()).cloned();
            let around = Arc::clone(&around);
            units.insert(item.key(), Arc::new(ReferenceUnit { item: item.clone(), before: known, around }));
        }
        before.insert(source.clone(), state);
    }
    let found = work(units.into_values().collect())?;
    failures(&found, "reference", &mut scanned.failures);
    let mut resolved: Vec<Resolved> =
        std::mem::take(&mut *around.resolved.lock().unwrap_or_else(PoisonError::into_inner));
    resolved.sort_by(|one, other| one.key.cmp(&other.key));

    // Layers.
    let mut new: BTreeMap<Digest, (String, NewImage)> = BTreeMap::new();
    let mut states = HashMap::new();
    for Resolved { key, state, new: images } in resolved {
        for image in images {
            new.entry(image.digest.clone()).or_insert_with(|| (key.clone(), image));
        }
        states.insert(key, state);
    }
    let units = layer_units(&new, store, options, &mut scanned);
    let read = work(units)?;
    failures(&read, "layer", &mut scanned.failures);
    for outcome in &read {
        match &outcome.done {
            Ok(done) if done.was_known => scanned.layers_known += 1,
            Ok(done) => {
                scanned.layers_read += 1;
                scanned.bytes_read += done.bytes;
            }
            Err(_) => {}
        }
    }

    // Images.
    let failed =
        read.iter().filter_map(|outcome| Some((outcome.unit.clone(), outcome.done.clone().err()?))).collect();
    let workshop = Arc::new(Workshop {
        store: store.clone(),
        limits: options.limits,
        failed,
        memory: LayerMemory::default(),
    });
    let of_this_run: BTreeSet<String> = new.keys().map(Digest::to_string).collect();
    let judged = work(image_units(new, &workshop))?;
    failures(&judged, "image", &mut scanned.failures);
    scanned.images_judged =
        judged.iter().filter(|one| one.done.as_ref().is_ok_and(|done| !done.was_known)).count();

    // Tables. Units of this run are complete; what another one publishes meanwhile is kept.
    let locked = store.lock()?;
    for (source, items) in &listed {
        let old = before.remove(source).unwrap_or_default();
        let mut state = SourceState { source: source.clone(), scanned: run.clone(), items: BTreeMap::new() };
        for key in items.iter().map(Item::key) {
            // What could not be read now counts as it was.
            let known = states.get(&key).or_else(|| old.items.get(&key));
            if let Some(known) = known {
                state.items.insert(key, known.clone());
            }
        }
        state.write(store)?;
    }
    scanned.published = tables::publish(store, &locked, &state::all(store)?)?;
    for digest in &scanned.published.lost {
        // An image that failed in this run is reported already.
        if !of_this_run.contains(digest) {
            let message = "what the store knows of it is damaged; scan again".to_owned();
            scanned.failures.push(Failure { stage: "store", unit: digest.clone(), message });
        }
    }
    scanned.failures.order();
    tables::record(store, &run, (&started, &now()), plan.sources, &scanned)?;
    Ok(scanned)
}

/// The time, to the second.
fn now() -> String {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now).to_string()
}

/// A store is no source: its files are those of the fleet.
fn refuse_store(source: &str, store: &Store) -> Result<()> {
    let whole = |path: &Path| std::fs::canonicalize(path).ok();
    match (whole(Path::new(source)), whole(store.root())) {
        (Some(source), Some(root)) if root.starts_with(&source) || source.starts_with(&root) => {
            Err(Error::usage(
                format!("the fleet `{}` lies in the source `{}`", store.root().display(), source.display()),
                "write the fleet to another folder",
            ))
        }
        _ => Ok(()),
    }
}

fn failures(outcomes: &[Outcome], stage: &'static str, all: &mut Vec<Failure>) {
    for outcome in outcomes {
        if let Err(message) = &outcome.done {
            all.push(Failure { stage, unit: outcome.unit.clone(), message: message.clone() });
        }
    }
}

/// Works units off, as a scan of a table.
async fn worked_off(units: Vec<Arc<dyn Unit>>, jobs: usize) -> Result<Vec<Outcome>> {
    if units.is_empty() {
        return Ok(Vec::new());
    }
    let context = SessionContext::new();
    let failed = |error: datafusion::error::DataFusionError| {
        Error::usage(format!("the scan failed: {error}"), "scan again: facts already read are kept")
    };
    context.register_table("units", Arc::new(UnitTable::new(units, jobs))).map_err(failed)?;
    let rows = context.sql("SELECT * FROM units").await.map_err(failed)?;
    Ok(outcomes(&rows.collect().await.map_err(failed)?))
}

/// The most places of one layer that are tried.
const PLACES: usize = 3;

/// A unit for each layer that new images need and no run has read.
fn layer_units(
    new: &BTreeMap<Digest, (String, NewImage)>,
    store: &Store,
    options: &Options,
    scanned: &mut Scanned,
) -> Vec<Arc<dyn Unit>> {
    let mut units: BTreeMap<String, LayerUnit> = BTreeMap::new();
    let mut known = BTreeSet::new();
    for (name, image) in new.values() {
        for layer in image.blueprint.layers() {
            let key = layer.diff_id.to_string();
            if known.contains(&key) {
                continue;
            }
            if store.has_layer(&layer.diff_id) {
                known.insert(key);
                continue;
            }
            let unit = units.entry(key).or_insert_with(|| LayerUnit {
                diff_id: layer.diff_id.clone(),
                bytes: layer.bytes,
                places: Vec::new(),
                store: store.clone(),
                limits: options.limits,
            });
            let Some((source, member)) = image.source.clone().zip(layer.member.clone()) else { continue };
            let is_other = unit.places.iter().all(|place| place.blob != layer.blob || layer.blob.is_none());
            if is_other && unit.places.len() < PLACES {
                unit.places.push(Place { source, member, blob: layer.blob.clone(), image: name.clone() });
            }
        }
    }
    scanned.layers_known += known.len();
    units.into_values().map(|unit| Arc::new(unit) as Arc<dyn Unit>).collect()
}

/// A unit for each new image. Images of about the same size that share layers follow each other.
fn image_units(new: BTreeMap<Digest, (String, NewImage)>, workshop: &Arc<Workshop>) -> Vec<Arc<dyn Unit>> {
    let mut units: Vec<(Vec<String>, ImageUnit)> = Vec::new();
    for (digest, (name, image)) in new {
        let layers: Vec<String> =
            image.blueprint.layers().iter().map(|layer| layer.diff_id.to_string()).collect();
        let unit = ImageUnit {
            digest,
            name,
            bytes: 0,
            blueprint: Mutex::new(Some(image.blueprint)),
            source: image.source,
            workshop: Arc::clone(workshop),
        };
        units.push((layers, unit));
    }
    units.sort_by(|one, other| one.0.cmp(&other.0));
    let count = units.len() as u64;
    // The size is the order: layers stay in memory from one image to the next.
    let ordered =
        units.into_iter().zip(0_u64..).map(|((_, unit), place)| ImageUnit { bytes: count - place, ..unit });
    ordered.map(|unit| Arc::new(unit) as Arc<dyn Unit>).collect()
}
