//! The table of `kubectl top pod --containers`.

use plimsoll_snapshot::runtime::{
    Engine, EngineKind, Metric, Quality, Recording, RecordingFormat, Regime, Resolution, Timestamps, UnitBase,
};

use crate::memory::identity::Identity;
use crate::memory::labels::service_of_pod;
use crate::memory::labels::workload_of_pod;
use crate::memory::reader::{Reader, Recognition};
use crate::memory::samples::{Framer, Sample};
use crate::memory::text::lines;
use crate::memory::time;
use crate::memory::units;

/// Whether one of the first lines is the head of such a table.
pub(crate) fn is_table(text: &str) -> bool {
    lines(text).take(50).any(|line| head(&line.text).is_some())
}

/// The columns: `[NAMESPACE] POD NAME CPU(cores) MEMORY(bytes)`.
fn head(line: &str) -> Option<Vec<&str>> {
    let columns: Vec<_> = line.split_whitespace().collect();
    // A table of nodes has a share of each as well.
    (columns.contains(&"MEMORY(bytes)")
        && !columns.iter().any(|column| matches!(*column, "MEMORY%" | "MEMORY(%)"))
        && (columns.contains(&"POD") || columns.contains(&"NAME")))
    .then_some(columns)
}

pub(crate) fn read(reader: &mut Reader, text: &str) -> Recognition {
    reader.input.format = "kubectl top";
    let mut framer = Framer::new(Recording {
        format: RecordingFormat::KubectlTop,
        file: reader.input.file.clone(),
        engine: Some(Engine {
            kind: EngineKind::Kubernetes,
            version: String::new(),
            api_version: String::new(),
        }),
        regime: Regime::UsageMinusInactiveFile,
        quality: Quality {
            resolution: Resolution::Mebibytes,
            base: UnitBase::Binary,
            timestamps: Timestamps::Added,
        },
        ..Recording::default()
    });
    let mut columns: Option<Vec<&str>> = None;
    let found: Vec<_> = lines(text).collect();
    for line in &found {
        if line.clears {
            framer.next_frame();
        }
        if let Some(found) = head(&line.text) {
            columns = Some(found);
            framer.next_frame();
        } else if let Some(time) = time::parse(&line.text) {
            framer.announce(time);
        } else {
            let columns = columns.as_deref().unwrap_or(&[]);
            match row(&line.text, columns) {
                Ok((who, sample)) => framer.push(who, None, sample),
                Err(reason) => reader.warn(Some(line.number), reason),
            }
        }
    }
    reader.input.samples.push(framer.finish());
    Recognition::Yes
}

fn row(line: &str, columns: &[&str]) -> Result<(Identity, Sample), &'static str> {
    let cells: Vec<_> = line.split_whitespace().collect();
    if columns.is_empty() {
        return Err("a line before the head of the table");
    }
    if cells.len() != columns.len() {
        return Err("not as many columns as the head has");
    }
    let cell = |name| columns.iter().position(|column| *column == name).map(|at| cells[at]);
    // Without `--containers`, NAME is the pod.
    let container = cell("POD").and(cell("NAME"));
    let pod = cell("POD").or(cell("NAME")).ok_or("no pod")?;
    let service =
        container.map_or_else(|| workload_of_pod(pod).to_owned(), |container| service_of_pod(pod, container));
    let name = container.map_or_else(|| pod.to_owned(), |container| format!("{pod}/{container}"));
    let who = Identity {
        id: Some(name.clone()),
        name: Some(name),
        service: Some(service),
        project: cell("NAMESPACE").map(ToOwned::to_owned),
    };
    let mut sample = Sample::default();
    let memory = cell("MEMORY(bytes)").ok_or("no memory")?;
    if memory != "<unknown>" {
        sample.set(Metric::WorkingSet, Some(units::quantity(memory).ok_or("not a size")?));
        let cpu = cell("CPU(cores)").and_then(units::cpu_quantity);
        sample.set(Metric::CpuHundredths, cpu.map(|millis| millis.saturating_mul(10)));
    }
    Ok((who, sample))
}
