//! What runs were seen to use, on images that are written as data.

use plimsoll_snapshot::runtime::{
    ImportRun, ImportedModule, Load, MappedFile, Observation, ObservationSource, ProcessMemory, Resident,
    Runtime,
};
use plimsoll_snapshot::{Bytes, Paths, Snapshot};

use super::*;
use crate::testing::{add_service, snapshot};

const IMAGE: &str = "
    d app
    f app/main.py 5
    m app/main.py python a
    d usr
    d usr/lib
    l lib usr/lib
    f usr/lib/libc.so 1000
    f site/a-1.dist-info/METADATA 10
    p site/a-1.dist-info/METADATA python a 1 files=site/a/__init__.py,site/a/b.so requested
    f site/b-1.dist-info/METADATA 10
    p site/b-1.dist-info/METADATA python b 1 files=site/b/__init__.py requested
    f site/a/__init__.py 100
    f site/a/b.so 400
    f site/b/__init__.py 50";

fn paths(paths: &[&str]) -> Paths {
    paths.iter().map(|path| path.as_bytes()).collect()
}

fn run(opened: &[&str]) -> Observation {
    Observation {
        file: "app.strace".to_owned(),
        service: "app".to_owned(),
        source: ObservationSource::Strace,
        opened: paths(opened),
        ..Observation::default()
    }
}

fn observed(observations: Vec<Observation>) -> Snapshot {
    let mut snapshot = snapshot("app", &[IMAGE]);
    snapshot.images[0].config.working_dir = "/app".to_owned();
    snapshot.runtime = Some(Runtime { observed: observations, ..Runtime::default() });
    snapshot
}

fn image(snapshot: &Snapshot) -> ImageInventory {
    inventory(snapshot).images.remove(0)
}

fn seen(image: &ImageInventory, name: &str) -> ObservedUse {
    image.packages.iter().find(|package| package.name == name).unwrap().observed.unwrap()
}

#[test]
fn paths_are_found_through_links_and_from_the_working_directory() {
    let relative = Observation { relative: paths(&["main.py", "../lib/libc.so"]), ..run(&[]) };
    let image = image(&observed(vec![relative, run(&["lib/libc.so", "data/x", "app/../lib/libc.so"])]));
    let opened: Vec<_> = image.runs.iter().map(|run| (run.opened_files, run.outside_files)).collect();
    // Two paths of the second run are one file.
    assert_eq!(opened, [(2, 0), (1, 2)]);
}

#[test]
fn runs_are_united_and_their_bytes_add_up() {
    let snapshot = observed(vec![run(&["site/a/__init__.py"]), run(&["site/a/b.so", "app/main.py"])]);
    let image = image(&snapshot);
    let a = seen(&image, "a");
    assert_eq!((a.files, a.opened_files, a.used_in, a.runs), (3, 2, 2, 2));
    assert_eq!((a.opened_bytes, a.unopened_bytes), (Bytes(500), Bytes(10)));
    let sum: Bytes = image.owners.iter().filter_map(|share| share.observed).map(|one| one.opened_bytes).sum();
    let kept = kept_opened(&snapshot).remove(0);
    assert_eq!((sum, kept.observed.opened_bytes), (Bytes(505), Bytes(505)));
    assert_eq!(kept.observed.opened_bytes + kept.observed.unopened_bytes, kept.final_tree_bytes);
    let site = image.directories.iter().find(|directory| directory.path == "site").unwrap();
    assert_eq!((site.observed.opened_bytes, site.observed.used_in), (Bytes(500), 2));
}

#[test]
fn static_and_observed_use_are_held_against_each_other() {
    let image = image(&observed(vec![run(&["site/b/__init__.py"])]));
    assert_eq!(seen(&image, "a").contradiction, Some(Contradiction::NamedButNotUsed));
    assert_eq!(seen(&image, "b").contradiction, Some(Contradiction::UsedButNotNamed));
    // What only shows use cannot show its absence.
    let smaps = Observation { source: ObservationSource::Smaps, ..run(&["site/b/__init__.py"]) };
    let image = self::image(&observed(vec![smaps]));
    assert_eq!(seen(&image, "a").contradiction, None);
}

#[test]
fn an_observation_is_of_its_service_or_of_the_only_one() {
    let of = |service: &str| Observation { service: service.to_owned(), ..run(&["app/main.py"]) };
    assert_eq!(image(&observed(vec![of("strace")])).runs.len(), 1);
    let mut two = observed(vec![of("strace"), of("app")]);
    add_service(&mut two, "other", &["f x 1"]);
    let images = inventory(&two).images;
    assert_eq!((images[0].runs.len(), images[1].runs.len()), (1, 0));
    let unmatched: Vec<_> =
        two.runtime.as_ref().unwrap().observed.iter().map(|one| is_unmatched(&two, one)).collect();
    assert_eq!(unmatched, [true, false]);
}

#[test]
fn absence_needs_a_complete_run_of_each_service() {
    let load = Some(Load { label: "x".to_owned(), ..Load::default() });
    let whole = |service: &str| Observation {
        load: load.clone(),
        from_start: true,
        service: service.to_owned(),
        ..run(&["app/main.py"])
    };
    let proves = |observations: Vec<Observation>| {
        let mut snapshot = observed(observations);
        let other = plimsoll_snapshot::Service { name: "worker".to_owned(), image: 0, build: None };
        snapshot.services.push(other);
        let squashed = crate::squash(&snapshot, &snapshot.images[0]);
        let catalogue = catalogue(&snapshot, &snapshot.images[0], &squashed);
        catalogue.observed.unwrap().proves_absence
    };
    assert!(proves(vec![whole("app"), whole("worker")]));
    assert!(!proves(vec![whole("app")]));
    assert!(!proves(vec![whole("app"), Observation { load: None, ..whole("worker") }]));
}

#[test]
fn memory_that_processes_share_counts_once() {
    let kib = |resident, proportional, private| Resident {
        resident: Bytes(resident),
        proportional: Bytes(proportional),
        private: Bytes(private),
        swap: Bytes::ZERO,
    };
    let process = |private| ProcessMemory {
        files: vec![
            MappedFile { path: "site/a/b.so".to_owned(), resident: kib(300, 100 + private, private) },
            MappedFile { path: "usr/lib/libc.so".to_owned(), resident: kib(10, 5, 0) },
            MappedFile { path: "data/v.so".to_owned(), resident: kib(7, 7, 7) },
        ],
        heap: kib(50, 50, 50),
        ..ProcessMemory::default()
    };
    let processes = vec![process(0), process(20)];
    let smaps = Observation { source: ObservationSource::Smaps, processes, ..run(&[]) };
    let memory = image(&observed(vec![smaps])).memory.unwrap();
    let shares: Vec<_> = memory
        .shares
        .iter()
        .map(|share| (share.of.clone(), share.resident.proportional.0, share.resident.resident.0))
        .collect();
    let [(MemoryOwner::Package { name, .. }, 220, 320), rest @ ..] = &shares[..] else {
        panic!("{shares:?}")
    };
    assert_eq!(name, "a 1");
    let rest: Vec<_> =
        rest.iter().map(|(of, proportional, resident)| (of, *proportional, *resident)).collect();
    assert_eq!(
        rest,
        [(&MemoryOwner::Heap, 100, 100), (&MemoryOwner::Outside, 14, 14), (&MemoryOwner::OtherFiles, 10, 10)]
    );
    assert_eq!((memory.processes, memory.total.proportional), (2, Bytes(344)));
}

#[test]
fn imports_are_summed_by_package() {
    let import = |module: &str, own_us, cumulative_us, depth| ImportedModule {
        module: module.to_owned(),
        own_us,
        cumulative_us,
        depth,
    };
    let modules =
        vec![import("b", 5, 5, 2), import("a.x", 10, 15, 1), import("os", 1, 1, 1), import("a", 20, 36, 0)];
    let of = |interleaved| {
        let imports = vec![ImportRun { modules: modules.clone(), interleaved }];
        image(&observed(vec![Observation { imports, ..run(&[]) }])).start_up.unwrap()
    };
    let shown = |start_up: &PackageStartUp| {
        let shares = start_up.shares.iter();
        shares.map(|share| (share.name.clone(), share.own_us, share.cumulative_us)).collect::<Vec<_>>()
    };
    let whole = of(false);
    let [a, b, none] = ["a 1", "b 1", ""].map(str::to_owned);
    assert_eq!(shown(&whole), [(a.clone(), 30, Some(36)), (b.clone(), 5, Some(5)), (none.clone(), 1, None)]);
    assert_eq!((whole.total_us, whole.modules), (36, 4));
    assert_eq!(shown(&of(true)), [(a, 30, None), (b, 5, None), (none, 1, None)]);
}

#[test]
fn paths_outside_the_image_are_dropped_when_it_is_known() {
    let mut snapshot = observed(vec![Observation {
        relative: paths(&["main.py"]),
        processes: vec![ProcessMemory {
            files: vec![
                MappedFile { path: "home/maria/x.so".to_owned(), ..MappedFile::default() },
                MappedFile { path: "usr/lib/libc.so".to_owned(), ..MappedFile::default() },
            ],
            ..ProcessMemory::default()
        }],
        ..run(&["lib/libc.so", "home/maria/x"])
    }]);
    settle(&mut snapshot);
    let seen = &snapshot.runtime.unwrap().observed[0];
    assert_eq!(seen.opened, paths(&["app/main.py", "usr/lib/libc.so"]));
    assert_eq!((seen.outside, seen.relative.len()), (1, 0));
    let files: Vec<_> = seen.processes[0].files.iter().map(|file| &*file.path).collect();
    assert_eq!(files, ["usr/lib/libc.so", ""]);
}
